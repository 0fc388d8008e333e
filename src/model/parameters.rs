//! A trained model: what each outcome is worth, and the weight of a pattern.

use std::borrow::Cow;

use super::dependence::Dependence;
use super::household::HouseholdTable;
use super::standard_errors::StandardErrors;
use super::{MatchWeight, Probability};
use crate::comparison::{Combination, Comparison, PatternSpace, attributes_of, swapped_with};
use crate::error::Result;
use crate::record::{Attribute, AttributeKind};

/// Most bits by which agreement counts against a match before anything is said of it.
const MOST_AGAINST: f64 = -0.1;

/// Probabilities of one comparison's outcomes, both values present.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonParameters {
    /// Name of the attribute compared; of several that are compared jointly, `a + b`.
    pub attribute: String,
    /// Kind of each of them; none if the model comes from a tool that has no kinds.
    pub kinds: Vec<AttributeKind>,
    /// Label of each outcome from 1: the levels, then "else".
    pub labels: Vec<String>,
    /// Probability of each outcome among records of the same child.
    pub m: Vec<f64>,
    /// Probability of each outcome among records of unrelated children.
    pub u: Vec<f64>,
    /// Probability of each outcome among different children of a household, if learnt.
    pub s: Option<Vec<f64>>,
    /// How agreement on a rare value counts for more, if it does.
    pub term_frequency: Option<TermFrequency>,
    /// Standard error of each u that comes of values standing for others; none where u was
    /// calculated from all values.
    pub u_sampled: Option<Vec<f64>>,
    /// How uncertain the probabilities are, if known.
    pub errors: Option<StandardErrors>,
}

/// How the rarity of a shared value enters the first level of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermFrequency {
    /// Whose share of a value counts.
    pub share: FrequencyShare,
    /// Power to which the ratio of u to the share is raised; 1 for its full effect.
    pub power: f64,
    /// Share under which no value counts as rarer, from 0.
    pub least: f64,
}

impl Default for TermFrequency {
    fn default() -> Self {
        Self { share: FrequencyShare::OwnSource, power: 1.0, least: 0.0 }
    }
}

/// Whose share of a value counts in term frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrequencyShare {
    /// Geometric mean of the shares in the sources of the two records.
    OwnSource,
    /// Share in all sources together, as Splink counts.
    AllSources,
}

impl FrequencyShare {
    /// Every way, in the order of the documentation.
    pub const ALL: [FrequencyShare; 2] = [FrequencyShare::OwnSource, FrequencyShare::AllSources];

    /// Returns the name used in model files.
    pub fn name(self) -> &'static str {
        match self {
            FrequencyShare::OwnSource => "own_source",
            FrequencyShare::AllSources => "all_sources",
        }
    }
}

impl ComparisonParameters {
    /// Takes the declaration of a comparison, with probabilities still to be found.
    pub(super) fn declared(comparison: &Comparison, m: Vec<f64>, u: Vec<f64>) -> Self {
        let outcomes = 1..=comparison.outcomes() as u8;
        Self {
            attribute: comparison.attribute().to_string(),
            kinds: comparison.attributes().iter().map(Attribute::kind).collect(),
            labels: outcomes.map(|outcome| comparison.outcome_label(outcome)).collect(),
            m,
            u,
            s: None,
            term_frequency: comparison.uses_term_frequency().then(TermFrequency::default),
            u_sampled: None,
            errors: None,
        }
    }

    /// Says whether it and another comparison might be made one that is joint.
    pub fn may_be_joined(&self, other: &Self) -> bool {
        let kinds = || self.kinds.iter().chain(&other.kinds);
        let mixed = kinds().any(|kind| kind.is_place()) && kinds().any(|kind| kind.is_person());
        self.kinds.len() == 1 && other.kinds.len() == 1 && !mixed
    }

    /// Returns the outcomes that say that values of the given kinds are the same, by place; none
    /// if no such attribute is compared.
    pub(super) fn outcomes_of_the_same(&self, kinds: &[AttributeKind]) -> Vec<usize> {
        let wanted = self.kinds.iter().enumerate().filter(|(_, kind)| kinds.contains(kind));
        let wanted: Vec<usize> = wanted.map(|(place, _)| place).collect();
        let same = |label: &String| {
            let level = read_level(&self.attribute, label);
            level.is_ok_and(|level| wanted.iter().any(|&place| level.asks_the_same(place)))
        };
        (0..self.labels.len()).filter(|&place| same(&self.labels[place])).collect()
    }

