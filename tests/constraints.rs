//! Decisions about single records: whatever the evidence says, by every strategy and clusterer.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use cci::cluster::CLUSTERERS;
use cci::model::ThresholdPolicy;
use cci::record::{Entities, RecordId, Records, RecordsBuilder, SourceId};
use cci::strategy::{
    Constraints, LinkInput, Linkage, Method, Progress, STRATEGIES, Sealed, Strategy,
};
use worlds::plan;

/// Links and clusters under constraints.
fn linked(
    records: &Records,
    strategy: &dyn Strategy,
    constraints: &Constraints,
) -> (Linkage, Vec<(&'static str, Entities)>) {
    let plan = plan(records, true);
    let progress = Progress::default();
    let input = LinkInput::new(records, &plan, &progress).under(constraints);
    let linkage = strategy.link(&input).unwrap();
    let evidence = linkage.evidence(&input).unwrap();
    let cluster = |clusterer: &&'static dyn cci::cluster::Clusterer| {
        (clusterer.name(), clusterer.cluster(records, &linkage.links, &evidence))
    };
    let entities = CLUSTERERS.iter().map(cluster).collect();
    (linkage, entities)
}

/// Every fifth linked pair of a linkage, and as many pairs that share nothing to speak of.
fn chosen(records: &Records, linkage: &Linkage) -> Constraints {
    let apart: Vec<_> = linkage.links.iter().step_by(5).map(|(_, l)| (l.a, l.b)).collect();
    // Each record in one pair at most, and in none that is apart: nothing contradicts itself.
    let taken = |r: RecordId| apart.iter().any(|&(a, b)| a == r || b == r);
    let free: Vec<RecordId> = (0..records.len() as RecordId).filter(|&r| !taken(r)).collect();
    let half = free.len() / 2;
    let together = (0..half.min(apart.len())).map(|n| (free[half + n], free[n]));
    Constraints::new(apart.iter().copied(), together)
}

