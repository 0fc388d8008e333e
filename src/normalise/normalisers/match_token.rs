//! Match tokens: kept as written, for nothing but the whole of one means anything.

use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};
use crate::record::MatchToken as Token;

/// Normaliser of the keyed hashes that stand for values.
pub(super) struct MatchToken;

impl Normaliser for MatchToken {
    fn name(&self) -> &'static str {
        "match_token"
    }

    fn expects(&self) -> &'static str {
        "a match token as cci prepare writes it; a pseudonym is none"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            if text.parse::<Token>().is_err() {
                return Normalised::Invalid;
            }
            output.push_str(text);
            Normalised::Value
        })
    }
}
