//! Irish surnames after Ó, Ní, Nic and Uí, which soften the first letter of the name.

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// The name that brother and sister share: Ó Domhnaill and Ní Dhomhnaill as "domhnaill".
pub(super) struct Lenition;

impl Alternate for Lenition {
    fn name(&self) -> &'static str {
        "lenition"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Family
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let Some((particle, rest)) = name.primary.split_once(' ') else { return };
        if !matches!(particle, "o" | "ni" | "nic" | "ui") {
            return;
        }
        emit(rest);
        let bytes = rest.as_bytes();
        match bytes {
            // hUiginn: an h before a vowel.
            [b'h', b'a' | b'e' | b'i' | b'o' | b'u', ..] if particle == "o" => emit(&rest[1..]),
            [b'b' | b'c' | b'd' | b'f' | b'g' | b'm' | b'p' | b's' | b't', b'h', after @ ..]
                if particle != "o" && !after.is_empty() =>
            {
                emit(&format!("{}{}", &rest[..1], &rest[2..]));
            }
            _ => {}
        }
    }
}
