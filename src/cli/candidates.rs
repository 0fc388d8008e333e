//! What `cci explain record` found: as JSON, and in words.

use serde::Serialize;

use super::judgement::{Judgement, Weighing};
use crate::blocking::Blocking;
use crate::error::Result;
use crate::record::{RecordId, Source};
use crate::report::text;
use crate::strategy::Method;

/// Most attributes named for a candidate that would change its decision.
const MOST_CHANGES: usize = 3;

/// Explanation of a record; holds outcomes, never values.
#[derive(Serialize)]
pub(in crate::cli) struct ExplainedRecord {
    record: String,
    strategy: &'static str,
    threshold: Option<f64>,
    /// Number of the record's entity, as `entities.parquet` has it.
    entity: u32,
    /// Records of the entity, this one among them.
    members: Vec<String>,
    /// Candidates in all; the best of them follow.
    candidate_count: usize,
    candidates: Vec<Candidate>,
    margins: Vec<Margin>,
    /// Why the record has no candidate, rule by rule, if it has none.
    unlinkable: Option<Vec<Idle>>,
}

/// Record that might be about the same child.
#[derive(Serialize)]
struct Candidate {
    record: String,
    match_weight: f64,
    probability: f64,
    household_probability: f64,
    /// How the pair was linked; none if it was not.
    linked_by: Option<&'static str>,
    /// Whether both stand in one entity.
    same_entity: bool,
    entity: u32,
    /// Attributes that would change the decision by themselves.
    changes: Vec<Change>,
    #[serde(skip)]
    method: Option<Method>,
    #[serde(skip)]
    id: RecordId,
}

/// One attribute as it would have to be for the other decision.
#[derive(Serialize)]
struct Change {
    attribute: String,
    /// Outcome of its comparison that is meant: `same` or `differs`.
    were: &'static str,
    match_weight: f64,
}

/// Best and second best candidate in one source.
#[derive(Serialize)]
struct Margin {
    source: String,
    best: Option<f64>,
    second: Option<f64>,
    /// Bits between them; none without a second.
    margin: Option<f64>,
}

/// Rule that gives a record no candidate.
#[derive(Serialize)]
struct Idle {
    rule: String,
    /// Keys for which the record has no value; if none, nobody it may be linked with shares it.
    lacks: Vec<String>,
    /// Whether sharing its keys is all that the rule asks.
    #[serde(skip)]
    equal_only: bool,
}

impl ExplainedRecord {
    /// Explains a record; so many of its best candidates are kept.
    ///
    /// # Errors
    /// `BadValue` if there are candidates and the strategy scored none; what comparing refuses.
    pub(in crate::cli) fn of(judgement: &Judgement, record: RecordId, most: usize) -> Result<Self> {
        let (records, blocking) = (judgement.records(), judgement.blocking()?);
        let others = others(judgement, &blocking, record);
        let weighing = judgement.weighing()?;
        let mut candidates: Vec<Candidate> = match &weighing {
            Some(weighing) => {
                let of =
                    |(other, method)| Candidate::of(judgement, weighing, record, other, method);
                others.into_iter().map(of).collect()
            }
            None if others.is_empty() => Vec::new(),
            None => return Err(judgement.unscored()),
        };
        candidates.sort_by(|x, y| y.match_weight.total_cmp(&x.match_weight).then(x.id.cmp(&y.id)));
        let idle = blocking.rules().iter().map(|rule| Idle {
            rule: rule.label(),
            lacks: rule.lacking(records, record),
            equal_only: rule.meets_by_keys() && rule.filters().is_empty(),
        });
        let unlinkable = candidates.is_empty().then(|| idle.collect());
        let threshold = weighing.as_ref().map(Weighing::threshold);
        let margins = margins(judgement, record, &candidates);
        let candidate_count = candidates.len();
        candidates.truncate(most);
        let entity = judgement.entity_of(record);
        let members = judgement.members(entity).into_iter();
        Ok(Self {
            record: records.name(record),
            strategy: judgement.outcome.strategy.name(),
            threshold: threshold.filter(|bits| bits.is_finite()),
            entity,
            members: members.map(|member| records.name(member)).collect(),
            candidate_count,
            candidates,
            margins,
            unlinkable,
        })
    }

