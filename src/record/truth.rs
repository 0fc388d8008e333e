//! The truth set: which child each record is about, and the groups children belong to.
//!
//! Only `evaluate` reads it. No strategy can: `LinkInput` does not hold it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::RecordId;
use crate::error::{Error, ErrorKind, Result};

/// Way of dividing children into groups, such as ethnicity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Name used in files, for example `ethnicity`.
    pub name: String,
    /// Label of each group, in the order in which reports show them.
    pub groups: Vec<String>,
    /// Group of each child; `None` if not known.
    pub group_of: Vec<Option<u16>>,
}

/// Way in which values go wrong, and the records in which one did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Name used in files, for example `keyboard_typo`.
    pub name: String,
    /// Records, in their order, each once.
    pub records: Vec<RecordId>,
}

/// Truth about a set of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Child of each record, numbered from 0.
    pub child_of: Vec<u32>,
    /// Number of children, those without any record included.
    pub children: u32,
    /// Ways of dividing the children.
    pub groupings: Vec<Grouping>,
    /// Household of each child; `None` if the truth does not say.
    pub household_of: Option<Vec<u32>>,
    /// Multiple birth (twins or more) of each child; `None` if the truth does not say.
    pub multiple_birth_of: Option<Vec<Option<u32>>>,
    /// What went wrong in which records, by name; empty if the truth does not say.
    pub mistakes: Vec<Mistake>,
}

impl Truth {
    /// Builds truth from one label a record; equal labels mean the same child.
    ///
    /// Children are numbered in the order of their first label.
    ///
    /// ```
    /// use cci::record::Truth;
    /// let truth = Truth::from_labels(3, [(0, "b"), (1, "a"), (2, "b")]).unwrap();
    /// assert_eq!(truth.child_of, [0, 1, 0]);
    /// assert!(Truth::from_labels(3, [(0, "b"), (2, "b")]).is_err());
    /// ```
    ///
    /// # Errors
    /// `BadTruth` if a record has no label, or two that differ.
    pub fn from_labels<'a>(
        records: usize,
        labels: impl IntoIterator<Item = (RecordId, &'a str)>,
    ) -> Result<Self> {
        let mut builder = TruthBuilder::new([]);
        let mut known: HashMap<&str, u32> = HashMap::new();
        for (record, label) in labels {
            let child = *known.entry(label).or_insert_with(|| {
                builder.children += 1;
                builder.children - 1
            });
            builder.assign(record, child)?;
        }
        builder.finish(records)
    }
}

/// What the truth tables say about one child; an empty text is not known.
#[derive(Debug, Clone, Default)]
pub struct ChildFacts<'a> {
    /// Identifier of the household.
    pub household: &'a str,
    /// Identifier of the multiple birth, empty for a single birth.
    pub multiple_birth: &'a str,
    /// Label of the child's group in each grouping, in the order given to the builder.
    pub groups: Vec<&'a str>,
}

/// Truth under construction, from a table of children and a table of records.
///
/// ```
/// use cci::record::{ChildFacts, TruthBuilder};
/// let mut builder = TruthBuilder::new(["sex"]);
/// builder.child("c1", &ChildFacts { household: "h1", groups: vec!["F"], ..Default::default() }).unwrap();
/// builder.record(0, "c1").unwrap();
/// let truth = builder.finish(1).unwrap();
/// assert_eq!(truth.groupings[0].groups, ["F"]);
/// ```
pub struct TruthBuilder {
    groupings: Vec<(String, Names, Vec<Option<u32>>)>,
    child_numbers: HashMap<String, u32>,
    children: u32,
    households: Names,
    household_of: Vec<Option<u32>>,
    births: Names,
    birth_of: Vec<Option<u32>>,
    child_of: Vec<Option<u32>>,
    mistakes: BTreeMap<String, BTreeSet<RecordId>>,
}

