//! Splink's saved settings, read and written: the comparisons that both tools know.
//!
//! A comparison level is SQL text there and a comparator here. What has no equivalent fails by
//! the name of its comparison and level; blocking rules, on which a model does not depend, are
//! left out by name.

mod condition;
mod export;
mod import;
mod rule;
mod sql;
mod writing;

pub use export::{LinkType, SplinkSettings, to_splink};
pub use import::from_splink;