#[test]
fn what_is_decided_holds_in_every_strategy_and_every_clusterer() {
    for (seed, declared) in [(1, false), (2, true)] {
        let records = worlds::records(seed, 150);
        let records = if declared { worlds::declared(&records) } else { records };
        for strategy in STRATEGIES {
            let name = strategy.name();
            let free = linked(&records, *strategy, &Constraints::default()).0;
            if free.links.is_empty() {
                assert_eq!(name, "nhs_number", "the worlds hold no NHS numbers");
                continue;
            }
            let constraints = chosen(&records, &free);
            let broken = free.links.iter().filter(|(_, l)| constraints.forbids(l.a, l.b)).count();
            assert!(broken >= 5 && constraints.together().len() >= 5, "{name}: there is a choice");
            let (linkage, all) = linked(&records, *strategy, &constraints);
            assert!(linkage.links.iter().all(|(_, l)| !constraints.forbids(l.a, l.b)), "{name}");
            let decided = linkage.links.iter().filter(|(method, _)| *method == Method::Custodian);
            let decided: Vec<_> = decided.map(|(_, link)| (link.a, link.b)).collect();
            assert!(decided.iter().all(|pair| constraints.together().contains(pair)), "{name}");
            for (clusterer, entities) in all {
                let of = |record: RecordId| entities.entity_of()[record as usize];
                for &(a, b) in constraints.together() {
                    assert_eq!(of(a), of(b), "{name}, {clusterer}: {a} and {b} are together");
                }
                for members in entities.members() {
                    for (place, &a) in members.iter().enumerate() {
                        let rest = &members[place + 1..];
                        let kept = rest.iter().all(|&b| !constraints.forbids(a, b));
                        assert!(kept, "{name}, {clusterer}: {a} is apart");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_sealed_holds_by_way_of_others_and_who_is_retired_is_alone() {
    let records = worlds::records(4, 150);
    for strategy in STRATEGIES {
        let name = strategy.name();
        let free = linked(&records, *strategy, &Constraints::default()).0;
        if free.links.is_empty() {
            continue;
        }
        // One side of each pair is known to be of a sealed identity: now the one, now the other.
        let pairs: Vec<(RecordId, RecordId)> = free
            .links
            .iter()
            .step_by(4)
            .enumerate()
            .map(|(n, (_, l))| if n % 2 == 0 { (l.a, l.b) } else { (l.b, l.a) })
            .collect();
        let mut sealed = vec![false; records.len()];
        pairs.iter().for_each(|&(old, _)| sealed[old as usize] = true);
        let mut retired = vec![false; records.len()];
        pairs.iter().take(5).for_each(|&(old, _)| retired[old as usize] = true);
        let known = pairs.clone();
        let test = move |a, b| known.contains(&(a, b)) || known.contains(&(b, a));
        // What must be linked gives way to what is sealed.
        let constraints = Constraints::new([], pairs.iter().copied()).with_sealed(Sealed::new(
            retired.clone(),
            sealed,
            Box::new(test),
        ));
        assert!(constraints.together().is_empty());
        let (linkage, all) = linked(&records, *strategy, &constraints);
        let bound = linkage.links.iter().all(|(_, l)| !constraints.forbids(l.a, l.b));
        assert!(bound, "{name}: no link is sealed");
        for (clusterer, entities) in all {
            let of = |record: RecordId| entities.entity_of()[record as usize];
            let apart = pairs.iter().all(|&(a, b)| of(a) != of(b));
            assert!(apart, "{name}, {clusterer}: old and new in one entity");
            let members = entities.members();
            let all = 0..records.len() as RecordId;
            let mut gone = all.filter(|&record| retired[record as usize]);
            assert!(gone.all(|record| members[of(record) as usize].len() == 1), "{clusterer}");
        }
    }
}

#[test]
fn no_decision_changes_nothing() {
    let records = worlds::records(3, 120);
    for strategy in STRATEGIES {
        let (free, entities) = linked(&records, *strategy, &Constraints::default());
        // A decision about two records that nothing would ever link.
        let decided = Constraints::new([(0, 1)], []);
        let apart = free.links.iter().all(|(_, l)| (l.a, l.b) != (0, 1));
        let (bound, same) = linked(&records, *strategy, &decided);
        if apart {
            assert_eq!(free.links, bound.links, "{}", strategy.name());
            assert_eq!(entities, same, "{}", strategy.name());
        }
    }
}

/// Returns the same records, one of which holds nothing.
fn without(records: &Records, gone: RecordId) -> Records {
    let attributes = records.columns().iter().map(|c| c.attribute().clone()).collect();
    let mut builder = RecordsBuilder::new(attributes);
    for (place, source) in records.sources().iter().enumerate() {
        builder.open_source(source.clone());
        for record in records.of_source(place as SourceId) {
            let value = |column: usize| match record == gone {
                true => "",
                false => records.columns()[column].value(record).unwrap_or(""),
            };
            builder.push(records.local_id(record), value);
        }
    }
    builder.finish()
}

#[test]
fn c49_a_record_that_is_parted_from_the_others_leaves_nothing_of_itself_with_them() {
    let mut hung = 0;
    for seed in 5..8 {
        let records = worlds::records(seed, 120);
        let mut plan = plan(&records, true);
        let strategy = cci::strategy::find("probabilistic").unwrap();
        let progress = Progress::default();
        let free = strategy.link(&LinkInput::new(&records, &plan, &progress)).unwrap();
        // One model and one threshold for all, so that only what records hold makes a difference.
        let scoring = free.scoring.as_ref().unwrap();
        plan.threshold = ThresholdPolicy::Weight(scoring.threshold.bits());
        plan.model = Some(scoring.model.clone());
        let linked = |records: &Records, constraints: &Constraints| {
            let input = LinkInput::new(records, &plan, &progress).under(constraints);
            let linkage = strategy.link(&input).unwrap();
            let evidence = linkage.evidence(&input).unwrap();
            let merged = cci::cluster::find("merged").unwrap();
            merged.cluster(records, &linkage.links, &evidence)
        };
        let direct = |x, y| free.links.iter().any(|(_, l)| (l.a, l.b) == (x, y));
        // Two records that are with a third and not linked themselves: what it holds joins them.
        let bridge = |members: &[RecordId]| {
            let [a, b, c] = members[..] else { return None };
            [(a, b, c), (a, c, b), (b, c, a)].into_iter().find(|&(x, y, _)| !direct(x, y))
        };
        let all = linked(&records, &Constraints::default()).members();
        for (x, y, gone) in all.iter().filter_map(|members| bridge(members)).take(2) {
            let others = (0..records.len() as RecordId).filter(|&other| other != gone);
            let constraints = Constraints::new(others.map(|other| (gone, other)), []);
            let bound = linked(&records, &constraints);
            let blank = linked(&without(&records, gone), &Constraints::default());
            for entities in [bound, blank] {
                let of = |record: RecordId| entities.entity_of()[record as usize];
                assert_ne!(of(x), of(y), "seed {seed}: {x} and {y} without {gone}");
            }
            hung += 1;
        }
    }
    assert!(hung >= 2, "{hung} pairs hung by a third record");
}
