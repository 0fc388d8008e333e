//! A record compared with others of its block at once: what a comparison asks of the record is
//! asked once a row, and what it asks of the others lies side by side.

use std::ops::Range;

use super::engine::{ComparisonEngine, Compiled};
use crate::record::{MISSING, RecordId};

/// Others below which a row is compared pair by pair.
const FEW: usize = 16;
/// Records whose values are taken for such rows too: so many come at once what few would wait for.
const TOGETHER: usize = 512;
/// Neighbours of a value that may be marked for each other of a row.
const MARKS_AN_OTHER: usize = 4;

/// Agreement patterns of records with others of the same block.
pub struct RowPatterns<'e, 'a> {
    engine: &'e ComparisonEngine<'a>,
    /// Records whose values are at hand.
    entered: Option<(usize, usize)>,
    lanes: Vec<Lane>,
    /// Records whose first values are at hand, and the codes of these by comparison.
    fetched: Option<(usize, usize)>,
    firsts: Vec<Vec<u32>>,
    patterns: Vec<u32>,
    outcomes: Vec<u8>,
    /// What others must hold to have swapped values with the row's record.
    wanted: Vec<u32>,
}

/// What one comparison keeps at hand.
#[derive(Default)]
struct Lane {
    /// Codes of the records, one or more each.
    codes: Vec<u32>,
    /// Where each record's start, and the end; empty where each has one.
    starts: Vec<u32>,
    /// For each value by how much its outcome with the row's value lies before "none".
    marks: Vec<u8>,
    /// Codes of the row's others, and whether they may reach a level.
    others: Vec<u32>,
    may_reach: Vec<bool>,
}

impl<'e, 'a> RowPatterns<'e, 'a> {
    /// Makes ready to compare rows.
    pub fn new(engine: &'e ComparisonEngine<'a>) -> Self {
        let lanes = engine.compiled.iter().map(|_| Lane::default()).collect();
        let firsts = vec![Vec::new(); engine.compiled.len()];
        let (patterns, outcomes, wanted) = (Vec::new(), Vec::new(), Vec::new());
        Self { engine, entered: None, lanes, fetched: None, firsts, patterns, outcomes, wanted }
    }

    /// Returns the patterns of a record with others, each given by its place among some records.
    ///
    /// `of` tells these from the records of other rows. The patterns are those of
    /// [`ComparisonEngine::pattern`].
    pub fn of_row(
        &mut self,
        of: (usize, usize),
        records: &[RecordId],
        place: u32,
        others: &[u32],
    ) -> &[u32] {
        let record = |place: u32| records[place as usize];
        self.patterns.clear();
        let few = others.len() < FEW;
        if few && records.len() > TOGETHER {
            let pattern = |&other: &u32| self.engine.pattern(record(place), record(other));
            self.patterns.extend(others.iter().map(pattern));
            return &self.patterns;
        }
        if few {
            if self.fetched != Some(of) {
                self.fetch(records);
                self.fetched = Some(of);
            }
            for &other in others {
                let pattern = self.pattern(records, place, other);
                self.patterns.push(pattern);
            }
            return &self.patterns;
        }
        if self.entered != Some(of) {
            self.enter(records);
            self.entered = Some(of);
        }
        self.patterns.resize(others.len(), 0);
        for (compiled, lane) in self.engine.compiled.iter().zip(&mut self.lanes) {
            lane.outcomes(compiled, place, others, &mut self.outcomes);
            let found = self.patterns.iter_mut().zip(&self.outcomes);
            found.for_each(|(pattern, &outcome)| *pattern += u32::from(outcome) * compiled.stride);
        }
        for swap in &self.engine.swaps {
            if swap.tells_alike() {
                // What is alike shares no code that could be wanted.
                for (pattern, &other) in self.patterns.iter_mut().zip(others) {
                    *pattern =
                        swap.told(&self.engine.space, *pattern, record(place), record(other));
                }
                continue;
            }
            let [own, theirs] = swap.places.map(|comparison| &self.lanes[comparison]);
            self.wanted.clear();
            self.wanted.extend(own.codes_of(place).iter().filter_map(|&code| swap.there(code)));
            let [first, further @ ..] = self.wanted.as_slice() else { continue };
            for (pattern, &other) in self.patterns.iter_mut().zip(others) {
                let held = theirs.codes_of(other);
                if held.contains(first) || further.iter().any(|code| held.contains(code)) {
                    *pattern =
                        swap.told(&self.engine.space, *pattern, record(place), record(other));
                }
            }
        }
        &self.patterns
    }

    /// Returns the pattern of two records whose first values are at hand.
    fn pattern(&self, records: &[RecordId], place: u32, other: u32) -> u32 {
        let (a, b) = (records[place as usize], records[other as usize]);
        let firsts = self.engine.compiled.iter().zip(&self.firsts);
        let pattern = firsts.fold(0, |pattern, (compiled, codes)| {
            let first = compiled.outcome(codes[place as usize], codes[other as usize]);
            pattern + u32::from(compiled.best_outcome(first, a, b)) * compiled.stride
        });
        let swaps = self.engine.swaps.iter();
        swaps.fold(pattern, |pattern, swap| swap.told(&self.engine.space, pattern, a, b))
    }

