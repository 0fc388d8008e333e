//! Spaces, hyphens and decimal places in official numbers, and the space of a postcode.

use crate::normalise::Normalised;
use crate::record::AttributeKind;
use crate::schema::mend::{Mend, MendColumn, Mended};

/// NHS numbers and UPNs without signs between digits; postcodes with one space.
pub(super) struct NumberFormat;

impl Mend for NumberFormat {
    fn name(&self) -> &'static str {
        "number_format"
    }

    fn what(&self) -> &'static str {
        "signs and decimal places went from valid numbers; postcodes took their one space"
    }

    fn mend(&self, cell: &str, column: &MendColumn) -> Mended {
        let kind = column.request.and_then(|request| request.kind);
        let official = [AttributeKind::NhsNumber, AttributeKind::Upn, AttributeKind::Postcode];
        if !kind.is_some_and(|kind| official.contains(&kind)) {
            return Mended::Whole;
        }
        // A spreadsheet that took a number for a quantity writes 9990123454.0.
        let whole = match kind {
            Some(AttributeKind::NhsNumber) => cell.strip_suffix(".0").unwrap_or(cell),
            _ => cell,
        };
        let (outcome, value) = column.read(whole);
        // Whatever else the reading puts right is not a matter of format.
        let same = compact(whole) == compact(&value);
        if outcome != Normalised::Value || value == cell || !same {
            return Mended::Whole;
        }
        Mended::Certain(value)
    }
}

fn compact(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
