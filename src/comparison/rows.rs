//! A record compared with others of its block at once: what a comparison asks of the record is
//! asked once a row, and what it asks of the others lies side by side.

use std::ops::Range;

use super::engine::{ComparisonEngine, Compiled};
use super::first_codes::TakenCodes;
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
    /// Records whose first values are at hand.
    fetched: Option<(usize, usize)>,
    firsts: TakenCodes,
    patterns: Vec<u32>,
    outcomes: Vec<u8>,
    /// What others must hold to have swapped values with the row's record.
    wanted: Vec<u32>,
}

/// What one comparison keeps at hand.
#[derive(Default)]
struct Lane {
    /// First code of each record.
    firsts: Vec<u32>,
    /// Places of the records that have further ones, and these; in order.
    further: Vec<(u32, u32)>,
    /// For each value by how much its outcome with the row's value lies before "none".
    marks: Vec<u8>,
    /// Codes of the row's record.
    own: Vec<u32>,
    /// Codes of the row's others, first ones before further ones, and whether they may reach a
    /// level.
    others: Vec<u32>,
    may_reach: Vec<bool>,
}

impl<'e, 'a> RowPatterns<'e, 'a> {
    /// Makes ready to compare rows.
    pub fn new(engine: &'e ComparisonEngine<'a>) -> Self {
        let lanes = engine.compiled.iter().map(|_| Lane::default()).collect();
        let firsts = TakenCodes::default();
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
                self.engine.firsts.take(records.iter().copied(), &mut self.firsts);
                self.fetched = Some(of);
            }
            let codes = |place: u32| self.firsts.at(place as usize);
            let pattern = |&other: &u32| {
                let pair = [record(place), record(other)];
                self.engine.pattern_of(pair, [codes(place), codes(other)])
            };
            self.patterns.extend(others.iter().map(pattern));
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
        let (space, firsts) = (&self.engine.space, &self.engine.firsts);
        for swap in &self.engine.swaps {
            let told = |pattern: u32, other: u32| {
                let pair = [record(place), record(other)];
                swap.told(space, pattern, pair, pair.map(|record| firsts.of_record(record)))
            };
            if swap.tells_alike() {
                // What is alike shares no code that could be wanted.
                for (pattern, &other) in self.patterns.iter_mut().zip(others) {
                    *pattern = told(*pattern, other);
                }
                continue;
            }
            let [own, theirs] = swap.places.map(|comparison| &self.lanes[comparison]);
            self.wanted.clear();
            self.wanted.extend(own.codes_of(place).filter_map(|code| swap.there(code)));
            if self.wanted.is_empty() {
                continue;
            }
            let mut tell =
                |slot: usize| self.patterns[slot] = told(self.patterns[slot], others[slot]);
            for (slot, &other) in others.iter().enumerate() {
                if self.wanted.contains(&theirs.firsts[other as usize]) {
                    tell(slot);
                }
            }
            for (slot, code) in theirs.further_of(others) {
                if self.wanted.contains(&code) {
                    tell(slot);
                }
            }
        }
        &self.patterns
    }

    /// Takes the values of records.
    fn enter(&mut self, records: &[RecordId]) {
        for lane in &mut self.lanes {
            lane.firsts.clear();
            lane.further.clear();
        }
        for (place, &record) in (0..).zip(records) {
            let codes = self.engine.firsts.of_record(record);
            let lanes = self.engine.compiled.iter().zip(&mut self.lanes).enumerate();
            for (number, (compiled, lane)) in lanes {
                lane.firsts.push(codes.code(number));
                if codes.may_hold_several(number) {
                    let further = compiled.column.codes_of(record).skip(1);
                    lane.further.extend(further.map(|code| (place, code)));
                }
            }
        }
    }
}

impl Lane {
    /// Iterates over the codes of a record.
    fn codes_of(&self, place: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.further.partition_point(|&(of, _)| of < place);
        let further = self.further[from..].iter().take_while(move |&&(of, _)| of == place);
        [self.firsts[place as usize]].into_iter().chain(further.map(|&(_, code)| code))
    }

    /// Iterates over the further codes of a row's others, each with its slot among these.
    fn further_of<'a>(&'a self, others: &'a [u32]) -> impl Iterator<Item = (usize, u32)> + 'a {
        let ends = others.first().zip(others.last());
        let (first, last) = ends.map_or((0, 0), |(&first, &last)| (first, last));
        let from = self.further.partition_point(|&(place, _)| place < first);
        let further = self.further[from..].iter().take_while(move |&&(place, _)| place <= last);
        let span = span(others);
        let slot = move |place: u32| match &span {
            Some(span) => Some(place as usize - span.start),
            None => others.binary_search(&place).ok(),
        };
        further.filter_map(move |&(place, code)| Some((slot(place)?, code)))
    }

    /// Finds the outcomes of a record with others.
    fn outcomes(
        &mut self,
        compiled: &Compiled<'_>,
        place: u32,
        others: &[u32],
        outcomes: &mut Vec<u8>,
    ) {
        let (mut own, mut codes) =
            (std::mem::take(&mut self.own), std::mem::take(&mut self.others));
        own.clear();
        own.extend(self.codes_of(place));
        codes.clear();
        match span(others) {
            Some(span) => codes.extend_from_slice(&self.firsts[span]),
            None => codes.extend(others.iter().map(|&other| self.firsts[other as usize])),
        }
        codes.extend(self.further_of(others).map(|(_, code)| code));
        self.others = codes;
        outcomes.clear();
        outcomes.resize(self.others.len(), u8::MAX);
        own.iter().for_each(|&value| self.lower(compiled, value, outcomes));
        self.own = own;
        for (at, (slot, _)) in (others.len()..).zip(self.further_of(others)) {
            outcomes[slot] = outcomes[slot].min(outcomes[at]);
        }
        outcomes.truncate(others.len());
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
        if near.is_empty() {
            for (outcome, &other) in found {
                // One after the other, without a branch.
                let reached = if other == value { 1 } else { none };
                let reached = if other == MISSING { MISSING as u8 } else { reached };
                *outcome = reached.min(*outcome);
            }
            return;
        }
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

/// Returns the places from the first to the last of some in order, if they are all of these:
/// mostly every later record of a block is a candidate.
fn span(others: &[u32]) -> Option<Range<usize>> {
    let (&first, &last) = others.first().zip(others.last())?;
    let span = first as usize..last as usize + 1;
    (span.len() == others.len()).then_some(span)
}

impl Compiled<'_> {
    /// Says of others whether they may reach a level with a value, as far as bounds tell.
    fn sift(&self, value: u32, others: &[u32], may_reach: &mut Vec<bool>) {
        may_reach.clear();
        may_reach.resize(others.len(), false);
        self.loosest.iter().for_each(|level| level.sift(&self.values, value, others, may_reach));
    }
}
