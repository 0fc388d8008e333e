//! The custodian's memberships in memory, in the most obvious way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::Path;

use crate::error::{Error, Result};
use crate::identifier::SealToken;
use crate::registry::fault::broken_rule;
use crate::registry::links_store::{
    Act, Decides, Known, LastLinkage, Linkage, LinkageNumber, LinksReading, LinksStore,
    LinksWriting, Membership, Recorded,
};
use crate::registry::memory::{Memory, PLACE, Working};
use crate::registry::{DecidedPair, Decision, Handle, RecordTag};

/// Everything that is kept. Linkages and decisions are counted from 1, records from 0.
#[derive(Clone, Default)]
pub(in crate::registry) struct Tables {
    linkages: Vec<LastLinkage>,
    records: Vec<Record>,
    places: BTreeMap<RecordTag, usize>,
    decisions: Vec<DecisionRow>,
    sealed_at: Vec<i64>,
    tokens: BTreeSet<SealToken>,
}

/// Record and all that was ever known of it.
#[derive(Clone)]
struct Record {
    tag: RecordTag,
    history: Vec<Row>,
}

/// What was known of a record from one linkage until another.
#[derive(Clone, Copy)]
struct Row {
    membership: Membership,
    from: LinkageNumber,
    to: Option<LinkageNumber>,
}

/// Decision as it is kept.
#[derive(Clone)]
struct DecisionRow {
    decides: Decides,
    recorded_at: i64,
    actor: String,
    reason: String,
    pairs: BTreeSet<[usize; 2]>,
}

impl Row {
    fn is_now(&self) -> bool {
        self.to.is_none() && self.membership.valid_to.is_none()
    }
}

impl Tables {
    fn history(&self, tag: &RecordTag) -> &[Row] {
        self.places.get(tag).map_or(&[], |place| &self.records[*place].history)
    }

    /// Returns when a linkage was recorded.
    fn recorded_at(&self, number: LinkageNumber) -> i64 {
        self.linkages[number as usize - 1].recorded_at
    }

    /// Returns the number of the decision that lifted one.
    fn lifted_by(&self, number: i64) -> Option<u64> {
        (1..)
            .zip(&self.decisions)
            .find(|(_, d)| d.decides == Decides::Lifts(number))
            .map(|(n, _)| n)
    }

    /// Lists the decisions about pairs with their numbers.
    fn about_pairs(&self) -> impl Iterator<Item = (i64, &DecisionRow)> {
        (1..).zip(&self.decisions).filter(|(_, d)| matches!(d.decides, Decides::Pairs(_)))
    }
}

fn broken() -> Error {
    broken_rule(Path::new(PLACE))
}

impl LinksStore for Memory<Box<Tables>> {
    fn snapshot(&self) -> Result<Box<dyn LinksReading + '_>> {
        Ok(Box::new(Memory(&*self.0)))
    }

    fn begin(&mut self) -> Result<Box<dyn LinksWriting + '_>> {
        Ok(Box::new(self.begin_writing()))
    }
}

impl<T: Deref<Target = Tables>> LinksReading for Memory<T> {
    fn last_linkage(&self) -> Result<Option<LastLinkage>> {
        Ok(self.0.linkages.last().copied())
    }

    fn records(&self) -> Result<u64> {
        Ok(self.0.records.len() as u64)
    }

    fn is_known(&self, tag: &RecordTag) -> Result<bool> {
        Ok(self.0.places.contains_key(tag))
    }

    fn membership(&self, tag: &RecordTag) -> Result<Option<Membership>> {
        Ok(self.0.history(tag).last().map(|row| row.membership))
    }

    fn handle_at(&self, tag: &RecordTag, day: i64, moment: i64) -> Result<Option<Handle>> {
        let known = self.0.history(tag).iter().rev().find(|row| {
            let Membership { valid_from, valid_to, .. } = row.membership;
            valid_from <= day
                && valid_to.is_none_or(|until| until > day)
                && self.0.recorded_at(row.from) <= moment
                && row.to.is_none_or(|linkage| self.0.recorded_at(linkage) > moment)
        });
        Ok(known.map(|row| row.membership.handle))
    }

    fn absent(&self, present: &[RecordTag]) -> Result<Vec<(RecordTag, Membership)>> {
        let present: BTreeSet<&RecordTag> = present.iter().collect();
        let others = self.0.records.iter().filter(|record| !present.contains(&record.tag));
        Ok(others
            .filter_map(|record| Some((record.tag, record.history.last()?)))
            .filter(|(_, last)| last.is_now())
            .map(|(tag, last)| (tag, last.membership))
            .collect())
    }

    fn histories(&self, handle: &Handle) -> Result<Vec<Recorded>> {
        let now = |record: &&Record| {
            record.history.last().is_some_and(|r| r.is_now() && r.membership.handle == *handle)
        };
        let of = |record: &Record| {
            let tag = record.tag;
            let recorded = |row: &Row| {
                let (linkage, membership, now) = (row.from, row.membership, row.is_now());
                Recorded { tag, linkage, membership, now }
            };
            record.history.iter().map(recorded).collect::<Vec<_>>()
        };
        Ok(self.0.records.iter().filter(now).flat_map(of).collect())
    }

