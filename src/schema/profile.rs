//! A second look at a file that was read: shapes of its cells and placeholders.

use hashbrown::HashMap;

use super::extract::Extract;
use super::reader::Reading;
use super::source_file::{ColumnRequest, SourceFile};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::damage::visible;
use crate::normalise::{Normalised, of_kind};
use crate::record::{Column, MISSING, RecordId};

/// Distinct shapes counted for a column; what comes later is counted no more.
const MOST_SHAPES: usize = 10_000;
/// Longest shape shown, in characters.
const LONGEST_SHAPE: usize = 24;
/// Shapes kept for a column, the most common first.
const KEPT: usize = 3;

/// How cells are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As patterns: 9 for a digit, A and a for letters.
    Patterns,
    /// As they are: the output is as personal as the file.
    Values,
}

/// What a file's cells look like.
pub struct FileProfile {
    /// Columns of the schema that the file has, in the order of the schema.
    pub columns: Vec<ColumnProfile>,
}

/// What a column's cells look like, in accepted rows.
pub struct ColumnProfile {
    /// Name in the file.
    pub name: String,
    /// Most common shapes of filled cells, with counts.
    pub shapes: Vec<(String, u64)>,
    /// Records whose cell is filled with a placeholder.
    pub placeholders: Vec<RecordId>,
    /// Records whose cell cannot be a value.
    pub invalid: Vec<RecordId>,
}

/// Column under way.
struct Looking<'a> {
    request: &'a ColumnRequest,
    cell: usize,
    values: Option<&'a Column>,
    shapes: HashMap<String, u64>,
    placeholders: Vec<RecordId>,
    invalid: Vec<RecordId>,
}

/// Returns the pattern of a cell: 9 for a digit, A and a for letters, signs as they are.
///
/// ```
/// use cci::schema::pattern_of;
/// assert_eq!(pattern_of("01/03/2011"), "99/99/9999");
/// assert_eq!(pattern_of("O'Neil"), "A'Aaaa");
/// ```
pub fn pattern_of(cell: &str) -> String {
    let mut pattern = String::new();
    write_shape(cell, Shown::Patterns, &mut pattern);
    pattern
}

/// Goes through a file again beside the records that were read from it alone.
///
/// # Errors
/// As [`super::read`] for the file; `Unreadable` if it changed since it was read.
pub fn profile(file: &SourceFile, reading: &Reading, shown: Shown) -> Result<FileProfile> {
    let mut extract = Extract::open_for(file)?;
    let records = &reading.records;
    let id = extract.positions(&[&file.id_column])?[0];
    let mut columns: Vec<Looking> = Vec::new();
    for request in &file.columns {
        if let Some(cell) = extract.position(&request.column.name) {
            let values = request.attribute.as_ref().and_then(|name| records.column(name));
            // Where several columns feed an attribute, a value may be another column's.
            let values = values.filter(|_| file.feeding(request) == 1);
            let (placeholders, invalid) = (Vec::new(), Vec::new());
            let shapes = HashMap::new();
            columns.push(Looking { request, cell, values, shapes, placeholders, invalid });
        }
    }
    let mut next = 0;
    let (mut seen, mut shape) = (String::new(), String::new());
    while let Some(row) = extract.next_row()? {
        if reading.lines.get(next) != Some(&row.line()) {
            continue; // quarantined, or a declared duplicate
        }
        let record = next as RecordId;
        if row.fault().is_some() || row.cell(id).trim() != records.local_id(record) {
            break;
        }
        next += 1;
        for column in &mut columns {
            let cell = visible(row.cell(column.cell), &mut seen).trim();
            column.look(cell, record, shown, &mut shape);
        }
    }
    if next != records.len() {
        let message = format!("{}: it changed while it was checked", file.path.display());
        return Err(Error::new(ErrorKind::Unreadable, message).help("check it again"));
    }
    Ok(FileProfile { columns: columns.into_iter().map(Looking::finish).collect() })
}

impl Looking<'_> {
    fn look(&mut self, cell: &str, record: RecordId, shown: Shown, shape: &mut String) {
        if cell.is_empty() {
            return;
        }
        write_shape(cell, shown, shape);
        if let Some(count) = self.shapes.get_mut(shape.as_str()) {
            *count += 1;
        } else if self.shapes.len() < MOST_SHAPES {
            self.shapes.insert(shape.clone(), 1);
        }
        let outcome = match self.values {
            Some(values) if values.codes()[record as usize] != MISSING => return,
            _ => self.outcome(cell, shape),
        };
        match outcome {
            Normalised::Value => {}
            Normalised::Missing => self.placeholders.push(record),
            Normalised::Invalid => self.invalid.push(record),
        }
    }

    /// Says why a filled cell gave no value; reading has settled that it gave none, or
    /// the column feeds nothing.
    fn outcome(&self, cell: &str, scratch: &mut String) -> Normalised {
        let ColumnRequest { kind, rules, .. } = self.request;
        let outcome = match kind {
            Some(kind) => of_kind(*kind).normalise(cell, rules, scratch),
            None if rules.placeholders.iter().any(|p| p.trim().eq_ignore_ascii_case(cell)) => {
                Normalised::Missing
            }
            None => Normalised::Value,
        };
        let refused = outcome == Normalised::Value && !self.request.allows(cell);
        if refused { Normalised::Invalid } else { outcome }
    }

    fn finish(self) -> ColumnProfile {
        let mut shapes: Vec<(String, u64)> = self.shapes.into_iter().collect();
        shapes.sort_unstable_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        shapes.truncate(KEPT);
        ColumnProfile {
            name: self.request.column.name.clone(),
            shapes,
            placeholders: self.placeholders,
            invalid: self.invalid,
        }
    }
}

fn write_shape(cell: &str, shown: Shown, shape: &mut String) {
    shape.clear();
    for (place, letter) in cell.chars().enumerate() {
        if place == LONGEST_SHAPE {
            shape.push('…');
            return;
        }
        shape.push(match (shown, letter) {
            (_, letter) if letter.is_control() => '?',
            (Shown::Values, letter) => letter,
            (_, letter) if letter.is_numeric() => '9',
            (_, letter) if letter.is_uppercase() => 'A',
            (_, letter) if letter.is_alphabetic() => 'a',
            (_, letter) => letter,
        });
    }
}
