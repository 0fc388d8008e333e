//! Samples of blocks against brute force: all pairs where they are few, unbiased where not.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;

use cci::blocking::{BlockSample, Blocking, BlockingRule, LinkMask, SampledPair};
use cci::record::{Attribute, AttributeKind, Records, RecordsBuilder, Source};

fn visit(sample: &BlockSample<'_>) -> Vec<SampledPair> {
    sample.visit(Vec::new, |pairs, pair| pairs.push(pair), &AtomicU64::new(0)).concat()
}

#[test]
fn a_sample_without_a_limit_is_every_pair_of_each_rule() {
    for (seed, within) in (0..12).flat_map(|seed| [(seed, false), (seed, true)]) {
        let records = match seed % 2 {
            0 => worlds::records(seed, 40),
            _ => worlds::records_with_lists(seed, 40),
        };
        let plan = worlds::plan(&records, within);
        let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).unwrap();
        let sample = BlockSample::new(&records, &plan.rules, &plan.mask, u64::MAX).unwrap();
        let mut by_pair: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut blocks: BTreeMap<(u32, u32), BTreeSet<u64>> = BTreeMap::new();
        for pair in visit(&sample) {
            assert_eq!(pair.stands_for, 1);
            let rules = by_pair.entry((pair.a, pair.b)).or_default();
            assert_eq!(*rules >> pair.rule & 1, 0, "seed {seed}: once a rule");
            *rules |= 1 << pair.rule;
            blocks.entry((pair.a, pair.b)).or_default().insert(pair.block);
            let all = blocking.rules_of(pair.a, pair.b);
            assert_eq!(pair.first, all.trailing_zeros() as usize, "seed {seed}");
        }
        assert!(blocks.values().all(|blocks| blocks.len() == 1), "one block a pair");
        let n = records.len() as u32;
        for (a, b) in (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))) {
            assert_eq!(sample.agree(a, b), blocking.rules_of(a, b) != 0, "seed {seed}");
            let rules = by_pair.get(&(a, b)).copied().unwrap_or(0);
            let expected = if blocking.allows(a, b) { blocking.rules_of(a, b) } else { 0 };
            assert_eq!(rules, expected, "seed {seed}: records {a} and {b}");
        }
    }
}

/// Builds records in blocks: of two records each, and one block of many.
fn blocks(of_two: u32, large: u32) -> Records {
    let number = Attribute::new("number", AttributeKind::Number);
    let mut builder = RecordsBuilder::new(vec![number]);
    builder.open_source(Source::new("a"));
    for block in 0..of_two {
        let number = (1000 + block).to_string();
        for copy in 0..2 {
            builder.push(&format!("{block}-{copy}"), |_| &number);
        }
    }
    for record in 0..large {
        builder.push(&format!("large-{record}"), |_| "7");
    }
    builder.finish()
}

#[test]
fn a_sample_keeps_its_limit_and_stands_for_all_pairs() {
    let rules = [BlockingRule::parse(&["number"]).unwrap()];
    let mask = LinkMask::new(1, |_, _| true);
    // The standard error of a sum over blocks of two is √(pairs × one in so many), 5 % here.
    let records = blocks(40_000, 0);
    let sample = BlockSample::new(&records, &rules, &mask, 1 << 9).unwrap();
    let pairs = visit(&sample);
    assert!((200..=512).contains(&pairs.len()), "{}", pairs.len());
    assert_eq!(pairs.len() as u64, sample.pairs());
    let stands_for: u64 = pairs.iter().map(|pair| pair.stands_for).sum();
    assert!((stands_for as f64 / 40_000.0 - 1.0).abs() < 0.2, "{stands_for}");
}

