//! Every rule of `cci check`, one file each. To add one: a file here and a line in [`RULES`].

mod date_of_many;
mod default_day;
mod invalid_cell;
mod older_than_25;
mod placeholder;
mod postcode_of_many;
mod same_child_twice;
mod shared_number;

use super::rule::Rule;

/// Every rule, in the order of reports.
pub static RULES: &[&dyn Rule] = &[
    &invalid_cell::InvalidCell,
    &placeholder::Placeholder,
    &default_day::FIRST_OF_JANUARY,
    &default_day::FIFTEENTH_OF_MONTH,
    &date_of_many::DateOfMany,
    &older_than_25::OlderThan25,
    &postcode_of_many::PostcodeOfMany,
    &shared_number::SharedNumber,
    &same_child_twice::SameChildTwice,
];
