//! Measures one linkage against the truth.

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::companions::{Companions, pairs};
use super::entities::{EntityQuality, SetSizes};
use super::gap::{Gap, largest_gap};
use super::groups::{GroupQuality, GroupingQuality, by_grouping, by_mistake, by_source};
use super::misses::{FalseLinks, Misses};
use super::pairs::PairQuality;
use super::records::{Partners, RecordFacts, RecordQuality};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Entities, RecordId, Records, SourceId, Truth};
use crate::strategy::{Link, Links};

/// What is measured, and against what.
#[derive(Clone, Copy)]
pub struct EvaluationInput<'a> {
    /// Records that were linked.
    pub records: &'a Records,
    /// Which child each is about.
    pub truth: &'a Truth,
    /// Links as decided.
    pub links: &'a Links,
    /// Pairs that were scored, with their weights; empty if they are not known.
    pub scored: &'a [Link],
    /// Entities that clustering made of them.
    pub entities: &'a Entities,
    /// Link mask: whether records of two sources may be linked; the same both ways round.
    pub may_link: &'a dyn Fn(SourceId, SourceId) -> bool,
    /// Whether blocking proposed the pair; asked with the smaller record first.
    pub covered: &'a dyn Fn(RecordId, RecordId) -> bool,
}

impl EvaluationInput<'_> {
    /// Iterates over the decided pairs that the mask allows, as places.
    pub(crate) fn decided(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.links
            .iter()
            .map(|(_, link)| (link.a, link.b))
            .filter(|&(a, b)| (self.may_link)(self.records.source_of(a), self.records.source_of(b)))
            .map(|(a, b)| (a as usize, b as usize))
    }

    fn check(&self) -> Result<()> {
        let records = self.records.len();
        if self.truth.child_of.len() != records || self.entities.entity_of().len() != records {
            return Err(Error::new(
                ErrorKind::BadTruth,
                format!(
                    "{records} records were linked, the truth tells of {} and the entities of {}",
                    self.truth.child_of.len(),
                    self.entities.entity_of().len()
                ),
            )
            .help("evaluate with the truth and the entities of the same run"));
        }
        let mistakes = self.truth.mistakes.iter();
        if mistakes.flat_map(|mistake| &mistake.records).any(|&record| record as usize >= records) {
            let message = format!("a mistake is said to be in a record beyond the {records} read");
            return Err(Error::new(ErrorKind::BadTruth, message)
                .help("evaluate with the truth and the entities of the same run"));
        }
        Ok(())
    }
}

/// Quality of one linkage, as `metrics.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Where partners are looked for.
    pub partners: Partners,
    /// Pairs as decided, before clustering.
    pub links: PairQuality,
    /// Pairs that the entities imply.
    pub pairs: PairQuality,
    /// All records.
    pub records: RecordQuality,
    /// Records by source.
    pub by_source: Vec<GroupQuality>,
    /// Records by the groups of their children.
    pub by_grouping: Vec<GroupingQuality>,
    /// Records by what went wrong in them, by name; empty if the truth does not say.
    #[serde(default)]
    pub by_mistake: Vec<GroupQuality>,
    /// Group or source that falls furthest below the overall linkage rate.
    pub largest_gap: Option<Gap>,
    /// Missed matches by cause; `None` if there are too many to look at.
    pub misses: Option<Misses>,
    /// False links by kind; `None` if the truth knows no households.
    pub false_links: Option<FalseLinks>,
    /// Stated probabilities against the truth; `None` if no scored pairs are known.
    #[serde(default)]
    pub calibration: Option<Calibration>,
    /// Entities against children.
    pub entities: EntityQuality,
}

