//! Part of a double name left out.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Part of a double name left out.
pub(in crate::synthetic) struct HyphenPartDropped;

impl Corruption for HyphenPartDropped {
    fn name(&self) -> &'static str {
        "hyphen_part_dropped"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::FamilyName]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        values.of(struck).contains(['-', ' '])
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let parts: Vec<&str> = values.of(struck).split(['-', ' ']).collect();
        let kept = if rng.chance(0.5) { parts[0] } else { parts[parts.len() - 1] };
        values.set(struck, kept.to_string());
    }
}
