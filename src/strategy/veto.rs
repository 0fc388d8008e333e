//! Vetoes: what forbids a link however much speaks for it.

use crate::comparison::{ComparisonEngine, PatternSpace};
use crate::error::{Error, Result};
use crate::model::Explanation;

/// Bits that a veto takes away: no weight withstands it, and steps still add up.
const BITS: f64 = -100.0;

/// Declared rule by which two records are never linked nor put into one entity.
///
/// Twins are what it is for: born on one day, of one family name, and not of one given name. A
/// number that a clerk copied from one to the other outweighs the name; a veto it does not.
/// Source of the idea: the twins rule of the Ministry of Justice's Core Person Record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Veto {
    /// Name, for explanations.
    pub name: String,
    /// Attributes whose values are equal.
    pub same: Vec<String>,
    /// Attributes that both records hold and whose values reach no level.
    pub differ: Vec<String>,
}

/// Vetoes as tests of agreement patterns.
#[derive(Debug, Clone, Default)]
pub struct Vetoes(Vec<Tested>);

#[derive(Debug, Clone)]
struct Tested {
    veto: Veto,
    /// Place of a comparison and the outcome that the veto asks of it.
    outcomes: Vec<(usize, u8)>,
}

impl Vetoes {
    /// Turns vetoes into tests of the patterns of an engine.
    ///
    /// # Errors
    /// `UnknownName` with the nearest attribute, if an attribute of a veto is not compared.
    pub fn new(vetoes: &[Veto], engine: &ComparisonEngine<'_>) -> Result<Self> {
        let place = |attribute: &String| {
            let known = || engine.comparisons().map(|comparison| comparison.attribute());
            known()
                .position(|known| known == attribute)
                .ok_or_else(|| Error::unknown_name("compared attribute", attribute, known()))
        };
        let tested = |veto: &Veto| {
            let same = veto.same.iter().map(|attribute| Ok((place(attribute)?, 1)));
            let differ = veto.differ.iter().map(|attribute| {
                let place = place(attribute)?;
                Ok((place, engine.space().outcome_count(place) as u8))
            });
            let outcomes = same.chain(differ).collect::<Result<_>>()?;
            Ok(Tested { veto: veto.clone(), outcomes })
        };
        vetoes.iter().map(tested).collect::<Result<_>>().map(Self)
    }

    /// Returns the first veto against a pattern.
    pub fn against(&self, space: &PatternSpace, pattern: u32) -> Option<&Veto> {
        let holds = |tested: &&Tested| {
            tested.outcomes.iter().all(|&(place, outcome)| space.outcome(pattern, place) == outcome)
        };
        self.0.iter().find(holds).map(|tested| &tested.veto)
    }

    /// Adds to the explanation of a pattern what a veto takes from its weight, if one does.
    pub(super) fn explain(
        &self,
        space: &PatternSpace,
        pattern: u32,
        alone: Explanation,
    ) -> Explanation {
        match self.against(space, pattern) {
            Some(veto) => alone.and(&veto.name, &veto.outcome(), BITS),
            None => alone,
        }
    }

    /// Returns the bits that vetoes take from a pattern's weight: 0 if there is none against it.
    pub(super) fn bits(&self, space: &PatternSpace, pattern: u32) -> f64 {
        self.against(space, pattern).map_or(0.0, |_| BITS)
    }
}

impl Veto {
    /// Says what was found, for an explanation.
    ///
    /// ```text
    /// same date_of_birth, family_name; other given_name
    /// ```
    pub fn outcome(&self) -> String {
        let other = format!("other {}", self.differ.join(", "));
        match self.same.is_empty() {
            true => other,
            false => format!("same {}; {other}", self.same.join(", ")),
        }
    }
}
