//! Spaces around a cell, and several in a row within a name or an address.

use crate::record::AttributeKind;
use crate::schema::mend::{Mend, MendColumn, Mended};

/// Spaces around a cell go; within names and addresses one is enough.
pub(super) struct Spaces;

impl Mend for Spaces {
    fn name(&self) -> &'static str {
        "spaces"
    }

    fn what(&self) -> &'static str {
        "spaces around cells, and double ones in names and addresses, were taken out"
    }

    fn mend(&self, cell: &str, column: &MendColumn) -> Mended {
        let trimmed = cell.trim();
        let words = matches!(
            column.request.and_then(|request| request.kind),
            Some(AttributeKind::GivenName | AttributeKind::FamilyName | AttributeKind::Address)
        );
        let mended = match words && trimmed.contains("  ") {
            true => trimmed.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "),
            false => trimmed.to_string(),
        };
        if mended == cell { Mended::Whole } else { Mended::Certain(mended) }
    }
}
