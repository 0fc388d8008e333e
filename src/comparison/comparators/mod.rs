//! Every comparator, one file each. To add one: a file here and a line in [`COMPARATORS`].

mod damerau;
mod damerau_levenshtein;
mod date_close;
mod date_one_digit;
mod date_parts;
mod date_swapped;
mod difference;
mod exact;
mod initial;
mod jaro;
mod jaro_winkler;
mod levenshtein;
mod local_part;
mod local_part_similarity;
mod name_part;
mod postcode_part;
mod same_sound;

use super::Comparator;

/// Every comparator, in the order of the documentation.
pub static COMPARATORS: &[&dyn Comparator] = &[
    &exact::Exact,
    &jaro_winkler::JaroWinkler,
    &jaro::Jaro,
    &damerau::Damerau,
    &levenshtein::Levenshtein,
    &damerau_levenshtein::DamerauLevenshtein,
    &same_sound::SameSound,
    &initial::Initial,
    &name_part::NamePart,
    &date_swapped::DateSwapped,
    &date_one_digit::DateOneDigit,
    &date_parts::DateParts,
    &date_close::DateClose,
    &difference::Difference,
    &postcode_part::SECTOR,
    &postcode_part::DISTRICT,
    &postcode_part::AREA,
    &local_part::LocalPart,
    &local_part_similarity::LocalPartSimilarity,
];
