//! Taking a merge of two handles back: whose records go, whose stay, and that it stays so.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior, params};

use super::decisions::{add_pairs, in_force, opposite, record};
use super::fault::{Place, fault};
use super::memberships::{begin_run, replace};
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

/// Membership of a record as it was recorded: tag, handle, run, since when.
struct Row {
    tag: RecordTag,
    handle: Handle,
    run: i64,
    valid_from: i64,
    now: bool,
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
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        let rows = rows_of(&transaction, survivor).at(path)?;
        let mut histories: BTreeMap<RecordTag, Vec<&Row>> = BTreeMap::new();
        rows.iter().for_each(|row| histories.entry(row.tag).or_default().push(row));
        // Of the loser: whoever was its before the survivor's. The merge is when the first came.
        let came = |history: &[&Row]| -> Option<i64> {
            let left = history.iter().rposition(|row| row.handle == *loser)?;
            history[left..].iter().find(|row| row.handle == *survivor).map(|row| row.run)
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
            let first = history.iter().map(|row| row.run).min();
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
        let mut all = in_force(&transaction).at(path)?;
        let new = |&(a, b)| DecidedPair { decision: 0, verdict: Verdict::Apart, a, b };
        all.extend(pairs.iter().map(new));
        if let Some(number) = opposite(&all) {
            return Err(fault(
                path,
                &format!("decision {number}, which is in force, keeps records of the two together"),
                &format!("lift it first with cci custodian lift {number}"),
            ));
        }
        let number = record(&transaction, Verdict::Apart.name(), None, by).at(path)?;
        add_pairs(&transaction, number, &pairs).at(path)?;
        let run = begin_run(&transaction, None, back.len()).at(path)?;
        for row in &back {
            replace(&transaction, run, &row.tag, loser, (row.valid_from, None)).at(path)?;
        }
        transaction.commit().at(path)?;
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

/// Returns the whole history of every record that is a handle's now, in the order of the runs.
fn rows_of(connection: &Connection, handle: &Handle) -> rusqlite::Result<Vec<Row>> {
    connection
        .prepare(
            "SELECT tag, handle, recorded_from, valid_from,
                recorded_to IS NULL AND valid_to IS NULL
             FROM record JOIN membership USING (record_id)
             WHERE record_id IN
                (SELECT record_id FROM membership
                 WHERE handle = ?1 AND recorded_to IS NULL AND valid_to IS NULL)
             ORDER BY record_id, recorded_from",
        )?
        .query_map(params![handle.bytes()], |row| {
            Ok(Row {
                tag: row.get(0)?,
                handle: row.get(1).map(Handle::from_bytes)?,
                run: row.get(2)?,
                valid_from: row.get(3)?,
                now: row.get(4)?,
            })
        })?
        .collect()
}
