//! Ethnicity recorded as another group, mostly one of the same broad group.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Ethnicity recorded as another group, mostly one of the same broad group.
pub(in crate::synthetic) struct RecodedEthnicity;

impl Corruption for RecodedEthnicity {
    fn name(&self) -> &'static str {
        "recoded_ethnicity"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::Ethnicity]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        !values.of(Held::Ethnicity).is_empty()
    }

    fn corrupt(&self, _: Held, values: &mut Values, subject: &Subject, rng: &mut Stream) {
        let near = rng.chance(0.8);
        let others: Vec<&str> = subject
            .population
            .ethnicities
            .iter()
            .filter(|other| !near || other.group() == subject.family.ethnicity.group())
            .map(|other| other.code_in(subject.agency))
            .filter(|&code| code != values.of(Held::Ethnicity))
            .collect();
        // A broad group with one code has no neighbour; then it is the largest group of all.
        let code = match others.is_empty() {
            true => subject.population.ethnicities[0].code_in(subject.agency),
            false => rng.pick(&others),
        };
        values.set(Held::Ethnicity, code);
    }
}
