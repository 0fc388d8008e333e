//! Some pairs of each rule, in whole blocks: bounded work where an estimate is enough.
//!
//! A block is taken or left by the hash of its key, so that the same records give the same
//! sample. What is taken says how many pairs it stands for, so that weighted counts are unbiased.

use std::hash::Hasher;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::entries::holders_of_several;
use super::filter::Filters;
use super::part::Part;
use super::sampled_keys::{
    MANY_OF_A_KEY, MOST_ENTRIES, SampledKeys, hash_of, hash_of_part, hasher, sample_keys,
};
use super::stream::check_number;
use super::{BlockingRule, Blocks, LinkMask};
use crate::error::Result;
use crate::record::{Column, MISSING, RecordId, Records, SourceId};

/// Share of a rule's pairs that one block may make where some have to be left out.
const MOST_OF_ONE_BLOCK: u64 = 64;
/// Pairs that one piece of parallel work visits, at most about this many.
const PAIRS_A_PIECE: u64 = 1 << 14;
/// Records whose codes are fetched together, about: far apart in memory, they come at once.
const RECORDS_TOGETHER: usize = 512;

/// Pairs of some blocks of each rule; all of them where they are few.
pub struct BlockSample<'a> {
    parts: Vec<Part<'a>>,
    rules: Vec<SampledRule>,
    filters: Vec<Filters<'a>>,
    source_of: Vec<SourceId>,
    mask: LinkMask,
}

/// Pair of a sample; a pair comes once for each rule whose sample it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledPair {
    /// Smaller record.
    pub a: RecordId,
    /// Larger record.
    pub b: RecordId,
    /// Rule whose sample the pair is in.
    pub rule: usize,
    /// Pairs of the rule that it stands for.
    pub stands_for: u64,
    /// First rule that the pair satisfies. Pairs under their first rule are each pair once.
    pub first: usize,
    /// Hash of the block that the pair is in under its first rule.
    pub block: u64,
}

/// Blocks of one rule that were taken.
#[derive(Default)]
struct SampledRule {
    /// Places of the rule's keys among the parts.
    keys: Vec<usize>,
    /// All blocks of a rule with a window or a largest block, where two keys do not tell whether
    /// their records meet.
    all: Option<Blocks>,
    /// By hash.
    blocks: Vec<Block>,
    records: Vec<RecordId>,
    /// Whether each record is its block's own; without a window all are.
    own: Vec<bool>,
}

/// Records that meet in a block of a rule, or some of them.
struct Block {
    hash: u64,
    records: Range<usize>,
    pairs: u64,
    stands_for: u64,
}

impl<'a> BlockSample<'a> {
    /// Takes blocks of every rule that make so many pairs at most, about.
    ///
    /// Of a rule that makes more every second block is left out by the hash of its key, again
    /// and again; blocks so large that a few of them would be the sample are thinned before.
    ///
    /// # Errors
    /// `TooLarge` beyond [`MOST_RULES`](super::stream::MOST_RULES), and for records that hold so
    /// many values that they would have too many keys; what [`BlockingRule::check`] refuses.
    pub fn new(
        records: &'a Records,
        rules: &[BlockingRule],
        mask: &LinkMask,
        most_pairs: u64,
    ) -> Result<Self> {
        check_number(rules)?;
        rules.iter().try_for_each(|rule| rule.check(records))?;
        let mut keys = Vec::new();
        let mut place = |label: String, key| {
            let known = keys.iter().position(|(known, _)| *known == label);
            known.unwrap_or_else(|| {
                keys.push((label, key));
                keys.len() - 1
            })
        };
        let places: Vec<Vec<usize>> = rules
            .iter()
            .map(|rule| {
                let mut places: Vec<usize> =
                    rule.keys().iter().map(|key| place(key.label(), key)).collect();
                places.sort_unstable();
                places.dedup();
                places
            })
            .collect();
        let parts: Vec<Part<'_>> = keys.par_iter().map(|(_, key)| Part::of(records, key)).collect();
        for (rule, places) in rules.iter().zip(&places) {
            let columns: Vec<&Column> = places.iter().map(|&part| parts[part].column).collect();
            holders_of_several(&columns, rule)?;
        }
        let by_keys = |(rule, keys): (&BlockingRule, &Vec<usize>)| match rule.meets_by_keys() {
            true => keys.clone(),
            false => Vec::new(),
        };
        let by_keys: Vec<Vec<usize>> = rules.iter().zip(&places).map(by_keys).collect();
        let sampled = sample_keys(&parts, &by_keys, records.len() as RecordId);
        let mut sample = Self {
            parts,
            rules: Vec::new(),
            filters: Filters::of_rules(records, rules)?,
            source_of: records.source_ids(),
            mask: mask.clone(),
        };
        let taken =
            places.into_par_iter().zip(sampled).zip(rules).map(|((keys, sampled), rule)| {
                Ok(match rule.meets_by_keys() {
                    true => sample.rule(keys, sampled, most_pairs),
                    false => sample.rule_of(Blocks::build(records, rule)?, most_pairs),
                })
            });
        sample.rules = taken.collect::<Result<_>>()?;
        Ok(sample)
    }

