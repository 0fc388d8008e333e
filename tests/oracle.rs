//! The fast path against brute force over all pairs, on small random worlds.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;

use cci::blocking::{Blocking, BlockingRule, LinkMask, Oversize, Row, RuleOverlap};
use cci::comparison::{
    Combination, Comparison, ComparisonEngine, Level, Member, Prepared, RowPatterns,
};
use cci::model::TermFrequencies;
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};
use cci::strategy::{LinkInput, Progress, STRATEGIES};

const SEEDS: std::ops::Range<u64> = 0..12;

/// One rule by strings alone.
struct SlowRule<'a> {
    records: &'a Records,
    rule: &'a BlockingRule,
    /// Forms of every record for all keys, or under a window for all but the last, and the place
    /// of the last among the distinct ones that go with the same others.
    keys: Vec<BTreeSet<(Vec<String>, usize)>>,
    /// The same of blocks that are left out for their size.
    oversize: BTreeMap<(Vec<String>, usize), BTreeSet<u32>>,
    /// Values of each attribute of each filter.
    filters: Vec<Vec<Prepared>>,
}

impl<'a> SlowRule<'a> {
    fn new(records: &'a Records, rule: &'a BlockingRule) -> Self {
        let forms = |record: u32| -> BTreeSet<Vec<String>> {
            let mut all = BTreeSet::from([Vec::new()]);
            for key in rule.keys() {
                let column = records.column(&key.attribute).unwrap();
                let values = column.codes_of(record).map(|code| column.dictionary().value(code));
                let forms: Vec<String> =
                    values.filter_map(|v| (key.form.derive)(v)).map(Into::into).collect();
                let mut longer = BTreeSet::new();
                for (start, form) in all.iter().flat_map(|s| forms.iter().map(move |f| (s, f))) {
                    let start: &Vec<String> = start;
                    longer.insert([start.as_slice(), std::slice::from_ref(form)].concat());
                }
                all = longer;
            }
            all
        };
        let of_records: Vec<_> = (0..records.len() as u32).map(forms).collect();
        let mut in_order: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
        let split = |mut forms: Vec<String>| {
            let last = forms.pop().unwrap();
            (forms, last)
        };
        for (others, last) in of_records.iter().flatten().cloned().map(split) {
            in_order.entry(others).or_default().insert(last);
        }
        let place = |forms: Vec<String>| match rule.window() {
            1 => (forms, 0),
            _ => {
                let (others, last) = split(forms);
                let place = in_order[&others].iter().position(|form| *form == last).unwrap();
                (others, place)
            }
        };
        let prepared = |filter: &Combination| {
            let of = |name| Prepared::new(records.column(name).unwrap().dictionary());
            filter.attributes().into_iter().map(of).collect()
        };
        let mut keys: Vec<BTreeSet<(Vec<String>, usize)>> =
            of_records.into_iter().map(|all| all.into_iter().map(place).collect()).collect();
        let mut oversize: BTreeMap<(Vec<String>, usize), BTreeSet<u32>> = BTreeMap::new();
        for (record, keys) in (0..).zip(&keys) {
            keys.iter().for_each(|key| {
                oversize.entry(key.clone()).or_default().insert(record);
            });
        }
        let largest = rule.largest_block().map_or(usize::MAX, |records| records as usize);
        oversize.retain(|_, records| records.len() > largest);
        keys.iter_mut().for_each(|all| all.retain(|key| !oversize.contains_key(key)));
        let filters = rule.filters().iter().map(prepared).collect();
        Self { records, rule, keys, oversize, filters }
    }

    /// Says whether a record has a key, be its block too large or not.
    fn has_key(&self, record: u32) -> bool {
        let mut left_out = self.oversize.values().flatten();
        !self.keys[record as usize].is_empty() || left_out.any(|&other| other == record)
    }

