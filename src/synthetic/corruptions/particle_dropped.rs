//! Particle of a surname left out, such as Al, De or O'.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Particle of a surname left out, such as Al, De or O'.
pub(in crate::synthetic) struct ParticleDropped;

const PARTICLES: [&str; 12] =
    ["Al-", "Al ", "El-", "El ", "De ", "Da ", "Di ", "Del ", "Van ", "Ó ", "O'", "D'"];

/// Returns the particle that a name begins with, if a name of two letters or more is left.
fn particle(name: &str) -> Option<&'static str> {
    let fits =
        |particle: &&str| name.strip_prefix(particle).is_some_and(|rest| rest.chars().count() >= 2);
    PARTICLES.into_iter().find(fits)
}

impl Corruption for ParticleDropped {
    fn name(&self) -> &'static str {
        "particle_dropped"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::FamilyName]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        particle(values.of(Held::FamilyName)).is_some()
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        let name = values.of(Held::FamilyName);
        let rest = particle(name).and_then(|particle| name.get(particle.len()..));
        values.set(Held::FamilyName, rest.unwrap_or_default().to_string());
    }
}
