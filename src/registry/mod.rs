//! The registry: person keys, pseudonyms and events in SQLite, safe against being cut off.
//!
//! The only room that sees the database. The issuer's vault holds no demographics: an entity is
//! known to it by a random handle, and every write belongs to a run that commits whole or not at
//! all.

mod actor;
mod approval;
mod audit;
mod audit_proof;
mod checkpoint;
mod clock;
mod decisions;
mod epochs;
mod event;
mod fault;
mod guessing;
mod handle;
mod issuing;
mod lifecycle;
mod links_store;
mod links_stores;
mod log_store;
mod log_stores;
mod memberships;
mod memory;
mod merkle;
mod objections;
mod parting;
mod person_state;
mod projection;
mod reassignment;
mod resolving;
mod rotation;
mod run;
mod seals;
mod sqlite;
mod store;
mod unsealing;
mod vault;
mod vault_store;
mod vault_stores;

pub use actor::{Actor, Ground};
pub use approval::{APPROVERS, Approval, Asked, Request};
pub use audit::{AuditLog, Detail, Entry, Outcome, Role};
pub use audit_proof::{Audited, InclusionProof};
pub use checkpoint::Checkpoint;
pub use clock::now;
pub use decisions::{DecidedPair, Decision, Verdict};
pub use epochs::KnownEpoch;
pub use handle::Handle;
pub use issuing::Issued;
pub use lifecycle::Merged;
pub use memberships::{Memberships, Proposal, RecordTag};
pub use objections::ScopeObjections;
pub use parting::{Added, Parted};
pub use person_state::PersonState;
pub use projection::Verified;
pub use reassignment::Reassignment;
pub use resolving::Resolved;
pub use rotation::Overlap;
pub use run::{Run, RunDigests};
pub use vault::{Counts, Registry, ScopeCount};
