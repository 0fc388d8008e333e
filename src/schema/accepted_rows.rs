//! Accepted rows of a source by the code of their identifier.

use hashbrown::HashMap;

use foldhash::fast::FixedState;

use crate::record::RowId;

/// Codes that may lie between those of two rows that follow each other: a source's identifiers are
/// mostly new ones, whose codes follow each other too.
const GAP: usize = 1 << 10;

/// Row that became a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct AcceptedRow {
    pub(super) digest: u64,
    /// Place among the accepted rows of the source.
    pub(super) place: u32,
    /// Place among the rows of all files.
    pub(super) row: RowId,
}

impl AcceptedRow {
    /// Stands where there is none: no file has so many rows.
    const NONE: Self = Self { digest: 0, place: u32::MAX, row: RowId::MAX };
}

/// Accepted rows of a source.
#[derive(Default)]
pub(super) struct AcceptedRows {
    /// Code of the first row's identifier.
    first: u32,
    /// Rows by code from there on; [`AcceptedRow::NONE`] where there is none.
    following: Vec<AcceptedRow>,
    /// Rows whose code was far from those.
    others: HashMap<u32, AcceptedRow, FixedState>,
}

impl AcceptedRows {
    /// Returns the row of an identifier.
    pub(super) fn get(&self, identifier: u32) -> Option<&AcceptedRow> {
        let following = self.place(identifier).and_then(|place| self.following.get(place));
        let following = following.filter(|&&row| row != AcceptedRow::NONE);
        following.or_else(|| self.others.get(&identifier))
    }

    /// Adds the row of an identifier that has none.
    pub(super) fn insert(&mut self, identifier: u32, row: AcceptedRow) {
        if self.following.is_empty() && self.others.is_empty() {
            self.first = identifier;
        }
        match self.place(identifier).filter(|&place| place <= self.following.len() + GAP) {
            Some(place) => {
                if place >= self.following.len() {
                    self.following.resize(place + 1, AcceptedRow::NONE);
                }
                self.following[place] = row;
            }
            None => {
                self.others.insert(identifier, row);
            }
        }
    }

    fn place(&self, identifier: u32) -> Option<usize> {
        identifier.checked_sub(self.first).map(|place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_whether_their_codes_follow_each_other_or_not() {
        let mut rows = AcceptedRows::default();
        let codes = [500, 501, 3, 504, 9_000, 502, 1_500, 2_400, 9_001];
        for (place, code) in (0..).zip(codes) {
            assert!(rows.get(code).is_none());
            rows.insert(code, AcceptedRow { digest: u64::from(code), place, row: place });
        }
        for (place, code) in (0..).zip(codes) {
            assert_eq!(
                rows.get(code).map(|row| (row.digest, row.place)),
                Some((code.into(), place))
            );
        }
        let absent = [0, 499, 503, 1_499, 8_999, u32::MAX];
        assert!(absent.iter().all(|&code| rows.get(code).is_none()));
        assert_eq!(rows.others.len(), 3, "3, 9,000 and 9,001");
    }
}