    /// Returns the number of pairs that a visit looks at: those it gives, and those that share
    /// several keys or that filters leave out besides.
    pub fn pairs(&self) -> u64 {
        self.rules.iter().flat_map(|rule| &rule.blocks).map(|block| block.pairs).sum()
    }

    /// Says whether two records agree on any rule, whichever blocks were taken.
    pub fn agree(&self, a: RecordId, b: RecordId) -> bool {
        let shared = |&key: &usize| self.parts[key].shared(a, b).is_some();
        let mut rules = self.rules.iter().zip(&self.filters);
        rules.any(|(rule, filters)| {
            let meet = match &rule.all {
                Some(blocks) => blocks.agree(a, b),
                None => rule.keys.iter().all(shared),
            };
            meet && filters.keep(a, b)
        })
    }

    /// Says whether a visit gives no pair.
    pub fn is_empty(&self) -> bool {
        let given = |rule: usize| {
            let blocks = &self.rules[rule].blocks;
            blocks.par_iter().any(|block| {
                let mut given = false;
                self.visit_blocks(rule, std::slice::from_ref(block), |_| given = true);
                given
            })
        };
        !(0..self.rules.len()).any(given)
    }

    /// Visits the pairs that were taken, in parallel, and returns the accumulators in order.
    ///
    /// Neither the pieces of work nor what they hold depend on the number of threads.
    /// `progress` counts pairs.
    pub fn visit<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        visit: impl Fn(&mut A, SampledPair) + Sync,
        progress: &AtomicU64,
    ) -> Vec<A> {
        self.pieces()
            .par_iter()
            .map(|(rule, blocks)| {
                let mut accumulator = make();
                let blocks = &self.rules[*rule].blocks[blocks.clone()];
                self.visit_blocks(*rule, blocks, |pair| visit(&mut accumulator, pair));
                let pairs = blocks.iter().map(|block| block.pairs).sum();
                progress.fetch_add(pairs, Ordering::Relaxed);
                accumulator
            })
            .collect()
    }

    /// Visits the pairs of blocks of a rule that follow each other.
    fn visit_blocks(&self, rule: usize, blocks: &[Block], mut visit: impl FnMut(SampledPair)) {
        // Parts are numbered as rules first ask for them.
        let keys = self.rules[..=rule].iter().flat_map(|rule| &rule.keys);
        let parts = &self.parts[..keys.max().map_or(0, |&last| last + 1)];
        let mut rest = blocks;
        while let [first, ..] = rest {
            let start = first.records.start;
            let near = rest.partition_point(|block| block.records.end <= start + RECORDS_TOGETHER);
            let (together, later) = rest.split_at(near.max(1));
            let end = together[together.len() - 1].records.end;
            let codes = BlockCodes::of(parts, start, &self.rules[rule].records[start..end]);
            together.iter().for_each(|block| self.visit_block(rule, block, &codes, &mut visit));
            rest = later;
        }
    }

    fn visit_block(
        &self,
        rule: usize,
        block: &Block,
        codes: &BlockCodes<'_, '_>,
        visit: &mut impl FnMut(SampledPair),
    ) {
        let SampledRule { records, own, .. } = &self.rules[rule];
        for (x, &a) in block.records.clone().zip(&records[block.records.clone()]) {
            for (y, &b) in (x + 1..block.records.end).zip(&records[x + 1..block.records.end]) {
                if !self.allows(a, b) || !(own[x] || own[y]) {
                    continue;
                }
                let key = |rule: usize| match &self.rules[rule] {
                    SampledRule { all: Some(blocks), .. } => blocks.first_shared(a, b).map(hash_of),
                    SampledRule { keys, .. } => codes.shared_key(keys, [x, y], [a, b]),
                };
                // Records of several values may meet in several blocks; one of them counts.
                if key(rule) != Some(block.hash) || !self.filters[rule].keep(a, b) {
                    continue;
                }
                let kept = |&(rule, _): &(usize, u64)| self.filters[rule].keep(a, b);
                let earlier = (0..rule).filter_map(|r| Some((r, key(r)?))).find(kept);
                let (first, hash) = earlier.unwrap_or((rule, block.hash));
                let stands_for = block.stands_for;
                visit(SampledPair { a, b, rule, stands_for, first, block: hash });
            }
        }
    }

    fn pieces(&self) -> Vec<(usize, Range<usize>)> {
        let mut pieces = Vec::new();
        for (place, rule) in self.rules.iter().enumerate() {
            let (mut from, mut pairs) = (0, 0);
            for (end, block) in (1..).zip(&rule.blocks) {
                pairs += block.pairs;
                if pairs >= PAIRS_A_PIECE || end == rule.blocks.len() {
                    pieces.push((place, from..end));
                    (from, pairs) = (end, 0);
                }
            }
        }
        pieces
    }

    fn allows(&self, a: RecordId, b: RecordId) -> bool {
        self.mask.allows(self.source_of[a as usize], self.source_of[b as usize])
    }

    fn rule(&self, keys: Vec<usize>, sampled: SampledKeys, most_pairs: u64) -> SampledRule {
        let mut rule = SampledRule { keys, ..SampledRule::default() };
        let blocks = sampled.entries.chunk_by(|x, y| x.0 == y.0);
        for block in blocks.filter(|block| block.len() > 1) {
            let (hash, records) = (block[0].0, block.iter().map(|&(_, record)| (record, true)));
            rule.push(self, hash, records, sampled.stands_for(hash));
        }
        rule.keep_to(self, most_pairs, sampled.halvings)
    }

    /// Takes blocks, each with what is near it: a pair is in the sample of one block.
    fn rule_of(&self, all: Blocks, most_pairs: u64) -> SampledRule {
        let mut hashed: Vec<(u64, usize)> =
            (0..all.count()).map(|place| (hash_of(all.key(place)), place)).collect();
        hashed.sort_unstable();
        let looked_through = |hashed: &[(u64, usize)]| -> usize {
            let records = hashed.iter().map(|&(_, place)| all.most_meeting(place));
            // A large block is thinned; it shall not be left out for its size.
            records.map(|records| records.min(MANY_OF_A_KEY)).sum()
        };
        let mut halvings = 0;
        while looked_through(&hashed) > MOST_ENTRIES && hashed.len() > 1 {
            halvings += 1;
            hashed.truncate(hashed.partition_point(|(hash, _)| hash.leading_zeros() >= halvings));
        }
        let mut rule = SampledRule::default();
        for (hash, place) in hashed {
            let meeting = all.meeting(place);
            let own = |place: usize| meeting.own.is_empty() || meeting.own[place];
            let records = meeting.records.iter().enumerate();
            rule.push(
                self,
                hash,
                records.map(|(place, &record)| (record, own(place))),
                1 << halvings,
            );
        }
        SampledRule { all: Some(all), ..rule.keep_to(self, most_pairs, halvings) }
    }

    /// Counts the pairs of some records, in order, that may be linked.
    fn pairs_of(&self, records: &[RecordId], own: &[bool]) -> u64 {
        let all = self.mask.pairs_in(records.iter().copied(), &self.source_of);
        let rest = records.iter().zip(own).filter(|(_, own)| !**own).map(|(&record, _)| record);
        all - self.mask.pairs_in(rest, &self.source_of)
    }
}

