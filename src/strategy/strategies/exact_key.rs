//! The plain deterministic key: the same names, date of birth and sex.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::{LinkInput, Linkage, Links, Method, Plan, Strategy};

/// Links records that agree on every attribute of the plan's exact key.
pub(super) struct ExactKey;

impl Strategy for ExactKey {
    fn name(&self) -> &'static str {
        "exact_key"
    }

    fn describe(&self) -> &'static str {
        "Links records that agree exactly on every attribute of one key, none of them missing."
    }

    fn lacks(&self, _records: &Records, plan: &Plan) -> Option<String> {
        plan.exact_key.is_empty().then(|| "exact_key in the settings".into())
    }

    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage> {
        if input.plan.exact_key.is_empty() {
            return Ok(Linkage { links: Links::default(), candidate_pairs: 0, scoring: None });
        }
        let (by_key, candidate_pairs) =
            links_by_key(input, Method::ExactKey, &input.plan.exact_key, |_, _| true)?;
        let links = Links { by_key, by_probability: Vec::new() };
        Ok(Linkage { links, candidate_pairs, scoring: None })
    }
}
