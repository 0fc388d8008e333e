//! What may be wrong with a file of records: one claim a fault, and the message a user sees.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;
mod police_file;

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use cci::error::{Error, ErrorKind};
use cci::schema::{FaultCode, LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, ReadOptions, Reading, read};
use flate2::Compression;
use flate2::write::GzEncoder;
use police_file::{attributes, police};

const HEADER: &str = "id,surname,forename,dob\n";
const GOOD: &str = "1,GREEN,MAY,2015-02-01\n";

/// Folder of one test and the file in it.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("police.csv");
        Self { folder, path }
    }

    fn holding(bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        std::fs::write(&place.path, bytes).unwrap();
        place
    }

    fn read(&self) -> Result<Reading, Error> {
        let options = ReadOptions::allowing(1.0);
        read(&[police(&self.path)], &attributes(), &options)
    }

    /// Reads a file that cannot be read, and holds its message as golden text.
    fn refused(&self, name: &str) -> ErrorKind {
        let error = self.read().unwrap_err();
        self.golden(name, &error.to_string());
        error.kind()
    }

    /// Reads a file of which one row goes to quarantine, and holds the message as golden text.
    fn quarantined(&self, name: &str) -> FaultCode {
        let reading = self.read().unwrap();
        assert_eq!(reading.faults.len(), 1, "{:?}", reading.faults);
        assert_eq!(reading.quarantine.len(), 1);
        self.golden(name, &reading.faults[0].to_string());
        reading.faults[0].code
    }

    fn golden(&self, name: &str, message: &str) {
        let folder = self.folder.path().to_str().unwrap();
        let shown = message.replace(folder, "DIR") + "\n";
        common::assert_golden(&format!("ingest/{name}.txt"), &shown);
    }
}

