//! Payload of an agency's file: chosen columns of its accepted rows, and of these valid cells only.

use super::account::Account;
use super::extract::Extract;
use super::plan::Plan;
use super::read_ahead::read_rows;
use super::read_options::ReadOptions;
use super::reader::read;
use super::source_file::SourceFile;
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{Normalised, damage};

/// Chosen cells of the records of one file, in its order.
pub struct Payload {
    /// What became of every row.
    pub account: Account,
    /// Identifier of each record, and its cells in the order asked for; empty where missing.
    pub records: Vec<(String, Vec<String>)>,
    /// Cells that cannot be a value of their column, and are empty here.
    pub set_aside: u64,
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({} records withheld)", self.records.len())
    }
}

/// Reads chosen columns of the rows that [`read`] accepts; histories are left alone.
///
/// A cell stands as its holder wrote it, if the schema takes it. What the schema does not take is
/// left out: a name typed into a column of codes goes nowhere.
///
/// # Errors
/// As [`read`]; `ColumnNotFound` for a column that the file does not have.
pub fn read_payload(file: &SourceFile, columns: &[&str], options: &ReadOptions) -> Result<Payload> {
    let file = SourceFile { histories: Vec::new(), ..file.clone() };
    let mut reading = read(std::slice::from_ref(&file), &[], options)?;
    let mut extract = Extract::open_for(&file)?;
    let plan = Plan::new(&file, &[], &extract, *options)?;
    let place = |name: &&str| {
        let found = plan.columns.iter().position(|column| column.request.column.name == **name);
        found.ok_or_else(|| {
            let message = format!("{} has no column \"{name}\"", file.path.display());
            Error::new(ErrorKind::ColumnNotFound, message).help("leave it out of --columns")
        })
    };
    let places = columns.iter().map(place).collect::<Result<Vec<usize>>>()?;
    let mut accepted = reading.lines.iter().peekable();
    let (mut records, mut set_aside) = (Vec::with_capacity(reading.lines.len()), 0);
    let mut buffer = String::new();
    let path = file.path.display().to_string();
    read_rows(&mut extract, &plan, &path, |rows| {
        for read in rows {
            if accepted.next_if(|line| **line == read.row.line()).is_none() {
                continue;
            }
            let mut cells = Vec::with_capacity(places.len());
            for &place in &places {
                let outcome = read.values.outcomes[place];
                set_aside += u64::from(outcome == Normalised::Invalid);
                let cell = damage::visible(read.row.cell(plan.columns[place].cell), &mut buffer);
                let is_value = outcome == Normalised::Value;
                cells.push(if is_value { cell.trim().to_string() } else { String::new() });
            }
            records.push((read.row.cell(plan.id).trim().to_string(), cells));
        }
        Ok(())
    })?;
    let account = reading.accounts.remove(0);
    if account.accepted != records.len() as u64 {
        let message = format!("{path}: a second reading found other rows than the first");
        return Err(Error::new(ErrorKind::Bug, message));
    }
    Ok(Payload { account, records, set_aside })
}