    /// Says whether two records agree on the keys, or are near in the last.
    fn agree_on_keys(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.keys[a as usize], &self.keys[b as usize]);
        let near = |x: usize, y: usize| x.abs_diff(y) < self.rule.window() as usize;
        a.iter().any(|x| b.iter().any(|y| x.0 == y.0 && near(x.1, y.1)))
    }

    /// Says whether the rule makes a pair of two records.
    fn agree(&self, a: u32, b: u32) -> bool {
        self.agree_on_keys(a, b)
            && self
                .rule
                .filters()
                .iter()
                .zip(&self.filters)
                .all(|(filter, values)| self.truth(filter, values, a, b) == 1)
    }

    /// Returns 1 for what holds, -1 for what does not and 0 for what nobody knows, as Kleene has it:
    /// the least of what `and` joins, the greatest of what `or` joins.
    fn truth(&self, filter: &Combination, values: &[Prepared], a: u32, b: u32) -> i32 {
        let of = |part: &Combination| self.truth(part, values, a, b);
        let codes = |member: &Member, record| {
            let column = self.records.column(member.attribute()).unwrap();
            column.codes_of(record).collect::<Vec<u32>>()
        };
        match filter {
            Combination::Level(_) => unreachable!("levels of filters name their attributes"),
            Combination::Of(member, level) => {
                let values = &values[member.place()];
                let (x, y) = (codes(member, a), codes(member, b));
                let reaches = |level: &Level, x, y| {
                    level.reached_by(level.comparator().compare(values, x, y))
                };
                let reached = x.iter().any(|&x| y.iter().any(|&y| reaches(level, x, y)));
                match (x.is_empty() || y.is_empty(), reached) {
                    (true, _) => 0,
                    (false, true) => 1,
                    (false, false) => -1,
                }
            }
            Combination::Missing(member) => {
                let missing = codes(member, a).is_empty() || codes(member, b).is_empty();
                if missing { 1 } else { -1 }
            }
            Combination::All(parts) => parts.iter().map(of).min().unwrap(),
            Combination::Any(parts) => parts.iter().map(of).max().unwrap(),
            Combination::Not(part) => -of(part),
        }
    }
}

/// Returns every rule by strings alone.
fn slow_rules<'a>(records: &'a Records, rules: &'a [BlockingRule]) -> Vec<SlowRule<'a>> {
    rules.iter().map(|rule| SlowRule::new(records, rule)).collect()
}

/// Returns the outcome of a comparison by asking each level in turn.
fn outcome(records: &Records, comparison: &Comparison, a: u32, b: u32) -> u8 {
    let column = records.column(comparison.attribute()).unwrap();
    let values = Prepared::new(column.dictionary());
    let pairs: Vec<(u32, u32)> =
        column.codes_of(a).flat_map(|x| column.codes_of(b).map(move |y| (x, y))).collect();
    if pairs.is_empty() {
        return 0;
    }
    let reached = |level: &Combination| {
        let level = level.as_level().unwrap();
        pairs.iter().any(|&(x, y)| level.reached_by(level.comparator().compare(&values, x, y)))
    };
    comparison
        .levels()
        .iter()
        .position(reached)
        .map_or(comparison.outcomes() as u8, |p| p as u8 + 1)
}

#[test]
fn candidate_pairs_are_those_of_brute_force_each_once_under_its_first_rule() {
    for seed in SEEDS {
        for within in [false, true] {
            let records = if seed % 2 == 0 {
                worlds::records(seed, 40)
            } else {
                worlds::records_with_lists(seed, 40)
            };
            let plan = worlds::plan(&records, within);
            let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
            let count = AtomicU64::new(0);
            let fast: Vec<(u32, u32, usize)> = blocking
                .visit(Vec::new, |pairs, a, b, rule| pairs.push((a, b, rule)), &count)
                .concat();
            let mut slow = BTreeSet::new();
            let rules = slow_rules(&records, &plan.rules);
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    let first = rules.iter().position(|rule| rule.agree(a, b));
                    let allowed = plan.mask.allows(records.source_of(a), records.source_of(b));
                    assert_eq!(blocking.covers(a, b), allowed && first.is_some());
                    if let (Some(rule), true) = (first, allowed) {
                        slow.insert((a, b, rule));
                    }
                }
            }
            assert_eq!(fast.len(), slow.len(), "seed {seed}: no pair twice");
            assert_eq!(fast.into_iter().collect::<BTreeSet<_>>(), slow, "seed {seed}");
        }
    }
}