/// Codes of some blocks' records in some parts, side by side: pairs of them ask for the same ones.
struct BlockCodes<'s, 'a> {
    parts: &'s [Part<'a>],
    /// Place of the first of the records among those of the rule.
    start: usize,
    /// First code of each record in each part, those of a record together.
    codes: Vec<u32>,
    /// Whether each record holds several values of some part.
    several: Vec<bool>,
}

impl<'s, 'a> BlockCodes<'s, 'a> {
    fn of(parts: &'s [Part<'a>], start: usize, records: &[RecordId]) -> Self {
        let mut codes = vec![MISSING; parts.len() * records.len()];
        for (at, part) in parts.iter().enumerate() {
            let places = codes[at..].iter_mut().step_by(parts.len());
            places.zip(records).for_each(|(code, &record)| *code = part.first(record));
        }
        let holds = |&record: &RecordId| parts.iter().any(|p| p.column.holds_several(record));
        Self { parts, start, codes, several: records.iter().map(holds).collect() }
    }

    fn of_record(&self, place: usize) -> &[u32] {
        &self.codes[place * self.parts.len()..(place + 1) * self.parts.len()]
    }

    /// Returns the hash of the smallest key that two records share under a rule of some parts,
    /// given with their places among the records of the rule.
    fn shared_key(&self, keys: &[usize], places: [usize; 2], [a, b]: [RecordId; 2]) -> Option<u64> {
        let [x, y] = places.map(|place| place - self.start);
        if self.several[x] || self.several[y] {
            let shared = |&part: &usize| {
                let code = self.parts[part].shared(a, b)?;
                Some(hash_of_part(part, code as u32))
            };
            return keys.iter().map(shared).try_fold(0, |key, hash| Some(key ^ hash?));
        }
        let (own, others) = (self.of_record(x), self.of_record(y));
        if keys.iter().any(|&part| own[part] != others[part] || own[part] == MISSING) {
            return None;
        }
        Some(keys.iter().fold(0, |key, &part| key ^ hash_of_part(part, own[part])))
    }
}