    /// Returns m of holding the same value of given kinds: in its own place, or swapped with
    /// another's; `None` if no such attribute is compared.
    fn m_of_the_same(&self, kinds: &[AttributeKind]) -> Option<f64> {
        let same = self.outcomes_of_the_same(kinds);
        let levels = self.labels.iter().zip(&self.m);
        let swapped = levels.filter(|(label, _)| swapped_with(label).is_some());
        let in_place: f64 = same.iter().map(|&place| self.m[place]).sum();
        (!same.is_empty()).then(|| in_place + swapped.map(|(_, m)| m).sum::<f64>())
    }

    /// Returns the weight of an outcome from 1, in bits: `log2(m / u)`; 0 for missing.
    pub fn weight(&self, outcome: u8) -> f64 {
        match outcome {
            0 => 0.0,
            place => (self.m[place as usize - 1] / self.u[place as usize - 1]).log2(),
        }
    }
}

/// Reads a level of a comparison of a name.
///
/// # Errors
/// As [`Combination::parse_of`].
pub(super) fn read_level(attribute: &str, label: &str) -> Result<Combination> {
    match attributes_of(attribute).as_slice() {
        [_] => Combination::parse(label),
        attributes => Combination::parse_of(label, attributes),
    }
}

/// Trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Parameters of each comparison, in pattern order.
    pub comparisons: Vec<ComparisonParameters>,
    /// Share of all comparable pairs that are matches.
    pub prior: Probability,
    /// Share of all comparable pairs that are two children of one household, if learnt.
    pub household_prior: Option<Probability>,
    /// The same among the pairs of two sources, where it was learnt for them.
    pub households_between: Vec<HouseholdsBetween>,
    /// How the model came about.
    pub training: TrainingFacts,
    pub(super) space: PatternSpace,
    pub(super) household: Option<HouseholdTable>,
}

/// Share of the pairs of two sources that are two children of one household.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdsBetween {
    /// Names of the sources; the same one twice for pairs within it.
    pub sources: [String; 2],
    /// Share of their comparable pairs.
    pub prior: Probability,
}

/// How a model came about.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingFacts {
    /// Where the probabilities come from.
    pub method: TrainingMethod,
    /// Version of the toolkit that made the model.
    pub toolkit: String,
    /// Labels of the blocking rules, in order.
    pub blocking: Vec<String>,
    /// Labels of the rules whose pairs were learnt from, in order.
    pub sessions: Vec<String>,
    /// Pairs that training saw.
    pub pairs: u64,
    /// Starts that training was tried from.
    pub starts: u32,
    /// Starts that ended at the likelihood that was kept.
    pub agreeing: u32,
    /// Iterations that training took.
    pub iterations: u32,
    /// Whether training settled before its limit of iterations.
    pub converged: bool,
    /// Natural logarithm of the likelihood of all sessions' pairs, if there is one.
    pub log_likelihood: Option<f64>,
    /// Attributes that every rule asks for: their m could not be learnt and is the usual one.
    pub unlearnt: Vec<String>,
    /// How far comparisons depend on each other, those first that depend most.
    pub dependence: Vec<Dependence>,
}

/// Where the probabilities of a model come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingMethod {
    /// Expectation–maximisation on unlabelled pairs.
    ExpectationMaximisation,
    /// Pairs that somebody has labelled.
    Labels,
    /// A Splink model, trained there.
    Splink,
}

impl TrainingMethod {
    /// Every method, in the order of the documentation.
    pub const ALL: [TrainingMethod; 3] =
        [TrainingMethod::ExpectationMaximisation, TrainingMethod::Labels, TrainingMethod::Splink];

    /// Returns the name used in model files.
    pub fn name(self) -> &'static str {
        match self {
            TrainingMethod::ExpectationMaximisation => "expectation_maximisation",
            TrainingMethod::Labels => "labels",
            TrainingMethod::Splink => "splink",
        }
    }
}

/// A pattern under the three classes, as natural logarithms of prior times likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatternWeight {
    /// Same child.
    pub same: f64,
    /// Another member of the household; minus infinity where not learnt.
    pub household: f64,
    /// Unrelated.
    pub unrelated: f64,
}

