//! Writes a mended copy of a file: only what is certain changes, and every change is counted.

use std::io::{Read, Write};
use std::path::Path;

use super::date_tally::DateTally;
use super::extract::Extract;
use super::mend::{MendColumn, Mended};
use super::mends::MENDS;
use super::opening::{Content, bad_structure, open};
use super::row::{Place, Row, without_line_end};
use super::source_file::{ColumnRequest, SourceFile};
use super::whole_file::WholeFile;
use crate::error::{Error, ErrorKind, Result};
use crate::record::AttributeKind;

/// Places kept of each kind of mend; all are counted.
const FIRST: usize = 3;

/// What was mended in a file, and what was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MendReport {
    /// Mends by name and column, in the order of the list and of the file.
    pub mended: Vec<MendCount>,
    /// What is wrong and not certain to mend.
    pub left: Vec<MendCount>,
    /// Rows copied as they were, because their structure is broken.
    pub broken_rows: u64,
}

/// Mends of one kind in one column, or in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MendCount {
    /// Name of the mend.
    pub rule: &'static str,
    /// Column; `None` for the file as a whole.
    pub column: Option<String>,
    /// What was done, or why nothing was.
    pub what: &'static str,
    /// Cells, lines or signs concerned.
    pub count: u64,
    /// Places of the first, in the file as it was.
    pub first: Vec<Place>,
}

/// Writes a mended copy of a file beside it or elsewhere, never over it.
///
/// Rows without a mended cell keep their bytes, quotes included; a row with one is written anew.
/// The copy is UTF-8 without a byte order mark, with one line feed at each row's end.
///
/// # Errors
/// `OutputExists` if there is a file of that name; `BadStructure` for a file that is no CSV; as
/// [`super::read`] for the input;
/// `Unwritable` if the disk is full.
pub fn mend(file: &SourceFile, output: &Path) -> Result<MendReport> {
    if output.exists() {
        return Err(Error::new(ErrorKind::OutputExists, output.display().to_string())
            .help("name another file with --output; the file checked is never written over"));
    }
    let marked = has_mark(file)?;
    let mut extract = Extract::open_for(file)?;
    let header = extract.header().to_vec();
    let settled = settled_orders(file, &header)?;
    let request = |name: &String| file.columns.iter().find(|r| r.column.name == *name);
    let columns: Vec<MendColumn> = header
        .iter()
        .zip(settled)
        .map(|(name, order_settled)| MendColumn { request: request(name), order_settled })
        .collect();
    let delimiter = file.delimiter.byte();
    let mut copy = WholeFile::create(output)?;
    let mut counts = Counts::default();
    if marked {
        let (rule, what) = ("byte_order_mark", "the byte order mark went");
        counts.mended.add(rule, None, what, Place { line: 1, column: 1 });
    }
    counts.line_end(extract.row());
    write_header(&header, delimiter, &mut copy)?;
    let mut broken_rows = 0;
    let mut cells: Vec<String> = Vec::new();
    while let Some(row) = extract.next_row()? {
        counts.line_end(row);
        let changed = match row.fault() {
            Some(_) => {
                broken_rows += 1;
                false
            }
            None => mend_row(row, &header, &columns, &mut cells, &mut counts),
        };
        let written = match changed {
            true => write_row(&cells, delimiter, &mut copy),
            false => copy.write_all(&row.original()).and_then(|()| copy.write_all(b"\n")),
        };
        written.map_err(|cause| copy.unwritable(&cause))?;
    }
    copy.finish()?;
    Ok(MendReport { mended: counts.mended.0, left: counts.left.0, broken_rows })
}

#[derive(Default)]
struct Counts {
    mended: Tally,
    left: Tally,
}

impl Counts {
    fn line_end(&mut self, row: &Row) {
        let bytes = row.all_bytes();
        if &bytes[without_line_end(bytes).len()..] != b"\n" {
            let what = "line ends became one line feed";
            self.mended.add("line_ends", None, what, Place { line: row.line(), column: 1 });
        }
    }
}

#[derive(Default)]
struct Tally(Vec<MendCount>);

impl Tally {
    fn add(&mut self, rule: &'static str, column: Option<&str>, what: &'static str, place: Place) {
        let is_it = |known: &MendCount| known.rule == rule && known.column.as_deref() == column;
        let known = self.0.iter().position(is_it).unwrap_or_else(|| {
            let column = column.map(String::from);
            self.0.push(MendCount { rule, column, what, count: 0, first: Vec::new() });
            self.0.len() - 1
        });
        let count = &mut self.0[known];
        count.count += 1;
        if count.first.len() < FIRST {
            count.first.push(place);
        }
    }
}