#[test]
fn pairs_by_rule_are_counted_before_they_are_made() {
    for seed in SEEDS {
        let records = worlds::records(seed, 40);
        let plan = worlds::plan(&records, false);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        let pairs = |rule: SlowRule<'_>| {
            let n = records.len() as u32;
            (0..n)
                .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
                .filter(|&(a, b)| blocking.allows(a, b) && rule.agree_on_keys(a, b))
                .count() as u64
        };
        let slow: Vec<u64> = slow_rules(&records, &plan.rules).into_iter().map(pairs).collect();
        assert_eq!(blocking.pairs_by_rule(), slow, "seed {seed}");
    }
}

#[test]
fn counts_of_rules_and_of_their_overlap_are_those_of_brute_force() {
    for (seed, within) in SEEDS.flat_map(|seed| [(seed, false), (seed, true)]) {
        let records = match seed % 2 {
            0 => worlds::records(seed, 40),
            _ => worlds::records_with_lists(seed, 40),
        };
        let plan = worlds::plan(&records, within);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        let overlap = RuleOverlap::count(&blocking, &AtomicU64::new(0));
        let n = records.len() as u32;
        let rules = slow_rules(&records, &plan.rules);
        let by_rules: Vec<(u32, u32, Vec<bool>)> = (0..n)
            .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
            .filter(|&(a, b)| plan.mask.allows(records.source_of(a), records.source_of(b)))
            .map(|(a, b)| (a, b, rules.iter().map(|rule| rule.agree(a, b)).collect()))
            .collect();
        let count = |of: &dyn Fn(&[bool]) -> bool| {
            by_rules.iter().filter(|(_, _, rules)| of(rules)).count() as u64
        };
        assert_eq!(overlap.total(), count(&|rules| rules.contains(&true)), "seed {seed}");
        let from_sizes = blocking.pairs_by_rule();
        for (place, sizes) in from_sizes.iter().enumerate() {
            assert_eq!(
                overlap.new_pairs(place),
                count(&|rules| rules.iter().position(|&agree| agree) == Some(place))
            );
            assert_eq!(
                overlap.only(place),
                count(&|rules| rules[place] && rules.iter().filter(|&&agree| agree).count() == 1)
            );
            for other in 0..plan.rules.len() {
                assert_eq!(
                    overlap.shared(place, other),
                    count(&|rules| rules[place] && rules[other]),
                    "seed {seed}, rules {place} and {other}"
                );
            }
            let made = overlap.shared(place, place);
            assert!(*sizes == made || (*sizes > made && !blocking.sizes_are_exact(place)));
        }
        let mut paired = BTreeSet::new();
        for (a, b, _) in by_rules.iter().filter(|(_, _, rules)| rules.contains(&true)) {
            paired.extend([*a, *b]);
        }
        for left in blocking.left_out() {
            let all = records.of_source(left.source);
            // A record agrees with itself where it has a value for the rule.
            let keyed = |&r: &u32| rules.iter().any(|rule| rule.has_key(r));
            assert_eq!(left.records, all.len() as u64);
            assert_eq!(left.without_key, all.clone().filter(|r| !keyed(r)).count() as u64);
            let alone = all.clone().filter(|r| !paired.contains(r)).count() as u64;
            assert!(left.without_candidate <= alone, "filters leave more records out");
            assert!(all.into_iter().all(|r| overlap.is_paired(r) == paired.contains(&r)));
        }
    }
}

