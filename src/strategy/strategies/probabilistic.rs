//! Probability alone: every candidate pair is scored, no key decides.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::probabilistic::link_the_rest;
use crate::strategy::{Assignment, LinkInput, Linkage, Plan, Strategy};

/// Links candidate pairs whose match weight reaches the threshold.
pub(super) struct Probabilistic;

impl Strategy for Probabilistic {
    fn name(&self) -> &'static str {
        "probabilistic"
    }

    fn describe(&self) -> &'static str {
        "Links candidate pairs whose match weight reaches a threshold chosen without labels."
    }

    fn scores_pairs(&self) -> bool {
        true
    }

    fn lacks(&self, _records: &Records, plan: &Plan) -> Option<String> {
        (plan.rules.is_empty() || plan.comparisons.is_empty())
            .then(|| "blocking rules and comparisons".into())
    }

    fn assign(&self, _input: &LinkInput<'_>) -> Result<Assignment> {
        Ok(Assignment::default())
    }

    fn complete(&self, input: &LinkInput<'_>, assignment: Assignment) -> Result<Linkage> {
        link_the_rest(input, assignment)
    }
}
