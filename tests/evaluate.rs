//! Evaluation against brute force: every count is recounted pair by pair on small random worlds.

use cci::evaluate::{Evaluation, EvaluationInput, Partners, Rate, evaluate};
use cci::record::{
    ChildFacts, Entities, Grouping, Records, RecordsBuilder, Source, Truth, TruthBuilder,
};
use cci::strategy::{Link, Links, Method};
use proptest::prelude::*;

/// Small world: everything that evaluation reads, as plain lists.
#[derive(Debug, Clone)]
struct World {
    source_sizes: Vec<usize>,
    child_of: Vec<u32>,
    entity_of: Vec<u32>,
    by_key: Vec<(u32, u32)>,
    by_probability: Vec<(u32, u32)>,
    /// Whether records of one source may be linked to one another.
    within: bool,
    group_of: Vec<Option<u16>>,
    household_of: Vec<u32>,
    birth_of: Vec<Option<u32>>,
}

impl World {
    fn may_link(&self, a: usize, b: usize) -> bool {
        self.within || self.source(a) != self.source(b)
    }

    fn source(&self, record: usize) -> usize {
        let mut end = 0;
        self.source_sizes
            .iter()
            .position(|size| {
                end += size;
                record < end
            })
            .expect("a record is of some source")
    }

    fn records(&self) -> Records {
        let mut builder = RecordsBuilder::new(vec![]);
        for (place, &size) in self.source_sizes.iter().enumerate() {
            builder.open_source(Source::new(format!("source_{place}")));
            for local in 0..size {
                builder.push(&local.to_string(), |_| "");
            }
        }
        builder.finish()
    }

    fn truth(&self) -> Truth {
        Truth {
            child_of: self.child_of.clone(),
            children: 6,
            groupings: vec![Grouping {
                name: "group".into(),
                groups: vec!["a".into(), "b".into()],
                group_of: self.group_of.clone(),
            }],
            household_of: Some(self.household_of.clone()),
            multiple_birth_of: Some(self.birth_of.clone()),
            mistakes: vec![],
        }
    }

    fn evaluate(&self) -> Evaluation {
        let link = |&(a, b): &(u32, u32)| Link { a, b, pattern: 0, weight: 1.0 };
        let links = Links {
            by_key: self.by_key.iter().map(|pair| (Method::NhsNumber, link(pair))).collect(),
            by_probability: self.by_probability.iter().map(link).collect(),
        };
        evaluate(&EvaluationInput {
            records: &self.records(),
            truth: &self.truth(),
            links: &links,
            scored: &links.by_probability,
            entities: &Entities::from_labels(&self.entity_of),
            may_link: &|a, b| self.within || a != b,
            covered: &covered,
        })
        .expect("truth and entities are of the same records")
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let n = self.child_of.len();
        (0..n)
            .flat_map(move |a| (a + 1..n).map(move |b| (a, b)))
            .filter(|&(a, b)| self.may_link(a, b))
    }

    fn is_match(&self, a: usize, b: usize) -> bool {
        self.child_of[a] == self.child_of[b]
    }

    fn is_joined(&self, a: usize, b: usize) -> bool {
        self.entity_of[a] == self.entity_of[b]
    }

    fn is_linked(&self, a: usize, b: usize) -> bool {
        let pair = (a as u32, b as u32);
        self.by_key.contains(&pair) || self.by_probability.contains(&pair)
    }

    /// Other records that can be partners of one, by the definition in the documentation.
    fn places(&self, record: usize) -> Vec<usize> {
        let across = self.source_sizes.len() > 1;
        (0..self.child_of.len())
            .filter(|&other| {
                let apart = self.source(other) != self.source(record);
                other != record && if across { apart } else { self.within && !apart }
            })
            .collect()
    }
}

/// Blocking that proposes about two pairs of three.
fn covered(a: u32, b: u32) -> bool {
    !(a + 2 * b).is_multiple_of(3)
}