#[test]
fn records_that_rules_without_filters_leave_out_are_told_by_block_sizes() {
    let mut left_out = 0;
    for seed in SEEDS {
        let records = worlds::records_with_lists(seed, 40);
        let mut plan = worlds::plan(&records, seed % 2 == 0);
        // Few rules, so that some records are left out.
        plan.rules.retain(|rule| rule.filters().is_empty());
        plan.rules.truncate(2);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        let overlap = RuleOverlap::count(&blocking, &AtomicU64::new(0));
        for left in blocking.left_out() {
            let alone = records.of_source(left.source).filter(|&r| !overlap.is_paired(r)).count();
            assert_eq!(left.without_candidate, alone as u64, "seed {seed}");
            left_out += alone;
        }
    }
    assert!(left_out > 20, "{left_out} records are in no pair");
}

#[test]
fn largest_blocks_are_those_of_brute_force() {
    for seed in SEEDS {
        let records = worlds::records_with_lists(seed, 60);
        let plan = worlds::plan(&records, seed % 2 == 0);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        for (place, rule) in slow_rules(&records, &plan.rules).into_iter().enumerate() {
            // Blocks by what their records agree on and the place of what they need be near in.
            let mut slow: BTreeMap<(Vec<String>, usize), BTreeSet<u32>> = BTreeMap::new();
            for (record, keys) in (0..).zip(&rule.keys) {
                keys.iter().for_each(|key| {
                    slow.entry(key.clone()).or_default().insert(record);
                });
            }
            let window = rule.rule.window() as usize;
            let size = |((others, place), own): (&(Vec<String>, usize), &BTreeSet<u32>)| {
                let near =
                    (place + 1..place + window).filter_map(|n| slow.get(&(others.clone(), n)));
                let all: BTreeSet<u32> = near.flatten().chain(own).copied().collect();
                let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
                let is_own = |a: u32, b: u32| own.contains(&a) || own.contains(&b);
                let pairs = pairs.filter(|&(a, b)| a < b && is_own(a, b));
                (pairs.filter(|&(a, b)| blocking.allows(a, b)).count() as u64, all.len())
            };
            let mut sizes: Vec<(u64, usize)> = slow.iter().map(size).collect();
            sizes.retain(|(pairs, _)| *pairs > 0);
            sizes.sort_unstable_by(|x, y| y.cmp(x));
            sizes.truncate(4);
            let fast = blocking.largest_blocks(place, 4);
            let found: Vec<(u64, usize)> = fast.iter().map(|b| (b.pairs, b.records)).collect();
            assert_eq!(found, sizes, "seed {seed}, {}", rule.rule.label());
            for block in fast {
                let value = blocking.shared_values(&records, place, block.place);
                let holders = (0..records.len() as u32).filter(|&record| {
                    let held = |key: &cci::blocking::BlockingKey, value: &String| {
                        let column = records.column(&key.attribute).unwrap();
                        column.codes_of(record).any(|code| {
                            (key.form.derive)(column.dictionary().value(code)).as_deref()
                                == Some(value)
                        })
                    };
                    rule.rule.keys().iter().zip(&value).all(|(key, value)| held(key, value))
                });
                let holders = holders.count();
                assert!(holders > 0 && (window > 1 || holders >= block.records), "of one value");
            }
        }
    }
}

