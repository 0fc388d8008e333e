//! Candidate pairs as a stream: counted before they are made, each given once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::blocks::Meeting;
use super::filter::Filters;
use super::run::{self, Run};
use super::{BlockingRule, Blocks};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{RecordId, Records, SourceId};

/// Most blocking rules of one plan; a pair's rules are bits of a word.
pub const MOST_RULES: usize = 32;

/// Refuses more rules than [`MOST_RULES`].
pub(super) fn check_number(rules: &[BlockingRule]) -> Result<()> {
    if rules.len() > MOST_RULES {
        let message = format!("{} blocking rules, expected at most {MOST_RULES}", rules.len());
        return Err(Error::new(ErrorKind::TooLarge, message).help("drop rules that add few pairs"));
    }
    Ok(())
}

/// Record pairs that one piece of parallel work visits, at most about this many.
const PAIRS_A_PIECE: u64 = 1 << 18;

/// Blocks whose pairs are counted by one piece of parallel work, at least.
const BLOCKS_A_PIECE: usize = 1 << 12;

/// Which sources may be linked with which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMask {
    sources: usize,
    allowed: Vec<bool>,
}

impl LinkMask {
    /// Builds a mask by asking for every pair of sources; the answer must be symmetric.
    pub fn new(sources: usize, allowed: impl Fn(SourceId, SourceId) -> bool) -> Self {
        let pair = |place: usize| ((place / sources) as SourceId, (place % sources) as SourceId);
        let allowed = (0..sources * sources).map(pair).map(|(s, t)| allowed(s, t)).collect();
        Self { sources, allowed }
    }

    /// Says whether records of two sources may be linked.
    pub fn allows(&self, s: SourceId, t: SourceId) -> bool {
        self.allowed[s as usize * self.sources + t as usize]
    }

    /// Says whether all records may be linked.
    pub(super) fn allows_all(&self) -> bool {
        self.allowed.iter().all(|&allowed| allowed)
    }

    /// Returns the number of sources.
    pub(super) fn sources(&self) -> usize {
        self.sources
    }

    /// Counts the pairs of a block that may be linked; its records are in order.
    pub(super) fn pairs_in(
        &self,
        block: impl Iterator<Item = RecordId>,
        source_of: &[SourceId],
    ) -> u64 {
        if self.sources == 1 {
            return self.pairs(&[(0, block.count() as u64)]);
        }
        let mut sources = block.map(|record| source_of[record as usize]);
        let Some(first) = sources.next() else { return 0 };
        let mut count = 1;
        let second = loop {
            match sources.next() {
                Some(source) if source == first => count += 1,
                Some(source) => break source,
                None => return self.pairs(&[(first, count)]), // most blocks, and without a list
            }
        };
        let mut counts = vec![(first, count), (second, 1)];
        for source in sources {
            match counts.last_mut() {
                Some((last, count)) if *last == source => *count += 1,
                _ => counts.push((source, 1)),
            }
        }
        self.pairs(&counts)
    }

    /// Counts the pairs that may be linked among records of some sources, each named once.
    pub(super) fn pairs(&self, counts: &[(SourceId, u64)]) -> u64 {
        let mut pairs = 0;
        for (place, &(s, n)) in counts.iter().enumerate() {
            if self.allows(s, s) {
                pairs += n * n.saturating_sub(1) / 2;
            }
            for &(t, k) in &counts[place + 1..] {
                if self.allows(s, t) {
                    pairs += n * k;
                }
            }
        }
        pairs
    }
}

/// Blocking rules applied to records.
pub struct Blocking<'a> {
    pub(super) rules: Vec<BlockingRule>,
    pub(super) blocks: Vec<Blocks>,
    /// Filters of each rule.
    pub(super) filters: Vec<Filters<'a>>,
    pub(super) source_of: Vec<SourceId>,
    pub(super) mask: LinkMask,
    /// Whether each record is new, if only pairs with a new record are asked for; else empty.
    is_new: Vec<bool>,
    pairs_by_rule: OnceLock<Vec<u64>>,
}

