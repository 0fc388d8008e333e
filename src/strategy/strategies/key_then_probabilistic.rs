//! The consistent identifier with fallback: NHS number where agreed, probability for the rest.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::probabilistic::link_the_rest;
use crate::strategy::{
    Assignment, LinkInput, Linkage, Method, Plan, Strategy, agreed_by_birth_and_name,
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

    fn scores_pairs(&self) -> bool {
        true
    }

    fn lacks(&self, _records: &Records, plan: &Plan) -> Option<String> {
        (plan.rules.is_empty() || plan.comparisons.is_empty())
            .then(|| "blocking rules and comparisons".into())
    }

    fn assign(&self, input: &LinkInput<'_>) -> Result<Assignment> {
        let Some(attribute) = Plan::nhs_number(input.records) else {
            return Ok(Assignment::default());
        };
        let agreed = agreed_by_birth_and_name(input.records, input.engine()?)?;
        links_by_key(input, Method::NhsNumber, &[attribute], agreed)
    }

    fn complete(&self, input: &LinkInput<'_>, assignment: Assignment) -> Result<Linkage> {
        link_the_rest(input, assignment)
    }
}
