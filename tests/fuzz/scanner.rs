//! The CSV scanner: any bytes, cut anywhere.

use std::io::BufReader;
use std::path::Path;

use cci::schema::{MOST_COLUMNS, RowFault, Scanner};
use proptest::prelude::*;

use super::mutation::{QUICK, at_length, damaged, mistakes, quickly};

/// What one row says: line, original bytes, cells, places, fault.
#[derive(Debug, PartialEq)]
struct Seen {
    line: u64,
    original: Vec<u8>,
    cells: Vec<String>,
    places: Vec<(u64, u64)>,
    fault: Option<(RowFault, u64, u64)>,
}

/// Reads all rows through a buffer of so many bytes; an error ends the file with its message.
fn scan(bytes: &[u8], chunk: usize) -> (Vec<Seen>, u64, Option<String>) {
    let mut scanner = Scanner::new(BufReader::with_capacity(chunk, bytes), Path::new("a.csv"));
    let mut rows = Vec::new();
    let error = loop {
        match scanner.next_row() {
            Ok(None) => break None,
            Err(error) => break Some(error.to_string()),
            Ok(Some(row)) => {
                let fault = row.fault().map(|(fault, place)| (fault, place.line, place.column));
                let readable = std::str::from_utf8(&row.original()).is_ok();
                let kept = row.cells().min(MOST_COLUMNS);
                let cells = if readable { kept } else { 0 };
                rows.push(Seen {
                    line: row.line(),
                    original: row.original().to_vec(),
                    cells: (0..cells).map(|cell| row.cell(cell).to_string()).collect(),
                    // Finding a place reads the row up to it, so that not every one is asked for.
                    places: (0..kept)
                        .filter(|&cell| cell < 8 || cell + 2 > kept)
                        .map(|cell| row.place(cell))
                        .map(|place| (place.line, place.column))
                        .collect(),
                    fault,
                });
            }
        }
    };
    (rows, scanner.blank_lines(), error)
}

fn target((bytes, chunk): (Vec<u8>, usize)) -> Result<(), TestCaseError> {
    let (rows, blank, error) = scan(&bytes, 1 << 16);
    let found = scan(&bytes, chunk);
    prop_assert_eq!(&found, &(rows, blank, error), "cut at {}", chunk);
    let (rows, _, error) = found;

    // Every byte is in a row's original or ends a line; only an error leaves some unread.
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut line = 0;
    for row in &rows {
        let start = rest.iter().take_while(|byte| is_line_end(byte)).count();
        rest = &rest[start..];
        prop_assert!(rest.starts_with(&row.original));
        rest = &rest[row.original.len()..];
        prop_assert!(rest.is_empty() || is_line_end(&rest[0]), "a row ends with its line");
        prop_assert!(row.line > line, "lines go up");
        line = row.line;
        for &(place_line, column) in &row.places {
            prop_assert!(place_line >= row.line && column >= 1);
        }
    }
    if error.is_none() {
        prop_assert!(rest.iter().all(is_line_end), "{} bytes are in no row", rest.len());
    }
    // A message names places and never what stands there.
    for secret in ["Zebedee", "QX9 9ZZ"] {
        prop_assert!(!error.as_deref().unwrap_or_default().contains(secret));
    }
    Ok(())
}

const FILE: &str = "\u{feff}id,name,postcode\r\n1,\"Zebedee, \"\"Z\"\"\",QX9 9ZZ\r\n\r\n\
                    2,Zoë,\"two\nlines\"\n3,,\r4,\"\",x\n";

fn inputs() -> impl Strategy<Value = (Vec<u8>, usize)> {
    let bytes = prop_oneof![
        prop::collection::vec(
            prop::sample::select(b"ab,,\"\"\n\r\0\xEF\xBB\xBF\xC3\xA9".to_vec()),
            0..80
        ),
        prop::collection::vec(any::<u8>(), 0..80),
        mistakes().prop_map(|mistakes| damaged(FILE, &mistakes).into_bytes()),
        (mistakes(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mistakes, at, byte)| {
            let mut bytes = damaged(FILE, &mistakes).into_bytes();
            let at = at.index(bytes.len() + 1);
            bytes.insert(at, byte);
            bytes
        }),
        // Past the width at which rows are split another way.
        (3_900usize..4_300, 0usize..3).prop_map(|(commas, quotes)| [
            vec![b','; commas],
            vec![b'"'; quotes]
        ]
        .concat()),
    ];
    (bytes, 1usize..20)
}

#[test]
fn a_file_reads_alike_wherever_it_is_cut_and_loses_no_byte() {
    quickly(4 * QUICK, &inputs(), target);
}

#[test]
#[ignore = "runs for ten minutes"]
fn a_file_reads_alike_at_length() {
    at_length("scanner", &inputs(), target);
}
