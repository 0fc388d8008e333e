//! Model files: a trained model as text that can be read, checked and used again.
//!
//! A file holds probabilities and counts of patterns, never a value of anyone. Its first line is
//! a checksum over every byte that follows.

use serde::Deserialize;

use super::dependence::{Among, Dependence};
use super::household::HouseholdTable;
use super::model_fit::{blocking_sha256, comparisons_sha256, difference, digest_of, sha256};
use super::model_text;
use super::parameters::{
    ComparisonParameters, FrequencyShare, HouseholdsBetween, Model, TermFrequency, TrainingFacts,
    TrainingMethod, read_level,
};
use super::soundness;
use super::standard_errors::StandardErrors;
use super::weight::Probability;
use crate::comparison::{Comparison, PatternSpace, attributes_of, swap_label};
use crate::error::{Error, ErrorKind, Result};
use crate::record::AttributeKind;
use crate::settings;

/// Version of the format of model files.
pub(super) const FORMAT: u32 = 1;

/// A trained model with what it needs to be used again.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// Version of the canonicalisation of the values that the model was trained on.
    pub canon: String,
    /// Trained model.
    pub model: Model,
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "checksum")]
    _checksum: String,
    #[serde(rename = "format")]
    _format: u32,
    cci: String,
    canon: String,
    comparisons_sha256: String,
    blocking_sha256: String,
    prior: f64,
    household_prior: Option<f64>,
    #[serde(default)]
    households_between: Vec<HouseholdsBetweenTable>,
    training: TrainingTable,
    comparison: Vec<ComparisonTable>,
    #[serde(default)]
    dependence: Vec<DependenceTable>,
    household: Option<HouseholdDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseholdsBetweenTable {
    sources: [String; 2],
    prior: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainingTable {
    method: String,
    pairs: u64,
    starts: u32,
    agreeing: u32,
    iterations: u32,
    converged: bool,
    log_likelihood: Option<f64>,
    #[serde(default)]
    unlearnt: Vec<String>,
    blocking: Vec<String>,
    #[serde(default)]
    sessions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependenceTable {
    among: String,
    attributes: [String; 2],
    bits: f64,
    outcomes: [u8; 2],
    observed: f64,
    expected: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonTable {
    attribute: String,
    kind: Option<String>,
    /// Kinds of attributes that are compared jointly.
    kinds: Option<Vec<String>>,
    levels: Vec<String>,
    m: Vec<f64>,
    u: Vec<f64>,
    s: Option<Vec<f64>>,
    term_frequency: Option<TermFrequencyTable>,
    m_error: Option<Vec<f64>>,
    u_sampled_error: Option<Vec<f64>>,
    u_error: Option<Vec<f64>>,
    bits_error: Option<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFrequencyTable {
    share: String,
    power: f64,
    least: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseholdDocument {
    location: Vec<bool>,
    patterns: Vec<(Vec<u8>, f64)>,
}

impl ModelFile {
    /// Returns the text of the file.
    pub fn text(&self) -> String {
        let body = model_text::body(self);
        format!("checksum = \"{}\"\n{body}", sha256(body.as_bytes()))
    }

    /// Reads the bytes of a file; `name` is the file's name, for messages.
    ///
    /// # Errors
    /// `BadModel` if the checksum does not match, the format is another or the probabilities
    /// cannot be true; `BadSettings` or `UnknownKey` for text that is no model file.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self> {
        check_sum(bytes, name)?;
        let text = std::str::from_utf8(bytes)
            .map_err(|_| bad(format!("{name}: expected UTF-8 text")).help(EXPORT_AGAIN))?;
        let version: Version = settings::parse(text, name)?;
        if version.format != FORMAT {
            let found = version.format;
            return Err(bad(format!("{name}: expected format {FORMAT}, found format {found}"))
                .help("export the model with this version of the toolkit"));
        }
        let document: Document = settings::parse(text, name)?;
        let file = document.file().and_then(|(file, [comparisons, blocking])| {
            soundness::check(&file.model)?;
            let model = &file.model;
            if comparisons != comparisons_sha256(model) || blocking != blocking_sha256(model) {
                return Err(
                    bad("the hash of comparisons or of blocking is not theirs").help(EXPORT_AGAIN)
                );
            }
            Ok(file)
        });
        file.map_err(|error| error.note(format!("in {name}")))
    }

    /// Checks that the numbers of the model can be true, as reading a file does.
    ///
    /// # Errors
    /// `BadModel` naming comparison, level and what was expected.
    pub fn check(&self) -> Result<()> {
        soundness::check(&self.model)
    }

    /// Checks that the model was trained on the values and comparisons that it will score.
    ///
    /// # Errors
    /// `BadModel` naming the first difference.
    pub fn check_fits(&self, canon: &str, comparisons: &[Comparison]) -> Result<()> {
        if self.canon != canon {
            return Err(bad(format!(
                "the model was trained on values under {}, these are under {canon}",
                self.canon
            ))
            .help("train the model again with this version of the toolkit"));
        }
        let declared = comparisons
            .iter()
            .map(|comparison| ComparisonParameters::declared(comparison, Vec::new(), Vec::new()));
        let declared: Vec<ComparisonParameters> = declared.collect();
        if digest_of(&self.model.comparisons) == digest_of(&declared) {
            return Ok(());
        }
        match difference(&self.model.comparisons, &declared) {
            None => Ok(()),
            Some(difference) => Err(bad(difference).help(
                "use the [[compare]] tables that the model was trained with, or train again",
            )),
        }
    }
}

const EXPORT_AGAIN: &str = "export the model again, or fetch an unchanged copy of the file";

impl Document {
    /// Builds the model; gives the two hashes that the file states beside it.
    fn file(self) -> Result<(ModelFile, [String; 2])> {
        let comparisons: Result<Vec<ComparisonParameters>> =
            self.comparison.into_iter().map(ComparisonTable::parameters).collect();
        let comparisons = comparisons?;
        let space = PatternSpace::new(comparisons.iter().map(|c| c.labels.len()))?;
        let household = match self.household {
            None => None,
            Some(document) => Some(document.table(&space, &comparisons)?),
        };
        let between = self.households_between.into_iter().map(HouseholdsBetweenTable::read);
        let households_between = between.collect::<Result<Vec<HouseholdsBetween>>>()?;
        let dependence: Result<Vec<Dependence>> =
            self.dependence.into_iter().map(|table| table.dependence(&comparisons)).collect();
        let training = TrainingFacts {
            method: named(&self.training.method, "training method", &TrainingMethod::ALL, |m| {
                m.name()
            })?,
            toolkit: self.cci,
            blocking: self.training.blocking,
            sessions: self.training.sessions,
            pairs: self.training.pairs,
            starts: self.training.starts,
            agreeing: self.training.agreeing,
            iterations: self.training.iterations,
            converged: self.training.converged,
            log_likelihood: self.training.log_likelihood,
            unlearnt: self.training.unlearnt,
            dependence: dependence?,
        };
        let model = Model {
            comparisons,
            prior: Probability::new(self.prior)?,
            household_prior: self.household_prior.map(Probability::new).transpose()?,
            households_between,
            training,
            space,
            household,
        };
        let hashes = [self.comparisons_sha256, self.blocking_sha256];
        Ok((ModelFile { canon: self.canon, model }, hashes))
    }
}

impl HouseholdsBetweenTable {
    fn read(self) -> Result<HouseholdsBetween> {
        Ok(HouseholdsBetween { sources: self.sources, prior: Probability::new(self.prior)? })
    }
}

impl DependenceTable {
    fn dependence(self, comparisons: &[ComparisonParameters]) -> Result<Dependence> {
        let broken = |what: &str| bad(format!("dependence: {what}")).help(EXPORT_AGAIN);
        let among = named(&self.among, "class of pairs", &Among::ALL, |among| among.name())?;
        let mut places = [0; 2];
        for (place, (attribute, outcome)) in
            places.iter_mut().zip(self.attributes.iter().zip(self.outcomes))
        {
            let known = comparisons.iter().position(|c| c.attribute == *attribute);
            *place = known.ok_or_else(|| broken("expected attributes that are compared"))?;
            if outcome == 0 || usize::from(outcome) > comparisons[*place].labels.len() {
                return Err(broken("expected outcomes that the comparisons have"));
            }
        }
        let shares = [self.observed, self.expected];
        if !(self.bits >= 0.0 && shares.iter().all(|share| (0.0..=1.0).contains(share))) {
            return Err(broken("expected bits from 0 and shares from 0 to 1"));
        }
        Ok(Dependence {
            among,
            comparisons: places,
            bits: self.bits,
            outcomes: self.outcomes,
            observed: self.observed,
            expected: self.expected,
        })
    }
}

impl ComparisonTable {
    fn parameters(self) -> Result<ComparisonParameters> {
        let place = |error: Error| error.note(format!("comparison of {}", self.attribute));
        let Some((last, levels)) = self.levels.split_last().filter(|(last, _)| *last == "else")
        else {
            return Err(place(bad("expected levels that end in \"else\"").help(EXPORT_AGAIN)));
        };
        let mut labels = Vec::with_capacity(self.levels.len());
        for level in levels {
            labels.push(match swap_label(level) {
                Some(label) => label,
                None => read_level(&self.attribute, level).map_err(place)?.label(),
            });
        }
        labels.push(last.clone());
        let kinds = self.kind.as_slice().iter().chain(self.kinds.iter().flatten());
        let kinds: Result<Vec<AttributeKind>> =
            kinds.map(|kind| AttributeKind::parse(kind)).collect();
        let kinds = kinds.map_err(place)?;
        if !kinds.is_empty() && kinds.len() != attributes_of(&self.attribute).len() {
            return Err(place(bad("expected one kind an attribute").help(EXPORT_AGAIN)));
        }
        let term_frequency = match &self.term_frequency {
            None => None,
            Some(table) => {
                let shares = &FrequencyShare::ALL;
                let share = named(&table.share, "share", shares, |share| share.name());
                let share = share.map_err(place)?;
                Some(TermFrequency { share, power: table.power, least: table.least })
            }
        };
        let errors = match (self.m_error, self.u_error, self.bits_error) {
            (None, None, None) => None,
            (Some(m), Some(u), Some(bits)) => Some(StandardErrors { m, u, bits }),
            _ => {
                let error = bad("expected m_error, u_error and bits_error together, or none");
                return Err(error.note(format!("comparison of {}", self.attribute)));
            }
        };
        Ok(ComparisonParameters {
            attribute: self.attribute,
            kinds,
            labels,
            m: self.m,
            u: self.u,
            s: self.s,
            term_frequency,
            u_sampled: self.u_sampled_error,
            errors,
        })
    }
}

impl HouseholdDocument {
    fn table(
        self,
        space: &PatternSpace,
        comparisons: &[ComparisonParameters],
    ) -> Result<HouseholdTable> {
        let broken = |what: &str| bad(format!("household: {what}")).help(EXPORT_AGAIN);
        if self.location.len() != space.comparisons() {
            return Err(broken("expected one entry of location a comparison"));
        }
        let shares: Option<Vec<Vec<f64>>> = comparisons.iter().map(|c| c.s.clone()).collect();
        let shares = shares.ok_or_else(|| broken("expected s for every comparison"))?;
        let mut counts = Vec::with_capacity(self.patterns.len());
        for (outcomes, pairs) in &self.patterns {
            let within = |(c, &outcome): (usize, &u8)| {
                usize::from(outcome) <= space.outcome_count(c)
                    && (!self.location[c] || outcome == 0)
            };
            let known = outcomes.len() == space.comparisons();
            if !known || !outcomes.iter().enumerate().all(within) {
                return Err(broken("expected patterns of outcomes of the comparisons"));
            }
            if !(pairs.is_finite() && *pairs >= 0.0) {
                return Err(broken("expected counts of pairs from 0"));
            }
            counts.push((space.pattern(outcomes), *pairs));
        }
        Ok(HouseholdTable::restore(space, &self.location, shares, &counts))
    }
}

fn check_sum(bytes: &[u8], name: &str) -> Result<()> {
    let broken = |what: &str| bad(format!("{name}: {what}")).help(EXPORT_AGAIN);
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let Some((first, rest)) = end.map(|end| (&bytes[..end], &bytes[end + 1..])) else {
        return Err(broken("expected a model file, which begins with its checksum"));
    };
    if !first.starts_with(b"checksum = ") {
        return Err(broken("expected a model file, which begins with its checksum"));
    }
    if first != format!("checksum = \"{}\"", sha256(rest)).as_bytes() {
        return Err(broken("the checksum does not match: the file was changed or cut short"));
    }
    Ok(())
}

fn named<T: Copy>(
    asked: &str,
    what: &str,
    known: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T> {
    let found = known.iter().copied().find(|&one| name(one) == asked);
    found.ok_or_else(|| Error::unknown_name(what, asked, known.iter().map(|&one| name(one))))
}

fn bad(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadModel, message)
}
