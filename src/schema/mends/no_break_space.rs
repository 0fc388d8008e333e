//! No-break and other wide spaces, which web pages and word processors leave behind.

use crate::schema::mend::{Mend, MendColumn, Mended};

/// Spaces that are not the plain one become the plain one.
pub(super) struct NoBreakSpace;

impl Mend for NoBreakSpace {
    fn name(&self) -> &'static str {
        "no_break_space"
    }

    fn what(&self) -> &'static str {
        "no-break and other wide spaces became plain ones"
    }

    fn mend(&self, cell: &str, _column: &MendColumn) -> Mended {
        let wide = |letter: char| letter.is_whitespace() && !letter.is_ascii();
        if !cell.contains(wide) {
            return Mended::Whole;
        }
        Mended::Certain(cell.replace(wide, " "))
    }
}