#[test]
fn a_sample_of_a_rule_with_a_window_stands_for_all_its_pairs() {
    let rules = [BlockingRule::parse(&["number"]).unwrap().with_window(3).unwrap()];
    let mask = LinkMask::new(1, |_, _| true);
    // Of 20,000 values held twice each makes a pair and four with each of the two after it.
    let all = 20_000 * 9 - 3 * 4;
    let records = blocks(20_000, 0);
    let whole = BlockSample::new(&records, &rules, &mask, u64::MAX).unwrap();
    assert_eq!(visit(&whole).len(), all);
    let sample = BlockSample::new(&records, &rules, &mask, 1 << 11).unwrap();
    let pairs = visit(&sample);
    assert!((900..=2_048).contains(&pairs.len()), "{}", pairs.len());
    // Some 200 windows of nine pairs are taken: a standard error of 7 %.
    let stands_for: u64 = pairs.iter().map(|pair| pair.stands_for).sum();
    assert!((stands_for as f64 / all as f64 - 1.0).abs() < 0.28, "{stands_for}");
    // One value of very many, and one beside it: some 64 records of the window are taken, which
    // tell its pairs with a standard error of 25 %, and of six such windows of 10 %.
    let of_all = (5..11).map(|thousands| {
        let large = 3_000 * thousands;
        let records = blocks(1, large);
        let sample = BlockSample::new(&records, &rules, &mask, 1 << 17).unwrap();
        let pairs = visit(&sample);
        assert!(pairs.len() < 1 << 17, "{}", pairs.len());
        let stands_for: u64 = pairs.iter().map(|pair| pair.stands_for).sum();
        stands_for as f64 / (f64::from(large + 2) * f64::from(large + 1) / 2.0)
    });
    let mean = of_all.sum::<f64>() / 6.0;
    assert!((mean - 1.0).abs() < 0.4, "{mean}");
}

#[test]
fn a_block_of_everybody_is_thinned_and_nothing_explodes() {
    let rules = [BlockingRule::parse(&["number"]).unwrap()];
    let mask = LinkMask::new(1, |_, _| true);
    // Of 100,000 records in one block 5 · 10⁹ pairs would be made.
    let records = blocks(0, 100_000);
    let sample = BlockSample::new(&records, &rules, &mask, 1 << 17).unwrap();
    let pairs = visit(&sample);
    assert!((500..1 << 17).contains(&pairs.len()), "{}", pairs.len());
    let stands_for: u64 = pairs.iter().map(|pair| pair.stands_for).sum();
    assert!((stands_for as f64 / 5e9 - 1.0).abs() < 0.5, "{stands_for}");
}

#[test]
fn keys_too_large_to_be_looked_through_are_thinned_and_not_left_out() {
    let mask = LinkMask::new(1, |_, _| true);
    let rule = || BlockingRule::parse(&["number"]).unwrap();
    let share = |small: u32, large: u32, rule: BlockingRule| {
        let records = blocks(small, large);
        let sample = BlockSample::new(&records, &[rule], &mask, 1 << 22).unwrap();
        let stands_for: u64 = visit(&sample).iter().map(|pair| pair.stands_for).sum();
        stands_for as f64 / (f64::from(large) * f64::from(large - 1) / 2.0 + f64::from(small))
    };
    // About 360 records of everybody's block are taken: a standard error of 11 %.
    for rule in [rule(), rule().with_largest_block(400_000).unwrap()] {
        let found = share(0, 300_000, rule);
        assert!((found - 1.0).abs() < 0.4, "{found}");
    }
    // Of seven records in ten the block is taken or left by its hash, which follows its number:
    // it stands for two or for none.
    let of_all: Vec<f64> = (0..12).map(|more| share(45_000 + more, 210_000, rule())).collect();
    let mean = of_all.iter().sum::<f64>() / 12.0;
    assert!((0.3..1.7).contains(&mean), "{of_all:?}");
}

#[test]
fn more_rules_than_a_word_has_bits_are_refused() {
    let rules: Vec<BlockingRule> =
        (0..33).map(|_| BlockingRule::parse(&["number"]).unwrap()).collect();
    let (records, mask) = (blocks(2, 0), LinkMask::new(1, |_, _| true));
    let sample = BlockSample::new(&records, &rules, &mask, 1 << 9);
    assert_eq!(sample.err().unwrap().kind(), cci::error::ErrorKind::TooLarge);
}
