//! The plan: rules, comparisons and thresholds, free of any engine or file.

use super::Veto;
use crate::blocking::{BlockingRule, LinkMask};
use crate::comparison::{Comparison, ComparisonEngine};
use crate::error::Result;
use crate::model::{Model, ThresholdPolicy};
use crate::record::{Attribute, AttributeKind, RecordId, Records, SourceId};

/// Everything that a strategy may know beside the records.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which sources may be linked with which.
    pub mask: LinkMask,
    /// Blocking rules, in order.
    pub rules: Vec<BlockingRule>,
    /// Rules whose pairs a model is trained on; none to have them chosen from the data.
    pub training_rules: Vec<BlockingRule>,
    /// Comparisons, in order.
    pub comparisons: Vec<Comparison>,
    /// Attributes that make up the exact key.
    pub exact_key: Vec<String>,
    /// Where other members of a household can be learnt from.
    pub household: Option<Household>,
    /// What forbids a link by probability.
    pub vetoes: Vec<Veto>,
    /// Way of choosing the threshold.
    pub threshold: ThresholdPolicy,
    /// Most candidate pairs to make before refusing.
    pub most_pairs: u64,
    /// Model to score with in place of training one; of these comparisons.
    pub model: Option<Model>,
}

/// Where the model learns what other members of a household look like.
#[derive(Debug, Clone)]
pub struct Household {
    /// Sources whose own records are paired by address.
    pub sources: Vec<SourceId>,
    /// Attributes that make up an address.
    pub attributes: Vec<String>,
}

impl Household {
    /// Returns where to learn from when nobody has said: records at one address, or of one family
    /// name and postcode where there is no address, in sources that hold each child once; if
    /// there are none, in those that are not linked within themselves, else in all. Records of
    /// one child are found among the pairs and weighted out.
    ///
    /// Returns `None` if no attribute tells a place.
    pub fn usual(records: &Records, mask: &LinkMask) -> Option<Self> {
        let of_kind = |kind| first_of_kind(records, kind).map(|of| of.name().to_string());
        let address = of_kind(AttributeKind::Address);
        let postcode = of_kind(AttributeKind::Postcode);
        if address.is_none() && postcode.is_none() {
            return None;
        }
        let household = address.or_else(|| of_kind(AttributeKind::FamilyName));
        let attributes: Vec<String> = postcode.into_iter().chain(household).collect();
        let all = 0..records.sources().len() as SourceId;
        let declared = |&s: &SourceId| records.sources()[s as usize].duplicate_free;
        let mut sources: Vec<SourceId> = all.clone().filter(declared).collect();
        if sources.is_empty() {
            sources = all.clone().filter(|&s| !mask.allows(s, s)).collect();
        }
        if sources.is_empty() {
            sources = all.collect();
        }
        Some(Self { sources, attributes })
    }
}

impl Plan {
    /// Returns the name of the attribute that holds NHS numbers, if the records have one.
    pub fn nhs_number(records: &Records) -> Option<&str> {
        first_of_kind(records, AttributeKind::NhsNumber).map(Attribute::name)
    }
}

/// Place of a comparison, and the outcome that says that no level is reached.
#[derive(Clone, Copy)]
struct Place {
    /// Whether it is in the engine of what the plan compares jointly.
    joint: bool,
    comparison: usize,
    none: u8,
}

/// Returns a test of whether two records with one NHS number agree that it is one child's.
///
/// They agree if their dates of birth are the same and their given names alike at any level, or
/// one is missing. A number on a sibling's record fails by the date, on a twin's by the name.
///
/// What is compared jointly with other attributes is looked at by itself.
///
/// # Errors
/// As [`ComparisonEngine::for_few_pairs`].
pub(super) fn agreed_by_birth_and_name<'a>(
    records: &'a Records,
    engine: &'a ComparisonEngine<'a>,
) -> Result<impl Fn(RecordId, RecordId) -> bool + Sync + 'a> {
    let compared = |attribute: &&Attribute| {
        engine.comparisons().any(|comparison| comparison.attributes().contains(attribute))
    };
    let of_kind = |kind| first_of_kind(records, kind).filter(compared);
    let [birth, name] = [AttributeKind::Date, AttributeKind::GivenName].map(of_kind);
    let by_itself = |attribute: &&Attribute| {
        engine.comparisons().any(|comparison| comparison.attributes() == [(*attribute).clone()])
    };
    let joint: Vec<Comparison> = [birth, name]
        .into_iter()
        .flatten()
        .filter(|attribute| !by_itself(attribute))
        .map(Comparison::ready_made)
        .collect();
    let alone = ComparisonEngine::for_few_pairs(records, &joint)?;
    let place = |attribute: &Attribute| {
        let found = |engine: &ComparisonEngine<'_>, joint| {
            let mut comparisons = engine.comparisons();
            let comparison = comparisons.position(|c| c.attributes() == [attribute.clone()])?;
            let none = engine.space().outcome_count(comparison) as u8;
            Some(Place { joint, comparison, none })
        };
        found(engine, false).or_else(|| found(&alone, true))
    };
    let [birth, name] = [birth, name].map(|attribute| attribute.and_then(place));
    Ok(move |a, b| {
        let pattern = engine.pattern(a, b);
        let outcome = |place: Place| {
            let of = |engine: &ComparisonEngine<'_>, pattern| {
                engine.space().outcome(pattern, place.comparison)
            };
            if place.joint { of(&alone, alone.pattern(a, b)) } else { of(engine, pattern) }
        };
        birth.is_none_or(|birth| outcome(birth) == 1)
            && name.is_none_or(|name| outcome(name) != name.none)
    })
}

fn first_of_kind(records: &Records, kind: AttributeKind) -> Option<&Attribute> {
    records
        .columns()
        .iter()
        .map(|column| column.attribute())
        .find(|attribute| attribute.kind() == kind)
}
