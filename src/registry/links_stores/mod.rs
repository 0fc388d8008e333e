//! Stores of the custodian's memberships: SQLite, which lasts, and memory.
//!
//! A further one is a file here that fills [`LinksStore`](super::links_store::LinksStore), and a
//! line in the list of stores in `tests/registry/memberships.rs`.

mod memory;
mod sqlite;
mod sqlite_writing;

pub(super) use memory::Tables;
pub(super) use sqlite::DUTY;
