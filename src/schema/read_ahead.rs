//! Rows read on a thread of their own, a few at a time, and taken in their order.

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
/// Batches that are read while an earlier one is taken.
const AHEAD: usize = 2;

/// A few rows, in buffers that are used again.
struct Batch {
    rows: Vec<ReadRow>,
    used: usize,
}

/// Reads a file to its end and hands over its rows in their order; returns the formats of its
/// columns of dates.
///
/// # Errors
/// The first error of taking a row; otherwise as [`Extract::next_row`], once all rows before
/// have been taken.
pub(super) fn read_rows(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    mut take: impl FnMut(&mut ReadRow) -> Result<()>,
) -> Result<Vec<DateFormats>> {
    thread::scope(|scope| {
        let (full, batches) = mpsc::sync_channel(AHEAD);
        let (empty, empties) = mpsc::channel();
        let reader = scope.spawn(move || read(extract, plan, file, &full, &empties));
        let mut taken = Ok(());
        for mut batch in batches {
            let Batch { rows, used } = &mut batch;
            taken = rows[..*used].iter_mut().try_for_each(&mut take);
            // Without a receiver the reader ends.
            if taken.is_err() {
                break;
            }
            let _ = empty.send(batch); // the reader may have ended
        }
        let read = reader.join().map_err(|_| {
            Error::new(ErrorKind::Bug, format!("{file}: the thread that reads it broke off"))
        })?;
        taken.and(read)
    })
}

/// Fills batches until the file ends or nobody takes them.
fn read(
    extract: &mut Extract,
    plan: &Plan,
    file: &str,
    full: &mpsc::SyncSender<Batch>,
    empties: &mpsc::Receiver<Batch>,
) -> Result<Vec<DateFormats>> {
    let mut memory = plan.memory();
    let mut made = 0;
    loop {
        let mut batch = if made < AHEAD + 2 {
            made += 1;
            Batch { rows: Vec::new(), used: 0 }
        } else {
            let Ok(batch) = empties.recv() else { return Ok(Vec::new()) };
            batch
        };
        let more = batch.fill(extract, plan);
        plan.read(&mut batch.rows[..batch.used], file, &mut memory);
        if full.send(batch).is_err() {
            return Ok(Vec::new());
        }
        if !more? {
            let formats = memory.into_iter().filter_map(|memory| memory.dates);
            return Ok(formats.map(|formats| formats.in_file(file)).collect());
        }
    }
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
