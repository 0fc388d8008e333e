//! What `cci find` found: as JSON, and in words.

use serde::Serialize;

use super::waterfall::{step_line, sum_line};
use crate::blocking::BlockingRule;
use crate::model::Step;
use crate::record::Records;
use crate::report::text;
use crate::strategy::{Found, FoundRecord, Plan};

/// Answer to one query; holds outcomes, never values.
#[derive(Serialize)]
pub(super) struct Answer {
    /// Number of the query, from 1.
    query: usize,
    /// Records that some blocking rule proposes; the best of them follow.
    candidates: usize,
    best: Vec<Candidate>,
}

/// Record that may be about the same child.
#[derive(Serialize)]
struct Candidate {
    record: String,
    /// Number of its entity in the run; none for a record that the run did not have.
    entity: Option<u32>,
    /// Whether its weight reaches the threshold of the run.
    above_threshold: bool,
    match_weight: f64,
    probability: f64,
    household_probability: f64,
    /// Blocking rules that propose it.
    rules: Vec<String>,
    steps: Vec<Step>,
}

/// What the answers are about.
pub(super) struct About<'a> {
    pub(super) records: &'a Records,
    pub(super) plan: &'a Plan,
    /// Entity of each record in the run.
    pub(super) entity_of: &'a [Option<u32>],
    /// Threshold of the run in bits, if it chose one.
    pub(super) threshold: Option<f64>,
}

impl Answer {
    /// Puts together the answer to a query.
    pub(super) fn of(query: usize, found: Found, about: &About<'_>) -> Self {
        let best = found.best.into_iter().map(|found| Candidate::of(found, about)).collect();
        Self { query, candidates: found.candidates, best }
    }

    /// Describes it in a table, and the best candidate step by step.
    pub(super) fn describe(&self, about: &About<'_>) -> String {
        let among = text::count(about.records.len() as u64);
        let (query, candidates) = (self.query, text::count(self.candidates as u64));
        let mut parts =
            vec![format!("Query {query}: {candidates} candidates among {among} records.\n")];
        let Some(first) = self.best.first() else {
            parts.push(format!(
                "No record shares the key of any of {} blocking rules, which cci blocking lists.\n\
                 Say more of the child, or leave out what may be wrong.\n",
                about.plan.rules.len()
            ));
            return parts.join("\n");
        };
        let rows = self.best.iter().map(|candidate| {
            vec![
                candidate.record.clone(),
                format!("{:+.1}", candidate.match_weight),
                format!("{:.4}", candidate.probability),
                if candidate.above_threshold { "yes" } else { "no" }.into(),
                candidate.entity.map_or("new".into(), |entity| entity.to_string()),
            ]
        });
        let header = ["Candidate", "Bits", "Probability", "Above threshold", "Entity"];
        parts.push(text::aligned(&header, rows));
        parts.push(match about.threshold {
            Some(bits) => format!("Threshold {bits:.1} bits.\n"),
            None => "The run chose no threshold.\n".into(),
        });
        let mut lines = vec![format!("{}:", first.record)];
        lines.extend(first.steps.iter().map(step_line));
        lines.push(sum_line(first.match_weight));
        lines.push(format!("Proposed by: {}\n", first.rules.join("; ")));
        parts.push(lines.join("\n"));
        parts.join("\n")
    }
}

impl Candidate {
    fn of(found: FoundRecord, about: &About<'_>) -> Self {
        let explanation = found.explanation;
        let bits = explanation.weight.bits();
        Self {
            record: about.records.name(found.record),
            entity: about.entity_of[found.record as usize],
            above_threshold: about.threshold.is_some_and(|threshold| bits >= threshold),
            match_weight: bits,
            probability: explanation.weight.probability().get(),
            household_probability: explanation.household_probability,
            rules: BlockingRule::labels(&about.plan.rules, found.rules),
            steps: explanation.steps,
        }
    }
}