fn rows(rows: &str) -> String {
    format!("{HEADER}{GOOD}{rows}")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn accepted(bytes: impl AsRef<[u8]>) -> u64 {
    let reading = Place::holding(bytes).read().unwrap();
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    reading.accounts[0].accepted
}

#[test]
fn e1_01_unclosed_quote_stops_at_the_place_where_it_opens() {
    let place = Place::holding(rows("2,\"BROWN,JO,2014-02-01\n3,GREY,AL,2013-01-01\n"));
    assert_eq!(place.refused("unclosed_quote"), ErrorKind::BadStructure);
}

#[test]
fn e1_02_quote_out_of_place_goes_to_quarantine() {
    let inside = Place::holding(rows("2,BRO\"WN,JO,2014-02-01\n"));
    assert_eq!(inside.quarantined("quote_inside"), FaultCode::MisplacedQuote);
    let after = Place::holding(rows("2,\"BROWN\"E,JO,2014-02-01\n"));
    assert_eq!(after.quarantined("text_after_quote"), FaultCode::MisplacedQuote);
}

#[test]
fn e1_03_and_04_short_and_long_rows_go_to_quarantine() {
    let short = Place::holding(rows("2,BROWN,JO\n"));
    assert_eq!(short.quarantined("short_row"), FaultCode::ShortRow);
    let long = Place::holding(rows("2,BROWN,JO,2014-02-01,x\n"));
    assert_eq!(long.quarantined("long_row"), FaultCode::LongRow);
}

#[test]
fn e1_05_to_07_blank_lines_and_line_ends_of_any_kind_keep_the_true_line() {
    for end in ["\n", "\r\n", "\r"] {
        let text = rows("\n\n2,BROWN,JO\n").replace('\n', end);
        let reading = Place::holding(text).read().unwrap();
        assert_eq!(reading.faults[0].place.line, 5, "{end:?}");
    }
    let mixed = "id,surname,forename,dob\r\n1,GREEN,MAY,2015-02-01\r2,BROWN,JO,2014-02-01\n";
    assert_eq!(accepted(mixed), 2);
}

#[test]
fn e1_08_nul_byte_goes_to_quarantine() {
    let place = Place::holding(rows("2,BRO\0WN,JO,2014-02-01\n"));
    assert_eq!(place.quarantined("nul_byte"), FaultCode::NulByte);
}

#[test]
fn e1_09_byte_order_mark_is_no_part_of_the_first_name() {
    assert_eq!(accepted(format!("\u{feff}{}", rows(""))), 1);
}

#[test]
fn e1_10_utf_16_is_named() {
    let wide: Vec<u8> = rows("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place = Place::holding([&[0xFF, 0xFE], wide.as_slice()].concat());
    assert_eq!(place.refused("utf_16"), ErrorKind::BadEncoding);
    assert_eq!(Place::holding(wide).read().unwrap_err().kind(), ErrorKind::BadEncoding);
}

#[test]
fn e1_11_and_13_what_is_not_utf_8_goes_to_quarantine_with_its_bytes() {
    // A slash in two bytes and in three (overlong); the surrogate U+D800; a cut end.
    let wrong: [&[u8]; 4] = [b"\xC0\xAF", b"\xE0\x80\xAF", b"\xED\xA0\x80", b"\xC3"];
    for bytes in wrong {
        let row = [b"2,ZO".as_slice(), bytes, b",JO,2014-02-01"].concat();
        let place = Place::holding([rows("").as_bytes(), &row].concat());
        assert_eq!(place.quarantined("not_utf8"), FaultCode::NotUtf8);
        assert_eq!(place.read().unwrap().quarantine[0].original.reveal(), &row);
    }
}

#[test]
fn e1_15_and_16_headers_with_names_twice_absent_or_in_other_case_are_refused() {
    let twice = Place::holding("id,surname,forename,dob,surname\n");
    assert_eq!(twice.refused("header_twice"), ErrorKind::BadStructure);
    let absent = Place::holding("id,surname,first,dob\n");
    assert_eq!(absent.refused("header_absent"), ErrorKind::ColumnNotFound);
    let case = Place::holding("id,Surname,forename,dob\n");
    assert_eq!(case.refused("header_case"), ErrorKind::ColumnNotFound);
}

#[test]
fn e1_17_no_header_is_refused_and_a_header_alone_is_no_record() {
    assert_eq!(Place::holding("").refused("empty"), ErrorKind::BadStructure);
    assert_eq!(Place::holding("\n \r\n").read().unwrap_err().kind(), ErrorKind::ColumnNotFound);
    assert_eq!(accepted(HEADER), 0);
}

#[test]
fn e1_18_another_delimiter_is_named() {
    for (sign, name) in [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical_bars")] {
        let place = Place::holding(rows("").replace(',', &sign.to_string()));
        assert_eq!(place.refused(name), ErrorKind::BadStructure);
    }
}

#[test]
fn e1_19_cells_rows_and_headers_beyond_every_measure_are_stopped() {
    let cell = "x".repeat(LONGEST_CELL + 1);
    let place = Place::holding(rows(&format!("2,{cell},JO,2014-02-01\n")));
    assert_eq!(place.quarantined("long_cell"), FaultCode::LongCell);
    let longest = "x".repeat(LONGEST_CELL);
    assert_eq!(accepted(rows(&format!("2,{longest},JO,2014-02-01\n"))), 2);
    let place = Place::holding(rows(&"x".repeat(LONGEST_ROW + 1)));
    assert_eq!(place.refused("endless_row"), ErrorKind::BadStructure);

    let columns = |count: usize| (0..count).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let place = Place::holding(columns(MOST_COLUMNS + 1));
    assert_eq!(place.refused("wide_header"), ErrorKind::BadStructure);
    let widest = Place::holding(columns(MOST_COLUMNS)).read().unwrap_err();
    assert_eq!(widest.kind(), ErrorKind::ColumnNotFound, "4,096 columns are read");
    let place = Place::holding(rows(&",".repeat(1_000_000)));
    assert_eq!(place.quarantined("wide_row"), FaultCode::LongRow);
}

#[test]
fn e1_22_dates_that_no_calendar_has_go_to_quarantine() {
    for date in ["2015-02-29", "2015-04-31", "0202-01-01", "2015-13-01"] {
        let place = Place::holding(rows(&format!("2,BROWN,JO,{date}\n")));
        assert_eq!(place.quarantined("impossible_date"), FaultCode::BadCell);
    }
    assert_eq!(accepted(rows("2,BROWN,JO,2016-02-29\n")), 2);
}

#[test]
fn e1_26_placeholders_are_missing_and_counted() {
    let text = rows("2,UNKNOWN,BABY,1900-01-01\n3,XXX,TWIN 1,\n4,-,-,-\n");
    let reading = Place::holding(text).read().unwrap();
    let missing: Vec<u64> = reading.accounts[0].columns.iter().map(|c| c.missing).collect();
    assert_eq!((reading.accounts[0].accepted, missing), (4, vec![3, 3, 3]));
}

#[test]
fn e1_27_identical_rows_are_declared_duplicates_and_conflicting_ones_quarantined() {
    let reading = Place::holding(rows(GOOD)).read().unwrap();
    assert_eq!(reading.accounts[0].declared_duplicates, 1);
    let place = Place::holding(rows("1,GREEN,MAY,2015-02-02\n"));
    assert_eq!(place.quarantined("identifier_taken"), FaultCode::IdentifierTaken);
}

#[test]
fn e1_28_and_29_spaces_of_any_kind_go_and_formulas_stay_data() {
    let text = "id,surname,forename,dob\n=1+1,\u{a0}GREEN\t,@SUM(A1),2015-02-01 \n";
    let reading = Place::holding(text).read().unwrap();
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    assert!(reading.records.find("police:=1+1").is_ok(), "an identifier is kept as it is");
    let family_name = reading.records.column("family_name").unwrap();
    assert_eq!(family_name.value(0), Some("green"));
}

#[cfg(unix)]
#[test]
fn e1_31_folders_pipes_devices_and_circles_of_links_are_refused_at_once() {
    let folder = Place::new();
    std::fs::create_dir(&folder.path).unwrap();
    assert_eq!(folder.refused("folder"), ErrorKind::Unreadable);
    let pipe = Place::new();
    assert!(Command::new("mkfifo").arg(&pipe.path).status().unwrap().success());
    assert_eq!(pipe.refused("pipe"), ErrorKind::Unreadable);
    let device = Place::new();
    std::os::unix::fs::symlink("/dev/zero", &device.path).unwrap();
    assert_eq!(device.refused("device"), ErrorKind::Unreadable);
    let circle = Place::new();
    std::os::unix::fs::symlink(&circle.path, &circle.path).unwrap();
    assert_eq!(circle.refused("circle"), ErrorKind::Unreadable);
    assert_eq!(Place::new().refused("missing"), ErrorKind::Unreadable);
}

#[test]
fn e1_32_gzip_of_several_members_is_read_whole() {
    let members = [gzip(rows("").as_bytes()), gzip(b"2,BROWN,JO,2014-02-01\n")].concat();
    assert_eq!(accepted(members), 2);
}

#[test]
fn e1_32_gzip_cut_short_or_followed_by_something_else_is_refused() {
    let whole = gzip(rows("").as_bytes());
    let cut = Place::holding(&whole[..whole.len() - 6]);
    assert_eq!(cut.refused("gzip_cut"), ErrorKind::BadStructure);
    let followed = Place::holding([&whole, b"something else".as_slice()].concat());
    assert_eq!(followed.refused("gzip_followed"), ErrorKind::BadStructure);
    let mislabelled = Place::holding(b"\x1F\x8B not gzip at all");
    assert_eq!(mislabelled.refused("gzip_mislabelled"), ErrorKind::BadStructure);
}

#[test]
fn e1_32_gzip_that_grows_without_measure_is_stopped() {
    let row = "1,GREEN,MAY,2015-02-01\n";
    let bomb = gzip((HEADER.to_string() + &row.repeat((40 << 20) / row.len())).as_bytes());
    assert_eq!(Place::holding(bomb).refused("gzip_bomb"), ErrorKind::TooLarge);
}
