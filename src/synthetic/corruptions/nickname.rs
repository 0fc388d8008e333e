//! Name in use instead of the name on the birth certificate.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Name in use instead of the name on the birth certificate.
pub(in crate::synthetic) struct Nickname;

impl Corruption for Nickname {
    fn name(&self) -> &'static str {
        "nickname"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName]
    }

    fn applies(&self, _: Held, values: &Values, subject: &Subject) -> bool {
        !subject.population.names.nicknames(values.of(Held::GivenName)).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        let known = subject.population.names.nicknames(values.of(Held::GivenName));
        let (_, nickname) = *rng.pick(known);
        values.set(Held::GivenName, nickname);
    }
}
