//! Whether somebody is guessing: too many questions of an hour that nobody is answered for.

use super::AuditLog;
use super::log_store::Questions;
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
        let moment = i64::try_from(now.saturating_sub(WINDOW)).unwrap_or(i64::MAX);
        let since = self.first_after(moment)?;
        self.store.answered_for_nobody(&Questions { action, scope, since, last: LAST })
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
    fn first_after(&self, moment: i64) -> Result<u64> {
        let last = self.store.last()?.map_or(0, |last| last.seq);
        let (mut low, mut high) = (1, last + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.store.written_at(middle)?.is_some_and(|at| at > moment) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }
}
