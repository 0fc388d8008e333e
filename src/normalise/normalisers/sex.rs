//! Sex or gender as recorded: M, F or X, whichever agency's code the cell holds.

use crate::code::Sex as Recorded;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of sex and gender codes.
///
/// X is indeterminate, as the value is written. Where a column's own X means not known, as
/// in the NHS person stated gender (recalled), its schema names X as a placeholder.
pub(super) struct Sex;

/// Codes and words, with `None` for those that mean not known or not yet born.
const WORDS: [(&str, Option<Recorded>); 25] = [
    ("m", Some(Recorded::Male)),
    ("f", Some(Recorded::Female)),
    ("x", Some(Recorded::Indeterminate)),
    ("1", Some(Recorded::Male)),
    ("2", Some(Recorded::Female)),
    ("9", Some(Recorded::Indeterminate)),
    ("u", None),
    ("0", None),
    ("male", Some(Recorded::Male)),
    ("female", Some(Recorded::Female)),
    ("boy", Some(Recorded::Male)),
    ("girl", Some(Recorded::Female)),
    ("man", Some(Recorded::Male)),
    ("woman", Some(Recorded::Female)),
    ("i", Some(Recorded::Indeterminate)),
    ("indeterminate", Some(Recorded::Indeterminate)),
    ("intersex", Some(Recorded::Indeterminate)),
    ("other", Some(Recorded::Indeterminate)),
    ("non-binary", Some(Recorded::Indeterminate)),
    ("non_binary", Some(Recorded::Indeterminate)),
    ("nonbinary", Some(Recorded::Indeterminate)),
    ("not specified", None),
    ("prefer not to say", None),
    ("prefer_not_to_say", None),
    ("undisclosed", None),
];

impl Normaliser for Sex {
    fn name(&self) -> &'static str {
        "sex"
    }

    fn expects(&self) -> &'static str {
        "a code for sex: M, F, X, U, 0, 1, 2 or 9"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            match WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
                Some((_, Some(sex))) => {
                    output.push(sex.letter());
                    Normalised::Value
                }
                Some((_, None)) => Normalised::Missing,
                None => Normalised::Invalid,
            }
        })
    }
}