impl TruthBuilder {
    /// Starts with the names of the groupings that every child will give, in order.
    pub fn new<'a>(groupings: impl IntoIterator<Item = &'a str>) -> Self {
        let grouping = |name: &str| (name.to_string(), Names::default(), Vec::new());
        Self {
            groupings: groupings.into_iter().map(grouping).collect(),
            child_numbers: HashMap::new(),
            children: 0,
            households: Names::default(),
            household_of: Vec::new(),
            births: Names::default(),
            birth_of: Vec::new(),
            child_of: Vec::new(),
            mistakes: BTreeMap::new(),
        }
    }

    /// Adds a child with what is known of it.
    ///
    /// # Errors
    /// `BadTruth` if the child was added before.
    ///
    /// # Panics
    /// If the number of groups is not the number of groupings.
    pub fn child(&mut self, id: &str, facts: &ChildFacts<'_>) -> Result<()> {
        assert_eq!(facts.groups.len(), self.groupings.len(), "one group a grouping");
        if self.child_numbers.insert(id.to_string(), self.children).is_some() {
            return Err(bad_truth(format!(
                "child {} of the children's table has the identifier of an earlier one",
                self.children + 1
            ))
            .help("give every child one row"));
        }
        self.children += 1;
        self.household_of.push(self.households.number(facts.household));
        self.birth_of.push(self.births.number(facts.multiple_birth));
        for ((_, names, group_of), group) in self.groupings.iter_mut().zip(&facts.groups) {
            group_of.push(names.number(group));
        }
        Ok(())
    }

    /// Says which child a record is about.
    ///
    /// # Errors
    /// `BadTruth` if the child is unknown or the record was given another one.
    pub fn record(&mut self, record: RecordId, child_id: &str) -> Result<()> {
        let Some(&child) = self.child_numbers.get(child_id) else {
            return Err(bad_truth(format!(
                "record {} is said to be about a child that the children's table lacks",
                record + 1
            ))
            .help("use the records' and children's tables of the same run"));
        };
        self.assign(record, child)
    }

    /// Says that something went wrong in a record; again for the same thing changes nothing.
    pub fn mistake(&mut self, record: RecordId, name: &str) {
        match self.mistakes.get_mut(name) {
            Some(records) => records.insert(record),
            None => self.mistakes.entry(name.to_string()).or_default().insert(record),
        };
    }

    /// Ends the construction for this number of records.
    ///
    /// Groups are ordered by number where all labels begin with one, by letter otherwise.
    ///
    /// # Errors
    /// `BadTruth` if some record has no child.
    pub fn finish(mut self, records: usize) -> Result<Truth> {
        self.child_of.resize(records.max(self.child_of.len()), None);
        if self.child_of.len() > records {
            return Err(bad_truth(format!("it names a record beyond the {records} read"))
                .help("use the truth of the files that were linked"));
        }
        let lacking = self.child_of.iter().filter(|child| child.is_none()).count();
        if lacking > 0 {
            return Err(bad_truth(format!("{lacking} of {records} records have no child in it"))
                .help("use the truth of the files that were linked"));
        }
        let told = |given: Vec<Option<u32>>| given.iter().any(Option::is_some).then_some(given);
        // A child whose household is not known lives alone as far as the truth can tell.
        let mut next = self.households.labels.len() as u32;
        let household_of = told(self.household_of).map(|given| {
            let mut alone = || {
                next += 1;
                next - 1
            };
            given.into_iter().map(|household| household.unwrap_or_else(&mut alone)).collect()
        });
        Ok(Truth {
            child_of: self.child_of.into_iter().flatten().collect(),
            children: self.children,
            groupings: self.groupings.into_iter().map(ordered).collect(),
            household_of,
            multiple_birth_of: told(self.birth_of),
            mistakes: self
                .mistakes
                .into_iter()
                .map(|(name, records)| Mistake { name, records: records.into_iter().collect() })
                .collect(),
        })
    }

    fn assign(&mut self, record: RecordId, child: u32) -> Result<()> {
        let place = record as usize;
        if self.child_of.len() <= place {
            self.child_of.resize(place + 1, None);
        }
        match self.child_of[place].replace(child) {
            Some(before) if before != child => {
                Err(bad_truth(format!("record {} is given two different children", record + 1))
                    .help("give every record one child"))
            }
            _ => Ok(()),
        }
    }
}

/// Labels numbered by first appearance.
#[derive(Default)]
struct Names {
    labels: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, label: &str) -> Option<u32> {
        if label.is_empty() {
            return None;
        }
        let next = self.labels.len() as u32;
        Some(*self.numbers.entry_ref(label).or_insert_with(|| {
            self.labels.push(label.to_string());
            next
        }))
    }
}

fn ordered((name, names, group_of): (String, Names, Vec<Option<u32>>)) -> Grouping {
    // The number that a label begins with: 10 of "10", 5 of the age band "5-9".
    let number = |label: &str| {
        let end = label.find(|c: char| !c.is_ascii_digit()).unwrap_or(label.len());
        label[..end].parse::<u64>().ok()
    };
    let all_numbers = names.labels.iter().all(|label| number(label).is_some());
    let mut order: Vec<usize> = (0..names.labels.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&names.labels[a], &names.labels[b]);
        let by_number = if all_numbers { number(a).cmp(&number(b)) } else { Ordering::Equal };
        by_number.then_with(|| a.cmp(b))
    });
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new as u16;
    }
    Grouping {
        name,
        groups: order.iter().map(|&old| names.labels[old].clone()).collect(),
        group_of: group_of.into_iter().map(|group| group.map(|old| place[old as usize])).collect(),
    }
}

fn bad_truth(message: String) -> Error {
    Error::new(ErrorKind::BadTruth, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>(household: &'a str, birth: &'a str, group: &'a str) -> ChildFacts<'a> {
        ChildFacts { household, multiple_birth: birth, groups: vec![group] }
    }

    #[test]
    fn number_groups_follow_their_number_and_unknown_households_stay_apart() {
        let mut builder = TruthBuilder::new(["decile"]);
        builder.child("a", &facts("h", "t", "10-14")).unwrap();
        builder.child("b", &facts("", "", "5-9")).unwrap();
        builder.child("c", &facts("", "t", "")).unwrap();
        for (record, child) in [(0, "b"), (1, "a"), (2, "c")] {
            builder.record(record, child).unwrap();
        }
        let truth = builder.finish(3).unwrap();
        assert_eq!(truth.child_of, [1, 0, 2]);
        assert_eq!(truth.groupings[0].groups, ["5-9", "10-14"]);
        assert_eq!(truth.groupings[0].group_of, [Some(1), Some(0), None]);
        assert_eq!(truth.household_of, Some(vec![0, 1, 2]));
        assert_eq!(truth.multiple_birth_of, Some(vec![Some(0), None, Some(0)]));
    }

    #[test]
    fn truth_that_does_not_fit_the_records_is_refused() {
        let mut twice = TruthBuilder::new(["sex"]);
        twice.child("a", &facts("", "", "F")).unwrap();
        assert!(twice.child("a", &facts("", "", "F")).is_err());
        assert!(twice.record(0, "b").is_err());
        for labels in [vec![(0, "a"), (0, "b")], vec![(0, "a"), (5, "a")], vec![]] {
            let error = Truth::from_labels(1, labels).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadTruth);
        }
    }
}