/// A record and the candidates that it makes with later records of its block.
pub struct Row<'a> {
    /// Rule, the first that each of the pairs satisfies, and a number that tells these records
    /// from the others of its rows.
    pub of: (usize, usize),
    /// Records of the block, or of several, in order within each.
    pub records: &'a [RecordId],
    /// Place of the record among them.
    pub place: u32,
    /// Places of the others among them, in order.
    pub others: &'a [u32],
}

impl Row<'_> {
    /// Returns the record whose row it is: the smaller of each pair.
    pub fn record(&self) -> RecordId {
        self.records[self.place as usize]
    }

    /// Iterates over the others.
    pub fn others(&self) -> impl ExactSizeIterator<Item = RecordId> + '_ {
        self.others.iter().map(|&place| self.records[place as usize])
    }
}

/// Piece of parallel work: rows of blocks, from one place to another.
struct Piece {
    rule: usize,
    from: Place,
    to: Place,
}

#[derive(Clone, Copy)]
struct Place {
    block: usize,
    row: usize,
}

impl<'a> Blocking<'a> {
    /// Groups the records by every rule.
    ///
    /// # Errors
    /// `TooLarge` beyond [`MOST_RULES`]; what [`BlockingRule::check`] refuses.
    pub fn new(records: &'a Records, rules: &[BlockingRule], mask: LinkMask) -> Result<Self> {
        check_number(rules)?;
        let blocks: Result<Vec<Blocks>> =
            rules.par_iter().map(|rule| Blocks::build(records, rule)).collect();
        let source_of = records.source_ids();
        let filters = Filters::of_rules(records, rules)?;
        Ok(Self {
            rules: rules.to_vec(),
            blocks: blocks?,
            filters,
            source_of,
            mask,
            is_new: Vec::new(),
            pairs_by_rule: OnceLock::new(),
        })
    }

    /// Leaves out the pairs of two records neither of which is new.
    ///
    /// # Panics
    /// If not every record is said to be new or not.
    #[must_use]
    pub fn with_a_new_record(self, is_new: Vec<bool>) -> Self {
        assert_eq!(is_new.len(), self.source_of.len(), "every record is new or not");
        Self { is_new, pairs_by_rule: OnceLock::new(), ..self }
    }

    /// Returns the rules, in order.
    pub fn rules(&self) -> &[BlockingRule] {
        &self.rules
    }

    /// Says whether a pair of records may be linked at all.
    pub fn allows(&self, a: RecordId, b: RecordId) -> bool {
        self.mask.allows(self.source_of[a as usize], self.source_of[b as usize])
            && !(self.is_old(a) && self.is_old(b))
    }

    /// Says whether a record is paired with new ones only.
    fn is_old(&self, record: RecordId) -> bool {
        self.is_new.get(record as usize).is_some_and(|is_new| !is_new)
    }

    /// Returns the rules that a pair satisfies, as bits; the mask of sources is not asked.
    pub fn rules_of(&self, a: RecordId, b: RecordId) -> u32 {
        (0..self.rules.len()).fold(0, |bits, rule| bits | u32::from(self.agree(rule, a, b)) << rule)
    }

    /// Says whether a pair is a candidate.
    pub fn covers(&self, a: RecordId, b: RecordId) -> bool {
        self.allows(a, b) && (0..self.rules.len()).any(|rule| self.agree(rule, a, b))
    }

    /// Says whether a rule makes a pair; the mask of sources is not asked.
    #[inline]
    fn agree(&self, rule: usize, a: RecordId, b: RecordId) -> bool {
        self.blocks[rule].agree(a, b) && self.filters[rule].keep(a, b)
    }

