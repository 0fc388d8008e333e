//! What a normaliser is and the rules that a column gives it.

use std::ops::RangeInclusive;

/// Outcome of normalising one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalised {
    /// The output holds the value.
    Value,
    /// The cell is empty or a placeholder; the output is empty.
    Missing,
    /// The cell cannot be a value of this kind; the output is empty.
    Invalid,
}

/// Rules of one column that its normaliser needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellRules {
    /// Date format as `%Y`, `%m`, `%d` with literal separators; `%Y-%m-%d` if empty.
    pub date_format: String,
    /// Earliest year of a date; 1900 if none is given.
    pub earliest_year: Option<i16>,
    /// Local placeholders that mean missing, compared after trimming, letter case ignored.
    pub placeholders: Vec<String>,
}

impl CellRules {
    /// Years that any column can be said to go back to.
    pub const YEARS: RangeInclusive<i16> = 1000..=2099;

    /// Returns rules for what somebody types, who knows the year.
    pub fn of_any_year() -> Self {
        Self { earliest_year: Some(*Self::YEARS.start()), ..Self::default() }
    }

    /// Returns the years in which a date can be: those of anybody now on record, or to be expected,
    /// unless the column goes further back.
    pub fn years(&self) -> RangeInclusive<i16> {
        self.earliest_year.unwrap_or(1900)..=*Self::YEARS.end()
    }
}

/// Way of turning a cell's text into the one form that comparison sees.
///
/// Idempotent: normalising a value gives the same value.
pub trait Normaliser: Sync {
    /// Returns the name used in schemas, for example `given_name`.
    fn name(&self) -> &'static str;

    /// Returns what a valid cell looks like, to follow the word "expected" in messages.
    fn expects(&self) -> &'static str;

    /// Writes the value of a cell into `output`, which it clears first.
    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised;

    /// Hands over other forms of a cell's value under which another file may hold it.
    ///
    /// `value` is what [`Self::normalise`] wrote of the cell; a cell without a value has no other
    /// forms. Each is a value, none is the value itself, none comes twice.
    fn alternates(
        &self,
        _cell: &str,
        _value: &str,
        _rules: &CellRules,
        _emit: &mut dyn FnMut(&str),
    ) {
    }
}
