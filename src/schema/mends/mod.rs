//! Every mend, one file each. To add one: a file here and a line in [`MENDS`].

mod date_separator;
mod leading_zero;
mod letter_case;
mod no_break_space;
mod number_format;
mod spaces;

use super::mend::Mend;

/// Every mend of a cell, in the order in which they are tried.
pub static MENDS: &[&dyn Mend] = &[
    &no_break_space::NoBreakSpace,
    &spaces::Spaces,
    &letter_case::LetterCase,
    &number_format::NumberFormat,
    &leading_zero::LeadingZero,
    &date_separator::DateSeparator,
];