fn worlds() -> impl Strategy<Value = World> {
    (prop::collection::vec(0..5usize, 1..4), any::<bool>()).prop_flat_map(|(sizes, within)| {
        let n: usize = sizes.iter().sum();
        let picks =
            prop::collection::vec((0..n.max(1) as u32, 0..n.max(1) as u32, any::<bool>()), 0..8);
        (
            prop::collection::vec(0..6u32, n),
            prop::collection::vec(0..6u32, n),
            if n < 2 {
                prop::collection::vec((0..1u32, 0..1u32, any::<bool>()), 0..1).boxed()
            } else {
                picks.boxed()
            },
            prop::collection::vec(prop::option::of(0..2u16), 6),
            prop::collection::vec(0..3u32, 6),
            prop::collection::vec(prop::option::of(0..2u32), 6),
        )
            .prop_map(
                move |(child_of, entity_of, picks, group_of, household_of, birth_of)| {
                    let mut world = World {
                        source_sizes: sizes.clone(),
                        child_of,
                        entity_of,
                        by_key: vec![],
                        by_probability: vec![],
                        within,
                        group_of,
                        household_of,
                        birth_of,
                    };
                    for (a, b, key) in picks {
                        let (a, b) = (a.min(b), a.max(b));
                        let known = a == b || world.is_linked(a as usize, b as usize);
                        if !known && world.may_link(a as usize, b as usize) {
                            if key { &mut world.by_key } else { &mut world.by_probability }
                                .push((a, b));
                        }
                    }
                    world.by_key.sort_unstable();
                    world.by_probability.sort_unstable();
                    world
                },
            )
    })
}

fn count<T>(items: impl IntoIterator<Item = T>, test: impl Fn(&T) -> bool) -> u64 {
    items.into_iter().filter(|item| test(item)).count() as u64
}

/// Recounts linked, linked of linkable, missed, partly missed and falsely linked.
fn recount(world: &World, records: &[usize]) -> [Rate; 5] {
    let places = |r: usize| world.places(r);
    let partners = |r: usize| count(places(r), |&o| world.is_match(r, o));
    let found = |r: usize| count(places(r), |&o| world.is_match(r, o) && world.is_joined(r, o));
    let linked = |r: usize| places(r).iter().any(|&o| world.is_joined(r, o));
    let merged = |r: usize| {
        (0..world.child_of.len()).any(|o| world.is_joined(r, o) && !world.is_match(r, o))
    };
    let all = records.iter().copied();
    let linkable = count(all.clone(), |&r| partners(r) > 0);
    let of_linkable = |test: &dyn Fn(usize) -> bool| {
        Rate::new(count(all.clone(), |&r| partners(r) > 0 && test(r)), linkable)
    };
    let linked_count = count(all.clone(), |&r| linked(r));
    [
        Rate::new(linked_count, records.len() as u64),
        of_linkable(&linked),
        of_linkable(&|r| found(r) == 0),
        of_linkable(&|r| found(r) > 0 && found(r) < partners(r)),
        Rate::new(count(all.clone(), |&r| linked(r) && merged(r)), linked_count),
    ]
}

fn counted(quality: &cci::evaluate::RecordQuality) -> [Rate; 5] {
    [
        quality.linked,
        quality.linked_of_linkable,
        quality.missed,
        quality.partly_missed,
        quality.falsely_linked,
    ]
}