/// Mends a row's cells into `cells`; returns whether any changed.
fn mend_row(
    row: &Row,
    header: &[String],
    columns: &[MendColumn],
    cells: &mut Vec<String>,
    counts: &mut Counts,
) -> bool {
    cells.clear();
    let mut changed = false;
    for (cell, column) in columns.iter().enumerate() {
        let original = row.cell(cell);
        let mut text = original.to_string();
        for mend in MENDS {
            let place = || row.place(cell);
            let name = Some(header[cell].as_str());
            match mend.mend(&text, column) {
                Mended::Certain(mended) if column.allows(&text, &mended) => {
                    counts.mended.add(mend.name(), name, mend.what(), place());
                    text = mended;
                    changed = true;
                }
                Mended::Left => counts.left.add(mend.name(), name, mend.left(), place()),
                Mended::Certain(_) | Mended::Whole => {}
            }
        }
        cells.push(text);
    }
    changed
}

/// Says for each column whether its own cells settle that the schema's order of day and month
/// is theirs: some fit it alone, and none fits the other alone.
fn settled_orders(file: &SourceFile, header: &[String]) -> Result<Vec<bool>> {
    let is_date = |request: &&ColumnRequest| request.kind == Some(AttributeKind::Date);
    let dates: Vec<Option<&ColumnRequest>> = header
        .iter()
        .map(|name| file.columns.iter().filter(is_date).find(|r| r.column.name == *name))
        .collect();
    let day_last = |request: &&ColumnRequest| {
        let format = &request.rules.date_format;
        !format.is_empty() && !format.starts_with("%Y")
    };
    let mut tallies: Vec<DateTally> = header.iter().map(|_| DateTally::default()).collect();
    if dates.iter().flatten().any(day_last) {
        let mut extract = Extract::open_for(file)?;
        while let Some(row) = extract.next_row()? {
            let whole = row.fault().is_none();
            let columns = dates.iter().zip(&mut tallies).enumerate();
            for (cell, (_, tally)) in columns.filter(|(_, (date, _))| whole && date.is_some()) {
                tally.add(row.cell(cell).trim());
            }
        }
    }
    let settled = |(request, tally): (&Option<&ColumnRequest>, &DateTally)| {
        let [day_first, month_first] = tally.orders();
        match request.map(|request| request.rules.date_format.starts_with("%d")) {
            None => false,
            Some(true) => day_first > 0 && month_first == 0,
            Some(false) => month_first > 0 && day_first == 0,
        }
    };
    Ok(dates.iter().zip(&tallies).map(settled).collect())
}

/// Says whether a CSV file starts with a byte order mark.
///
/// # Errors
/// `BadStructure` for a file that is not CSV, since only that is mended.
fn has_mark(file: &SourceFile) -> Result<bool> {
    let Content::Csv(mut text) = open(&file.path, file.encoding)?.content else {
        return Err(bad_structure(&file.path, "it is no CSV file, and only those are mended")
            .help("mend it where it is made; without --fix it is checked all the same"));
    };
    let mut start = [0; 3];
    let read = text.read_exact(&mut start);
    Ok(read.is_ok() && start == *b"\xEF\xBB\xBF")
}

fn write_header(header: &[String], delimiter: u8, copy: &mut WholeFile) -> Result<()> {
    write_row(header, delimiter, copy).map_err(|cause| copy.unwritable(&cause))
}

/// Writes a row, each cell in quotes where it must be.
fn write_row(cells: &[String], delimiter: u8, copy: &mut WholeFile) -> std::io::Result<()> {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            copy.write_all(&[delimiter])?;
        }
        let signs = [delimiter, b'"', b'\n', b'\r'];
        // A lone empty cell would be a blank line.
        let quoted =
            cell.bytes().any(|byte| signs.contains(&byte)) || (cells.len() == 1 && cell.is_empty());
        if quoted {
            copy.write_all(b"\"")?;
            copy.write_all(cell.replace('"', "\"\"").as_bytes())?;
            copy.write_all(b"\"")?;
        } else {
            copy.write_all(cell.as_bytes())?;
        }
    }
    copy.write_all(b"\n")
}
