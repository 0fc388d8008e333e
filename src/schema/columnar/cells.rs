//! Cells of a batch of typed rows as text, each stored once where its column has a dictionary.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use super::run_lengths::RunLengths;
use crate::schema::row::DIGEST;
use crate::schema::scanner::LONGEST_CELL;

/// Key of a null.
const NULL: u32 = u32::MAX;

/// Rows of a batch, column by column.
pub(in crate::schema) struct CellBatch {
    columns: Vec<CellColumn>,
    rows: usize,
}

/// Cells of one column of a batch: each row's is one of the entries.
pub(in crate::schema) struct CellColumn {
    entries: Arc<Entries>,
    /// Place of each row's cell among the entries.
    keys: Vec<u32>,
}

/// Cells that rows have: those of a dictionary, or of a batch, one for each row.
pub(super) struct Entries {
    /// Number of the dictionary among those of its column, from 1.
    dictionary: Option<u32>,
    text: String,
    ends: Vec<u32>,
    is_ascii: bool,
    /// Digest of each entry of a dictionary.
    digests: Vec<u64>,
    /// Bytes of each entry of a dictionary, text or not.
    lengths: Vec<u32>,
    /// Cells that are no text that is read, by place; their text above is empty.
    odd: Vec<(u32, Vec<u8>)>,
}

/// Entry of a dictionary: whatever is known of it holds for all rows that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) struct Entry {
    /// Number of the dictionary among those of its column, in the order of the file.
    pub(in crate::schema) dictionary: u32,
    pub(in crate::schema) place: u32,
}

/// Row of a batch, as a view.
#[derive(Clone)]
pub(in crate::schema) struct CellsOfRow {
    batch: Arc<CellBatch>,
    row: usize,
}

impl CellBatch {
    /// Makes a batch of columns that all have so many rows.
    pub(super) fn new(columns: Vec<CellColumn>, rows: usize) -> Self {
        debug_assert!(columns.iter().all(|column| column.keys.len() == rows));
        Self { columns, rows }
    }

    /// Returns the number of rows; none of them can be read without columns.
    pub(super) fn rows(&self) -> usize {
        if self.columns.is_empty() { 0 } else { self.rows }
    }

    /// Returns the number of columns.
    pub(super) fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Returns a column.
    pub(super) fn column(&self, column: usize) -> &CellColumn {
        &self.columns[column]
    }

    /// Returns the bytes of all cells together.
    pub(super) fn bytes(&self) -> u64 {
        let column = |CellColumn { entries, keys }: &CellColumn| -> u64 {
            if entries.dictionary.is_none() {
                return entries.text.len() as u64
                    + entries.odd.iter().map(|(_, cell)| cell.len() as u64).sum::<u64>();
            }
            // A null has no length.
            let length = |&key: &u32| entries.lengths.get(key as usize).copied().unwrap_or(0);
            keys.iter().map(|key| u64::from(length(key))).sum()
        };
        self.columns.iter().map(column).sum()
    }

    /// Returns the bytes of a cell, text or not; `None` for a null.
    pub(super) fn raw(&self, row: usize, column: usize) -> Option<&[u8]> {
        let CellColumn { entries, keys } = &self.columns[column];
        Some(keys[row]).filter(|&key| key != NULL).map(|key| entries.bytes(key))
    }

    /// Says whether each cell of some rows is text that is read.
    pub(super) fn are_text(&self, mut rows: Range<usize>) -> bool {
        let all = self.columns.iter().all(|column| column.entries.odd.is_empty());
        all || rows.all(|row| self.is_text(row))
    }

    /// Says whether each cell of a row is text that is read.
    pub(super) fn is_text(&self, row: usize) -> bool {
        self.columns.iter().all(|column| {
            let odd = &column.entries.odd;
            odd.is_empty() || odd.binary_search_by_key(&column.keys[row], |(key, _)| *key).is_err()
        })
    }
}

impl CellColumn {
    /// Makes a column of entries and of keys in them.
    pub(super) fn new(entries: Arc<Entries>, keys: Keys) -> Self {
        Self { entries, keys: keys.0 }
    }

    /// Returns the number of rows.
    pub(super) fn rows(&self) -> usize {
        self.keys.len()
    }

    /// Returns the entries.
    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Returns the key of a row's entry; `None` for a null.
    pub(super) fn key(&self, row: usize) -> Option<u32> {
        Some(self.keys[row]).filter(|&key| key != NULL)
    }

    /// Mixes the cell of each of some rows into a digest of its row.
    pub(super) fn mix_into(&self, digests: &mut [u64], rows: Range<usize>) {
        let entries = &*self.entries;
        let cells = digests.iter_mut().zip(&self.keys[rows]);
        match entries.dictionary {
            // A null has no digest.
            Some(_) => cells.for_each(|(digest, &key)| {
                let cell = entries.digests.get(key as usize).copied().unwrap_or(0);
                *digest = mixed(*digest, cell);
            }),
            None => cells.for_each(|(digest, &key)| {
                let cell = if key == NULL { 0 } else { DIGEST.hash_one(entries.text(key)) };
                *digest = mixed(*digest, cell);
            }),
        }
    }
}