proptest! {
    #[test]
    fn pair_counts_equal_brute_force(world in worlds()) {
        let found = world.evaluate();
        let matches = count(world.pairs(), |&(a, b)| world.is_match(a, b));
        let joined = count(world.pairs(), |&(a, b)| world.is_joined(a, b));
        let both = count(world.pairs(), |&(a, b)| world.is_match(a, b) && world.is_joined(a, b));
        prop_assert_eq!(found.pairs.precision, Rate::new(both, joined));
        prop_assert_eq!(found.pairs.recall, Rate::new(both, matches));
        let linked = count(world.pairs(), |&(a, b)| world.is_linked(a, b));
        let right = count(world.pairs(), |&(a, b)| world.is_linked(a, b) && world.is_match(a, b));
        prop_assert_eq!(found.links.precision, Rate::new(right, linked));
        prop_assert_eq!(found.links.recall, Rate::new(right, matches));
        // F1 by its other definition, from precision and recall; equal up to rounding.
        match (found.pairs.precision.value(), found.pairs.recall.value(), found.pairs.f1) {
            (Some(p), Some(r), Some(f1)) if p + r > 0.0 => {
                prop_assert!((f1 - 2.0 * p * r / (p + r)).abs() < 1e-12);
            }
            (_, _, f1) => prop_assert!(f1.is_none_or(|f1| f1 == 0.0)),
        }
    }

    #[test]
    fn record_counts_equal_brute_force(world in worlds()) {
        let found = world.evaluate();
        let all: Vec<usize> = (0..world.child_of.len()).collect();
        prop_assert_eq!(counted(&found.records), recount(&world, &all));
        for (place, source) in found.by_source.iter().enumerate() {
            let own: Vec<usize> = all.iter().copied().filter(|&r| world.source(r) == place).collect();
            prop_assert_eq!(counted(&source.quality), recount(&world, &own));
        }
        let mut labels = vec![];
        for (group, label) in [(Some(0), "a"), (Some(1), "b"), (None, "Not known")] {
            let of_group = |r: &usize| world.group_of[world.child_of[*r] as usize] == group;
            let own: Vec<usize> = all.iter().copied().filter(of_group).collect();
            if own.is_empty() {
                continue;
            }
            let row = &found.by_grouping[0].groups[labels.len()];
            prop_assert_eq!(&row.label, label);
            prop_assert_eq!(counted(&row.quality), recount(&world, &own));
            labels.push(label);
        }
        prop_assert_eq!(labels.len(), found.by_grouping[0].groups.len());
    }

    #[test]
    fn methods_count_each_linked_record_at_most_once(world in worlds()) {
        for (place, source) in world.evaluate().by_source.iter().enumerate() {
            for method in &source.methods {
                let kept = |&&(a, b): &&(u32, u32)| world.is_joined(a as usize, b as usize);
                let touches = |links: &[(u32, u32)], r: usize| {
                    links.iter().filter(kept).any(|&(a, b)| a as usize == r || b as usize == r)
                };
                let expected = count(0..world.child_of.len(), |&r| {
                    let key = touches(&world.by_key, r);
                    let here = match method.method.as_str() {
                        "nhs_number" => key,
                        _ => !key && touches(&world.by_probability, r),
                    };
                    world.source(r) == place
                        && here
                        && world.places(r).iter().any(|&o| world.is_joined(r, o))
                });
                prop_assert_eq!(method.records, expected);
            }
        }
    }

    #[test]
    fn misses_and_false_links_equal_brute_force(world in worlds()) {
        let found = world.evaluate();
        let missed = |a: usize, b: usize| world.is_match(a, b) && !world.is_joined(a, b);
        let seen = |a: usize, b: usize| covered(a as u32, b as u32);
        let misses = found.misses.unwrap();
        let separated = count(world.pairs(), |&(a, b)| missed(a, b) && world.is_linked(a, b));
        let unlinked = |a, b| missed(a, b) && !world.is_linked(a, b);
        prop_assert_eq!(misses.separated, separated);
        prop_assert_eq!(
            misses.below_threshold,
            count(world.pairs(), |&(a, b)| unlinked(a, b) && seen(a, b))
        );
        prop_assert_eq!(
            misses.blocking,
            count(world.pairs(), |&(a, b)| unlinked(a, b) && !seen(a, b))
        );
        prop_assert_eq!(
            misses.total(),
            found.pairs.recall.denominator - found.pairs.recall.numerator
        );

        let kind = |a: usize, b: usize| {
            let (c, d) = (world.child_of[a] as usize, world.child_of[b] as usize);
            match () {
                () if c == d => None,
                () if world.birth_of[c].is_some() && world.birth_of[c] == world.birth_of[d] => Some(0),
                () if world.household_of[c] == world.household_of[d] => Some(1),
                () => Some(2),
            }
        };
        let of_kind = |wanted| {
            count(world.pairs(), |&(a, b)| world.is_linked(a, b) && kind(a, b) == Some(wanted))
        };
        let kinds = found.false_links.unwrap();
        prop_assert_eq!(
            [kinds.multiple_birth, kinds.household, kinds.unrelated],
            [of_kind(0), of_kind(1), of_kind(2)]
        );
    }

    #[test]
    fn entity_measures_equal_brute_force(world in worlds()) {
        let found = world.evaluate().entities;
        let n = world.child_of.len();
        let all = || 0..n;
        let both = |r: usize| count(all(), |&o| world.is_match(r, o) && world.is_joined(r, o)) as f64;
        let entity = |r: usize| count(all(), |&o| world.is_joined(r, o)) as f64;
        let child = |r: usize| count(all(), |&o| world.is_match(r, o)) as f64;
        let mean = |of: &dyn Fn(usize) -> f64| (n > 0).then(|| all().map(of).sum::<f64>() / n as f64);
        // The same sums in the same order, so equal to the last bit.
        prop_assert_eq!(found.b_cubed_precision, mean(&|r| both(r) / entity(r)));
        prop_assert_eq!(found.b_cubed_recall, mean(&|r| both(r) / child(r)));

        let members = |c: u32| all().filter(|&r| world.child_of[r] == c).collect::<Vec<_>>();
        let exact = |c: &u32| {
            let own = members(*c);
            own.iter().all(|&r| {
                all().all(|o| world.is_joined(r, o) == own.contains(&o))
            })
        };
        for (rate, least) in [(found.exact, 1), (found.exact_of_several, 2)] {
            let seen: Vec<u32> = (0..6).filter(|&c| members(c).len() >= least).collect();
            let rebuilt = count(seen.iter().copied(), exact);
            prop_assert_eq!(rate, Rate::new(rebuilt, seen.len() as u64));
        }
    }

    #[test]
    fn counts_survive_their_file(world in worlds()) {
        let found = world.evaluate();
        let json = serde_json::to_string(&found).unwrap();
        let back: Evaluation = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(counted(&back.records), counted(&found.records));
        prop_assert_eq!(&back.by_source, &found.by_source);
        prop_assert_eq!(&back.by_grouping, &found.by_grouping);
        prop_assert_eq!(back.pairs.precision, found.pairs.precision);
        prop_assert_eq!(back.misses, found.misses);
    }
}

