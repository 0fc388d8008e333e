//! Letter case of codes, postcodes and pupil numbers.

use crate::record::AttributeKind;
use crate::schema::mend::{Mend, MendColumn, Mended};

/// Codes in the case of their list; postcodes and UPNs in capitals.
pub(super) struct LetterCase;

impl Mend for LetterCase {
    fn name(&self) -> &'static str {
        "letter_case"
    }

    fn what(&self) -> &'static str {
        "codes, postcodes and UPNs took the letter case of their list or form"
    }

    fn mend(&self, cell: &str, column: &MendColumn) -> Mended {
        let Some(request) = column.request else { return Mended::Whole };
        let mended = if !request.codes.is_empty() {
            if request.codes.iter().any(|code| code == cell) {
                return Mended::Whole;
            }
            let mut same = request.codes.iter().filter(|code| code.eq_ignore_ascii_case(cell));
            match (same.next(), same.next()) {
                (Some(code), None) => code.clone(),
                _ => return Mended::Whole,
            }
        } else if matches!(request.kind, Some(AttributeKind::Postcode | AttributeKind::Upn)) {
            cell.to_ascii_uppercase()
        } else {
            return Mended::Whole;
        };
        let is_value = column.read(&mended).0 == crate::normalise::Normalised::Value;
        if mended == cell || !is_value { Mended::Whole } else { Mended::Certain(mended) }
    }
}