/// Digest of a row without cells.
pub(super) const NO_CELLS: u64 = 0x1319_8A2E_0370_7344;

/// Mixes the digest of a cell into that of the cells before it: both halves of a product with a
/// number without a pattern, as foldhash does it.
fn mixed(before: u64, cell: u64) -> u64 {
    let product = u128::from(before ^ cell) * 0x243F_6A88_85A3_08D3;
    (product as u64) ^ (product >> 64) as u64
}

/// Keys of the rows of a column, under construction.
#[derive(Default)]
pub(super) struct Keys(Vec<u32>);

impl Keys {
    /// Makes no keys, with room for some.
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }

    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a row that has an entry, or none.
    pub(super) fn push(&mut self, key: Option<u32>) {
        self.0.push(key.unwrap_or(NULL));
    }

    /// Adds rows that have no entry.
    pub(super) fn push_nulls(&mut self, rows: usize) {
        self.0.resize(self.0.len() + rows, NULL);
    }

    /// Adds rows whose entries are the next of some numbers; says whether each is below a limit, or
    /// `None` if there are too few.
    pub(super) fn push_run(
        &mut self,
        rows: usize,
        of: &mut RunLengths,
        limit: usize,
    ) -> Option<bool> {
        let start = self.0.len();
        of.push_next(rows, &mut self.0)?;
        Some(self.0[start..].iter().all(|&key| (key as usize) < limit))
    }

    /// Copies the entries that the rows have, so that each row has one of its own.
    pub(super) fn own(&mut self, entries: Option<&Entries>) -> EntriesBuilder {
        let mut own = EntriesBuilder::default();
        for key in self.0.iter_mut().filter(|key| **key != NULL) {
            *key = own.push(entries.map_or(&[], |entries| entries.bytes(*key)));
        }
        own
    }
}

impl Entries {
    fn none(dictionary: Option<u32>) -> Self {
        let (text, ends, odd) = (String::new(), Vec::new(), Vec::new());
        let (digests, lengths) = (Vec::new(), Vec::new());
        Self { dictionary, text, ends, is_ascii: true, digests, lengths, odd }
    }

    /// Returns the number of entries.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of the dictionary that they are of, if they are of one.
    pub(super) fn dictionary(&self) -> Option<u32> {
        self.dictionary
    }

    /// Returns the bytes of an entry, text or not.
    pub(super) fn bytes(&self, key: u32) -> &[u8] {
        match self.odd.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(place) => &self.odd[place].1,
            Err(_) => self.text(key).as_bytes(),
        }
    }

    /// Returns an entry; an empty text for one that is no text.
    pub(super) fn text(&self, key: u32) -> &str {
        &self.text[self.place(key)]
    }

    fn place(&self, key: u32) -> Range<usize> {
        let key = key as usize;
        let start = if key == 0 { 0 } else { self.ends[key - 1] as usize };
        start..self.ends[key] as usize
    }
}

impl CellsOfRow {
    /// Views a row of a batch, each of whose cells is text.
    pub(super) fn new(batch: Arc<CellBatch>, row: usize) -> Self {
        debug_assert!(batch.is_text(row));
        Self { batch, row }
    }

    /// Returns the batch and the row's place in it.
    pub(super) fn place(&self) -> (&CellBatch, usize) {
        (&self.batch, self.row)
    }

    /// Returns the number of cells.
    pub(in crate::schema) fn len(&self) -> usize {
        self.batch.columns.len()
    }

    /// Returns a cell; an empty text for a null.
    ///
    /// # Panics
    /// If the row has no such cell.
    pub(in crate::schema) fn cell(&self, index: usize) -> &str {
        self.get(index).unwrap_or("")
    }

    /// Says whether a cell is null.
    ///
    /// # Panics
    /// If the row has no such cell.
    pub(in crate::schema) fn is_null(&self, index: usize) -> bool {
        self.get(index).is_none()
    }

    fn get(&self, index: usize) -> Option<&str> {
        let column = &self.batch.columns[index];
        column.key(self.row).map(|key| column.entries.text(key))
    }

    /// Returns the entry of a cell whose column has a dictionary.
    pub(in crate::schema) fn entry(&self, index: usize) -> Option<Entry> {
        let CellColumn { entries, keys } = &self.batch.columns[index];
        let place = Some(keys[self.row]).filter(|&key| key != NULL)?;
        entries.dictionary.map(|dictionary| Entry { dictionary, place })
    }

