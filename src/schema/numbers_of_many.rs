//! Official numbers that more persons of one source hold than can share one by mistake.
//!
//! A sibling's or a twin's number is a mistake about one child, which comparison weighs. A
//! number of four persons is a default of some system, and would join them all.

use std::hash::Hash;

use hashbrown::{HashMap, HashSet};

use super::account::Account;
use super::remark::Remark;
use crate::record::{AttributeKind, MISSING, RecordId, Records, SourceId, UnionFind};

/// Most persons of one source that may hold a number before it is left out of linkage.
pub const MOST_HOLDERS: usize = 3;

/// Kinds of numbers that are given to one person each.
const OFFICIAL: [AttributeKind; 2] = [AttributeKind::NhsNumber, AttributeKind::Upn];
/// What tells persons apart.
const PERSON: [AttributeKind; 3] =
    [AttributeKind::GivenName, AttributeKind::FamilyName, AttributeKind::Date];

/// Returns the codes of numbers that more than [`MOST_HOLDERS`] persons of one source hold,
/// sorted, for each place of an attribute of official numbers.
///
/// Two records are about one person as far as anybody can tell from them if they agree on two
/// of given name, family name and date of birth, or both agree with a third in that way. A
/// record without two of the three counts for nobody.
pub fn numbers_of_many(records: &Records) -> Vec<(usize, Vec<u32>)> {
    let columns = records.columns().iter().enumerate();
    let official = columns.filter(|(_, column)| OFFICIAL.contains(&column.attribute().kind()));
    let mut found = Vec::new();
    for (place, column) in official {
        let mut codes = Vec::new();
        for source in 0..records.sources().len() as SourceId {
            let range = records.of_source(source);
            let counts = column.counts(range.clone());
            let many = |code: u32| code != MISSING && counts[code as usize] as usize > MOST_HOLDERS;
            let mut holders: Vec<(u32, RecordId)> = range
                .flat_map(|record| column.codes_of(record).map(move |code| (code, record)))
                .filter(|&(code, _)| many(code))
                .collect();
            holders.sort_unstable();
            for group in holders.chunk_by(|a, b| a.0 == b.0) {
                let records_of: Vec<RecordId> = group.iter().map(|(_, record)| *record).collect();
                if persons(records, &records_of) > MOST_HOLDERS {
                    codes.push(group[0].0);
                }
            }
        }
        codes.sort_unstable();
        codes.dedup();
        if !codes.is_empty() {
            found.push((place, codes));
        }
    }
    found
}

/// Takes numbers of many persons away from all records, and counts the cells in the accounts.
pub(super) fn leave_out(records: &mut Records, accounts: &mut [Account]) {
    for (place, codes) in numbers_of_many(records) {
        let column = &records.columns()[place];
        let name = column.attribute().name().to_string();
        for (source, known) in records.sources().iter().enumerate() {
            let counts = column.counts(records.of_source(source as SourceId));
            let cells = codes.iter().map(|&code| u64::from(counts[code as usize])).sum::<u64>();
            let account = accounts.iter_mut().find(|a| a.source == known.name && a.accepted > 0);
            let columns = account.map_or(&mut [][..], |account| &mut account.columns);
            let feeds = columns.iter_mut().find(|c| c.attribute.as_ref() == Some(&name));
            if let (Some(column), true) = (feeds, cells > 0) {
                Remark::NumberOfMany.count(cells, || None, &mut column.remarks);
            }
        }
        records.forget(place, &codes);
    }
}

/// Counts the persons that records are about, as far as anybody can tell.
fn persons(records: &Records, of: &[RecordId]) -> usize {
    let columns =
        PERSON.map(|kind| records.columns().iter().find(|c| c.attribute().kind() == kind));
    let value = |attribute: usize, record: RecordId| {
        let code = columns[attribute].map_or(MISSING, |column| column.codes()[record as usize]);
        Some(code).filter(|&code| code != MISSING)
    };
    let mut groups = UnionFind::new(of.len());
    let mut known = HashSet::new();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let mut first: HashMap<(u32, u32), usize> = HashMap::new();
        for (place, &record) in of.iter().enumerate() {
            if let (Some(a), Some(b)) = (value(a, record), value(b, record)) {
                known.insert(place);
                let before = *first.entry((a, b)).or_insert(place);
                groups.join(before as u32, place as u32);
            }
        }
    }
    distinct(known.into_iter().map(|place| groups.root(place as u32)))
}

fn distinct<T: Hash + Eq>(values: impl Iterator<Item = T>) -> usize {
    values.collect::<HashSet<T>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Attribute, RecordsBuilder, Source};

    /// Returns the number of persons that hold one number, by given name, family name and birth.
    fn holders(rows: &[[&str; 3]]) -> usize {
        let attributes = [
            ("nhs_number", AttributeKind::NhsNumber),
            ("given_name", AttributeKind::GivenName),
            ("family_name", AttributeKind::FamilyName),
            ("date_of_birth", AttributeKind::Date),
        ];
        let attributes = attributes.map(|(name, kind)| Attribute::new(name, kind));
        let mut builder = RecordsBuilder::new(attributes.into());
        builder.open_source(Source::new("health"));
        for (id, row) in rows.iter().enumerate() {
            let value = |place: usize| if place == 0 { "9990123454" } else { row[place - 1] };
            builder.push(&id.to_string(), value);
        }
        let records = builder.finish();
        let all: Vec<RecordId> = (0..rows.len() as RecordId).collect();
        let found = persons(&records, &all);
        assert_eq!(numbers_of_many(&records).len(), usize::from(found > MOST_HOLDERS));
        found
    }

    #[test]
    fn slips_in_one_attribute_make_no_further_person() {
        let child = [
            ["asha", "khan", "2015-02-01"],
            ["asha", "kahn", "2015-02-01"],
            ["asha", "khan", "2015-01-02"],
            ["aisha", "khan", "2015-02-01"],
            ["asha", "shah", "2015-02-01"],
        ];
        assert_eq!(holders(&child), 1);
    }

    #[test]
    fn siblings_and_strangers_are_persons_of_their_own() {
        let four = [
            ["asha", "khan", "2015-02-01"],
            ["omar", "khan", "2013-05-06"],
            ["mia", "green", "2015-02-01"],
            ["jo", "brown", "2011-07-08"],
        ];
        assert_eq!((holders(&four), holders(&four[..3])), (4, 3));
    }

    #[test]
    fn records_that_say_too_little_count_for_nobody() {
        let little = ["", "", "2015-02-01"];
        let known = ["", "khan", "2015-02-01"];
        assert_eq!(holders(&[little, little, little, known, ["asha", "", ""]]), 1);
    }
}
