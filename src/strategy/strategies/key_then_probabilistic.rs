//! The consistent identifier with fallback: NHS number where agreed, probability for the rest.

use crate::comparison::ComparisonEngine;
use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::{
    LinkInput, Linkage, Links, Method, Plan, Strategy, agreed_by_birth_and_name, score,
};

/// Links by an agreed NHS number first, then the remaining pairs by match weight.
pub(super) struct KeyThenProbabilistic;

impl Strategy for KeyThenProbabilistic {
    fn name(&self) -> &'static str {
        "key_then_probabilistic"
    }

    fn describe(&self) -> &'static str {
        "Links by NHS number where birth date and given name agree with it, then by match weight."
    }

    fn lacks(&self, _records: &Records, plan: &Plan) -> Option<String> {
        (plan.rules.is_empty() || plan.comparisons.is_empty())
            .then(|| "blocking rules and comparisons".into())
    }

    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage> {
        let engine = ComparisonEngine::new(input.records, &input.plan.comparisons)?;
        let (by_key, _) = match Plan::nhs_number(input.records) {
            Some(attribute) => {
                let agreed = agreed_by_birth_and_name(input.records, &engine);
                links_by_key(input, Method::NhsNumber, &[attribute], agreed)?
            }
            None => (Vec::new(), 0),
        };
        let scoring = score(input, &engine)?;
        let threshold = scoring.threshold.bits();
        let decided = |a, b| by_key.binary_search_by_key(&(a, b), |(_, l)| (l.a, l.b)).is_ok();
        let by_probability = scoring
            .kept
            .iter()
            .copied()
            .filter(|link| f64::from(link.weight) >= threshold && !decided(link.a, link.b))
            .collect();
        Ok(Linkage {
            links: Links { by_key, by_probability },
            candidate_pairs: scoring.candidate_pairs,
            scoring: Some(scoring),
        })
    }
}
