//! The plain deterministic key: the same names, date of birth and sex.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::{Assignment, LinkInput, Method, Plan, Strategy};

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

    fn assign(&self, input: &LinkInput<'_>) -> Result<Assignment> {
        if input.plan.exact_key.is_empty() {
            return Ok(Assignment::default());
        }
        links_by_key(input, Method::ExactKey, &input.plan.exact_key, |_, _| true)
    }
}
