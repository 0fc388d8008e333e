//! First values of all records in all compared columns, those of a record side by side: one fetch
//! from memory where each column would be one.

use rayon::prelude::*;

use crate::record::{Column, RecordId};

/// Records whose codes are put side by side as one piece of parallel work.
const AT_ONCE: usize = 1 << 12;

/// First codes of all records, record by record; a lane is the place of a column.
pub struct FirstCodes {
    /// Words of a record: in which lanes it may hold several values, then its codes.
    width: usize,
    words: Vec<u32>,
}

/// First codes of one record.
#[derive(Clone, Copy)]
pub struct CodesOfRecord<'a>(&'a [u32]);

impl FirstCodes {
    /// Puts the codes of columns side by side, for so many records.
    pub(crate) fn of(columns: &[&Column], records: usize) -> Self {
        let width = columns.len() + 1;
        let mut words = vec![0; width * records];
        words.par_chunks_mut(width * AT_ONCE).enumerate().for_each(|(number, words)| {
            let from = number * AT_ONCE;
            for (lane, column) in columns.iter().enumerate() {
                let rows = words.chunks_exact_mut(width);
                for (row, (record, &code)) in rows.zip((from..).zip(&column.codes()[from..])) {
                    row[0] |= u32::from(column.holds_several(record as RecordId)) << bit_of(lane);
                    row[lane + 1] = code;
                }
            }
        });
        Self { width, words }
    }

    /// Returns the codes of a record.
    #[inline]
    pub fn of_record(&self, record: RecordId) -> CodesOfRecord<'_> {
        let start = record as usize * self.width;
        CodesOfRecord(&self.words[start..start + self.width])
    }

    /// Takes the codes of records, those of each after those of the one before.
    pub(super) fn take(&self, records: impl Iterator<Item = RecordId>, taken: &mut TakenCodes) {
        taken.width = self.width;
        taken.words.clear();
        records.for_each(|record| taken.words.extend_from_slice(self.of_record(record).0));
    }
}

impl CodesOfRecord<'_> {
    /// Returns the first code in a lane.
    #[inline]
    pub fn code(self, lane: usize) -> u32 {
        self.0[lane + 1]
    }

    /// Says whether the record may hold several values in a lane; if not, it holds one or none.
    #[inline]
    pub fn may_hold_several(self, lane: usize) -> bool {
        self.0[0] >> bit_of(lane) & 1 != 0
    }
}

/// Codes of some records, taken to be at hand.
#[derive(Default)]
pub(super) struct TakenCodes {
    width: usize,
    words: Vec<u32>,
}

impl TakenCodes {
    /// Returns the codes of the record taken at a place.
    #[inline]
    pub(super) fn at(&self, place: usize) -> CodesOfRecord<'_> {
        CodesOfRecord(&self.words[place * self.width..(place + 1) * self.width])
    }
}

/// Returns the bit of a lane; the last is that of all further ones.
fn bit_of(lane: usize) -> usize {
    lane.min(u32::BITS as usize - 1)
}
