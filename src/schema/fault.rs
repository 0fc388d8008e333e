//! What is wrong with a row: where, what was expected, and how long the found value was.

use std::borrow::Cow;
use std::fmt;

use super::remark::Remark;
use super::row::{Place, RowFault};

macro_rules! fault_codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $name:literal;)+) => {
        /// Kind of fault, with the stable name that quarantine files use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FaultCode { $($(#[doc = $doc])+ $code,)+ }

        impl FaultCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[FaultCode] = &[$(FaultCode::$code,)+];

            /// Returns the stable name, for example `bad_cell`.
            pub fn name(self) -> &'static str {
                match self { $(FaultCode::$code => $name,)+ }
            }
        }
    };
}

fault_codes! {
    /// A cell that cannot be a value of its column.
    BadCell = "bad_cell";
    /// Fewer cells than the header has.
    ShortRow = "short_row";
    /// More cells than the header has.
    LongRow = "long_row";
    /// A cell longer than 1 MiB.
    LongCell = "long_cell";
    /// A quote where none may be.
    MisplacedQuote = "misplaced_quote";
    /// A NUL byte.
    NulByte = "nul_byte";
    /// Bytes that are not text in the encoding of the file.
    NotUtf8 = "not_utf8";
    /// A line that is not one JSON object.
    BadJson = "bad_json";
    /// A key that a JSON object has twice.
    RepeatedKey = "repeated_key";
    /// A list or an object in the place of a cell.
    NestedValue = "nested_value";
    /// A number in the place of a text of digits.
    NumberForText = "number_for_text";
    /// An integer beyond 2^53.
    LargeNumber = "large_number";
    /// No identifier.
    NoIdentifier = "no_identifier";
    /// An identifier that an earlier row has, with other content.
    IdentifierTaken = "identifier_taken";
    /// No name of a source where the settings say one is.
    NoSource = "no_source";
    /// A row of a history whose identifier no accepted record has.
    UnknownRecord = "unknown_record";
    /// A period that ends before it begins.
    BackwardPeriod = "backward_period";
    /// A value and period that an earlier row of the history gives the same record.
    RepeatedValue = "repeated_value";
    /// More rows of one record than a history may have.
    TooManyValues = "too_many_values";
}

/// What was found, without the value itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A value of so many characters.
    Characters(usize),
    /// So many cells.
    Cells(usize),
    /// A cell about which something is recognised.
    Recognised(Remark),
    /// Something that says nothing about a person.
    Thing(&'static str),
    /// The identifier of the row on that line.
    SameAsLine(u64),
    /// The identifier of the row of that number.
    SameAsRow(u64),
    /// The value and period of the row on that line.
    ValueOfLine(u64),
    /// The value and period of the row of that number.
    ValueOfRow(u64),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Characters(1) => write!(f, "1 character (value withheld)"),
            Found::Characters(count) => write!(f, "{count} characters (value withheld)"),
            Found::Cells(count) => write!(f, "{count}"),
            Found::Recognised(remark) => write!(f, "{remark} (value withheld)"),
            Found::Thing(thing) => f.write_str(thing),
            Found::SameAsLine(line) => write!(f, "the one of line {line} with other content"),
            Found::SameAsRow(row) => write!(f, "the one of row {row} with other content"),
            Found::ValueOfLine(line) => write!(f, "those of line {line}"),
            Found::ValueOfRow(row) => write!(f, "those of row {row}"),
        }
    }
}

const ANOTHER_ENCODING: &str = "another encoding";

/// Fault of a row; displays as `file:line:column: …`, or `file: row number: …` in a file without
/// lines, and never shows a value.
///
/// ```text
/// police.csv:9:14: column "postcode": expected a UK postcode, found 3 characters (value withheld)
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File, as it was named to the toolkit.
    pub file: String,
    /// Line and column of the cell, or of the row.
    pub place: Place,
    /// Kind of fault.
    pub code: FaultCode,
    /// Name of the column, if the fault lies in one.
    pub column: Option<String>,
    /// What was expected, to follow that word.
    pub expected: Cow<'static, str>,
    /// What was found.
    pub found: Found,
}