    /// Iterates over the candidates of a record, in order.
    pub fn candidates(&self, record: RecordId) -> impl Iterator<Item = RecordId> + '_ {
        let others = (0..self.source_of.len() as RecordId).filter(move |&other| other != record);
        others.filter(move |&other| self.covers(record.min(other), record.max(other)))
    }

    /// Counts the pairs of each rule by itself, from block sizes alone, when first asked.
    ///
    /// Two records that share several values of a list are counted once for each, and pairs that
    /// filters leave out are counted too.
    pub fn pairs_by_rule(&self) -> &[u64] {
        self.pairs_by_rule.get_or_init(|| {
            let of_rule = |blocks: &Blocks| {
                let places = (0..blocks.count()).into_par_iter().with_min_len(BLOCKS_A_PIECE);
                let meetings = places.filter(|&place| !blocks.is_alone(place));
                meetings.map(|place| self.pairs_meeting(&blocks.meeting(place))).sum()
            };
            self.blocks.iter().map(of_rule).collect()
        })
    }

    /// Counts the pairs of what meets in a block that may be linked.
    pub(super) fn pairs_meeting(&self, meeting: &Meeting<'_>) -> u64 {
        let all = self.pairs_in(meeting.records.iter().copied());
        if meeting.own.is_empty() { all } else { all - self.pairs_in(meeting.rest()) }
    }

    /// Counts the pairs of some records, in order, that may be linked.
    fn pairs_in(&self, records: impl Iterator<Item = RecordId> + Clone) -> u64 {
        let all = self.mask.pairs_in(records.clone(), &self.source_of);
        if self.is_new.is_empty() {
            return all;
        }
        let old = records.filter(|&record| self.is_old(record));
        all - self.mask.pairs_in(old, &self.source_of)
    }

    /// Refuses to go on if the rules would make more pairs than allowed.
    ///
    /// # Errors
    /// `TooLarge`, naming the rule that makes the most pairs.
    pub fn check_size(&self, most_pairs: u64) -> Result<()> {
        let by_rule = self.pairs_by_rule();
        let total: u64 = by_rule.iter().sum();
        if total <= most_pairs {
            return Ok(());
        }
        let (worst, pairs) = by_rule
            .iter()
            .enumerate()
            .max_by_key(|&(rule, &pairs)| (pairs, std::cmp::Reverse(rule)))
            .expect("a total above zero has a rule");
        Err(Error::new(
            ErrorKind::TooLarge,
            format!("the blocking rules make {total} pairs, more than the limit of {most_pairs}"),
        )
        .note(format!("rule \"{}\" alone makes {pairs}", self.rules[worst].label()))
        .help("add a key to that rule, or raise most_pairs in the settings"))
    }

    /// Visits every candidate pair once, in parallel, and returns the accumulators in order.
    ///
    /// `visit` gets the accumulator, the smaller and the larger record, and the first rule that
    /// the pair satisfies. The pieces of work, and so the accumulators and what they hold, do not
    /// depend on the number of threads. `progress` counts pairs looked at.
    pub fn visit<A: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        visit: impl Fn(&mut A, RecordId, RecordId, usize) + Sync,
        progress: &AtomicU64,
    ) -> Vec<A> {
        let visit_row = |accumulator: &mut A, row: &Row<'_>| {
            row.others().for_each(|b| visit(accumulator, row.record(), b, row.of.0));
        };
        self.visit_rows(make, visit_row, |accumulator| accumulator, progress)
    }

    /// Visits the same pairs in the same order, those of one record in its block together.
    ///
    /// `finish` makes of a piece's accumulator what is returned, so that what only the visit
    /// needed can go.
    pub fn visit_rows<A, B: Send>(
        &self,
        make: impl Fn() -> A + Sync,
        visit: impl Fn(&mut A, &Row<'_>) + Sync,
        finish: impl Fn(A) -> B + Sync,
        progress: &AtomicU64,
    ) -> Vec<B> {
        self.pieces()
            .par_iter()
            .map(|piece| {
                let mut accumulator = make();
                let seen = self.visit_piece(piece, |row| visit(&mut accumulator, row));
                progress.fetch_add(seen, Ordering::Relaxed);
                finish(accumulator)
            })
            .collect()
    }

    /// Visits the rows of a piece; apart from its callers, so that CI can count what it takes.
    #[inline(never)]
    fn visit_piece(&self, piece: &Piece, mut visit: impl FnMut(&Row<'_>)) -> u64 {
        let (blocks, filters) = (&self.blocks[piece.rule], &self.filters[piece.rule]);
        // Then nothing is left to ask of a pair.
        let every_pair = piece.rule == 0
            && filters.is_empty()
            && !blocks.has_several_keys()
            && self.is_new.is_empty()
            && self.mask.allows_all();
        let earlier = || self.blocks.iter().zip(&self.filters).take(piece.rule);
        let meets_once = !blocks.has_several_keys();
        let mut run = Run::new(self, piece.rule);
        let mut seen = 0;
        let mut others = Vec::new();
        for number in piece.from.block..=piece.to.block.min(blocks.count() - 1) {
            if blocks.is_alone(number) {
                continue;
            }
            let meeting = blocks.meeting(number);
            let block = &*meeting.records;
            let first = if number == piece.from.block { piece.from.row } else { 0 };
            let last = if number == piece.to.block { piece.to.row } else { block.len() };
            let rows = first..last.min(block.len());
            if block.len() <= run::LARGEST && meeting.own.is_empty() && self.is_new.is_empty() {
                seen += rows.clone().map(|place| (block.len() - place - 1) as u64).sum::<u64>();
                run.push(number, block, rows);
                if run.is_full() {
                    run.visit(&mut visit);
                }
                continue;
            }
            run.visit(&mut visit);
            let all = block.len() as u32;
            // A record of another block, or one that is not new, is paired with some alone.
            let among_all = |place: u32| match meeting.own.is_empty() {
                true => !self.is_old(block[place as usize]),
                false => meeting.own[place as usize],
            };
            let some: Vec<u32> = match self.is_new.is_empty() && meeting.own.is_empty() {
                true => Vec::new(),
                false => (0..all).filter(|&place| among_all(place)).collect(),
            };
            for place in rows.start as u32..rows.end as u32 {
                let a = block[place as usize];
                let is_candidate = |b: RecordId| {
                    self.allows(a, b)
                        && (meets_once || blocks.gives(number, a, b))
                        && filters.keep(a, b)
                        && !earlier()
                            .any(|(blocks, filters)| blocks.agree(a, b) && filters.keep(a, b))
                };
                others.clear();
                let of_all = among_all(place);
                let later = match of_all {
                    true => place + 1..all,
                    false => some.partition_point(|&other| other < place) as u32..some.len() as u32,
                };
                seen += later.len() as u64;
                for at in later {
                    let other = if of_all { at } else { some[at as usize] };
                    if every_pair || is_candidate(block[other as usize]) {
                        others.push(other);
                    }
                }
                if !others.is_empty() {
                    let of = (piece.rule, number);
                    visit(&Row { of, records: block, place, others: &others });
                }
            }
        }
        run.visit(&mut visit);
        seen
    }

    /// Cuts the work into pieces by pairs, so that one large block is shared out too.
    fn pieces(&self) -> Vec<Piece> {
        let of_rule = |(rule, blocks): (usize, &Blocks)| {
            let mut pieces = Vec::new();
            let mut from = Place { block: 0, row: 0 };
            let mut pairs = 0;
            for place in (0..blocks.count()).filter(|&place| !blocks.is_alone(place)) {
                let (own, length) = (blocks.block(place).len(), blocks.most_meeting(place));
                for row in 0..length {
                    // Rows of records that are not the block's own pair with its own alone.
                    pairs += own.min(length - row - 1) as u64;
                    if pairs >= PAIRS_A_PIECE {
                        let to = Place { block: place, row: row + 1 };
                        pieces.push(Piece { rule, from, to });
                        from = to;
                        pairs = 0;
                    }
                }
            }
            if pairs > 0 {
                pieces.push(Piece { rule, from, to: Place { block: blocks.count(), row: 0 } });
            }
            pieces
        };
        let of_rules: Vec<Vec<Piece>> = self.blocks.par_iter().enumerate().map(of_rule).collect();
        of_rules.into_iter().flatten().collect()
    }
}
