//! From a cell's text to a value, or to missing, under `canon/1`.
//!
//! `schema` calls it once a cell. It never guesses: what cannot be a value is invalid.

mod alternate;
mod alternates;
mod canon;
mod cell;
pub mod damage;
mod lookup;
mod name_part;
mod names;
mod normaliser;
mod normalisers;
mod pattern;
mod placeholder;

pub use alternate::{Alternate, MOST_ALTERNATES, Name, NameKind};
pub use alternates::ALTERNATES;
pub use canon::CANON_VERSION;
pub use lookup::{find, of_kind};
pub use name_part::NamePart;
pub use names::LONGEST_NAME;
pub use normaliser::{CellRules, Normalised, Normaliser};
pub use normalisers::{
    MONTHS, NORMALISERS, fits_date, is_date_format, is_impossible_date, is_time, write_date,
};
pub use pattern::{Pattern, PatternFault, literal_pattern};
