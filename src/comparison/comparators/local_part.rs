//! Mail addresses that share what stands before the `@`.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::{AttributeKind, mail_local_part};

/// Holds if two mail addresses share the part before the `@`.
pub(super) struct LocalPart;

impl Comparator for LocalPart {
    fn name(&self) -> &'static str {
        "same_local_part"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Email
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (x, y) = (mail_local_part(values.text(a)), mail_local_part(values.text(b)));
        f64::from(u8::from(x.is_some() && x == y))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(local) = mail_local_part(values.text(code)) {
            keys(FixedState::with_seed(0).hash_one(local.as_bytes()));
        }
        true
    }
}
