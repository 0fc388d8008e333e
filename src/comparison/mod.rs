//! How alike two records are: comparators, comparison levels, agreement patterns.
//!
//! Knows values and codes only: no agency, no file, no probability. A function called once a
//! pair takes integers and allocates nothing.

mod combination;
mod comparator;
mod comparators;
mod declaration;
mod engine;
mod first_codes;
mod joint;
mod letter_planes;
mod level;
mod neighbours;
mod occurrences;
mod pattern;
mod prepared;
mod random_agreement;
mod reachable;
mod rows;
mod score;
mod searched;
pub(crate) mod sorting;
mod swapped;
mod swapped_alike;
mod values;

pub use combination::{Combination, Member};
pub use comparator::{Comparator, Measure};
pub use comparators::COMPARATORS;
pub use declaration::{Comparison, MOST_LEVELS, attributes_of};
pub use engine::ComparisonEngine;
pub use first_codes::{CodesOfRecord, FirstCodes};
pub use joint::ComparedColumn;
pub(crate) use joint::joined_values;
pub use level::Level;
pub use pattern::PatternSpace;
pub use prepared::Prepared;
pub use random_agreement::RandomAgreement;
pub use rows::RowPatterns;
pub use score::ValueScore;
pub use swapped::{is_swapped_alike, swap_label, swapped_with};
