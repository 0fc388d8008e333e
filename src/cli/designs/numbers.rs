//! NHS numbers of a run's records: whom they reach, and how they are read out of a leak.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::time::Instant;

use hashbrown::HashMap;

use crate::cli::data::Data;
use crate::cli::outcome::evaluate_links;
use crate::code::NhsNumber;
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::Rate;
use crate::record::{Entities, RecordId, Truth};
use crate::strategy::Links;

/// Numbers tried by an attacker: all valid ones of the range kept for tests, which invented
/// children have.
const TEST_RANGE: std::ops::RangeInclusive<u32> = 999_000_000..=999_999_999;

/// Whom a design reaches, and how rightly.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    pub(super) covered: Rate,
    pub(super) same_child: Rate,
    pub(super) truly_same: Rate,
    pub(super) survives_change: Rate,
}

/// What an attacker read out of a leak, and how long it took.
pub(super) struct Attack {
    pub(super) read: Rate,
    pub(super) seconds: f64,
}

/// NHS numbers of the records.
pub(super) struct Numbers {
    /// Code of each record's number, 0 if it has none.
    codes: Vec<u32>,
    /// Every number that some record has.
    pub(super) distinct: Vec<String>,
    pub(super) covered: Rate,
}

impl Numbers {
    /// Takes the numbers of a run's records.
    ///
    /// # Errors
    /// `ColumnNotFound` if the records have none; `BadTruth` if every one is missing.
    pub(super) fn of(data: &Data) -> Result<Self> {
        let records = &data.reading.records;
        let column = records.column("nhs_number").ok_or_else(|| {
            Error::new(ErrorKind::ColumnNotFound, "the records have no attribute nhs_number")
                .help("compare designs on a run of the four agencies")
        })?;
        let codes = column.codes().to_vec();
        let with = codes.iter().filter(|&&code| code != 0).count() as u64;
        let distinct: Vec<String> =
            column.dictionary().iter().map(|(_, value)| value.to_string()).collect();
        if distinct.is_empty() {
            return Err(Error::new(ErrorKind::BadTruth, "no record has an NHS number")
                .help("compare designs on data in which some records have one"));
        }
        Ok(Self { covered: Rate::new(with, codes.len() as u64), codes, distinct })
    }

    /// Puts records of one number together, and leaves records without one alone.
    pub(super) fn entities(&self, data: &Data) -> Entities {
        let most = self.codes.iter().copied().max().unwrap_or(0);
        let alone = (0..data.reading.records.len() as RecordId).map(|record| most + 1 + record);
        let labels: Vec<u32> = self
            .codes
            .iter()
            .zip(alone)
            .map(|(&code, alone)| if code == 0 { alone } else { code })
            .collect();
        Entities::from_labels(&labels)
    }

    /// Measures whom identifiers reach that are equal within an entity.
    pub(super) fn reach(
        &self,
        data: &Data,
        truth: &Truth,
        entities: &Entities,
        covered: Rate,
    ) -> Result<Reach> {
        let pairs = evaluate_links(data, truth, &Links::default(), &[], entities)?.pairs;
        let survives_change = self.survives(truth, entities);
        Ok(Reach {
            covered,
            same_child: pairs.recall,
            truly_same: pairs.precision,
            survives_change,
        })
    }

    /// Tries every number of the range on a leaked list; a number is read if its own identifier
    /// is found by it.
    pub(super) fn attack<T: Eq + Hash>(
        &self,
        listed: impl Fn(usize) -> T,
        tried: impl Fn(&str) -> T,
    ) -> Attack {
        let begun = Instant::now();
        let list: HashMap<T, usize> = (0..self.distinct.len()).map(|n| (listed(n), n)).collect();
        let read = TEST_RANGE
            .filter_map(NhsNumber::from_body)
            .filter(|number| {
                let found = list.get(&tried(number.as_str()));
                found.is_some_and(|&n| self.distinct[n] == number.as_str())
            })
            .count();
        let read = Rate::new(read as u64, self.distinct.len() as u64);
        Attack { read, seconds: begun.elapsed().as_secs_f64() }
    }

    /// Reads a leaked list with what turns each identifier back into its number: nothing is tried.
    pub(super) fn read_back<T>(
        &self,
        listed: impl Fn(usize) -> T,
        turned_back: impl Fn(&T) -> Option<String>,
    ) -> Attack {
        let list: Vec<T> = (0..self.distinct.len()).map(listed).collect();
        let begun = Instant::now();
        let read = list
            .iter()
            .zip(&self.distinct)
            .filter(|(identifier, number)| turned_back(identifier).as_ref() == Some(number))
            .count();
        let read = Rate::new(read as u64, self.distinct.len() as u64);
        Attack { read, seconds: begun.elapsed().as_secs_f64() }
    }

    /// Counts the children with records under several numbers, and those of them whose records
    /// are all in one entity.
    fn survives(&self, truth: &Truth, entities: &Entities) -> Rate {
        let mut of_child: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (record, &child) in truth.child_of.iter().enumerate() {
            if self.codes[record] != 0 {
                of_child.entry(child).or_default().push(record);
            }
        }
        let (mut all, mut one) = (0, 0);
        for records in of_child.values() {
            let differ = |of: &[u32]| records.iter().any(|&r| of[r] != of[records[0]]);
            if differ(&self.codes) {
                all += 1;
                one += u64::from(!differ(entities.entity_of()));
            }
        }
        Rate::new(one, all)
    }
}
