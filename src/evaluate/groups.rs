//! Quality by source and by the groups that children belong to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::evaluation::EvaluationInput;
use super::records::{RecordFacts, RecordQuality};
use crate::record::{Grouping, Mistake, SourceId};
use crate::strategy::Method;

/// Label of the records in which nothing went wrong.
pub const NOTHING_WRONG: &str = "nothing wrong";

/// Label of the children whose group the truth does not know.
const NOT_KNOWN: &str = "Not known";

/// Quality of one group of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupQuality {
    /// Label of the source or group.
    pub label: String,
    /// Counts of its records.
    pub quality: RecordQuality,
    /// Linked records by the first method that linked them; for sources only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<MethodCount>,
}

/// Quality of every group of a grouping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupingQuality {
    /// Name of the grouping, for example `ethnicity`.
    pub name: String,
    /// Groups in the order of the truth, those not known last.
    pub groups: Vec<GroupQuality>,
}

/// Number of linked records that a method linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodCount {
    /// Name of the method, for example `nhs_number`.
    pub method: String,
    /// Linked records for which it was the first method, keys before probability.
    pub records: u64,
}

/// Counts the records of each source.
pub(crate) fn by_source(input: &EvaluationInput<'_>, facts: &[RecordFacts]) -> Vec<GroupQuality> {
    let first = first_methods(input);
    let used: BTreeSet<Method> = first.iter().flatten().copied().collect();
    let sources = input.records.sources();
    (0..sources.len())
        .map(|source| {
            let range = input.records.of_source(source as SourceId);
            let range = range.start as usize..range.end as usize;
            let linked_by = |method| {
                let linked = |&r: &usize| facts[r].linked && first[r] == Some(method);
                range.clone().filter(linked).count()
            };
            GroupQuality {
                label: sources[source].label.clone(),
                quality: RecordQuality::count(facts[range.clone()].iter().copied()),
                methods: used
                    .iter()
                    .map(|&method| MethodCount {
                        method: method.name().to_string(),
                        records: linked_by(method) as u64,
                    })
                    .collect(),
            }
        })
        .collect()
}

/// Counts the records about the children of each group.
pub(crate) fn by_grouping(
    grouping: &Grouping,
    child_of: &[u32],
    facts: &[RecordFacts],
) -> GroupingQuality {
    let groups = grouping.groups.len();
    let mut members: Vec<Vec<RecordFacts>> = vec![Vec::new(); groups + 1];
    for (&child, &record) in child_of.iter().zip(facts) {
        let group = grouping.group_of[child as usize].map_or(groups, usize::from);
        members[group].push(record);
    }
    let labels = grouping.groups.iter().map(String::as_str).chain([NOT_KNOWN]);
    GroupingQuality {
        name: grouping.name.clone(),
        groups: labels
            .zip(members)
            .filter(|(_, members)| !members.is_empty())
            .map(|(label, members)| GroupQuality {
                label: label.to_string(),
                quality: RecordQuality::count(members.into_iter()),
                methods: Vec::new(),
            })
            .collect(),
    }
}

/// Counts the records in which each thing went wrong; a record may be among several.
///
/// Last come the records in which nothing did, under [`NOTHING_WRONG`]; none at all where the truth
/// does not say.
pub(crate) fn by_mistake(mistakes: &[Mistake], facts: &[RecordFacts]) -> Vec<GroupQuality> {
    let mut right = vec![true; facts.len()];
    let group = |label: &str, quality| GroupQuality {
        label: label.to_string(),
        quality,
        methods: Vec::new(),
    };
    let mut groups = Vec::with_capacity(mistakes.len() + 1);
    for mistake in mistakes {
        let of = mistake.records.iter().map(|&record| record as usize);
        of.clone().for_each(|record| right[record] = false);
        groups.push(group(&mistake.name, RecordQuality::count(of.map(|record| facts[record]))));
    }
    if !mistakes.is_empty() {
        let of = facts.iter().zip(right).filter(|(_, right)| *right).map(|(facts, _)| *facts);
        groups.push(group(NOTHING_WRONG, RecordQuality::count(of)));
    }
    groups
}

/// Finds the first method, in the order of [`Method`], among the links of each record.
///
/// A link that clustering took apart links nobody.
fn first_methods(input: &EvaluationInput<'_>) -> Vec<Option<Method>> {
    let entity = input.entities.entity_of();
    let mut first: Vec<Option<Method>> = vec![None; input.records.len()];
    for (method, link) in input.links.iter() {
        if entity[link.a as usize] != entity[link.b as usize] {
            continue;
        }
        for record in [link.a, link.b] {
            let slot = &mut first[record as usize];
            *slot = Some(slot.map_or(method, |known| known.min(method)));
        }
    }
    first
}
