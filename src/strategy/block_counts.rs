//! Candidate pairs counted by the block that proposed them, for errors by drawing blocks anew.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashMap;

use super::LinkInput;
use crate::blocking::{Blocking, BlockingKey, BlockingRule};
use crate::comparison::ComparisonEngine;
use crate::error::Result;
use crate::model::PatternCounts;
use crate::record::{RecordId, Records};

/// Groups that the blocks are dealt to by hash: enough to draw from, few enough to hold.
const GROUPS: usize = 64;

/// Counts patterns and rules in groups of whole blocks.
///
/// A pair's block is that of its first rule. Of records with several values the first decides,
/// so a block of theirs may fall into two groups.
///
/// # Errors
/// `UnknownName` for an attribute that the records do not have.
pub(super) fn count_by_block(
    input: &LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
    blocking: &Blocking,
) -> Result<Vec<PatternCounts>> {
    let rules: Result<Vec<Vec<KeyHashes<'_>>>> =
        blocking.rules().iter().map(|rule| key_hashes(input.records, rule)).collect();
    let rules = rules?;
    let group = |record: RecordId, rule: usize| {
        let keys = rules[rule].iter();
        let mixed = keys.fold(rule as u64, |mixed, key| mixed.rotate_left(23) ^ key.of(record));
        let hash = FixedState::with_seed(0).hash_one(mixed);
        ((u128::from(hash) * GROUPS as u128) >> 64) as usize
    };
    let parts = blocking.visit(
        || vec![HashMap::new(); GROUPS],
        |groups: &mut Vec<HashMap<(u32, u32), u64>>, a, b, rule| {
            let key = (engine.pattern(a, b), blocking.rules_of(a, b));
            *groups[group(a, rule)].entry(key).or_insert(0) += 1;
        },
        input.progress.counter(),
    );
    let mut of_group: Vec<Vec<HashMap<(u32, u32), u64>>> = vec![Vec::new(); GROUPS];
    for part in parts {
        for (group, counts) in of_group.iter_mut().zip(part) {
            group.push(counts);
        }
    }
    Ok(of_group.into_iter().map(PatternCounts::merge).collect())
}

/// Hash of a key's form of every value.
struct KeyHashes<'a> {
    codes: &'a [u32],
    hashes: Vec<u64>,
}

impl KeyHashes<'_> {
    fn of(&self, record: RecordId) -> u64 {
        self.hashes[self.codes[record as usize] as usize]
    }
}

fn key_hashes<'a>(records: &'a Records, rule: &BlockingRule) -> Result<Vec<KeyHashes<'a>>> {
    let of_key = |key: &BlockingKey| {
        let column = &records.columns()[records.attribute(&key.attribute)?];
        let dictionary = column.dictionary();
        let hash = |code: u32| {
            let derived = (key.form.derive)(dictionary.value(code)).unwrap_or_default();
            FixedState::with_seed(0).hash_one(derived)
        };
        let hashes = (0..dictionary.codes() as u32).map(hash).collect();
        Ok(KeyHashes { codes: column.codes(), hashes })
    };
    rule.keys().iter().map(of_key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::LinkMask;
    use crate::comparison::Comparison;
    use crate::model::ThresholdPolicy;
    use crate::record::{Attribute, AttributeKind, RecordsBuilder, Source};
    use crate::strategy::{Plan, Progress};

    #[test]
    fn a_block_stands_in_one_group_and_no_pair_is_lost() {
        let family = Attribute::new("family_name", AttributeKind::FamilyName);
        let mut builder = RecordsBuilder::new(vec![family.clone()]);
        builder.open_source(Source::new("a"));
        let names = (0..600).map(|n| format!("name {n}"));
        for (n, name) in names.enumerate() {
            for copy in 0..3 {
                builder.push(&format!("{n}-{copy}"), |_| &name);
            }
        }
        let records = builder.finish();
        let plan = Plan {
            mask: LinkMask::new(1, |_, _| true),
            rules: vec![BlockingRule::parse(&["family_name"]).unwrap()],
            comparisons: vec![Comparison::ready_made(&family)],
            exact_key: Vec::new(),
            vetoes: Vec::new(),
            household: None,
            threshold: ThresholdPolicy::ExpectedF1,
            most_pairs: 10_000,
            model: None,
        };
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        let groups = count_by_block(&input, input.engine().unwrap(), &blocking).unwrap();
        let pairs: Vec<u64> = groups.iter().map(PatternCounts::pairs).collect();
        assert_eq!(pairs.iter().sum::<u64>(), 3 * 600, "three pairs a block");
        assert!(pairs.iter().all(|count| count % 3 == 0), "whole blocks: {pairs:?}");
        // 600 blocks in 64 groups are 9.4 a group; none is empty or holds a third of them.
        assert!(pairs.iter().all(|&count| (1..600).contains(&count)), "{pairs:?}");
    }
}
