//! Mac and Mc: MacDonald as "mcdonald", Mc Donald as "macdonald".

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// The other spelling of a leading Mac.
///
/// Only where capitals or a space show that Mac is a prefix: Machado and Maciejewski have none.
pub(super) struct Mac;

impl Alternate for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Family
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        if let Some((prefix @ ("mac" | "mc"), rest)) = name.primary.split_once(' ')
            && !rest.contains(' ')
        {
            let other = if prefix == "mac" { "mc" } else { "mac" };
            emit(&format!("{other}{rest}"));
        }
        let capital = name.text.trim_start().strip_prefix("Mac");
        if let Some(rest) = capital.filter(|rest| rest.starts_with(char::is_uppercase)) {
            name.rewritten(Some(format!("Mc{rest}")), emit);
        }
    }
}