    /// Describes it all in tables.
    pub(in crate::cli) fn describe(&self) -> String {
        let members: Vec<&str> =
            self.members.iter().map(String::as_str).filter(|&m| m != self.record).collect();
        let with = match members.as_slice() {
            [] => "alone".to_string(),
            others => format!("with {}", others.join(", ")),
        };
        let mut parts = vec![format!("{} is in entity {}, {with}.\n", self.record, self.entity)];
        if let Some(idle) = &self.unlinkable {
            parts.push(describe_unlinkable(idle));
            return parts.join("\n");
        }
        let rows = self.candidates.iter().map(|candidate| {
            vec![
                candidate.record.clone(),
                format!("{:+.1}", candidate.match_weight),
                format!("{:.4}", candidate.probability),
                candidate.linked_by.map_or("not linked".into(), |by| format!("linked by {by}")),
                format!(
                    "{}{}",
                    candidate.entity,
                    if candidate.same_entity { " (same)" } else { "" }
                ),
            ]
        });
        parts
            .push(text::aligned(&["Candidate", "Bits", "Probability", "Decision", "Entity"], rows));
        let threshold = match self.threshold {
            Some(bits) => format!("Threshold {bits:.1} bits"),
            None => "No threshold could be chosen".into(),
        };
        let (shown, all) = (self.candidates.len(), self.candidate_count);
        let shown = if shown < all {
            format!("; the best {shown} of {all} candidates")
        } else {
            String::new()
        };
        parts.push(format!("{threshold} (strategy {}){shown}.\n", self.strategy));
        parts.push(self.margin_table());
        let changes: Vec<String> =
            self.candidates.iter().map(Candidate::describe_changes).collect();
        parts.push(format!(
            "What would change a decision by itself, taking values of average rarity:\n{}\n",
            changes.join("\n")
        ));
        parts.join("\n")
    }

    fn margin_table(&self) -> String {
        let bits = |bits: Option<f64>| bits.map_or("none".into(), |bits| format!("{bits:+.1}"));
        let rows = self.margins.iter().map(|margin| {
            let between = margin.margin.map_or(String::new(), |margin| format!("{margin:.1}"));
            vec![margin.source.clone(), bits(margin.best), bits(margin.second), between]
        });
        text::aligned(&["Candidates in source", "Best", "Second best", "Margin"], rows)
    }
}

/// Returns the records that are candidates of a record or linked with it, and how.
///
/// A key may link what no blocking rule proposes.
fn others(
    judgement: &Judgement,
    blocking: &Blocking<'_>,
    record: RecordId,
) -> Vec<(RecordId, Option<Method>)> {
    let linked = judgement.linked(record);
    let mut others: Vec<RecordId> = blocking.candidates(record).collect();
    others.extend(linked.iter().map(|&(other, _)| other));
    others.retain(|&other| !judgement.data.constraints.forbids(record, other));
    others.sort_unstable();
    others.dedup();
    let method = |other| linked.iter().find(|(known, _)| *known == other).map(|&(_, by)| by);
    others.into_iter().map(|other| (other, method(other))).collect()
}

/// Returns the margin in each source that the record may be linked with.
fn margins(judgement: &Judgement, record: RecordId, best_first: &[Candidate]) -> Vec<Margin> {
    let (records, mask) = (judgement.records(), &judgement.data.plan.mask);
    let own = records.source_of(record);
    let sources = records.sources().iter().enumerate();
    let allowed = sources.filter(|&(place, _)| mask.allows(own, place as u8));
    let margin = |(place, source): (usize, &Source)| {
        let mut weights = best_first
            .iter()
            .filter(|candidate| usize::from(records.source_of(candidate.id)) == place)
            .map(|candidate| candidate.match_weight);
        let (best, second) = (weights.next(), weights.next());
        let between = best.zip(second).map(|(best, second)| best - second);
        Margin { source: source.name.clone(), best, second, margin: between }
    };
    allowed.map(margin).collect()
}

