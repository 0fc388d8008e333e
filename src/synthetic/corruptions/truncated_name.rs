//! Name cut short: an initial, or what a narrow column holds.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Name cut short: an initial, or what a narrow column holds.
pub(in crate::synthetic) struct TruncatedName;

impl Corruption for TruncatedName {
    fn name(&self) -> &'static str {
        "truncated_name"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        values.of(struck).chars().count() >= 5
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let length = values.of(struck).chars().count();
        let kept = match struck {
            Held::GivenName if rng.chance(0.5) => 1,
            _ => 3 + rng.below(length - 3),
        };
        values.set(struck, values.of(struck).chars().take(kept).collect::<String>());
    }
}