    fn handles(&self, tags: &[RecordTag], known: Known) -> Result<BTreeSet<Handle>> {
        let rows = tags.iter().flat_map(|tag| self.0.history(tag));
        let meant = rows.filter(|row| known == Known::Ever || row.to.is_none());
        Ok(meant.map(|row| row.membership.handle).collect())
    }

    fn decisions(&self) -> Result<Vec<Decision>> {
        let decision = |(number, row): (i64, &DecisionRow)| {
            let Decides::Pairs(verdict) = row.decides else { return None };
            Some(Decision {
                number: number.unsigned_abs(),
                verdict,
                pairs: row.pairs.len() as u64,
                actor: row.actor.clone(),
                reason: row.reason.clone(),
                recorded_at: row.recorded_at.unsigned_abs(),
                lifted_by: self.0.lifted_by(number),
            })
        };
        Ok((1..).zip(&self.0.decisions).filter_map(decision).collect())
    }

    fn decided_pairs(&self) -> Result<Vec<DecidedPair>> {
        let decided = self.decisions()?.into_iter().filter(|decision| decision.lifted_by.is_none());
        let pairs = decided.flat_map(|Decision { number, verdict, .. }| {
            let pairs = &self.0.decisions[number as usize - 1].pairs;
            pairs.iter().map(move |pair| {
                let [a, b] = pair.map(|place| self.0.records[place].tag);
                DecidedPair { decision: number, verdict, a, b }
            })
        });
        Ok(pairs.collect())
    }

    fn decisions_about(&self, tags: &[RecordTag]) -> Result<BTreeSet<i64>> {
        let places: BTreeSet<usize> =
            tags.iter().filter_map(|tag| self.0.places.get(tag).copied()).collect();
        let names = |row: &DecisionRow| row.pairs.iter().flatten().any(|at| places.contains(at));
        Ok(self.0.about_pairs().filter(|(_, row)| names(row)).map(|(number, _)| number).collect())
    }

    fn is_in_force(&self, number: i64) -> Result<bool> {
        let mut there = self.0.about_pairs();
        Ok(there.any(|(known, _)| known == number) && self.0.lifted_by(number).is_none())
    }

    fn last_decided_at(&self) -> Result<i64> {
        Ok(self.0.decisions.last().map_or(0, |row| row.recorded_at))
    }

    fn last_sealed_at(&self) -> Result<i64> {
        Ok(self.0.sealed_at.last().copied().unwrap_or(0))
    }

    fn seal_tokens(&self) -> Result<Vec<SealToken>> {
        Ok(self.0.tokens.iter().copied().collect())
    }
}

impl LinksWriting for Memory<Working<'_, Tables>> {
    fn add_linkage(&mut self, linkage: &Linkage<'_>) -> Result<LinkageNumber> {
        let number = self.0.linkages.len() as LinkageNumber + 1;
        let Linkage { recorded_at, day, .. } = *linkage;
        self.0.linkages.push(LastLinkage { number, recorded_at, day });
        Ok(number)
    }

    fn replace(
        &mut self,
        linkage: LinkageNumber,
        tag: &RecordTag,
        membership: &Membership,
    ) -> Result<()> {
        let tables = &mut *self.0;
        let next = tables.records.len();
        let place = *tables.places.entry(*tag).or_insert(next);
        if place == next {
            tables.records.push(Record { tag: *tag, history: Vec::new() });
        }
        let history = &mut tables.records[place].history;
        if let Some(last) = history.last_mut() {
            if last.from >= linkage {
                return Err(broken());
            }
            last.to = Some(linkage);
        }
        history.push(Row { membership: *membership, from: linkage, to: None });
        Ok(())
    }

    fn add_decision(&mut self, decides: Decides, act: &Act<'_>) -> Result<i64> {
        self.0.decisions.push(DecisionRow {
            decides,
            recorded_at: act.recorded_at,
            actor: act.actor.as_str().into(),
            reason: act.reason.as_str().into(),
            pairs: BTreeSet::new(),
        });
        Ok(self.0.decisions.len() as i64)
    }

    fn add_pairs(&mut self, decision: i64, pairs: &[(RecordTag, RecordTag)]) -> Result<()> {
        let tables = &mut *self.0;
        let row = tables.decisions.get_mut(decision as usize - 1).ok_or_else(broken)?;
        for (a, b) in pairs {
            let (Some(a), Some(b)) = (tables.places.get(a), tables.places.get(b)) else { continue };
            if a == b {
                return Err(broken());
            }
            row.pairs.insert([*a.min(b), *a.max(b)]);
        }
        Ok(())
    }

    fn add_seal(&mut self, act: &Act<'_>) -> Result<()> {
        self.0.sealed_at.push(act.recorded_at);
        Ok(())
    }

    fn add_seal_tokens(&mut self, tokens: &[SealToken]) -> Result<()> {
        self.0.tokens.extend(tokens);
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep();
        Ok(())
    }
}
