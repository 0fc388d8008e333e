//! The identifier in clear: records with one NHS number are one child.

use crate::error::Result;
use crate::record::Records;
use crate::strategy::keys::links_by_key;
use crate::strategy::{LinkInput, Linkage, Links, Method, Plan, Strategy};

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

    fn link(&self, input: &LinkInput<'_>) -> Result<Linkage> {
        let Some(attribute) = Plan::nhs_number(input.records) else {
            return Ok(Linkage { links: Links::default(), candidate_pairs: 0, scoring: None });
        };
        let (by_key, candidate_pairs) =
            links_by_key(input, Method::NhsNumber, &[attribute], |_, _| true)?;
        let links = Links { by_key, by_probability: Vec::new() };
        Ok(Linkage { links, candidate_pairs, scoring: None })
    }
}
