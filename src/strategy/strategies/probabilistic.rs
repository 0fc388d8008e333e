//! Probability alone: every candidate pair is scored, no key decides.

use crate::comparison::ComparisonEngine;
use crate::error::Result;
use crate::record::Records;
use crate::strategy::{LinkInput, Linkage, Links, Plan, Strategy, score};

/// Links candidate pairs whose match weight reaches the threshold.
pub(super) struct Probabilistic;

impl Strategy for Probabilistic {
    fn name(&self) -> &'static str {
        "probabilistic"
    }

    fn describe(&self) -> &'static str {
        "Links candidate pairs whose match weight reaches a threshold chosen without labels."
    }

    fn lacks(&self, _records: &Records, plan: &Plan) -> Option<String> {
        (plan.rules.is_empty() || plan.comparisons.is_empty())
            .then(|| "blocking rules and comparisons".into())
    }

    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage> {
        let engine = ComparisonEngine::new(input.records, &input.plan.comparisons)?;
        let scoring = score(input, &engine)?;
        let threshold = scoring.threshold.bits();
        let by_probability = scoring
            .kept
            .iter()
            .copied()
            .filter(|link| f64::from(link.weight) >= threshold)
            .collect();
        Ok(Linkage {
            links: Links { by_key: Vec::new(), by_probability },
            candidate_pairs: scoring.candidate_pairs,
            scoring: Some(scoring),
        })
    }
}