#[test]
fn blocks_of_any_size_give_each_pair_once_under_its_first_rule() {
    let names = ["family_name", "given_name", "email"];
    let attributes = names.map(|name| Attribute::new(name, AttributeKind::Text));
    let mut builder = RecordsBuilder::new(attributes.to_vec());
    // Blocks below, at and beyond those that are visited together, many of them and in between.
    let sizes = [1, 2, 2, 3, 63, 64, 65, 66, 2, 200, 1];
    let groups = sizes.iter().cycle().take(3 * sizes.len()).enumerate();
    let families: Vec<usize> = groups.flat_map(|(group, &size)| vec![group; size]).collect();
    let mut values = Vec::new();
    for (source, from) in [("a", 0), ("b", families.len() / 3)] {
        builder.open_source(Source::new(source));
        let to = if from == 0 { families.len() / 3 } else { families.len() };
        for record in from..to {
            let own = [families[record * 7 % families.len()], record % 41, record % 11];
            let own = own.map(|value| value.to_string());
            builder.push(&record.to_string(), |place| &own[place]);
            values.push(own);
        }
    }
    let records = builder.finish();
    let rules = names.map(|name| BlockingRule::parse(&[name]).unwrap());
    for within in [false, true] {
        let mask = LinkMask::new(2, |s, t| within || s != t);
        let blocking = Blocking::new(&records, &rules, mask.clone()).unwrap();
        let mut found: Vec<(u32, u32, usize)> = blocking
            .visit(Vec::new, |pairs, a, b, rule| pairs.push((a, b, rule)), &AtomicU64::new(0))
            .concat();
        found.sort_unstable();
        let mut expected = Vec::new();
        for a in 0..records.len() {
            for b in a + 1..records.len() {
                let first = (0..3).find(|&place| values[a][place] == values[b][place]);
                let [s, t] = [a, b].map(|record| records.source_of(record as u32));
                let allowed = first.filter(|_| mask.allows(s, t));
                expected.extend(allowed.map(|rule| (a as u32, b as u32, rule)));
            }
        }
        assert!(found == expected, "{} pairs for {}", found.len(), expected.len());
    }
}

#[test]
fn patterns_of_a_whole_row_are_those_of_its_pairs_where_names_are_joint_or_swapped_alike() {
    for seed in SEEDS {
        let records = worlds::records_with_lists(seed, 120);
        let plan = worlds::plan(&records, true);
        let names = ["given_name", "family_name"];
        let levels = ["exact(given_name) and exact(family_name)", "same_sound(family_name)"];
        let levels = levels.map(|level| Combination::parse_of(level, &names).unwrap());
        let attributes = names.map(|name| records.column(name).unwrap().attribute().clone());
        let joint = Comparison::joint(&attributes, levels.to_vec(), true).unwrap();
        let [given, rest @ ..] = plan.comparisons.as_slice() else { panic!("names come first") };
        let alike = [&[given.clone().with_swapped_alike("family_name")], rest].concat();
        let joint = [&[joint], &rest[1..]].concat();
        let rule = BlockingRule::parse(&["year(date_of_birth)"]).unwrap();
        let blocking = Blocking::new(&records, &[rule], plan.mask.clone()).unwrap();
        for comparisons in [alike, joint] {
            for engine in [
                ComparisonEngine::new(&records, &comparisons).unwrap(),
                ComparisonEngine::for_few_pairs(&records, &comparisons).unwrap(),
            ] {
                let visit = |rows: &mut RowPatterns<'_, '_>, row: &Row<'_>| {
                    let patterns = rows.of_row(row.of, row.records, row.place, row.others);
                    for (b, &pattern) in row.others().zip(patterns) {
                        assert_eq!(pattern, engine.pattern(row.record(), b), "seed {seed}");
                    }
                };
                let make = || RowPatterns::new(&engine);
                let parts = blocking.visit_rows(make, visit, |_| (), &AtomicU64::new(0));
                assert!(!parts.is_empty(), "some rows were compared");
            }
        }
    }
}

