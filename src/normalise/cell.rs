//! What every normaliser does around its own reading: missing first, damage next.

use super::damage::is_error_value;
use super::placeholder;
use super::{CellRules, Normalised};

/// Reads a cell that is not a name: general placeholders are missing.
pub(super) fn read_cell(
    cell: &str,
    rules: &CellRules,
    output: &mut String,
    read: impl FnOnce(&str, &mut String) -> Normalised,
) -> Normalised {
    read_name_cell(cell, rules, output, |text, output| {
        if placeholder::is_general(text) {
            return Normalised::Missing;
        }
        match read(text, output) {
            Normalised::Value if placeholder::is_general(output) => Normalised::Missing,
            outcome => outcome,
        }
    })
}

/// Reads a cell whose general placeholders may be names, as Nan and Null are.
///
/// Missing is decided before anything is read: an empty cell, one without a letter or digit,
/// a placeholder of the column. A cell that has letters or digits, none of which can be part
/// of a value, is invalid and not missing. Whatever is not a value leaves the output empty.
pub(super) fn read_name_cell(
    cell: &str,
    rules: &CellRules,
    output: &mut String,
    read: impl FnOnce(&str, &mut String) -> Normalised,
) -> Normalised {
    output.clear();
    let text = cell.trim();
    let outcome = if placeholder::is_local(text, rules) || is_blank(text) {
        Normalised::Missing
    } else if is_damaged(text) {
        Normalised::Invalid
    } else {
        match read(text, output) {
            Normalised::Value if is_blank(output) || is_damaged(output) => Normalised::Invalid,
            outcome => outcome,
        }
    };
    if outcome != Normalised::Value {
        output.clear();
    }
    outcome
}

/// Writes words with single spaces between them and none around them.
pub(super) struct Words<'a> {
    output: &'a mut String,
    gap: bool,
}

impl<'a> Words<'a> {
    /// Starts at the end of an empty output.
    pub(super) fn new(output: &'a mut String) -> Self {
        Self { output, gap: false }
    }

    /// Writes one character of a word.
    pub(super) fn push(&mut self, letter: char) {
        if self.gap && !self.output.is_empty() {
            self.output.push(' ');
        }
        self.gap = false;
        self.output.push(letter);
    }

    /// Writes a character with a space on either side.
    pub(super) fn push_apart(&mut self, mark: char) {
        self.gap();
        self.push(mark);
        self.gap();
    }

    /// Ends the word, if one is open.
    pub(super) fn gap(&mut self) {
        self.gap = true;
    }
}

fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Says whether a spreadsheet's error value or a control character stands in the cell.
fn is_damaged(text: &str) -> bool {
    // Asked of every cell; most hold plain ASCII text only.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let control = |letter: char| letter.is_control() && !letter.is_whitespace();
    is_error_value(text) || (!plain && text.chars().any(control))
}
