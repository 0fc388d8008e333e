//! Whether somebody is guessing: too many questions of an hour that nobody is answered for.

use rusqlite::{OptionalExtension, params};

use super::AuditLog;
use super::sqlite::Place;
use crate::error::{Error, ErrorKind, Result};

/// Seconds that are looked back.
const WINDOW: u64 = 3_600;

/// Questions that are looked at, the last ones of the window.
const LAST: u32 = 200;

/// Questions among them, with nobody to answer for, from which it is guessing.
const NOBODY: u64 = 100;

impl AuditLog {
    /// Returns how many of the last questions of an hour nobody was answered for.
    ///
    /// Questions are those of one action in one scope. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// `BadStore` if the log cannot be read.
    pub fn unanswered(&self, action: &str, scope: &str, now: u64) -> Result<u64> {
        let since = i64::try_from(now.saturating_sub(WINDOW)).unwrap_or(i64::MAX);
        let first = self.first_after(since)?;
        self.connection
            .prepare_cached(
                "SELECT count(*) FROM
                    (SELECT detail ->> 'count' AS found FROM entry
                     WHERE seq >= ?1 AND action = ?2 AND outcome = 'done'
                       AND detail ->> 'scope' = ?3
                     ORDER BY seq DESC LIMIT ?4)
                 WHERE found = 0",
            )
            .and_then(|mut statement| {
                statement.query_row(params![first, action, scope, LAST], |row| row.get(0))
            })
            .at(&self.path)
            .map(i64::unsigned_abs)
    }

    /// Says whether so many unanswered questions are guessing.
    pub fn is_guessing(unanswered: u64) -> bool {
        unanswered >= NOBODY
    }

    /// Refuses a question while somebody is guessing, whomever it is about.
    ///
    /// # Errors
    /// `GateNotMet` if somebody is; `BadStore` if the log cannot be read.
    pub fn refuse_guessing(&self, action: &str, scope: &str, now: u64) -> Result<()> {
        if !Self::is_guessing(self.unanswered(action, scope, now)?) {
            return Ok(());
        }
        let message = format!(
            "{scope}: nobody was answered for in {NOBODY} of the last {LAST} questions of an hour"
        );
        Err(Error::new(ErrorKind::GateNotMet, message)
            .note("no question is answered until fewer are; the log has an alarm")
            .help("find out who asks, with cci audit verify and the log; then wait an hour"))
    }

    /// Returns the number of the first entry after a moment; times never fall in the log.
    fn first_after(&self, moment: i64) -> Result<i64> {
        let at = |seq: i64| -> Result<Option<i64>> {
            self.connection
                .prepare_cached("SELECT at FROM entry WHERE seq = ?1")
                .and_then(|mut statement| statement.query_row([seq], |row| row.get(0)).optional())
                .at(&self.path)
        };
        let last: i64 = self
            .connection
            .query_row("SELECT coalesce(max(seq), 0) FROM entry", [], |row| row.get(0))
            .at(&self.path)?;
        let (mut low, mut high) = (1, last + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle)?.is_some_and(|at| at > moment) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }
}
