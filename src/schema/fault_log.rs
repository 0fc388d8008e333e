//! Faults counted as they are met: however many there are, a few of each kind are kept.

use super::extract::SAY_WINDOWS_1252;
use super::fault::Fault;

/// Faults of a file that are kept in order.
const FIRST_OF_FILE: usize = 100;
/// Faults of a group that are kept.
const FIRST_OF_GROUP: usize = 3;

/// Faults of one name in one column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultGroup {
    /// Name of what is wrong.
    pub name: &'static str,
    /// File, as it was named to the toolkit.
    pub file: String,
    /// Name of the column, if the faults lie in one.
    pub column: Option<String>,
    /// Number of them.
    pub count: u64,
    /// First three of them.
    pub first: Vec<Fault>,
}

impl FaultGroup {
    /// Returns the next step, where one setting mends all of them.
    pub fn help(&self) -> Option<&'static str> {
        self.first.iter().any(Fault::of_another_encoding).then_some(SAY_WINDOWS_1252)
    }
}

/// Log of faults, bounded by the number of columns and not by that of rows.
#[derive(Default)]
pub(super) struct FaultLog {
    first: Vec<Fault>,
    groups: Vec<FaultGroup>,
}

impl FaultLog {
    /// Counts a fault and keeps it if it is among the first.
    pub(super) fn add(&mut self, fault: Fault) {
        let same = |group: &FaultGroup| {
            group.name == fault.name() && group.column == fault.column && group.file == fault.file
        };
        // The groups of the file under way are the last ones.
        let place = self.groups.iter().rposition(same).unwrap_or_else(|| {
            let (name, file, column) = (fault.name(), fault.file.clone(), fault.column.clone());
            self.groups.push(FaultGroup { name, file, column, count: 0, first: Vec::new() });
            self.groups.len() - 1
        });
        let group = &mut self.groups[place];
        group.count += 1;
        if group.first.len() < FIRST_OF_GROUP {
            group.first.push(fault.clone());
        }
        let kept = self.first.iter().rev().take_while(|kept| kept.file == fault.file);
        if kept.take(FIRST_OF_FILE).count() < FIRST_OF_FILE {
            self.first.push(fault);
        }
    }

    /// Returns the first faults of each file in order, and every group in order of its first.
    pub(super) fn finish(self) -> (Vec<Fault>, Vec<FaultGroup>) {
        (self.first, self.groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FaultCode, Found, Place};

    #[test]
    fn every_fault_is_counted_and_only_the_first_are_kept() {
        let mut log = FaultLog::default();
        for line in 1..=1_000u64 {
            log.add(Fault {
                file: if line <= 600 { "a.csv" } else { "b.csv" }.into(),
                place: Place { line, column: 1 },
                code: FaultCode::BadCell,
                column: Some(if line % 3 == 0 { "dob" } else { "postcode" }.into()),
                expected: "a date".into(),
                found: Found::Characters(1),
            });
        }
        let (first, groups) = log.finish();
        let lines: Vec<u64> = first.iter().map(|fault| fault.place.line).collect();
        assert_eq!(lines, (1..=100).chain(601..=700).collect::<Vec<u64>>());
        let counts: Vec<u64> = groups.iter().map(|group| group.count).collect();
        assert_eq!(counts, [400, 200, 267, 133], "of 600 and 400 lines a third is divisible by 3");
        let lines: Vec<u64> = groups[1].first.iter().map(|fault| fault.place.line).collect();
        assert_eq!(lines, [3, 6, 9]);
    }
}
