//! What a normaliser is and the rules that a column gives it.

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
    /// Local placeholders that mean missing, compared after trimming, letter case ignored.
    pub placeholders: Vec<String>,
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
