//! Puts an agency's records into an order that says nothing about who is who.
//!
//! Each record gets a key by which it is sorted. Few records wait in memory. Of many, those with
//! neighbouring keys wait in one file of a scratch folder, so that memory does not grow with them.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::permutation::mix;
use crate::error::{Error, Result};

/// Files among which many records are divided; a power of two.
const FILES: usize = 64;
/// Ends a cell and ends a group of cells; no cell holds them.
const CELL_END: u8 = 0x1f;
const GROUP_END: u8 = 0x1e;

/// Where records wait.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait<'a> {
    /// In memory.
    Memory,
    /// In files below a folder, which is made and taken away again.
    Folder(&'a Path),
}

/// Record on its way.
pub(super) struct Waiting<'a> {
    /// Cells of the agency's file, its own identifier left out.
    pub(super) cells: Vec<&'a str>,
    pub(super) child_id: &'a str,
    /// Attribute and corruption, alternately.
    pub(super) struck: Vec<&'a str>,
    /// Rows of histories that belong to the record.
    pub(super) histories: Vec<HistoryWaiting<'a>>,
}

/// Row of a history on its way with its record.
pub(super) struct HistoryWaiting<'a> {
    /// Place of the history among all.
    pub(super) history: usize,
    pub(super) cells: Vec<&'a str>,
    /// Attribute and corruption, alternately.
    pub(super) struck: Vec<&'a str>,
}

/// Records of one agency on their way to a random order.
pub(super) struct Shuffle {
    key: u64,
    count: u64,
    bins: Vec<Bin>,
}

enum Bin {
    Memory(Vec<u8>),
    File(PathBuf, BufWriter<File>),
}

impl Shuffle {
    /// Starts with no records; two agencies have different numbers.
    ///
    /// # Errors
    /// `Unwritable` if a file cannot be made.
    pub(super) fn new(seed: u64, agency: u64, wait: Wait) -> Result<Self> {
        let bins = match wait {
            Wait::Memory => vec![Bin::Memory(Vec::new())],
            Wait::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|cause| Error::unwritable(folder, &cause))?;
                let bin = |number| {
                    let path = folder.join(format!("{agency}-{number}"));
                    let file =
                        File::create(&path).map_err(|cause| Error::unwritable(&path, &cause))?;
                    Ok(Bin::File(path, BufWriter::new(file)))
                };
                (0..FILES).map(bin).collect::<Result<_>>()?
            }
        };
        Ok(Self { key: mix(mix(seed) ^ agency), count: 0, bins })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn push(&mut self, record: &Waiting) -> Result<()> {
        // `mix` is one to one, so no two records have one key.
        let key = mix(self.key.wrapping_add(self.count));
        self.count += 1;
        let mut text: Vec<u8> = Vec::with_capacity(512);
        text.extend(key.to_be_bytes());
        text.extend([0; 4]);
        push_group(&mut text, &record.cells);
        push_group(&mut text, &[record.child_id]);
        push_group(&mut text, &record.struck);
        for row in &record.histories {
            push_group(&mut text, &[&row.history.to_string()]);
            push_group(&mut text, &row.cells);
            push_group(&mut text, &row.struck);
        }
        let length = (text.len() - 12) as u32;
        text[8..12].copy_from_slice(&length.to_be_bytes());
        let bin = ((u128::from(key) * self.bins.len() as u128) >> 64) as usize;
        match &mut self.bins[bin] {
            Bin::Memory(bytes) => bytes.extend(text),
            Bin::File(path, file) => {
                file.write_all(&text).map_err(|cause| Error::unwritable(path, &cause))?;
            }
        }
        Ok(())
    }

    /// Hands the records out in their order, and takes the files away.
    ///
    /// # Errors
    /// Those of `each`; `Unreadable` or `Unwritable` if a file is gone.
    pub(super) fn each(self, mut each: impl FnMut(Waiting) -> Result<()>) -> Result<()> {
        for bin in self.bins {
            let bytes = match bin {
                Bin::Memory(bytes) => bytes,
                Bin::File(path, file) => {
                    file.into_inner().map_err(|cause| Error::unwritable(&path, cause.error()))?;
                    let bytes =
                        fs::read(&path).map_err(|cause| Error::unreadable(&path, &cause))?;
                    fs::remove_file(&path).map_err(|cause| Error::unwritable(&path, &cause))?;
                    bytes
                }
            };
            let mut records: Vec<(&[u8], &[u8])> = Vec::new();
            let mut rest = bytes.as_slice();
            while let Some((head, tail)) = rest.split_at_checked(12) {
                let length = head[8..].iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
                let (body, after) = tail.split_at(length);
                records.push((&head[..8], body));
                rest = after;
            }
            records.sort_unstable();
            for (_, body) in records {
                let text = std::str::from_utf8(body).expect("it was written from texts");
                let mut groups = text.split_terminator(char::from(GROUP_END)).map(|group| {
                    group.split_terminator(char::from(CELL_END)).collect::<Vec<&str>>()
                });
                let mut group = || groups.next().unwrap_or_default();
                let (cells, child, struck) = (group(), group(), group());
                let mut histories = Vec::new();
                while let Some(history) = group().first() {
                    let history = history.parse().expect("it was written from a number");
                    histories.push(HistoryWaiting { history, cells: group(), struck: group() });
                }
                each(Waiting { cells, child_id: child[0], struck, histories })?;
            }
        }
        Ok(())
    }
}

fn push_group(text: &mut Vec<u8>, cells: &[&str]) {
    for cell in cells {
        text.extend(cell.as_bytes());
        text.push(CELL_END);
    }
    text.push(GROUP_END);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(wait: Wait) -> Vec<String> {
        let mut shuffle = Shuffle::new(7, 1, wait).unwrap();
        for number in 0..1_000 {
            let (cell, child_id) = (format!("v{number}"), format!("C{number}"));
            let struck = if number % 2 == 0 { vec![] } else { vec!["sex", "wrong_sex"] };
            let row = |history| HistoryWaiting { history, cells: vec![&cell, ""], struck: vec![] };
            let histories = (0..number % 3).map(row).collect();
            let (cells, child_id) = (vec![cell.as_str(), ""], child_id.as_str());
            shuffle.push(&Waiting { cells, child_id, struck, histories }).unwrap();
        }
        let mut order = Vec::new();
        let each = |waiting: Waiting| {
            assert_eq!(waiting.cells.len(), 2);
            let number = waiting.child_id.trim_start_matches('C');
            assert_eq!(waiting.cells[0].trim_start_matches('v'), number);
            assert_eq!(waiting.struck.is_empty(), number.parse::<u32>().unwrap() % 2 == 0);
            let rows = number.parse::<usize>().unwrap() % 3;
            assert!(waiting.histories.iter().map(|row| row.history).eq(0..rows));
            let own = |row: &HistoryWaiting| row.cells == waiting.cells && row.struck.is_empty();
            assert!(waiting.histories.iter().all(own));
            order.push(number.to_string());
            Ok(())
        };
        shuffle.each(each).unwrap();
        order
    }

    #[test]
    fn records_come_out_once_in_one_order_from_memory_and_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = order(Wait::Folder(folder.path()));
        assert_eq!(files, order(Wait::Memory));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut sorted: Vec<u32> = files.iter().map(|number| number.parse().unwrap()).collect();
        assert!(!sorted.is_sorted());
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1_000));
    }
}
