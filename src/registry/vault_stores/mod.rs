//! Stores of the vault: SQLite, which lasts, and memory, against which it is tested.
//!
//! A further one is a file here that fills [`VaultStore`](super::vault_store::VaultStore), and a
//! line in the list of stores in `tests/registry/conformance.rs`.

mod memory;
mod memory_reading;
mod sqlite;
mod sqlite_crosswalk;
mod sqlite_reading;
mod sqlite_standing;
mod sqlite_writing;

pub(super) use memory::MemoryStore;
pub(super) use sqlite::DUTY;
