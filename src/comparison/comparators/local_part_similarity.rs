//! Mail addresses whose parts before the `@` are alike.

use super::jaro_winkler::jaro_winkler;
use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::{AttributeKind, mail_local_part};

/// Jaro–Winkler similarity of what stands before the `@` of two mail addresses.
pub(super) struct LocalPartSimilarity;

impl Comparator for LocalPartSimilarity {
    fn name(&self) -> &'static str {
        "local_part_jaro_winkler"
    }

    fn measure(&self) -> Measure {
        Measure::Similarity
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Email
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        match (mail_local_part(values.text(a)), mail_local_part(values.text(b))) {
            (Some(x), Some(y)) => jaro_winkler(x, y),
            _ => 0.0,
        }
    }
}
