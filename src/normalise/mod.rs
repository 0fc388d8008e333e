//! From a cell's text to a value, or to missing, under `canon/1`.
//!
//! `schema` calls it once a cell. It never guesses: what cannot be a value is invalid.

mod normaliser;

pub use normaliser::{CellRules, Normalised, Normaliser};