    /// Takes the first values of records; few have others, which are looked up where they count.
    fn fetch(&mut self, records: &[RecordId]) {
        for (compiled, codes) in self.engine.compiled.iter().zip(&mut self.firsts) {
            codes.clear();
            codes.extend(records.iter().map(|&record| compiled.codes[record as usize]));
        }
    }

    /// Takes the values of records.
    fn enter(&mut self, records: &[RecordId]) {
        for (compiled, lane) in self.engine.compiled.iter().zip(&mut self.lanes) {
            lane.codes.clear();
            lane.starts.clear();
            if !compiled.column.is_list() {
                lane.codes.extend(records.iter().map(|&record| compiled.codes[record as usize]));
                continue;
            }
            for &record in records {
                lane.starts.push(lane.codes.len() as u32);
                lane.codes.push(compiled.codes[record as usize]);
                if compiled.column.holds_several(record) {
                    lane.codes.extend(compiled.column.codes_of(record).skip(1));
                }
            }
            lane.starts.push(lane.codes.len() as u32);
        }
    }
}

impl Lane {
    /// Returns where the codes of a record are.
    fn range(&self, place: u32) -> Range<usize> {
        range_in(&self.starts, place)
    }

    fn codes_of(&self, place: u32) -> &[u32] {
        &self.codes[self.range(place)]
    }

    /// Finds the outcomes of a record with others.
    fn outcomes(
        &mut self,
        compiled: &Compiled<'_>,
        place: u32,
        others: &[u32],
        outcomes: &mut Vec<u8>,
    ) {
        let (codes, starts) = (self.codes.as_slice(), self.starts.as_slice());
        self.others.clear();
        match starts.is_empty() {
            true => self.others.extend(others.iter().map(|&other| codes[other as usize])),
            false => {
                for &other in others {
                    self.others.extend_from_slice(&codes[range_in(starts, other)]);
                }
            }
        }
        outcomes.clear();
        outcomes.resize(self.others.len(), u8::MAX);
        for at in self.range(place) {
            self.lower(compiled, self.codes[at], outcomes);
        }
        if !self.starts.is_empty() {
            let mut from = 0;
            for (slot, &other) in others.iter().enumerate() {
                let to = from + self.range(other).len();
                outcomes[slot] = outcomes[from..to].iter().copied().fold(u8::MAX, u8::min);
                from = to;
            }
            outcomes.truncate(others.len());
        }
    }

    /// Lowers outcomes to those that a value has with the others.
    fn lower(&mut self, compiled: &Compiled<'_>, value: u32, outcomes: &mut [u8]) {
        let none = compiled.none;
        if value == MISSING {
            outcomes.fill(MISSING as u8);
            return;
        }
        let found = outcomes.iter_mut().zip(&self.others);
        if compiled.values.are_tuples() {
            // A tuple may lack what the other has, which marks do not tell.
            found.for_each(|(found, &other)| *found = compiled.outcome(value, other).min(*found));
            return;
        }
        if !compiled.neighbours.is_whole() {
            compiled.sift(value, &self.others, &mut self.may_reach);
            for ((outcome, &other), &may_reach) in found.zip(&self.may_reach) {
                let reached = match other {
                    MISSING => MISSING as u8,
                    _ if other == value => 1,
                    _ if may_reach => compiled.settled(value, other),
                    _ => none,
                };
                *outcome = reached.min(*outcome);
            }
            return;
        }
        let (near, levels) = compiled.neighbours.of(value);
        if near.len() > MARKS_AN_OTHER * self.others.len() {
            found.for_each(|(found, &other)| *found = compiled.outcome(value, other).min(*found));
            return;
        }
        // Marks start as zeros, which cost nothing until they are looked at.
        if self.marks.is_empty() {
            self.marks = vec![0; compiled.values.codes()];
            self.marks[MISSING as usize] = none;
        }
        let marks = self.marks.as_mut_slice();
        marks[value as usize] = none - 1;
        near.iter().zip(levels).for_each(|(&code, &level)| marks[code as usize] = none - level);
        for (outcome, &other) in found {
            *outcome = (none - marks[other as usize]).min(*outcome);
        }
        marks[value as usize] = 0;
        near.iter().for_each(|&code| marks[code as usize] = 0);
    }
}

/// Returns where the codes of a record are: one each if there are no starts.
fn range_in(starts: &[u32], place: u32) -> Range<usize> {
    let place = place as usize;
    if starts.is_empty() {
        return place..place + 1;
    }
    starts[place] as usize..starts[place + 1] as usize
}

impl Compiled<'_> {
    /// Says of others whether they may reach a level with a value, as far as bounds tell.
    fn sift(&self, value: u32, others: &[u32], may_reach: &mut Vec<bool>) {
        may_reach.clear();
        may_reach.resize(others.len(), false);
        self.loosest.iter().for_each(|level| level.sift(&self.values, value, others, may_reach));
    }
}
