//! Stores of the audit log: SQLite, which lasts, and memory.
//!
//! A further one is a file here that fills [`LogStore`](super::log_store::LogStore), and a line in
//! the list of stores in `tests/registry/log.rs`.

mod memory;
mod sqlite;

pub(super) use memory::Tables;
pub(super) use sqlite::DUTY;