#[test]
fn one_source_means_deduplication() {
    let world = World {
        source_sizes: vec![3],
        child_of: vec![0, 0, 1],
        entity_of: vec![0, 0, 1],
        by_key: vec![],
        by_probability: vec![(0, 1)],
        within: true,
        group_of: vec![None; 6],
        household_of: vec![0; 6],
        birth_of: vec![None; 6],
    };
    let found = world.evaluate();
    assert_eq!(found.partners, Partners::SameSource);
    assert_eq!(found.records.linked, Rate::new(2, 3));
    assert_eq!(found.records.missed, Rate::new(0, 2));
}

/// Half a million records of one child make 1.2 × 10¹¹ pairs; none of them is ever listed.
#[test]
fn one_enormous_entity_is_counted_without_listing_its_pairs() {
    let n = 500_000;
    let world = World {
        source_sizes: vec![n / 2, n / 2],
        child_of: vec![0; n],
        entity_of: vec![0; n],
        by_key: vec![],
        by_probability: vec![],
        within: false,
        group_of: vec![None; 6],
        household_of: vec![0; 6],
        birth_of: vec![None; 6],
    };
    let half = n as u64 / 2;
    assert_eq!(world.evaluate().pairs.recall, Rate::new(half * half, half * half));
    let apart = World { entity_of: (0..n as u32).collect(), ..world };
    let found = apart.evaluate();
    assert_eq!(found.pairs.recall, Rate::new(0, half * half));
    assert_eq!(found.misses, None, "too many to look at one by one");
}

