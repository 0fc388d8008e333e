//! What people decided of single records: kept apart, or kept together, until it is lifted.

use std::collections::BTreeMap;

use super::clock::now;
use super::fault::fault;
use super::links_store::{Act, Decides, LinksWriting};
use super::{Actor, Ground, Memberships, RecordTag};
use crate::error::Result;
use crate::record::UnionFind;

/// What was decided of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They are two children's: never in one entity.
    Apart,
    /// They are one child's: always in one entity.
    Together,
}

impl Verdict {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Apart => "apart",
            Verdict::Together => "together",
        }
    }
}

/// Decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Number, by which it is lifted.
    pub number: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// Pairs of records that it is about.
    pub pairs: u64,
    /// Who decided.
    pub actor: String,
    /// On what ground.
    pub reason: String,
    /// When, in seconds since 1970.
    pub recorded_at: u64,
    /// Decision that lifted it, if one did.
    pub lifted_by: Option<u64>,
}

/// Two records and what was decided of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecidedPair {
    /// Number of the decision.
    pub decision: u64,
    /// What was decided.
    pub verdict: Verdict,
    /// The one record.
    pub a: RecordTag,
    /// The other record.
    pub b: RecordTag,
}

impl Memberships {
    /// Keeps a decision about pairs of records; returns its number.
    ///
    /// # Errors
    /// `BadStore` if a record is in no linkage that was kept, if a decision in force says the
    /// opposite, directly or by way of other records, or if the file cannot be written.
    pub fn decide(
        &mut self,
        verdict: Verdict,
        pairs: &[(RecordTag, RecordTag)],
        by: (&Actor, &Ground),
    ) -> Result<u64> {
        let path = self.path.as_path();
        let mut links = self.store.begin()?;
        for tag in pairs.iter().flat_map(|(a, b)| [a, b]) {
            if !links.is_known(tag)? {
                return Err(fault(
                    path,
                    "a record that was named is in no linkage that was kept",
                    "name it as source:identifier, after cci id assign --apply has kept its run",
                ));
            }
        }
        if pairs.iter().any(|(a, b)| a == b) {
            return Err(fault(path, "a record is always with itself", "name two records"));
        }
        let in_force = links.decided_pairs()?;
        let new = |&(a, b)| DecidedPair { decision: 0, verdict, a, b };
        let all: Vec<DecidedPair> = in_force.into_iter().chain(pairs.iter().map(new)).collect();
        if let Some(number) = opposite(&all) {
            return Err(fault(
                path,
                &format!(
                    "decision {number}, which is in force, says the opposite of these records"
                ),
                &format!(
                    "read it with cci custodian decisions; cci custodian lift {number} ends it"
                ),
            ));
        }
        let number = add_decision(&mut *links, Decides::Pairs(verdict), by)?;
        links.add_pairs(number, pairs)?;
        links.commit()?;
        Ok(number.unsigned_abs())
    }

    /// Ends a decision; returns the number of the one that does.
    ///
    /// # Errors
    /// `BadStore` if there is none of that number in force, or the file cannot be written.
    pub fn lift(&mut self, number: u64, by: (&Actor, &Ground)) -> Result<u64> {
        let path = self.path.as_path();
        let mut links = self.store.begin()?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        if !links.is_in_force(number)? {
            return Err(fault(
                path,
                &format!("no decision {number} is in force"),
                "list the decisions with cci custodian decisions",
            ));
        }
        let lifted = add_decision(&mut *links, Decides::Lifts(number), by)?;
        links.commit()?;
        Ok(lifted.unsigned_abs())
    }

    /// Returns every decision that keeps records apart or together, in force or lifted.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        self.store.decisions()
    }

    /// Returns the pairs of every decision in force, in the order of the decisions.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn decided_pairs(&self) -> Result<Vec<DecidedPair>> {
        self.store.decided_pairs()
    }
}

/// Appends a decision; returns its number.
pub(super) fn add_decision(
    links: &mut dyn LinksWriting,
    decides: Decides,
    (actor, reason): (&Actor, &Ground),
) -> Result<i64> {
    // A clock that is set back makes no decision older than the one before.
    let recorded_at = (now() as i64).max(links.last_decided_at()?);
    links.add_decision(decides, &Act { recorded_at, actor, reason })
}

/// Returns the number of a decision that says the opposite of the new ones, which have none yet.
pub(super) fn opposite(pairs: &[DecidedPair]) -> Option<u64> {
    let mut places: BTreeMap<RecordTag, u32> = BTreeMap::new();
    for tag in pairs.iter().flat_map(|pair| [pair.a, pair.b]) {
        let next = places.len() as u32;
        places.entry(tag).or_insert(next);
    }
    let mut sets = UnionFind::new(places.len());
    for pair in pairs.iter().filter(|pair| pair.verdict == Verdict::Together) {
        sets.join(places[&pair.a], places[&pair.b]);
    }
    let mut root = |tag: &RecordTag| sets.root(places[tag]);
    let broken = pairs
        .iter()
        .find(|pair| pair.verdict == Verdict::Apart && root(&pair.a) == root(&pair.b))?;
    let set = root(&broken.a);
    // Either the pair itself was there before, or what holds its two records together was.
    let holds = |pair: &&DecidedPair| pair.verdict == Verdict::Together && root(&pair.a) == set;
    match broken.decision {
        0 => pairs.iter().filter(holds).map(|pair| pair.decision).max(),
        number => Some(number),
    }
}
