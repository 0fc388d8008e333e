//! Rows scanned on one thread and read as values on another, a few at a time, and taken in their
//! order.

use std::sync::mpsc;
use std::thread;

use super::date_formats::DateFormats;
use super::extract::Extract;
use super::plan::Plan;
use super::row_values::ReadRow;
use crate::error::{Error, ErrorKind, Result};

/// Rows read before any of them is taken: many against the cost of handing them over, few enough
/// to stay at hand until they are taken.
const ROWS: usize = 256;
/// Bytes after which no further row is added to them, so that memory has a bound.
const BYTES: usize = 1 << 20;
/// Batches that wait between two threads.
const AHEAD: usize = 2;
/// Batches that there are: those that wait, and one in the hands of each thread.
const BATCHES: usize = 2 * AHEAD + 3;

/// A few rows, in buffers that are used again.
struct Batch {
    rows: Vec<ReadRow>,
    used: usize,
}

/// Reads a file to its end and hands over its rows in their order, some at a time; returns the
/// formats of its columns of dates.
///
/// # Errors
/// The first error of taking rows; otherwise as [`Extract::next_row`], once all rows before
/// have been taken.
pub(super) fn read_rows(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    mut take: impl FnMut(&mut [ReadRow]) -> Result<()>,
) -> Result<Vec<DateFormats>> {
    thread::scope(|scope| {
        let (scanned, to_read) = mpsc::sync_channel(AHEAD);
        let (read, to_take) = mpsc::sync_channel(AHEAD);
        let (empty, empties) = mpsc::channel();
        let scanner = scope.spawn(move || scan(extract, plan, &scanned, &empties));
        let reader = scope.spawn(move || read_values(plan, file, to_read, &read));
        let mut taken = Ok(());
        for mut batch in to_take {
            let Batch { rows, used } = &mut batch;
            taken = take(&mut rows[..*used]);
            // Without a receiver the others end.
            if taken.is_err() {
                break;
            }
            let _ = empty.send(batch); // the scanner may have ended
        }
        let broke_off =
            |_| Error::new(ErrorKind::Bug, format!("{file}: a thread that reads it broke off"));
        let scanned = scanner.join().map_err(broke_off)?;
        let formats = reader.join().map_err(broke_off)?;
        taken.and(scanned).map(|()| formats)
    })
}

/// Fills batches until the file ends or nobody takes them.
fn scan(
    extract: &mut Extract,
    plan: &Plan,
    scanned: &mpsc::SyncSender<Batch>,
    empties: &mpsc::Receiver<Batch>,
) -> Result<()> {
    let mut made = 0;
    loop {
        let mut batch = if made < BATCHES {
            made += 1;
            Batch { rows: Vec::new(), used: 0 }
        } else {
            let Ok(batch) = empties.recv() else { return Ok(()) };
            batch
        };
        let more = batch.fill(extract, plan);
        if scanned.send(batch).is_err() || !more? {
            return Ok(());
        }
    }
}

/// Reads the cells of batches as values until there are no more or nobody takes them; returns
/// the formats of the columns of dates.
fn read_values(
    plan: &Plan,
    file: &str,
    scanned: mpsc::Receiver<Batch>,
    read: &mpsc::SyncSender<Batch>,
) -> Vec<DateFormats> {
    let mut memory = plan.memory();
    for mut batch in scanned {
        plan.read(&mut batch.rows[..batch.used], file, &mut memory);
        if read.send(batch).is_err() {
            break;
        }
    }
    let formats = memory.into_iter().filter_map(|memory| memory.dates);
    formats.map(|formats| formats.in_file(file)).collect()
}

impl Batch {
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
