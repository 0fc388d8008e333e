//! The audit log in an SQLite file.

use std::ops::{ControlFlow, Deref};

use rusqlite::{Connection, Row, Transaction, params};

use crate::error::Result;
use crate::registry::log_store::{LogReading, LogStore, LogWriting, Questions, Written};
use crate::registry::merkle::{Frontier, Hash};
use crate::registry::sqlite::{Place, Sqlite, SqliteStore, number};
use crate::registry::store::Duty;

/// The file of this duty.
pub(in crate::registry) const DUTY: Duty = Duty {
    mark: *b"CCIA",
    name: "an audit log",
    migrations: &[include_str!("../../../schemas/registry/audit_1.sql")],
};

impl LogStore for SqliteStore {
    fn snapshot(&self) -> Result<Box<dyn LogReading + '_>> {
        Ok(Box::new(self.read_snapshot()?))
    }

    fn begin(&mut self) -> Result<Box<dyn LogWriting + '_>> {
        Ok(Box::new(self.begin_writing()?))
    }
}

impl<C: Deref<Target = Connection>> LogReading for Sqlite<C> {
    fn last(&self) -> Result<Option<Written>> {
        self.one(
            "SELECT seq, at, action, outcome, detail, hash, mac FROM entry
             ORDER BY seq DESC LIMIT 1",
            [],
            written,
        )
    }

    fn visit(&self, visit: &mut dyn FnMut(Written) -> ControlFlow<()>) -> Result<()> {
        let mut statement = self
            .connection
            .prepare("SELECT seq, at, action, outcome, detail, hash, mac FROM entry ORDER BY seq")
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            if visit(written(row).at(&self.path)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn written_at(&self, seq: u64) -> Result<Option<i64>> {
        self.one("SELECT at FROM entry WHERE seq = ?1", [signed(seq)], |row| row.get(0))
    }

    fn hashes(&self, first: u64) -> Result<Vec<Hash>> {
        self.column("SELECT hash FROM entry WHERE seq <= ?1 ORDER BY seq", [signed(first)])
    }

    fn frontier(&self) -> Result<Frontier> {
        let kept = self.one("SELECT size, hashes FROM frontier", [], |row| {
            let bytes = row.get_ref(1)?.as_blob()?;
            Ok(Frontier { size: number(row, 0)?, roots: bytes.as_chunks().0.to_vec() })
        });
        kept.map(Option::unwrap_or_default)
    }

    fn vault_events(&self, last: u32) -> Result<Vec<u64>> {
        let events: Vec<i64> = self.column(
            "SELECT detail ->> 'vault' FROM entry WHERE detail ->> 'vault' IS NOT NULL
             ORDER BY seq DESC LIMIT ?1",
            [last],
        )?;
        Ok(events.into_iter().map(i64::unsigned_abs).collect())
    }

    fn names_request(&self, reference: &str) -> Result<bool> {
        self.one(
            "SELECT 1 FROM entry WHERE outcome <> 'refused' AND detail ->> 'request' = ?1 LIMIT 1",
            [reference],
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    fn answered_for_nobody(&self, questions: &Questions<'_>) -> Result<u64> {
        let Questions { action, scope, since, last } = *questions;
        self.one(
            "SELECT count(*) FROM
                (SELECT detail ->> 'count' AS found FROM entry
                 WHERE seq >= ?1 AND action = ?2 AND outcome = 'done'
                   AND detail ->> 'scope' = ?3
                 ORDER BY seq DESC LIMIT ?4)
             WHERE found = 0",
            params![signed(since), action, scope, last],
            |row| number(row, 0),
        )
        .map(|count| count.expect("a count is one row"))
    }
}

impl LogWriting for Sqlite<Transaction<'_>> {
    fn append(&mut self, entries: &[Written]) -> Result<()> {
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO entry (seq, at, action, outcome, detail, hash, mac)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .at(&self.path)?;
        for Written { seq, at, action, outcome, detail, hash, mac } in entries {
            let values = params![signed(*seq), at, action, outcome, detail, hash, mac];
            insert.execute(values).at(&self.path)?;
        }
        Ok(())
    }

    fn keep_frontier(&mut self, frontier: &Frontier) -> Result<()> {
        self.change(
            "UPDATE frontier SET size = ?1, hashes = ?2",
            params![signed(frontier.size), frontier.roots.concat()],
        )
        .map(drop)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep()
    }
}

/// Reads a row of all columns in their order.
fn written(row: &Row<'_>) -> rusqlite::Result<Written> {
    Ok(Written {
        seq: number(row, 0)?,
        at: row.get(1)?,
        action: row.get(2)?,
        outcome: row.get(3)?,
        detail: row.get(4)?,
        hash: row.get(5)?,
        mac: row.get(6)?,
    })
}

/// Returns a number as SQLite keeps it; none is as large as what does not fit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