#[test]
fn patterns_of_a_whole_row_are_those_of_its_pairs() {
    let mut swaps = 0;
    for seed in SEEDS {
        let records = match seed % 2 {
            0 => worlds::records(seed, 150),
            _ => worlds::records_with_lists(seed, 150),
        };
        let plan = worlds::plan(&records, true);
        let comparisons = Comparison::with_swapped_names(plan.comparisons.clone());
        let rules = [BlockingRule::parse(&["year(date_of_birth)"]).unwrap(), plan.rules[0].clone()];
        let blocking = Blocking::new(&records, &rules, plan.mask.clone()).unwrap();
        // With pairs of values settled beforehand, and with none.
        for engine in [
            ComparisonEngine::new(&records, &comparisons).unwrap(),
            ComparisonEngine::for_few_pairs(&records, &comparisons).unwrap(),
        ] {
            let given = engine.comparisons().position(|c| c.swapped_with().is_some()).unwrap();
            let swapped = engine.space().outcome_count(given) as u8 - 1;
            let visit = |(rows, found): &mut (RowPatterns<'_, '_>, [usize; 2]), row: &Row<'_>| {
                let patterns = rows.of_row(row.of, row.records, row.place, row.others);
                assert_eq!(patterns.len(), row.others.len());
                for (b, &pattern) in row.others().zip(patterns) {
                    assert_eq!(pattern, engine.pattern(row.record(), b), "seed {seed}");
                    found[0] += usize::from(engine.space().outcome(pattern, given) == swapped);
                }
                found[1] = row.others.len().max(found[1]);
            };
            let make = || (RowPatterns::new(&engine), [0; 2]);
            let found = blocking.visit_rows(make, visit, |(_, found)| found, &AtomicU64::new(0));
            swaps += found.iter().map(|found| found[0]).sum::<usize>();
            assert!(found.iter().any(|found| found[1] > 20), "rows are long enough to be one");
        }
    }
    assert!(swaps > 0, "some records have their names swapped");
}

#[test]
fn what_is_left_out_for_the_size_of_blocks_is_that_of_brute_force() {
    let mut lost = 0;
    for seed in SEEDS {
        let records = worlds::records(seed, 60);
        for (window, most) in [(1, 3), (2, 3), (4, 2)] {
            let rule = BlockingRule::parse(&["district(postcode)", "family_name"]).unwrap();
            let whole = if window > 1 { rule.with_window(window).unwrap() } else { rule };
            let rules = [whole.clone().with_largest_block(most).unwrap(), whole];
            let mask = LinkMask::new(records.sources().len(), |s, t| seed % 2 == 0 || s != t);
            let blocking = Blocking::new(&records, &rules, mask).unwrap();
            let [cut, whole] = rules.each_ref().map(|rule| SlowRule::new(&records, rule));
            let left_out: BTreeSet<u32> = cut.oversize.values().flatten().copied().collect();
            let n = records.len() as u32;
            let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            let pairs = pairs
                .filter(|&(a, b)| blocking.allows(a, b) && whole.agree(a, b) && !cut.agree(a, b));
            let expected = Oversize {
                blocks: cut.oversize.len() as u64,
                records: left_out.len() as u64,
                pairs: pairs.count() as u64,
            };
            assert_eq!(blocking.oversize(0), Some(expected), "seed {seed}, window {window}");
            assert_eq!(blocking.oversize(1), None);
            let [made, all] = blocking.pairs_by_rule()[..] else { panic!("two rules") };
            assert_eq!(made + expected.pairs, all, "what is made and what is lost is all");
            lost += expected.pairs;
        }
    }
    assert!(lost > 1_000, "{lost} pairs are lost");
}

#[test]
fn patterns_are_those_of_level_by_level_comparison() {
    for seed in SEEDS {
        let records = worlds::records_with_lists(seed, 25);
        let plan = worlds::plan(&records, true);
        let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
        for a in 0..records.len() as u32 {
            for b in a + 1..records.len() as u32 {
                let slow: Vec<u8> =
                    plan.comparisons.iter().map(|c| outcome(&records, c, a, b)).collect();
                assert_eq!(engine.space().outcomes(engine.pattern(a, b)), slow, "seed {seed}");
                assert_eq!(engine.pattern(a, b), engine.pattern(b, a), "seed {seed}: symmetric");
            }
        }
    }
}

