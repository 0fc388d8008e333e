//! Tables as CSV in a data link, so that the page needs no second file.

use std::fmt::Write;

use super::content::{Column, Row};

/// Returns the table as CSV, encoded for a data link.
pub(crate) fn encoded_csv(columns: &[Column], rows: &[Row]) -> String {
    let head = columns.iter().map(|column| column.label.as_str());
    let mut csv = line(head);
    for row in rows {
        csv += &line(row.cells.iter().map(String::as_str));
    }
    percent_encoded(&csv)
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// Returns one cell, quoted where needed.
///
/// Counts lose their thousands commas. A text that a spreadsheet would run as a formula gets an
/// apostrophe before it.
fn cell(text: &str) -> String {
    let plain: String = text.chars().filter(|&letter| letter != ',').collect();
    let plain = plain.replace('−', "-");
    if plain.trim_end_matches('%').parse::<f64>().is_ok_and(f64::is_finite) {
        return plain;
    }
    let runs =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']);
    let safe = if runs { format!("'{text}") } else { text.to_string() };
    if safe.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b',' | b'(' | b')' => {
                encoded.push(byte as char);
            }
            _ => write!(encoded, "%{byte:02X}").expect("writing to a string never fails"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_numbers_and_formulas_stay_text() {
        let cells = ["20,681", "−3.1", "95.8%", "=cmd()", "a,b", "[c]", "-x"].map(cell);
        assert_eq!(cells, ["20681", "-3.1", "95.8%", "'=cmd()", "\"a,b\"", "[c]", "'-x"]);
        assert_eq!(percent_encoded("é \""), "%C3%A9%20%22");
    }
}