impl SampledRule {
    fn pairs(&self) -> u64 {
        self.blocks.iter().map(|block| block.pairs).sum()
    }

    /// Adds a block of records, each with whether it is the block's own, if it makes pairs.
    fn push(
        &mut self,
        sample: &BlockSample<'_>,
        hash: u64,
        records: impl Iterator<Item = (RecordId, bool)>,
        stands_for: u64,
    ) {
        let start = self.records.len();
        for (record, own) in records {
            self.records.push(record);
            self.own.push(own);
        }
        let pairs = sample.pairs_of(&self.records[start..], &self.own[start..]);
        if pairs == 0 {
            self.records.truncate(start);
            self.own.truncate(start);
            return;
        }
        self.blocks.push(Block { hash, records: start..self.records.len(), pairs, stands_for });
    }

    /// Thins large blocks and leaves others out until about so many pairs are made.
    fn keep_to(mut self, sample: &BlockSample<'_>, most_pairs: u64, halvings: u32) -> Self {
        if self.pairs() > most_pairs {
            self.thin(sample, most_pairs / MOST_OF_ONE_BLOCK);
            self.halve(halvings, most_pairs);
        }
        self
    }

    /// Takes of blocks that make more pairs than so many one record in several, by hash.
    fn thin(&mut self, sample: &BlockSample<'_>, most: u64) {
        let mut thinned = Self::default();
        for block in &self.blocks {
            let one_in = (block.pairs as f64 / most.max(1) as f64).sqrt().ceil() as u64;
            let taken = |&(record, _): &(RecordId, bool)| {
                let mut hasher = hasher();
                hasher.write_u64(block.hash);
                hasher.write_u32(record);
                hasher.finish().is_multiple_of(one_in)
            };
            let own = self.own[block.records.clone()].iter().copied();
            let all = self.records[block.records.clone()].iter().copied().zip(own);
            let records = all.filter(taken);
            let stands_for = block.stands_for * one_in.pow(2);
            thinned.push(sample, block.hash, records, stands_for);
        }
        (self.blocks, self.records, self.own) = (thinned.blocks, thinned.records, thinned.own);
    }

    /// Leaves out half of the blocks until they make few enough pairs; one at least stays.
    fn halve(&mut self, mut halvings: u32, most_pairs: u64) {
        while self.pairs() > most_pairs {
            let kept = self.blocks.partition_point(|b| b.hash.leading_zeros() > halvings);
            if kept == 0 {
                break;
            }
            halvings += 1;
            self.blocks.truncate(kept);
            self.blocks.iter_mut().for_each(|block| block.stands_for *= 2);
        }
    }
}
