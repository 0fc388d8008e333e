//! The identifier in clear: records with one NHS number are one child.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::{Assignment, LinkInput, Method, Plan, Strategy};

/// Links records that hold the same valid NHS number, and nothing else.
pub(super) struct NhsNumber;

impl Strategy for NhsNumber {
    fn name(&self) -> &'static str {
        "nhs_number"
    }

    fn describe(&self) -> &'static str {
        "Links records that hold the same valid NHS number, whatever else they say."
    }

    fn lacks(&self, records: &Records, _plan: &Plan) -> Option<String> {
        Plan::nhs_number(records).is_none().then(|| "an attribute of kind nhs_number".into())
    }

    fn assign(&self, input: &LinkInput<'_>) -> Result<Assignment> {
        match Plan::nhs_number(input.records) {
            Some(attribute) => links_by_key(input, Method::NhsNumber, &[attribute], |_, _| true),
            None => Ok(Assignment::default()),
        }
    }
}
