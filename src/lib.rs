//! Consistent child identifier toolkit: models agencies' records about invented children, links
//! them through a pseudonymous identifier with probabilistic fallback, and measures how well.
//!
//! The rooms, from the bottom up: `record`, `code`, `normalise`, `schema`,
//! `blocking`, `comparison`, `model`, `strategy`, `cluster`, `identifier`, `encode`,
//! `registry`, `evaluate`, `report`, `synthetic`, `cli`. Imports run downwards only;
//! `tests/architecture.rs` holds the table.

pub mod blocking;
pub mod cli;
pub mod cluster;
pub mod code;
pub mod comparison;
pub mod encode;
pub mod error;
pub mod evaluate;
pub mod identifier;
pub mod model;
pub mod normalise;
pub mod record;
pub mod registry;
pub mod report;
pub mod schema;
pub mod sensitive;
pub mod settings;
pub mod strategy;
pub mod synthetic;