/// Returns the share of a source's records with a value that hold a value, as a logarithm.
fn log_share(records: &Records, attribute: usize, of: u32, code: u32) -> f64 {
    let column = &records.columns()[attribute];
    let source = records.of_source(records.source_of(of));
    let held = source.clone().filter(|&r| column.codes_of(r).any(|other| other == code)).count();
    let present = source.filter(|&r| column.codes_of(r).next().is_some()).count();
    (held as f64 / present as f64).ln()
}

#[test]
fn rarity_of_a_shared_further_value_counts_all_the_chances_to_share_one() {
    let records = worlds::records_with_lists(5, 60);
    let plan = worlds::plan(&records, true);
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    let linkage = cci::strategy::find("probabilistic").unwrap().link(&input).unwrap();
    let model = linkage.scoring.unwrap().model;
    let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
    let frequencies = TermFrequencies::new(&records, &engine, &model);
    let place = plan.comparisons.iter().position(|c| c.attribute() == "family_name").unwrap();
    let column = records.column("family_name").unwrap();
    let codes = |record| column.codes_of(record).collect::<Vec<u32>>();
    let mut further_only = 0;
    for a in 0..records.len() as u32 {
        for b in a + 1..records.len() as u32 {
            let shared: Vec<u32> = codes(a).into_iter().filter(|c| codes(b).contains(c)).collect();
            let fast = frequencies.rarity_of(place, engine.pattern(a, b), a, b);
            if shared.is_empty() {
                assert_eq!(fast, 0.0);
                continue;
            }
            let both = |code| {
                0.5 * (log_share(&records, place, a, code) + log_share(&records, place, b, code))
            };
            let slow = if codes(a)[0] == codes(b)[0] {
                both(codes(a)[0])
            } else {
                further_only += 1;
                let chances = (codes(a).len() * codes(b).len()) as f64;
                let rarest = shared.iter().map(|&code| both(code)).fold(0.0, f64::min);
                (rarest + chances.ln()).min(0.0)
            };
            let slow = slow - model.comparisons[place].u[0].ln();
            // Shares are kept as 32-bit numbers.
            assert!((fast - slow).abs() < 1e-5, "{a} {b}: {fast} {slow}");
        }
    }
    assert!(further_only > 50, "{further_only} pairs share a further value only");
}

#[test]
fn random_agreement_is_the_count_over_all_pairs() {
    for seed in SEEDS {
        for within in [false, true] {
            let records = worlds::records(seed, 25);
            let plan = worlds::plan(&records, within);
            let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
            let fast = engine.random_agreement(&records, &|s, t| plan.mask.allows(s, t));
            for (place, comparison) in plan.comparisons.iter().enumerate() {
                let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
                for a in 0..records.len() as u32 {
                    for b in a + 1..records.len() as u32 {
                        if plan.mask.allows(records.source_of(a), records.source_of(b)) {
                            *counts.entry(outcome(&records, comparison, a, b)).or_default() += 1.0;
                        }
                    }
                }
                counts.remove(&0);
                let pairs: f64 = counts.values().sum();
                assert_eq!(fast[place].pairs, pairs);
                // A level that no pair reached counts half a pair, so the sum is a little more.
                let total: f64 = (1..=comparison.outcomes() as u8)
                    .map(|l| counts.get(&l).copied().unwrap_or(0.5))
                    .sum();
                for (l, &share) in fast[place].shares.iter().enumerate() {
                    let count = counts.get(&(l as u8 + 1)).copied().unwrap_or(0.5);
                    assert!((share - count / total).abs() < 1e-12, "seed {seed} {place} {l}");
                }
            }
        }
    }
}

