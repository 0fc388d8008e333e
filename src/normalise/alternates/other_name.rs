//! Another name in the same cell: Alexandra (Sasha), Robert known as Bob, Khan (née Shah).

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// Names in brackets or double quotes, or after words that say so.
pub(super) struct OtherName;

impl Alternate for OtherName {
    fn name(&self) -> &'static str {
        "other_name"
    }

    fn suits(&self, _kind: NameKind) -> bool {
        true
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        name.others.iter().for_each(|other| emit(other));
    }
}
