//! Numbers of which the size counts: `1851`, `34.5`, `-2`.

use crate::normalise::canon::fold;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Most digits of a value: what binary64 holds exactly.
const MOST_DIGITS: usize = 15;

/// Normaliser of ages, years, weights and other numbers that lie near each other or far apart.
pub(super) struct Quantity;

impl Normaliser for Quantity {
    fn name(&self) -> &'static str {
        "quantity"
    }

    fn expects(&self) -> &'static str {
        "a number of at most 15 digits, with a point before its decimals"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            fold(text, |byte| output.push(char::from(byte)));
            match plain(output) {
                Some(number) => {
                    *output = number;
                    Normalised::Value
                }
                None => Normalised::Invalid,
            }
        })
    }
}

/// Returns a number in its only form: no zeros before or after that say nothing, no plus.
///
/// A program that has empty cells in a column of whole numbers writes 34 as 34.0.
fn plain(text: &str) -> Option<String> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if decimals.is_empty() || digits.is_empty() || !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
    if whole.len() + decimals.len() > MOST_DIGITS {
        return None;
    }
    let sign = if negative && !(whole.is_empty() && decimals.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if decimals.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{decimals}"))
}