/// Measures a linkage against the truth.
///
/// # Example
/// Health holds records 0 and 1, police 2, 3 and 4. Children: 0 and 2 are one, 1 and 3 and 4
/// another. The tool links 0–2, which is right, and 1–2, which is wrong, so its entities are
/// {0, 1, 2}, {3} and {4}.
/// Matches across sources: 0–2, 1–3, 1–4. Joined pairs across sources: 0–2, 1–2; one is a match.
/// Every record has a partner. Records 1, 3 and 4 are missed; 0, 1 and 2 are linked, all falsely.
/// ```
/// # use cci::{evaluate::*, record::*, strategy::*};
/// # let mut builder = RecordsBuilder::new(vec![]);
/// # builder.open_source(Source::new("health"));
/// # for id in ["a", "b"] { builder.push(id, |_| ""); }
/// # builder.open_source(Source::new("police"));
/// # for id in ["c", "d", "e"] { builder.push(id, |_| ""); }
/// # let records = builder.finish();
/// # let truth = Truth { child_of: vec![0, 1, 0, 1, 1], children: 2, ..Truth::default() };
/// # let link = |a, b| Link { a, b, pattern: 0, weight: 10.0 };
/// # let links = Links { by_key: vec![], by_probability: vec![link(0, 2), link(1, 2)] };
/// let entities = Entities::from_labels(&[0, 0, 0, 1, 2]);
/// let evaluation = evaluate(&EvaluationInput {
///     records: &records,
///     truth: &truth,
///     links: &links,
///     scored: &[],
///     entities: &entities,
///     may_link: &|a, b| a != b,
///     covered: &|a, b| (a, b) != (1, 4),
/// })?;
/// assert_eq!(evaluation.pairs.precision, Rate::new(1, 2));
/// assert_eq!(evaluation.pairs.recall, Rate::new(1, 3));
/// assert_eq!(evaluation.records.missed, Rate::new(3, 5));
/// assert_eq!(evaluation.records.falsely_linked, Rate::new(3, 3));
/// let misses = evaluation.misses.unwrap();
/// assert_eq!((misses.blocking, misses.below_threshold), (1, 1));
/// # Ok::<(), cci::error::Error>(())
/// ```
///
/// # Errors
/// `BadTruth` if truth or entities are of another number of records.
pub fn evaluate(input: &EvaluationInput<'_>) -> Result<Evaluation> {
    input.check()?;
    let sources = input.records.source_ids();
    let child = &input.truth.child_of;
    let entity = input.entities.entity_of();
    let by_child = Companions::new(child.iter().map(|&c| u64::from(c)), &sources);
    let by_entity = Companions::new(entity.iter().map(|&e| u64::from(e)), &sources);
    let both = child.iter().zip(entity).map(|(&c, &e)| u64::from(c) << 32 | u64::from(e));
    let by_both = Companions::new(both, &sources);

    let matches = pairs(&by_child.count(input.may_link));
    let joined = pairs(&by_entity.count(input.may_link));
    let found = pairs(&by_both.count(input.may_link));

    let (mut decided, mut decided_right) = (0, 0);
    for (a, b) in input.decided() {
        decided += 1;
        decided_right += u64::from(child[a] == child[b]);
    }

    let sizes = set_sizes(&by_child, &by_entity, &by_both);
    let others = |of: fn(&SetSizes) -> u32| sizes.iter().map(|s| u64::from(of(s) - 1)).sum::<u64>();
    let apart = (others(|size| size.child) - others(|size| size.both)) / 2;
    let partners = Partners::of(input.records.sources().len() as SourceId, input.may_link);
    let related = |a, b| partners.between(a, b) && (input.may_link)(a, b);
    let facts: Vec<RecordFacts> = by_child
        .count(related)
        .into_iter()
        .zip(by_both.count(related))
        .zip(by_entity.count(related))
        .zip(&sizes)
        .map(|(((partners, found), around), size)| RecordFacts {
            partners,
            found,
            linked: around > 0,
            merged: size.entity > size.both,
        })
        .collect();

    let records = RecordQuality::count(facts.iter().copied());
    let by_source = by_source(input, &facts);
    let by_grouping: Vec<_> =
        input.truth.groupings.iter().map(|grouping| by_grouping(grouping, child, &facts)).collect();
    Ok(Evaluation {
        partners,
        links: PairQuality::new(decided, matches, decided_right),
        pairs: PairQuality::new(joined, matches, found),
        records,
        largest_gap: largest_gap(
            records.linked_of_linkable,
            linkage_rates(&by_source, &by_grouping),
        ),
        by_source,
        by_grouping,
        by_mistake: by_mistake(&input.truth.mistakes, &facts),
        misses: Misses::sort(input, &by_both, apart),
        false_links: FalseLinks::sort(input),
        calibration: Calibration::measure(input),
        entities: EntityQuality::measure(
            input.truth.children,
            child.iter().copied().zip(sizes.iter().copied()),
        ),
    })
}

fn set_sizes(child: &Companions, entity: &Companions, both: &Companions) -> Vec<SetSizes> {
    let all = |companions: &Companions| companions.count(|_, _| true);
    all(child)
        .into_iter()
        .zip(all(entity))
        .zip(all(both))
        .map(|((child, entity), both)| SetSizes {
            child: child + 1,
            entity: entity + 1,
            both: both + 1,
        })
        .collect()
}

/// Iterates over the linkage rates among which the largest gap is looked for.
fn linkage_rates<'a>(
    by_source: &'a [GroupQuality],
    by_grouping: &'a [GroupingQuality],
) -> impl Iterator<Item = (&'a str, &'a str, super::Rate)> {
    let rate = |group: &'a GroupQuality| (group.label.as_str(), group.quality.linked_of_linkable);
    let of_sources = by_source.iter().map(move |group| {
        let (label, rate) = rate(group);
        ("source", label, rate)
    });
    let of_groups = by_grouping.iter().flat_map(move |grouping| {
        grouping.groups.iter().map(move |group| {
            let (label, rate) = rate(group);
            (grouping.name.as_str(), label, rate)
        })
    });
    of_sources.chain(of_groups)
}