#[test]
fn calibration_is_what_the_bins_say_by_hand() {
    // Two children, records 0 and 1, 2 and 3 in turn. Four pairs: stated .5, .5, .5 and 15/16.
    let mut builder = RecordsBuilder::new(vec![]);
    builder.open_source(Source::new("a"));
    (0..4).for_each(|id| builder.push(&id.to_string(), |_| ""));
    let records = builder.finish();
    let truth = Truth { child_of: vec![0, 0, 1, 1], children: 2, ..Truth::default() };
    let pair = |a, b, weight| Link { a, b, pattern: 0, weight };
    let scored = [pair(0, 1, 0.0), pair(0, 2, 0.0), pair(1, 2, 0.0), pair(2, 3, 15f32.log2())];
    let entities = Entities::from_labels(&[0, 0, 1, 1]);
    let of = |scored: &[Link]| {
        let input = EvaluationInput {
            records: &records,
            truth: &truth,
            links: &Links::default(),
            scored,
            entities: &entities,
            may_link: &|_, _| true,
            covered: &|_, _| true,
        };
        evaluate(&input).unwrap().calibration
    };
    let found = of(&scored).unwrap();
    // In [.5, .6) one of three is a match: |1/2 - 1/3| of 3 in 4 pairs. In [.9, 1] the one is:
    // |15/16 - 1| of 1 in 4.
    let expected = 0.75 / 6.0 + 0.25 / 16.0;
    assert!((found.expected_error - expected).abs() < 1e-6, "{found:?}");
    assert_eq!(found.bins[5].matches, Rate::new(1, 3));
    assert_eq!(found.bins[9].matches, Rate::new(1, 1));
    assert_eq!((found.bins[0].stated, found.sure), (None, Rate::new(0, 0)));
    assert_eq!(of(&[pair(2, 3, 60.0)]).unwrap().sure, Rate::new(1, 1));
    assert!(of(&[]).is_none());
}

#[test]
fn truth_of_another_size_is_refused() {
    let mut builder = RecordsBuilder::new(vec![]);
    builder.open_source(Source::new("health"));
    builder.push("1", |_| "");
    let refused = evaluate(&EvaluationInput {
        records: &builder.finish(),
        truth: &Truth::default(),
        links: &Links::default(),
        scored: &[],
        entities: &Entities::from_labels(&[0]),
        may_link: &|_, _| true,
        covered: &|_, _| true,
    });
    assert_eq!(refused.unwrap_err().kind(), cci::error::ErrorKind::BadTruth);
}

/// The world of the documentation: records 1, 3 and 4 are missed, all five are linkable.
#[test]
fn records_are_counted_by_what_went_wrong_in_them() {
    let mut records = RecordsBuilder::new(vec![]);
    for (source, size) in [("health", 2), ("police", 3)] {
        records.open_source(Source::new(source));
        (0..size).for_each(|id| records.push(&id.to_string(), |_| ""));
    }
    let mut truth = TruthBuilder::new([]);
    for child in ["a", "b"] {
        truth.child(child, &ChildFacts::default()).expect("a new child");
    }
    for (record, child) in [(0, "a"), (1, "b"), (2, "a"), (3, "b"), (4, "b")] {
        truth.record(record, child).expect("a known child");
    }
    for (record, mistake) in [(2, "typo"), (1, "typo"), (1, "typo"), (3, "slip"), (1, "slip")] {
        truth.mistake(record, mistake);
    }
    let truth = truth.finish(5).expect("every record has a child");
    let link = |a, b| Link { a, b, pattern: 0, weight: 10.0 };
    let input = EvaluationInput {
        records: &records.finish(),
        truth: &truth,
        links: &Links { by_key: vec![], by_probability: vec![link(0, 2), link(1, 2)] },
        scored: &[],
        entities: &Entities::from_labels(&[0, 0, 0, 1, 2]),
        may_link: &|a, b| a != b,
        covered: &|_, _| true,
    };
    let evaluation = evaluate(&input).expect("truth and entities are of the same records");
    let missed: Vec<(&str, Rate)> =
        evaluation.by_mistake.iter().map(|m| (m.label.as_str(), m.quality.missed)).collect();
    let expected =
        [("slip", Rate::new(2, 2)), ("typo", Rate::new(1, 2)), ("nothing wrong", Rate::new(1, 2))];
    assert_eq!(missed, expected);
    let mut beyond = truth.clone();
    beyond.mistakes[0].records.push(5);
    assert!(evaluate(&EvaluationInput { truth: &beyond, ..input }).is_err());
}