/// Returns which attributes would by themselves turn the decision, the strongest first.
///
/// A pair that is not linked would be if one of them were the same; one that is linked would not
/// be if one differed. A value that is missing may turn out the same if both sources hold the
/// attribute at all; that it might differ is said of values that are there alone.
fn changes(weighing: &Weighing<'_>, x: RecordId, y: RecordId, linked: bool) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for (place, comparison) in weighing.scoring.model.comparisons.iter().enumerate() {
        let (were, outcome) = match linked {
            false => ("same", 1),
            true => ("differs", comparison.labels.len() as u8),
        };
        let now = weighing.outcome(x, y, place);
        let may_be = || [x, y].iter().all(|&record| weighing.source_holds(record, place));
        if now == outcome || (now == 0 && (linked || !may_be())) {
            continue;
        }
        let match_weight = weighing.weight_if(x, y, place, outcome);
        if (match_weight >= weighing.threshold()) != linked {
            all.push(Change { attribute: comparison.attribute.clone(), were, match_weight });
        }
    }
    // The strongest leaves the pair furthest on the other side of the threshold.
    all.sort_by(|x, y| {
        let order = y.match_weight.total_cmp(&x.match_weight);
        if linked { order.reverse() } else { order }
    });
    all
}

impl Candidate {
    fn of(
        judgement: &Judgement,
        weighing: &Weighing<'_>,
        record: RecordId,
        other: RecordId,
        method: Option<Method>,
    ) -> Self {
        let explanation = weighing.explain(record, other);
        let changes = match method {
            Some(Method::NhsNumber | Method::ExactKey | Method::Custodian) => Vec::new(),
            _ => changes(weighing, record, other, method.is_some()),
        };
        Self {
            record: judgement.records().name(other),
            match_weight: explanation.weight.bits(),
            probability: explanation.weight.probability().get(),
            household_probability: explanation.household_probability,
            linked_by: method.map(Method::name),
            same_entity: judgement.entity_of(other) == judgement.entity_of(record),
            entity: judgement.entity_of(other),
            changes,
            method,
            id: other,
        }
    }

    fn describe_changes(&self) -> String {
        let named: Vec<String> = self
            .changes
            .iter()
            .take(MOST_CHANGES)
            .map(|change| format!("{} ({:+.1} bits)", change.attribute, change.match_weight))
            .collect();
        let named = named.join(" or ");
        let what = match (self.method, self.changes.is_empty()) {
            (None, true) => "no single attribute would link it".into(),
            (None, false) => format!("linked if the same: {named}"),
            (Some(Method::Probability), true) => "no single attribute would part it".into(),
            (Some(Method::Probability), false) => format!("not linked if different: {named}"),
            (Some(key), _) => format!("linked by {}, whatever the weight", key.name()),
        };
        format!("  {}: {what}", self.record)
    }
}

fn describe_unlinkable(idle: &[Idle]) -> String {
    let why = |rule: &Idle| match rule.lacks.as_slice() {
        [] if rule.equal_only => {
            "no record that it may be linked with shares the value".to_string()
        }
        [] => "no record that it may be linked with is its pair".to_string(),
        lacks => format!("no value for {}", lacks.join(", ")),
    };
    let rows = idle.iter().map(|rule| format!("  {}: {}", rule.rule, why(rule)));
    let rows: Vec<String> = rows.collect();
    let head = "Unlinkable: no blocking rule pairs it with any record.";
    format!("{head}\n{}\n", rows.join("\n"))
}
