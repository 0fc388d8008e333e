//! How well a linkage did, against the truth: rates with intervals, by group and by cause.
//!
//! Nothing here decides a link, and nothing that decides a link can read the truth.
//! [`evaluate`] gives plain structs that `metrics.json` and `report` hold.

mod calibration;
mod companions;
mod entities;
mod evaluation;
mod gap;
mod groups;
mod misses;
mod pairs;
mod rate;
mod records;

pub use calibration::{Calibration, CalibrationBin};
pub use entities::EntityQuality;
pub use evaluation::{Evaluation, EvaluationInput, evaluate};
pub use gap::{Gap, MINIMUM_RANKED, largest_gap};
pub use groups::{GroupQuality, GroupingQuality, MethodCount, NOTHING_WRONG};
pub use misses::{FalseLinks, Misses};
pub use pairs::PairQuality;
pub use rate::{Interval, Rate, difference, wilson};
pub use records::{Partners, RecordQuality};