    /// Says whether all cells are ASCII text.
    pub(in crate::schema) fn is_ascii(&self) -> bool {
        let cells = self.batch.columns.iter().enumerate();
        cells.into_iter().all(|(i, of)| of.entries.is_ascii || self.cell(i).is_ascii())
    }

    /// Returns a digest that rows of a file with the same cells share.
    pub(in crate::schema) fn digest(&self) -> u64 {
        let mut digest = [NO_CELLS];
        for column in &self.batch.columns {
            column.mix_into(&mut digest, self.row..self.row + 1);
        }
        digest[0]
    }
}

/// Entries under construction.
#[derive(Default)]
pub(super) struct EntriesBuilder {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    odd: Vec<(u32, Vec<u8>)>,
    shown: String,
}

impl EntriesBuilder {
    /// Adds an entry; returns its key.
    pub(super) fn push(&mut self, cell: &[u8]) -> u32 {
        let key = self.ends.len() as u32;
        if cell.len() > LONGEST_CELL {
            self.odd.push((key, cell.to_vec()));
        } else {
            self.bytes.extend_from_slice(cell);
        }
        self.ends.push(self.bytes.len() as u32);
        key
    }

    /// Adds an entry that is written as text; returns its key.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut String)) -> u32 {
        let mut shown = std::mem::take(&mut self.shown);
        shown.clear();
        write(&mut shown);
        let key = self.push(shown.as_bytes());
        self.shown = shown;
        key
    }

    /// Ends the entries: of a dictionary with its number, or of one batch.
    pub(super) fn finish(self, dictionary: Option<u32>) -> Arc<Entries> {
        let Self { bytes, ends, odd, .. } = self;
        let is_ascii = bytes.is_ascii();
        let mut entries = match (bytes.contains(&0), String::from_utf8(bytes)) {
            (false, Ok(text)) if ends.iter().all(|&end| text.is_char_boundary(end as usize)) => {
                Entries { text, ends, is_ascii, odd, ..Entries::none(dictionary) }
            }
            (_, text) => {
                let bytes = text.map_or_else(|error| error.into_bytes(), String::into_bytes);
                apart(&bytes, &ends, odd, dictionary)
            }
        };
        if dictionary.is_some() {
            let keys = 0..entries.len() as u32;
            entries.digests = keys.clone().map(|key| DIGEST.hash_one(entries.text(key))).collect();
            entries.lengths = keys.map(|key| entries.bytes(key).len() as u32).collect();
        }
        Arc::new(entries)
    }
}

/// Sets apart the entries that are no text.
fn apart(
    bytes: &[u8],
    ends: &[u32],
    mut odd: Vec<(u32, Vec<u8>)>,
    dictionary: Option<u32>,
) -> Entries {
    let (mut text, mut text_ends) = (String::with_capacity(bytes.len()), Vec::new());
    let mut start = 0;
    for (key, &end) in ends.iter().enumerate() {
        let cell = &bytes[start..end as usize];
        match std::str::from_utf8(cell) {
            Ok(cell) if !cell.contains('\0') => text.push_str(cell),
            _ => odd.push((key as u32, cell.to_vec())),
        }
        text_ends.push(text.len() as u32);
        start = end as usize;
    }
    odd.sort_unstable_by_key(|(key, _)| *key);
    let is_ascii = text.is_ascii();
    Entries { text, ends: text_ends, is_ascii, odd, ..Entries::none(dictionary) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(cells: &[Option<&[u8]>]) -> Arc<CellBatch> {
        let (mut keys, mut entries) = (Keys::default(), EntriesBuilder::default());
        cells.iter().for_each(|cell| keys.push(cell.map(|cell| entries.push(cell))));
        let column = CellColumn::new(entries.finish(None), keys);
        Arc::new(CellBatch::new(vec![column], cells.len()))
    }

    #[test]
    fn halves_of_a_letter_in_two_cells_are_no_text() {
        let batch = batch(&[Some(b"a"), Some(b"\xC3"), Some(b"\xA9"), None, Some("é".as_bytes())]);
        let text: Vec<bool> = (0..5).map(|row| batch.is_text(row)).collect();
        assert_eq!(text, [true, false, false, true, true]);
        assert_eq!(batch.raw(1, 0), Some(b"\xC3".as_slice()));
        assert_eq!(batch.bytes(), 5);
        let last = CellsOfRow::new(batch.clone(), 4);
        assert_eq!((last.cell(0), last.is_ascii(), last.is_null(0)), ("é", false, false));
        assert!(CellsOfRow::new(batch, 3).is_null(0));
    }

    #[test]
    fn an_empty_cell_and_a_null_have_different_digests() {
        let batch = batch(&[Some(b""), None, Some(b""), Some(b"a")]);
        let digest = |row| CellsOfRow::new(batch.clone(), row).digest();
        assert_eq!(digest(0), digest(2));
        assert!(digest(0) != digest(1) && digest(0) != digest(3));
    }
}
