//! Known answers, damage, and the `csv` crate as oracle.

use proptest::prelude::*;

use super::*;
use crate::schema::Place;

/// Reads all rows through a buffer of `chunk` bytes, so that every row crosses its edges.
fn rows(text: &[u8], chunk: usize) -> Result<Vec<Vec<String>>> {
    let input = std::io::BufReader::with_capacity(chunk, text);
    let mut scanner = Scanner::new(input, Path::new("a.csv"));
    let mut rows = Vec::new();
    while let Some(row) = scanner.next_row()? {
        assert_eq!(row.fault(), None);
        rows.push((0..row.cells()).map(|cell| row.cell(cell).to_string()).collect());
    }
    Ok(rows)
}

/// Returns the fault of the last row with its place.
fn last_fault(text: &[u8]) -> Option<(RowFault, u64, u64)> {
    let mut scanner = Scanner::new(text, Path::new("a.csv"));
    let mut fault = None;
    while let Some(row) = scanner.next_row().unwrap() {
        fault = row.fault().map(|(fault, place)| (fault, place.line, place.column));
    }
    fault
}

#[test]
fn every_line_end_parts_rows_and_blank_lines_count() {
    let text = "a,b\r\n1,2\n\n\r\n3,4\r5,6";
    for chunk in 1..9 {
        let expected = [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]];
        assert_eq!(rows(text.as_bytes(), chunk).unwrap(), expected, "chunk {chunk}");
    }
    let mut scanner = Scanner::new(text.as_bytes(), Path::new("a.csv"));
    let mut lines = Vec::new();
    while let Some(row) = scanner.next_row().unwrap() {
        lines.push(row.line());
    }
    assert_eq!((lines, scanner.blank_lines()), (vec![1, 2, 5, 6], 2));
}

#[test]
fn quoted_cells_hold_commas_quotes_and_line_ends() {
    let text = "a,b\n\"x,\"\"y\"\"\",\"1\r\n2\"\n\"\",z\n";
    for chunk in 1..9 {
        let expected = [["a", "b"], ["x,\"y\"", "1\r\n2"], ["", "z"]];
        assert_eq!(rows(text.as_bytes(), chunk).unwrap(), expected, "chunk {chunk}");
    }
}

#[test]
fn place_of_a_cell_is_that_of_its_opening_quote() {
    let text = "a,b,c\n\"two\nlines\",é,\"x\"\n";
    let mut scanner = Scanner::new(text.as_bytes(), Path::new("a.csv"));
    scanner.next_row().unwrap();
    let row = scanner.next_row().unwrap().unwrap();
    let places: Vec<_> = (0..3).map(|cell| row.place(cell)).collect();
    let at = |line, column| Place { line, column };
    assert_eq!(places, [at(2, 1), at(3, 8), at(3, 10)]);
}

#[test]
fn byte_order_mark_is_no_part_of_the_header() {
    for chunk in 1..5 {
        let read = rows(b"\xEF\xBB\xBFa,b\n1,2\n", chunk).unwrap();
        assert_eq!(read, [["a", "b"], ["1", "2"]]);
    }
    assert_eq!(rows(b"\xEF\xBB\xBF", 2).unwrap(), Vec::<Vec<String>>::new());
}

#[test]
fn second_byte_order_mark_is_part_of_the_header_wherever_the_file_is_cut() {
    for chunk in 1..9 {
        let read = rows(b"\xEF\xBB\xBF\xEF\xBB\xBFa,b\n", chunk).unwrap();
        assert_eq!(read, [["\u{feff}a", "b"]], "chunk {chunk}");
    }
}

#[test]
fn unclosed_quote_is_an_error_at_the_quote() {
    let error = rows(b"a,b\n\n1,\"x\n3,4\n", 64).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadStructure);
    assert_eq!(error.message(), "a.csv:3:3: a quoted cell is not closed");
}

#[test]
fn quote_left_open_until_a_later_quoted_cell_is_an_error_at_the_first() {
    let error = rows(b"a,b\n1,\"x\n3,\"y\"\n", 64).unwrap_err();
    assert_eq!(error.message(), "a.csv:2:3: a quoted cell is not closed");
}

