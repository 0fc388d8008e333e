//! Invented children as four agencies see them, with errors and with the truth.
//!
//! Families come first (`family`), then who knows them (`coverage`), then what each agency writes
//! down (`agencies/`) and what goes wrong as it does (`corruptions/`). Rates and names are data, in
//! `synthetic_data/`. This room never imports the matcher, nor the matcher it.

mod agencies;
mod agency_file;
mod births;
mod calibration;
mod chances;
mod clerk;
mod corruption;
mod corruptions;
mod count;
mod coverage;
mod errors;
mod family;
mod file_format;
mod generate;
mod held;
mod histories;
mod history;
mod life_event;
mod life_events;
mod measure;
mod name_trend;
mod names;
mod numbers;
mod past;
mod permutation;
mod place;
mod population;
mod profile;
mod profile_file;
mod propensity;
mod random;
mod shuffle;
mod table;
mod truth;
mod what_if;
mod world;
mod written;

pub use calibration::{Measured, Verdict, against};
pub use corruption::corruption_names;
pub use family::REFERENCE;
pub use file_format::FileFormat;
pub use generate::{Settings, generate, generate_without_errors};
pub use profile::{Profile, Rate};
pub use table::Table;
pub use what_if::Override;
pub use world::{AgencyTable, HistoryTable, SyntheticTruth, World};
pub use written::{Written, write};
