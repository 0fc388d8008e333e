//! Taking a merge of two handles back: whose records go, whose stay, and that it stays so.

use std::collections::BTreeMap;

use super::decisions::{add_decision, opposite};
use super::fault::fault;
use super::links_store::{Decides, LinkageNumber, Membership, Recorded};
use super::memberships::add_linkage;
use super::{Actor, DecidedPair, Ground, Handle, Memberships, RecordTag, Verdict};
use crate::error::{Error, ErrorKind, Result};

/// Whose the records are that came after the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The survivor's, to stay with it.
    Survivor,
    /// The loser's, to go with it.
    Loser,
    /// Nobody's word: they stay with the survivor until a linkage says otherwise.
    Open,
}

impl Added {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Survivor, Self::Loser, Self::Open];

    /// Returns the word for it, as people type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Survivor => "survivor",
            Self::Loser => "loser",
            Self::Open => "open",
        }
    }
}

/// What taking a merge back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parted {
    /// Decision that keeps the two apart from now on.
    pub decision: u64,
    /// Records that the loser has again.
    pub returned: u64,
    /// Records that stay the survivor's.
    pub stayed: u64,
    /// Records among them that came after the merge.
    pub added: u64,
}

impl Memberships {
    /// Gives a handle that went into another its records back, and keeps the two apart.
    ///
    /// The custodian's half of an unmerge. Records that came after the merge were never the one's
    /// or the other's; somebody has to say whose they are.
    ///
    /// # Errors
    /// `BadStore` if no record of the survivor was the loser's, a decision in force keeps two of
    /// them together, or the file cannot be written; `GateNotMet`, with their number, if records
    /// came after the merge and nothing is said of them.
    pub fn part(
        &mut self,
        survivor: &Handle,
        loser: &Handle,
        added: Option<Added>,
        by: (&Actor, &Ground),
    ) -> Result<Parted> {
        let path = self.path.as_path();
        let mut links = self.store.begin()?;
        let rows = links.histories(survivor)?;
        let mut histories: BTreeMap<RecordTag, Vec<&Recorded>> = BTreeMap::new();
        rows.iter().for_each(|row| histories.entry(row.tag).or_default().push(row));
        // Of the loser: whoever was its before the survivor's. The merge is when the first came.
        let came = |history: &[&Recorded]| -> Option<LinkageNumber> {
            let of = |row: &Recorded, handle: &Handle| row.membership.handle == *handle;
            let left = history.iter().rposition(|row| of(row, loser))?;
            history[left..].iter().find(|row| of(row, survivor)).map(|row| row.linkage)
        };
        let merge = histories.values().filter_map(|history| came(history)).min();
        let Some(merge) = merge else {
            return Err(fault(
                path,
                "no record of the one handle was the other's before",
                "give the handles as changes.csv said them: first the one that was kept",
            ));
        };
        let (mut back, mut own, mut later) = (Vec::new(), Vec::new(), Vec::new());
        for history in histories.values() {
            let Some(now) = history.iter().find(|row| row.now) else { continue };
            let first = history.iter().map(|row| row.linkage).min();
            match (came(history).is_some(), first) {
                (true, _) => back.push(*now),
                (false, Some(first)) if first < merge => own.push(*now),
                (false, _) => later.push(*now),
            }
        }
        let count = later.len() as u64;
        match added {
            None if count > 0 => return Err(undisposed(count)),
            Some(Added::Loser) => back.append(&mut later),
            Some(Added::Survivor) => own.append(&mut later),
            Some(Added::Open) | None => {}
        }
        let pairs: Vec<(RecordTag, RecordTag)> =
            back.iter().flat_map(|a| own.iter().map(|b| (a.tag, b.tag))).collect();
        let mut all = links.decided_pairs()?;
        let new = |&(a, b)| DecidedPair { decision: 0, verdict: Verdict::Apart, a, b };
        all.extend(pairs.iter().map(new));
        if let Some(number) = opposite(&all) {
            return Err(fault(
                path,
                &format!("decision {number}, which is in force, keeps records of the two together"),
                &format!("lift it first with cci custodian lift {number}"),
            ));
        }
        let number = add_decision(&mut *links, Decides::Pairs(Verdict::Apart), by)?;
        links.add_pairs(number, &pairs)?;
        let linkage = add_linkage(&mut *links, None, back.len())?;
        for row in &back {
            let membership = Membership { handle: *loser, valid_to: None, ..row.membership };
            links.replace(linkage, &row.tag, &membership)?;
        }
        links.commit()?;
        let stayed = (own.len() + later.len()) as u64;
        let returned = back.len() as u64;
        Ok(Parted { decision: number.unsigned_abs(), returned, stayed, added: count })
    }
}

fn undisposed(count: u64) -> Error {
    let words = Added::ALL.map(Added::name).join(", ");
    Error::new(
        ErrorKind::GateNotMet,
        format!("{count} records came after the merge, and nobody has said whose they are"),
    )
    .note("nothing was changed")
    .help(format!("say it with --added: {words}"))
}
