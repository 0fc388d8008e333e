//! Splink's saved settings, read and written: the comparisons that both tools know.
//!
//! A comparison level is SQL text there and a comparator here. What has no equivalent fails by
//! the name of its comparison and level; nothing is skipped.

mod condition;
mod export;
mod import;
mod sql;

pub use export::{LinkType, to_splink};
pub use import::from_splink;