#[test]
fn quote_left_open_over_a_vast_file_stops_at_the_longest_row() {
    let mut text = b"a,b\n1,\"x\n".to_vec();
    text.resize(LONGEST_ROW + 100, b'\n');
    assert_eq!(
        rows(&text, 1 << 16).unwrap_err().message(),
        "a.csv:2:3: a quoted cell is not closed"
    );
    let vast = vec![b'x'; LONGEST_ROW + 100];
    assert_eq!(
        rows(&vast, 1 << 16).unwrap_err().message(),
        "a.csv:1:1: the row is longer than 16 MiB"
    );
}

#[test]
fn faults_of_a_row_have_their_place() {
    use RowFault::{NotUtf8, Nul, OneByteLetter, StrayQuote, TextAfterQuote, Width};
    let width = |found| Width { expected: 2, found };
    assert_eq!(last_fault(b"a,b\n1,\"x\"y\n"), Some((TextAfterQuote, 2, 6)));
    assert_eq!(last_fault(b"a,b\n1,x\"y\n"), Some((StrayQuote, 2, 4)));
    assert_eq!(last_fault(b"a,b\n1\n"), Some((width(1), 2, 1)));
    assert_eq!(last_fault(b"a,b\n1,2,\n"), Some((width(3), 2, 1)));
    assert_eq!(last_fault(b"a,b\n1,x\0\n"), Some((Nul, 2, 4)));
    assert_eq!(last_fault(b"a,b\n1,Zo\xEB\n"), Some((OneByteLetter, 2, 5)));
    // Overlong and surrogate forms are not UTF-8 either.
    assert_eq!(last_fault(b"a,b\n\xC0\xAF,2\n"), Some((NotUtf8, 2, 1)));
    assert_eq!(last_fault(b"a,b\n\xED\xA0\x80,2\n"), Some((NotUtf8, 2, 1)));
    assert_eq!(last_fault(b"a,b\n1,2\n"), None);
}

#[test]
fn row_after_a_faulty_row_reads_as_if_it_were_alone() {
    let text = b"a,b\n1,\"x\"y\n3,4\n\xFF,5\n6,7\n";
    let mut scanner = Scanner::new(&text[..], Path::new("a.csv"));
    let mut seen = Vec::new();
    while let Some(row) = scanner.next_row().unwrap() {
        let good = row.fault().is_none();
        seen.push((row.original().to_vec(), good.then(|| row.cell(1).to_string())));
    }
    assert_eq!(seen[1], (b"1,\"x\"y".to_vec(), None));
    assert_eq!(seen[2], (b"3,4".to_vec(), Some("4".into())));
    assert_eq!(seen[3], (b"\xFF,5".to_vec(), None));
    assert_eq!(seen[4], (b"6,7".to_vec(), Some("7".into())));
}

fn written_by_the_csv_crate(table: &[Vec<String>], ends: csv::Terminator) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(ends).from_writer(Vec::new());
    for row in table {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #[test]
    fn any_written_table_reads_back_equal(
        table in (1usize..5).prop_flat_map(|width| {
            let cell = "[a-c\",\n\r é✓]{0,6}";
            prop::collection::vec(prop::collection::vec(cell, width..=width), 1..8)
        }),
        chunk in 1usize..40,
        crlf in any::<bool>(),
    ) {
        let ends = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let bytes = written_by_the_csv_crate(&table, ends);
        prop_assert_eq!(rows(&bytes, chunk).unwrap(), table);
    }

    #[test]
    fn any_bytes_are_read_without_panic_and_lose_no_line(
        bytes in prop::collection::vec(
            prop::sample::select(b"ab,\"\n\r\0\xEF\xBB\xBF\xC3\xA9".to_vec()), 0..60),
    ) {
        let mut scanner = Scanner::new(&bytes[..], Path::new("a.csv"));
        let mut lines = 0;
        let ended = loop {
            match scanner.next_row() {
                Ok(Some(row)) => {
                    for cell in 0..row.cells() {
                        prop_assert!(row.place(cell).line >= row.line());
                    }
                    let original = row.original();
                    let end = place_in(&original, original.len(), row.line(), false);
                    lines += end.line - row.line() + 1;
                }
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        if ended {
            prop_assert_eq!(lines + scanner.blank_lines(), scanner.line - 1);
        }
    }

    #[test]
    fn clean_input_reads_as_the_csv_crate_reads_it(
        text in r#"((([a-z ]{0,3}|"([a-z,\n]|""){0,4}"),){2}x\r?\n){1,6}"#,
    ) {
        let mut oracle = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let expected: Vec<Vec<String>> =
            oracle.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        prop_assert_eq!(rows(text.as_bytes(), 7).unwrap(), expected);
    }
}
