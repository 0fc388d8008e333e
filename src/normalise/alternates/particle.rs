//! Leading particles left out: van der Berg as "berg", al-Hassan as "hassan", ap Rhys as "rhys".

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// The surname without the particles before it.
pub(super) struct Particle;

/// Particles by language: Dutch and German, Romance, Arabic and Urdu, Welsh.
const PARTICLES: [&str; 44] = [
    "van", "der", "den", "de", "ter", "ten", "t", "vande", "vander", "von", "zu", "zum", "zur",
    "vom", "du", "des", "la", "le", "las", "lo", "los", "del", "dela", "delos", "da", "do", "dos",
    "das", "di", "della", "dalla", "al", "el", "ul", "ud", "ur", "bin", "bint", "binti", "ibn",
    "ap", "ab", "ferch", "verch",
];

/// Says whether a word is a particle.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

impl Alternate for Particle {
    fn name(&self) -> &'static str {
        "particle"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Family
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let mut rest = name.primary;
        while let Some((first, after)) = rest.split_once(' ') {
            if !is_particle(first) {
                break;
            }
            rest = after;
        }
        emit(rest);
    }
}
