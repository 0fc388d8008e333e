//! How sure we are of a code or of what it means.

/// Whether a line of a code list was found in a source or rests on memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Stands in the source that the list names.
    Confirmed,
    /// Remembered, not found in a source: an assumption until somebody checks it.
    Recalled,
}

impl Certainty {
    /// Returns the word that tables and files use.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Confirmed => "confirmed",
            Certainty::Recalled => "recalled",
        }
    }
}
