//! The leading zero of an NHS number that a spreadsheet dropped.

use crate::code::NhsNumber;
use crate::record::AttributeKind;
use crate::schema::mend::{Mend, MendColumn, Mended};

/// A zero before nine digits, where the check digit says that it was there.
///
/// The check digit alone would pass one mistyped number in eleven, and 123456789. Only Scotland
/// issues numbers that begin with a zero, and they begin with a date of birth (day, month,
/// year), so day and month must be possible too.
pub(super) struct LeadingZero;

impl Mend for LeadingZero {
    fn name(&self) -> &'static str {
        "leading_zero"
    }

    fn what(&self) -> &'static str {
        "NHS numbers of nine digits got the leading zero that their check digit proves"
    }

    fn left(&self) -> &'static str {
        "NHS numbers of nine digits, for which a zero in front is not proved"
    }

    fn mend(&self, cell: &str, column: &MendColumn) -> Mended {
        let kind = column.request.and_then(|request| request.kind);
        let nine = cell.len() == 9 && cell.bytes().all(|byte| byte.is_ascii_digit());
        if kind != Some(AttributeKind::NhsNumber) || !nine {
            return Mended::Whole;
        }
        let mended = format!("0{cell}");
        let born = mended[2..4].parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
            && !mended.starts_with("00");
        if born && NhsNumber::parse(&mended).is_ok() {
            Mended::Certain(mended)
        } else {
            Mended::Left
        }
    }
}
