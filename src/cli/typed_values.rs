//! Values on the command line, or one a line from standard input, which leaves no trace there.

use std::io::{BufRead, IsTerminal};

use super::console::Console;
use crate::error::{Error, ErrorKind, Result};

/// Returns the values that were typed; `-` stands for the lines of standard input.
///
/// # Errors
/// `BadValue` if there is none; `BadEncoding` if standard input is not UTF-8.
pub(super) fn typed_values(values: &[String], console: &Console) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for value in values {
        if value == "-" { read_lines(console, &mut texts)? } else { texts.push(value.clone()) }
    }
    if texts.is_empty() {
        return Err(Error::new(ErrorKind::BadValue, "standard input holds no value")
            .help("give one value a line, or values on the command line"));
    }
    Ok(texts)
}

/// Reads one value a line from standard input.
fn read_lines(console: &Console, texts: &mut Vec<String>) -> Result<()> {
    if std::io::stdin().is_terminal() {
        console.say("one value a line; end with Ctrl-D");
    }
    for line in std::io::stdin().lock().lines() {
        texts.push(line.map_err(|_| {
            Error::new(ErrorKind::BadEncoding, "standard input is not UTF-8 text")
                .note(format!("after line {}", texts.len()))
                .help("save the list as UTF-8")
        })?);
    }
    Ok(())
}
