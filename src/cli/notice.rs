//! What changed for an agency: told from its own two lists alone, so that nothing else can be in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::identifier::Pseudonym;

/// Pseudonyms of an agency's records.
pub(super) type List = BTreeMap<String, Pseudonym>;

/// What became of a record's pseudonym, as far as the agency's own records tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// It is together with a record that it was apart from.
    Merged,
    /// It is apart from a record that it was together with.
    Split,
    /// It is both.
    Moved,
    /// It is with the same records as before, under another pseudonym.
    Replaced,
}

impl Change {
    /// Returns the word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Change::Merged => "merged",
            Change::Split => "split",
            Change::Moved => "moved",
            Change::Replaced => "replaced",
        }
    }
}

/// Record whose pseudonym changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changed<'a> {
    /// The agency's own record.
    pub(super) record: &'a str,
    /// Pseudonym that it had.
    pub(super) earlier: Pseudonym,
    /// Pseudonym that it has.
    pub(super) later: Pseudonym,
    /// How it came to that.
    pub(super) change: Change,
}

/// Lists the records of both lists whose pseudonym changed, sorted by record.
///
/// A record that one list lacks is in no notice and changes no other's: who is withheld, for
/// whatever reason, is not told.
pub(super) fn changes<'a>(before: &'a List, after: &List) -> Vec<Changed<'a>> {
    let both = || {
        before.iter().filter_map(|(record, earlier)| Some((record, *earlier, *after.get(record)?)))
    };
    let (mut went_to, mut came_from) = (BTreeMap::new(), BTreeMap::new());
    for (_, earlier, later) in both() {
        went_to.entry(earlier).or_insert_with(BTreeSet::new).insert(later);
        came_from.entry(later).or_insert_with(BTreeSet::new).insert(earlier);
    }
    both()
        .filter(|(_, earlier, later)| earlier != later)
        .map(|(record, earlier, later)| {
            let change = match (came_from[&later].len() > 1, went_to[&earlier].len() > 1) {
                (true, false) => Change::Merged,
                (false, true) => Change::Split,
                (true, true) => Change::Moved,
                (false, false) => Change::Replaced,
            };
            Changed { record, earlier, later, change }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::Epoch;

    /// List of records named by letters, each with the pseudonym of a number.
    fn list(of: &str) -> List {
        let pseudonym = |number: u8| Pseudonym::from_parts(Epoch::FIRST, [number; 10]);
        of.split(' ').map(|row| (row[..1].into(), pseudonym(row.as_bytes()[1]))).collect()
    }

    fn told(before: &str, after: &str) -> Vec<(String, &'static str)> {
        let (before, after) = (list(before), list(after));
        let changes = changes(&before, &after);
        changes.iter().map(|changed| (changed.record.into(), changed.change.name())).collect()
    }

    #[test]
    fn each_change_is_told_by_the_records_that_the_agency_holds_itself() {
        for (before, after, expected) in [
            ("a1 b1 c2", "a1 b1 c2", vec![]),
            ("a1 b2", "a1 b1", vec![("b", "merged")]),
            ("a1 b1", "a1 b2", vec![("b", "split")]),
            ("a1 b1 c2", "a1 b2 c2", vec![("b", "moved")]),
            ("a1 b1", "a2 b2", vec![("a", "replaced"), ("b", "replaced")]),
            ("a1", "a2", vec![("a", "replaced")]),
            // Two trade places.
            ("a1 b2", "a2 b1", vec![("a", "replaced"), ("b", "replaced")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(r, c)| (r.to_string(), c)).collect();
            assert_eq!(told(before, after), expected, "{before} to {after}");
        }
    }

    #[test]
    fn a_record_that_is_withheld_is_neither_told_of_nor_told_by_another() {
        assert_eq!(told("a1 b1 c3", "b2 c3"), [("b".to_string(), "replaced")]);
        assert_eq!(told("b2", "a1 b1"), [("b".to_string(), "replaced")]);
        assert_eq!(told("a1", "b1"), []);
    }
}
