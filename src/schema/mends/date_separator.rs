//! Separators of dates: the right parts in the right order, with other signs between them.

use crate::normalise::{CellRules, Normalised, of_kind, write_date};
use crate::record::AttributeKind;
use crate::schema::mend::{Mend, MendColumn, Mended};

/// Dates that differ from the column's format in nothing but the separators.
///
/// Where the year comes last, the order of day and month must be settled by other cells.
pub(super) struct DateSeparator;

const SEPARATORS: [&str; 5] = ["-", "/", ".", " ", ""];

impl Mend for DateSeparator {
    fn name(&self) -> &'static str {
        "date_separator"
    }

    fn what(&self) -> &'static str {
        "dates took the separators of the column's format"
    }

    fn left(&self) -> &'static str {
        "dates with other separators, in a column that does not settle whether days come first"
    }

    fn mend(&self, cell: &str, column: &MendColumn) -> Mended {
        let kind = column.request.and_then(|request| request.kind);
        if kind != Some(AttributeKind::Date) || column.read(cell).0 != Normalised::Invalid {
            return Mended::Whole;
        }
        let rules = column.rules();
        let format = if rules.date_format.is_empty() { "%Y-%m-%d" } else { &rules.date_format };
        let parts: Vec<String> = format
            .split('%')
            .filter_map(|part| part.chars().next())
            .map(|part| format!("%{part}"))
            .collect();
        let mut value = String::new();
        for sign in SEPARATORS {
            let other = CellRules { date_format: parts.join(sign), ..CellRules::default() };
            let date = of_kind(AttributeKind::Date);
            if date.normalise(cell, &other, &mut value) != Normalised::Value {
                continue;
            }
            if parts[0] != "%Y" && !column.order_settled {
                return Mended::Left;
            }
            let Ok(day) = value.parse() else { continue };
            let mut mended = String::new();
            write_date(day, format, &mut mended);
            return Mended::Certain(mended);
        }
        Mended::Whole
    }
}