impl PatternWeight {
    /// Returns the match weight when rarer values make unrelated pairs less likely.
    ///
    /// `rarity` is the natural logarithm by which term frequency changes the unrelated class.
    /// It does not touch the household class, where names are shared for another reason.
    ///
    /// # Formula
    /// `w = log2[ λM ΠM / (λS ΠS + λU ΠU e^rarity) ]`
    /// Source: Fellegi and Sunter (1969), JASA 64(328), extended to three classes.
    pub fn weight(self, rarity: f64) -> MatchWeight {
        let against = log_sum(self.household, self.unrelated + rarity);
        MatchWeight::new((self.same - against) / std::f64::consts::LN_2)
    }

    /// Returns the probability that the pair is two members of one household.
    pub fn household_probability(self, rarity: f64) -> f64 {
        let others = log_sum(self.same, self.unrelated + rarity);
        1.0 / (1.0 + (others - self.household).exp())
    }
}

impl Model {
    /// Says whether the model may have learnt "same household" in place of "same child".
    ///
    /// It may have if it has no household class, and of its matches fewer than half agree on
    /// whatever it compares of given name and date of birth, neither of which a household shares,
    /// while most agree on a surname, postcode or address. Names that are swapped agree.
    pub fn may_be_of_households(&self) -> bool {
        use AttributeKind::{Address, Date, FamilyName, GivenName, Postcode};
        let agreeing = |kinds: &[AttributeKind]| -> Vec<f64> {
            self.comparisons.iter().filter_map(|c| c.m_of_the_same(kinds)).collect()
        };
        let own = agreeing(&[GivenName, Date]);
        let shared = agreeing(&[FamilyName, Postcode, Address]);
        self.household_prior.is_none()
            && !own.is_empty()
            && own.iter().all(|&m| m < 0.5)
            && shared.iter().any(|&m| m >= 0.5)
    }

    /// Iterates over the comparisons whose first level counts against a match: by more than an
    /// attribute that hardly varies, which lies around 0 on either side.
    pub fn against(&self) -> impl Iterator<Item = &ComparisonParameters> {
        self.comparisons.iter().filter(|comparison| comparison.weight(1) < MOST_AGAINST)
    }

    /// Says whether the household class has taken what are records of one child.
    ///
    /// Two children of a household have names of their own and seldom one day of birth. A class
    /// that agrees on either half as often as matches do, or more, is not of different children:
    /// the pairs at one address were records of one child nearly all.
    pub(super) fn households_hold_matches(&self) -> bool {
        let agreeing = |c: &ComparisonParameters| {
            let same = c.outcomes_of_the_same(&[AttributeKind::GivenName, AttributeKind::Date]);
            let sum = |shares: &[f64]| same.iter().map(|&place| shares[place]).sum::<f64>();
            !same.is_empty() && c.s.as_ref().is_some_and(|s| sum(s) > sum(&c.m) / 2.0)
        };
        self.comparisons.iter().any(agreeing)
    }

    /// Returns the numbering of the patterns that the model was trained on.
    pub fn space(&self) -> &PatternSpace {
        &self.space
    }

    /// Returns the model of the pairs of two sources, or of one with itself, by name.
    ///
    /// It differs in the share of pairs that are two children of one household: a roll of pupils
    /// shares many families with a register of patients, and few with a list of offices. Two
    /// sources of which nothing was learnt have the share of all.
    pub fn between(&self, s: &str, t: &str) -> Cow<'_, Self> {
        let known = self.households_between.iter().find(|of| {
            let [x, y] = of.sources.each_ref().map(String::as_str);
            (x, y) == (s, t) || (x, y) == (t, s)
        });
        match known {
            None => Cow::Borrowed(self),
            Some(of) => Cow::Owned(Self { household_prior: Some(of.prior), ..self.clone() }),
        }
    }

    /// Returns a pattern under the three classes.
    pub fn pattern_weight(&self, pattern: u32) -> PatternWeight {
        let prior = self.prior.get();
        let household_prior = self.household_prior.map_or(0.0, Probability::get);
        let mut same = prior.ln();
        let mut unrelated = (1.0 - prior - household_prior).ln();
        for (place, comparison) in self.comparisons.iter().enumerate() {
            let outcome = self.space.outcome(pattern, place) as usize;
            if outcome > 0 {
                same += comparison.m[outcome - 1].ln();
                unrelated += comparison.u[outcome - 1].ln();
            }
        }
        let household = match &self.household {
            Some(table) => household_prior.ln() + table.log_likelihood(pattern, &self.comparisons),
            None => f64::NEG_INFINITY,
        };
        PatternWeight { same, household, unrelated }
    }
}

/// Returns `ln(e^a + e^b)` without overflow.
pub(super) fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}