#[test]
fn values_of_one_record_are_no_pair_of_records() {
    for seed in SEEDS {
        let records = worlds::records_with_lists(seed, 30);
        let plan = worlds::plan(&records, true);
        let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
        let fast = engine.random_agreement(&records, &|s, t| plan.mask.allows(s, t));
        let swapped = |c: &&Comparison| c.levels().iter().any(|l| l.label().contains("swapped"));
        for (place, comparison) in plan.comparisons.iter().enumerate() {
            let column = records.column(comparison.attribute()).unwrap();
            let none = comparison.outcomes();
            let mut counts = vec![0.0; none + 1];
            for a in 0..records.len() as u32 {
                for b in a + 1..records.len() as u32 {
                    if !plan.mask.allows(records.source_of(a), records.source_of(b)) {
                        continue;
                    }
                    counts[none] += f64::from(u8::from(outcome(&records, comparison, a, b) > 0));
                    for x in column.codes_of(a) {
                        for y in column.codes_of(b) {
                            counts[usize::from(engine.outcome_of_values(place, x, y)) - 1] += 1.0;
                        }
                    }
                }
            }
            // Each pair of values counts, and pairs of records that reach no level are the rest.
            let near: f64 = counts[..none - 1].iter().sum();
            counts[none - 1] = (counts[none] - near).max(0.0);
            let total: f64 = counts[..none].iter().map(|count| count.max(0.5)).sum();
            if swapped(&comparison) {
                continue;
            }
            for (level, &share) in fast[place].shares.iter().enumerate() {
                let expected = counts[level].max(0.5) / total;
                assert!((share - expected).abs() < 1e-12, "seed {seed} {place} {level}");
            }
        }
    }
}

#[test]
fn every_strategy_gives_the_same_links_at_any_number_of_threads() {
    let records = worlds::records_with_lists(7, 400);
    let plan = worlds::plan(&records, true);
    for strategy in STRATEGIES {
        let link = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let progress = Progress::default();
            let input = LinkInput::new(&records, &plan, &progress);
            pool.install(|| strategy.link(&input).unwrap())
        };
        let one = link(1);
        for threads in [2, 4] {
            let many = link(threads);
            assert_eq!(one.links, many.links, "{} at {threads} threads", strategy.name());
            let bits = |l: &cci::strategy::Linkage| {
                l.scoring.as_ref().map(|s| (s.threshold.bits().to_bits(), s.kept.clone()))
            };
            assert_eq!(bits(&one), bits(&many), "{} at {threads} threads", strategy.name());
        }
    }
}

#[test]
fn links_are_sorted_unique_and_allowed_in_every_strategy() {
    let records = worlds::records(3, 200);
    let plan = worlds::plan(&records, false);
    for strategy in STRATEGIES {
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let linkage = strategy.link(&input).unwrap();
        let pairs: Vec<(u32, u32)> = linkage.links.iter().map(|(_, l)| (l.a, l.b)).collect();
        let unique: BTreeSet<_> = pairs.iter().copied().collect();
        assert_eq!(pairs.len(), unique.len(), "{}", strategy.name());
        for (a, b) in pairs {
            assert!(a < b && records.source_of(a) != records.source_of(b), "{}", strategy.name());
        }
    }
}

#[test]
fn empty_single_and_all_equal_records_do_not_panic() {
    use cci::record::{Attribute, AttributeKind, RecordsBuilder, Source};
    for (count, value) in [(0, ""), (1, "anna"), (1, ""), (60, "anna"), (60, "")] {
        let attributes = ["given_name", "family_name", "date_of_birth", "postcode", "number"]
            .map(|name| Attribute::new(name, AttributeKind::GivenName));
        let mut builder = RecordsBuilder::new(attributes.to_vec());
        builder.open_source(Source::new("a"));
        for row in 0..count {
            builder.push(&row.to_string(), |_| value);
        }
        let records = builder.finish();
        let plan = cci::strategy::Plan {
            rules: vec![BlockingRule::parse(&["given_name"]).unwrap()],
            ..worlds::plan(&records, true)
        };
        for strategy in STRATEGIES {
            let progress = Progress::default();
            let input = LinkInput::new(&records, &plan, &progress);
            strategy.link(&input).unwrap();
        }
    }
}
