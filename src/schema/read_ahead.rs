//! Rows scanned on one thread and read as values on another, a few at a time, and taken in their
//! order.

use std::sync::mpsc;
use std::thread;

use super::columnar::CellRows;
use super::date_formats::DateFormats;
use super::extract::Extract;
use super::plan::Plan;
use super::read_cells::ReadCells;
use super::row_values::ReadRow;
use crate::error::{Error, ErrorKind, Result};

/// Rows read before any of them is taken: many against the cost of handing them over, few enough
/// to stay at hand until they are taken.
pub(super) const ROWS: usize = 256;
/// Rows read at a time of those that come column by column, which take less room.
const ROWS_OF_CELLS: usize = 4 * ROWS;
/// Bytes after which no further row is added to them, so that memory has a bound.
const BYTES: usize = 1 << 20;
/// Batches that wait between two threads: no thread is as fast at all times.
const AHEAD: usize = 8;
/// Batches of rows that there are, which take more room: two that wait between two threads, and
/// one in the hands of each.
const BATCHES: usize = 2 * 2 + 3;

/// A few rows, in buffers that are used again; those past `used` are left from earlier ones.
struct RowBatch {
    rows: Vec<ReadRow>,
    used: usize,
}

/// Rows whose cells are still to be read.
enum Scanned {
    Rows(RowBatch),
    Cells(CellRows),
}

/// Rows as read.
enum Read {
    Rows(RowBatch),
    Cells(Box<ReadCells>),
}

/// Rows that were read, to be taken.
pub(super) enum ReadRows<'a> {
    /// One by one.
    Rows(&'a mut [ReadRow]),
    /// Column by column.
    Cells(&'a mut ReadCells),
}

/// Reads a file to its end and hands over its rows one by one in their order, some at a time;
/// returns the formats of its columns of dates.
///
/// # Errors
/// As [`read_batches`].
pub(super) fn read_rows(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    mut take: impl FnMut(&mut [ReadRow]) -> Result<()>,
) -> Result<Vec<DateFormats>> {
    read_all(extract, plan, file, By::Row, |batch| match batch {
        ReadRows::Rows(rows) => take(rows),
        ReadRows::Cells(_) => Err(Error::new(ErrorKind::Bug, "rows came column by column")),
    })
}

/// Reads a file as [`read_rows`] does; rows of typed columns come column by column.
///
/// # Errors
/// The first error of taking rows; otherwise as [`Extract::next_row`], once all rows before
/// have been taken.
pub(super) fn read_batches(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    take: impl FnMut(ReadRows) -> Result<()>,
) -> Result<Vec<DateFormats>> {
    read_all(extract, plan, file, if plan.is_columnar() { By::Column } else { By::Row }, take)
}

/// How rows of typed columns are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Row,
    Column,
}

fn read_all(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    by: By,
    mut take: impl FnMut(ReadRows) -> Result<()>,
) -> Result<Vec<DateFormats>> {
    thread::scope(|scope| {
        let (scanned, to_read) = mpsc::sync_channel(AHEAD);
        let (read, to_take) = mpsc::sync_channel(AHEAD);
        let (empty, empties) = mpsc::channel();
        let scanner = scope.spawn(move || scan(extract, plan, by, &scanned, &empties));
        let reader = scope.spawn(move || read_values(plan, file, to_read, &read));
        let mut taken = Ok(());
        for mut batch in to_take {
            taken = match &mut batch {
                Read::Rows(RowBatch { rows, used }) => take(ReadRows::Rows(&mut rows[..*used])),
                Read::Cells(cells) => take(ReadRows::Cells(cells)),
            };
            // Without a receiver the others end.
            if taken.is_err() {
                break;
            }
            if let Read::Rows(batch) = batch {
                let _ = empty.send(batch); // the scanner may have ended
            }
        }
        let broke_off =
            |_| Error::new(ErrorKind::Bug, format!("{file}: a thread that reads it broke off"));
        let scanned = scanner.join().map_err(broke_off)?;
        let formats = reader.join().map_err(broke_off)?;
        taken.and(scanned).map(|()| formats)
    })
}

/// Makes batches until the file ends or nobody takes them.
fn scan(
    extract: &mut Extract,
    plan: &Plan,
    by: By,
    scanned: &mpsc::SyncSender<Scanned>,
    empties: &mpsc::Receiver<RowBatch>,
) -> Result<()> {
    let mut made = 0;
    loop {
        if by == By::Column
            && let Some(cells) = extract.next_rows(ROWS_OF_CELLS, ROWS)?
        {
            if scanned.send(Scanned::Cells(cells)).is_err() {
                return Ok(());
            }
            continue;
        }
        let mut batch = if made < BATCHES {
            made += 1;
            RowBatch { rows: Vec::new(), used: 0 }
        } else {
            let Ok(batch) = empties.recv() else { return Ok(()) };
            batch
        };
        let more = batch.fill(extract, plan);
        if scanned.send(Scanned::Rows(batch)).is_err() || !more? {
            return Ok(());
        }
    }
}

/// Reads the cells of batches as values until there are no more or nobody takes them; returns
/// the formats of the columns of dates.
fn read_values(
    plan: &Plan,
    file: &str,
    scanned: mpsc::Receiver<Scanned>,
    read: &mpsc::SyncSender<Read>,
) -> Vec<DateFormats> {
    let mut memory = plan.memory();
    for batch in scanned {
        let batch = match batch {
            Scanned::Cells(cells) => {
                Read::Cells(Box::new(plan.read_cells(cells, file, &mut memory)))
            }
            Scanned::Rows(mut batch) => {
                plan.read(&mut batch.rows[..batch.used], file, &mut memory);
                Read::Rows(batch)
            }
        };
        if read.send(batch).is_err() {
            break;
        }
    }
    let formats = memory.into_iter().filter_map(|memory| memory.dates);
    formats.map(|formats| formats.in_file(file)).collect()
}

impl RowBatch {
    /// Reads rows until there are enough; says whether there may be more.
    fn fill(&mut self, extract: &mut Extract, plan: &Plan) -> Result<bool> {
        self.used = 0;
        let mut bytes = 0;
        while self.used < ROWS && bytes <= BYTES {
            if self.rows.len() == self.used {
                self.rows.push(ReadRow::new(plan));
            }
            let read = &mut self.rows[self.used];
            if !extract.next_row_into(&mut read.row)? {
                return Ok(false);
            }
            bytes += read.row.all_bytes().len();
            self.used += 1;
        }
        Ok(true)
    }
}
