//! Puts an agency's records into an order that says nothing about who is who.
//!
//! Each record gets a key by which it is sorted. Few records wait in memory. Of many, those with
//! neighbouring keys wait in one file of a scratch folder, and a file too large to sort at once is
//! divided again, so that memory does not grow with them.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::permutation::mix;
use crate::error::{Error, Result};

/// Bits of the key by which many records are divided among files, and again those of a large file.
const BITS: u32 = 6;
/// Bytes of records that are sorted at once.
const AT_ONCE: u64 = 4 << 20;
/// Bytes before a record: its key, then its length.
const HEAD: usize = 12;
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
    waiting: Kept,
}

enum Kept {
    Memory(Vec<u8>),
    Files(Vec<Scratch>),
}

/// File of records whose keys begin alike.
struct Scratch {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Shuffle {
    /// Starts with no records; two agencies have different numbers.
    ///
    /// # Errors
    /// `Unwritable` if a file cannot be made.
    pub(super) fn new(seed: u64, agency: u64, wait: Wait) -> Result<Self> {
        let waiting = match wait {
            Wait::Memory => Kept::Memory(Vec::new()),
            Wait::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|cause| Error::unwritable(folder, &cause))?;
                Kept::Files(Scratch::set(&folder.join(agency.to_string()))?)
            }
        };
        Ok(Self { key: mix(mix(seed) ^ agency), count: 0, waiting })
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
        let length = (text.len() - HEAD) as u32;
        text[8..HEAD].copy_from_slice(&length.to_be_bytes());
        match &mut self.waiting {
            Kept::Memory(bytes) => {
                bytes.extend(text);
                Ok(())
            }
            Kept::Files(files) => files[place(key, 0)].push(&text),
        }
    }

    /// Hands the records out in their order, and takes the files away.
    ///
    /// # Errors
    /// Those of `each`; `Unreadable` or `Unwritable` if a file is gone.
    pub(super) fn each(self, mut each: impl FnMut(Waiting) -> Result<()>) -> Result<()> {
        self.each_sorting(AT_ONCE, &mut each)
    }

    /// Hands the records out; no file of more bytes is sorted at once.
    fn each_sorting(self, at_once: u64, each: &mut dyn FnMut(Waiting) -> Result<()>) -> Result<()> {
        match self.waiting {
            Kept::Memory(bytes) => hand_out(&bytes, &mut Vec::new(), each),
            Kept::Files(files) => HandOut { at_once, ..HandOut::default() }.files(files, 1, each),
        }
    }
}

impl Scratch {
    /// Creates a file for each beginning that keys may have.
    fn set(stem: &Path) -> Result<Vec<Self>> {
        let create = |number| {
            let mut path = stem.as_os_str().to_owned();
            path.push(format!("-{number}"));
            let path = PathBuf::from(path);
            let file = File::create(&path).map_err(|cause| Error::unwritable(&path, &cause))?;
            Ok(Self { path, file: BufWriter::new(file) })
        };
        (0..1 << BITS).map(create).collect()
    }

    fn push(&mut self, record: &[u8]) -> Result<()> {
        self.file.write_all(record).map_err(|cause| Error::unwritable(&self.path, &cause))
    }
}

/// Records of files on their way out; memory taken for one file serves the next.
#[derive(Default)]
struct HandOut {
    at_once: u64,
    bytes: Vec<u8>,
    sorted: Vec<Place>,
}

/// Key of a record, and where it begins and ends.
type Place = (u64, usize, usize);

