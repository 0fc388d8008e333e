//! The time by the clock of the machine, as every table of the registry keeps it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the seconds since 1970; 0 if the clock stands before.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs())
}