impl Fault {
    /// Returns the name of what is wrong: of what was recognised, else of the kind of fault.
    pub fn name(&self) -> &'static str {
        match self.found {
            Found::Recognised(remark) => remark.name(),
            _ => self.code.name(),
        }
    }

    /// Describes a fault in the structure of a row.
    pub(super) fn of_structure(
        file: &str,
        (fault, place): (RowFault, Place),
        column: Option<&str>,
    ) -> Self {
        let (code, expected, found) = match fault {
            RowFault::NotUtf8 => {
                (FaultCode::NotUtf8, "UTF-8 text".into(), Found::Thing(ANOTHER_ENCODING))
            }
            RowFault::OneByteLetter => (
                FaultCode::NotUtf8,
                "UTF-8 text".into(),
                Found::Thing("what looks like Windows-1252 or Latin-1"),
            ),
            RowFault::Nul => (FaultCode::NulByte, "text".into(), Found::Thing("a NUL byte")),
            RowFault::TextAfterQuote => (
                FaultCode::MisplacedQuote,
                "a delimiter after the closing quote".into(),
                Found::Thing("text"),
            ),
            RowFault::StrayQuote => (
                FaultCode::MisplacedQuote,
                "quotes only around a whole cell".into(),
                Found::Thing("one inside"),
            ),
            RowFault::LongCell => (
                FaultCode::LongCell,
                "a cell of at most 1 MiB".into(),
                Found::Thing("a longer one"),
            ),
            RowFault::Json(found) => {
                (FaultCode::BadJson, "one JSON object on the line".into(), Found::Thing(found))
            }
            RowFault::RepeatedKey => {
                (FaultCode::RepeatedKey, "each key once".into(), Found::Thing("it again"))
            }
            RowFault::Nested => (
                FaultCode::NestedValue,
                "a text, a number, true, false or null".into(),
                Found::Thing("a list or an object"),
            ),
            RowFault::NumberForText => (
                FaultCode::NumberForText,
                "a text in quotes, which keeps its zeros".into(),
                Found::Thing("a number"),
            ),
            RowFault::LargeNumber => (
                FaultCode::LargeNumber,
                "an integer of at most 2^53, or a text".into(),
                Found::Thing("a larger one"),
            ),
            RowFault::Width { expected, found } => (
                if found < expected { FaultCode::ShortRow } else { FaultCode::LongRow },
                format!("{expected} cells").into(),
                Found::Cells(found),
            ),
        };
        let column = column.map(String::from);
        Self { file: file.to_string(), place, code, column, expected, found }
    }
}

impl Fault {
    /// Says whether the row seems to be of an encoding that [`super::TextEncoding`] can read.
    pub(super) fn of_another_encoding(&self) -> bool {
        self.code == FaultCode::NotUtf8 && self.found != Found::Thing(ANOTHER_ENCODING)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place { line, column: 0 } => write!(f, "{}: row {line}: ", self.file)?,
            Place { line, column } => write!(f, "{}:{line}:{column}: ", self.file)?,
        }
        if let Some(column) = &self.column {
            write!(f, "column \"{column}\": ")?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_has_place_column_and_length_but_no_value() {
        let fault = Fault {
            file: "police.csv".into(),
            place: Place { line: 9, column: 14 },
            code: FaultCode::BadCell,
            column: Some("postcode".into()),
            expected: "a UK postcode".into(),
            found: Found::Characters(3),
        };
        assert_eq!(
            fault.to_string(),
            "police.csv:9:14: column \"postcode\": expected a UK postcode, \
             found 3 characters (value withheld)"
        );
    }

    #[test]
    fn names_of_codes_and_remarks_are_unique() {
        let codes = FaultCode::ALL.iter().map(|code| code.name());
        let mut names: Vec<_> = codes.chain(Remark::ALL.iter().map(|r| r.name())).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FaultCode::ALL.len() + Remark::ALL.len());
    }
}
