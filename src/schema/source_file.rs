//! What is asked of a file: its sources, its identifier, the columns that feed attributes.
//!
//! The four agencies' schemas say all of it; settings say it for any other file.

use std::fmt;
use std::path::PathBuf;

use super::as_at::DateOf;
use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::row::Row;
use crate::code::CodeKind;
use crate::normalise::{CellRules, NamePart, Pattern};
use crate::record::{AttributeKind, Source};

/// Place in a settings or schema file where something was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAt {
    /// Name of the settings file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

impl fmt::Display for AskedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)
    }
}

/// Column's name in a file's header, and where it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// Name as in the header, letter case included.
    pub name: String,
    /// Place of the request, for messages.
    pub asked_at: AskedAt,
}

impl ColumnName {
    /// Names a column asked for at a line of a settings file.
    pub fn new(name: impl Into<String>, file: impl Into<String>, line: usize) -> Self {
        Self { name: name.into(), asked_at: AskedAt { file: file.into(), line } }
    }
}

/// Whether a file must have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Without the column the file cannot be read.
    Required,
    /// Without the column every cell of it is missing.
    Optional,
}

/// What becomes of a cell that cannot be a value of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// The row goes to quarantine.
    Quarantine,
    /// The cell is set aside as missing, and counted.
    Missing,
}

/// Column of a file and how its cells become values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRequest {
    /// Name in the file.
    pub column: ColumnName,
    /// Attribute that the values feed; without one, cells are checked and not kept.
    pub attribute: Option<String>,
    /// Kind of the values, which decides the normaliser; without one, any text will do.
    pub kind: Option<AttributeKind>,
    /// Part of the cells that counts, if they hold full names.
    pub part: Option<NamePart>,
    /// Date format and local placeholders.
    pub rules: CellRules,
    /// What the dates are dates of, if they are dates.
    pub date_of: DateOf,
    /// The only cells allowed, if any are listed.
    pub codes: Vec<String>,
    /// What cells must match as a whole, if anything.
    pub pattern: Option<Pattern>,
    /// Number or code that cells without a kind must be.
    pub checked_as: Option<&'static CodeKind>,
    /// Whether the file must have the column.
    pub presence: Presence,
    /// What becomes of a cell that cannot be a value.
    pub on_invalid: OnInvalid,
    /// Columns of the same file that say when the values were held.
    pub period: Option<PeriodColumns>,
}

/// Names of the columns that hold a value's first and last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodColumns {
    /// Column of first days; without one they are not known.
    pub from: Option<String>,
    /// Column of last days; without one values count as still held.
    pub to: Option<String>,
}

impl ColumnRequest {
    /// Asks for a column that feeds an attribute; what cannot be a value is missing.
    ///
    /// Dates are taken for dates of birth: no other is an attribute of a person.
    pub fn feeding(column: ColumnName, attribute: impl Into<String>, kind: AttributeKind) -> Self {
        Self {
            column,
            attribute: Some(attribute.into()),
            kind: Some(kind),
            part: None,
            rules: CellRules::default(),
            date_of: DateOf::Birth,
            codes: Vec::new(),
            pattern: None,
            checked_as: None,
            presence: Presence::Required,
            on_invalid: OnInvalid::Missing,
            period: None,
        }
    }

    /// Says whether a trimmed cell is in the list of codes and of the pattern, if any.
    pub(super) fn takes(&self, cell: &str) -> bool {
        (self.codes.is_empty() || self.codes.iter().any(|code| code == cell))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(cell))
    }

    /// Says whether a trimmed cell is taken and is the number or code asked for, if any.
    pub(super) fn allows(&self, cell: &str) -> bool {
        // The year decides the century of a number's year, not whether the number is valid.
        const ANY_YEAR: u16 = 2099;
        let fits = |check: &CodeKind| check.read(cell, ANY_YEAR).is_ok();
        self.takes(cell) && self.checked_as.is_none_or(fits)
    }
}

impl ColumnRequest {
    /// Says whether a number in place of a text would not do: it loses zeros at the start.
    pub(super) fn needs_text(&self) -> bool {
        use AttributeKind::{Date, NhsNumber, Number, Upn};
        matches!(self.kind, Some(Date | NhsNumber | Number | Upn))
    }
}

/// How the rows of a file belong to sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// Every row belongs to one source.
    One(Source),
    /// A column names each row's source; the sources are sorted by name.
    ByColumn {
        /// The column.
        column: ColumnName,
        /// Whether the holder declares that no child has two records in a source.
        duplicate_free: bool,
    },
}

/// File to read and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is; CSV or JSON Lines, plain or compressed with gzip or zstd, Parquet or Arrow.
    pub path: PathBuf,
    /// Sign between its cells.
    pub delimiter: Delimiter,
    /// Encoding of its text.
    pub encoding: TextEncoding,
    /// Column that holds each record's identifier within its source.
    pub id_column: ColumnName,
    /// How rows belong to sources.
    pub split: Split,
    /// Columns to check, and to keep where they feed an attribute.
    pub columns: Vec<ColumnRequest>,
    /// Files of further values of the same records, which may be absent.
    pub histories: Vec<HistoryFile>,
}

/// File of values that records of a source hold or held: one row a value or a few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFile {
    /// Where it is, if it is there.
    pub path: PathBuf,
    /// Sign between its cells.
    pub delimiter: Delimiter,
    /// Encoding of its text.
    pub encoding: TextEncoding,
    /// Column that holds the identifier of the record.
    pub id_column: ColumnName,
    /// Columns to check, and to keep where they feed an attribute.
    pub columns: Vec<ColumnRequest>,
}

impl SourceFile {
    /// Returns the file, and its histories, as written in an encoding and with a delimiter.
    pub fn written(mut self, encoding: TextEncoding, delimiter: Delimiter) -> Self {
        (self.encoding, self.delimiter) = (encoding, delimiter);
        for history in &mut self.histories {
            (history.encoding, history.delimiter) = (encoding, delimiter);
        }
        self
    }

    /// Counts the columns of the file and of its histories that feed a column's attribute.
    pub(super) fn feeding(&self, column: &ColumnRequest) -> usize {
        let histories = self.histories.iter().flat_map(|history| &history.columns);
        let all = self.columns.iter().chain(histories);
        all.filter(|other| other.attribute == column.attribute).count()
    }

    /// Returns the file's name without folder and endings, for rows whose source is unknown.
    pub(super) fn stem(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.split('.').next().unwrap_or_default().to_string()
    }
}

impl HistoryFile {
    /// Returns what to ask of the file, as of one that stands beside its records'.
    pub(super) fn beside(&self, records: &SourceFile) -> SourceFile {
        SourceFile {
            path: self.path.clone(),
            delimiter: self.delimiter,
            encoding: self.encoding,
            id_column: self.id_column.clone(),
            split: records.split.clone(),
            columns: self.columns.clone(),
            histories: Vec::new(),
        }
    }
}

/// Returns the source that a row names in a cell, or `None` if it cannot be a source's name.
pub(super) fn source_named_in(row: &Row, cell: usize) -> Option<&str> {
    Some(row.cell(cell).trim()).filter(|name| is_source_name(name))
}

/// Says whether a text can be a source's name.
///
/// Names are letters, digits, spaces, `_`, `-` and `.`, at most 64 characters: they become
/// parts of record names (`source:identifier`) and of file names.
pub(super) fn is_source_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    (1..=64).contains(&name.chars().count()) && name.chars().all(allowed) && !name.starts_with('.')
}