impl HandOut {
    /// Hands out the records of files, which `level` beginnings of keys have divided.
    fn files(
        &mut self,
        files: Vec<Scratch>,
        level: u32,
        each: &mut dyn FnMut(Waiting) -> Result<()>,
    ) -> Result<()> {
        for Scratch { path, file } in files {
            file.into_inner().map_err(|cause| Error::unwritable(&path, cause.error()))?;
            let unreadable = |cause: io::Error| Error::unreadable(&path, &cause);
            let mut file = File::open(&path).map_err(unreadable)?;
            let large = file.metadata().map_err(unreadable)?.len() > self.at_once;
            let finer = match large && level < u64::BITS / BITS {
                true => Some(divide(file, &path, level)?),
                false => {
                    self.bytes.clear();
                    file.read_to_end(&mut self.bytes).map_err(unreadable)?;
                    None
                }
            };
            fs::remove_file(&path).map_err(|cause| Error::unwritable(&path, &cause))?;
            match finer {
                Some(finer) => self.files(finer, level + 1, each)?,
                None => hand_out(&self.bytes, &mut self.sorted, each)?,
            }
        }
        Ok(())
    }
}

/// Divides the records of a file among others by what follows in their keys.
fn divide(file: File, path: &Path, level: u32) -> Result<Vec<Scratch>> {
    let unreadable = |cause: io::Error| Error::unreadable(path, &cause);
    let mut finer = Scratch::set(path)?;
    let (mut file, mut record) = (BufReader::new(file), Vec::new());
    while !file.fill_buf().map_err(unreadable)?.is_empty() {
        record.resize(HEAD, 0);
        file.read_exact(&mut record).map_err(unreadable)?;
        let (key, length) = head(&record);
        record.resize(HEAD + length, 0);
        file.read_exact(&mut record[HEAD..]).map_err(unreadable)?;
        finer[place(key, level)].push(&record)?;
    }
    Ok(finer)
}

/// Hands out records in order of their keys.
fn hand_out(
    bytes: &[u8],
    sorted: &mut Vec<Place>,
    each: &mut dyn FnMut(Waiting) -> Result<()>,
) -> Result<()> {
    sorted.clear();
    let mut start = 0;
    while start < bytes.len() {
        let (key, length) = head(&bytes[start..]);
        let end = start + HEAD + length;
        sorted.push((key, start + HEAD, end));
        start = end;
    }
    sorted.sort_unstable();
    for &(_, start, end) in &*sorted {
        let text = std::str::from_utf8(&bytes[start..end]).expect("it was written from texts");
        let mut groups = text
            .split_terminator(char::from(GROUP_END))
            .map(|group| group.split_terminator(char::from(CELL_END)).collect::<Vec<&str>>());
        let mut group = || groups.next().unwrap_or_default();
        let (cells, child, struck) = (group(), group(), group());
        let mut histories = Vec::new();
        while let Some(history) = group().first() {
            let history = history.parse().expect("it was written from a number");
            histories.push(HistoryWaiting { history, cells: group(), struck: group() });
        }
        each(Waiting { cells, child_id: child[0], struck, histories })?;
    }
    Ok(())
}

/// Returns a record's key and its length without the head.
fn head(record: &[u8]) -> (u64, usize) {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    (number(&record[..8]), number(&record[8..HEAD]) as usize)
}

/// Returns the place of a key among files that the bits at a level divide.
fn place(key: u64, level: u32) -> usize {
    (key << (BITS * level) >> (u64::BITS - BITS)) as usize
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

    fn order(wait: Wait, at_once: u64) -> Vec<String> {
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
        let mut each = |waiting: Waiting| {
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
        shuffle.each_sorting(at_once, &mut each).unwrap();
        order
    }

    #[test]
    fn records_come_out_once_in_one_order_from_memory_and_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = order(Wait::Folder(folder.path()), AT_ONCE);
        assert_eq!(files, order(Wait::Memory, AT_ONCE));
        // About 16 records of some 40 bytes wait in a file: these are divided once, or twice.
        for at_once in [400, 80] {
            assert_eq!(files, order(Wait::Folder(folder.path()), at_once));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut sorted: Vec<u32> = files.iter().map(|number| number.parse().unwrap()).collect();
        assert!(!sorted.is_sorted());
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1_000));
    }
}
