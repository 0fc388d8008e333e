//! What may be wrong with a file's compression, encoding and format: one claim a fault, with
//! the message that a user sees.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;
mod police_file;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cci::error::{Error, ErrorKind};
use cci::record::{Attribute, AttributeKind};
use cci::schema::{ColumnRequest, FaultCode, ReadOptions, Reading, SourceFile, TextEncoding, read};
use police_file::{asked, attributes, police};

const HEADER: &str = "id,surname,forename,dob\n";
const GOOD: &str = "1,GREEN,MAY,2015-02-01\n";

/// Folder of one test and the file in it.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
    encoding: TextEncoding,
}

impl Place {
    fn holding(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("police.data");
        std::fs::write(&path, bytes).unwrap();
        Self { folder, path, encoding: TextEncoding::default() }
    }

    fn in_encoding(self, name: &str) -> Self {
        Self { encoding: TextEncoding::parse(name).unwrap(), ..self }
    }

    fn read_allowing(&self, max_bad_share: f64) -> Result<Reading, Error> {
        let file = SourceFile { encoding: self.encoding, ..police(&self.path) };
        read(&[file], &attributes(), &ReadOptions::allowing(max_bad_share))
    }

    fn read(&self) -> Result<Reading, Error> {
        self.read_allowing(1.0)
    }

    /// Reads a file that cannot be read, and holds its message as golden text.
    fn refused(&self, name: &str) -> ErrorKind {
        self.refused_allowing(1.0, name)
    }

    fn refused_allowing(&self, max_bad_share: f64, name: &str) -> ErrorKind {
        let error = self.read_allowing(max_bad_share).unwrap_err();
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

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn accepted(place: &Place) -> u64 {
    let reading = place.read().unwrap();
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    reading.accounts[0].accepted
}

#[test]
fn e1_10_utf_16_and_utf_32_are_named_with_and_without_a_mark() {
    let wide: Vec<u8> = rows("").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let place = Place::holding([&[0xFE, 0xFF], wide.as_slice()].concat());
    assert_eq!(place.refused("utf_16_be"), ErrorKind::BadEncoding);
    let unmarked = Place::holding(wide).read().unwrap_err();
    assert!(unmarked.message().contains("UTF-16 BE"), "{unmarked}");
    let wide: Vec<u8> = rows("").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let error = Place::holding(wide).read().unwrap_err();
    assert!(error.message().contains("UTF-32 LE"), "{error}");
}

#[test]
fn e1_11_row_that_looks_like_windows_1252_is_quarantined_and_so_named() {
    let row = b"2,BRONT\xCB,ZO\xEB,2014-02-01";
    let place = Place::holding([rows("").as_bytes(), row].concat());
    assert_eq!(place.quarantined("windows_1252_row"), FaultCode::NotUtf8);
    assert_eq!(place.read().unwrap().quarantine[0].original.reveal(), row);
    assert_eq!(place.refused_allowing(0.05, "windows_1252_file"), ErrorKind::TooManyBadRows);
    let header = Place::holding(b"id,surname,forename,dob,pr\xE9nom\n");
    assert_eq!(header.refused("windows_1252_header"), ErrorKind::BadEncoding);
}

#[test]
fn e1_11_windows_1252_is_read_if_asked_for_and_its_bytes_stay_in_quarantine() {
    let bad = b"3,\"BRONT\xCB, \"\"B\"\"\",ZO\xEB,31/02/2014";
    let good = b"2,BRONT\xCB,\"ZO\xEB \"\"Z\"\"\",2014-02-01\n";
    let place = Place::holding([rows("").as_bytes(), good, bad].concat()).in_encoding("latin1");
    let reading = place.read().unwrap();
    let value = |name: &str| reading.records.column(name).unwrap().value(1).map(String::from);
    assert_eq!((reading.accounts[0].accepted, reading.accounts[0].quarantined), (2, 1));
    assert_eq!(value("family_name").as_deref(), Some("bronte"));
    assert_eq!(place.quarantined("windows_1252_read"), FaultCode::BadCell);
    assert_eq!(reading.quarantine[0].original.reveal(), bad);
}

#[test]
fn e1_11_windows_1252_and_utf_8_texts_give_the_same_records() {
    let text = rows("2,O’NEILL,ZOË,2014-02-01\n3,\"LŒB, É\",SIÂN,2013-02-01\n");
    let one_byte: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '’' => 0x92,
            'Œ' => 0x8C,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let texts = |place: Place| {
        let records = place.read().unwrap().records;
        let column = |name: &str| {
            let column = records.column(name).unwrap().clone();
            (0..3).map(|r| column.value(r).map(String::from)).collect::<Vec<_>>()
        };
        (column("family_name"), column("given_name"), column("date_of_birth"))
    };
    let expected = texts(Place::holding(&text));
    assert_eq!(texts(Place::holding(one_byte).in_encoding("windows-1252")), expected);
}

#[test]
fn e1_11_encoding_that_the_file_contradicts_is_refused() {
    let place = Place::holding(format!("\u{feff}{}", rows(""))).in_encoding("windows-1252");
    assert_eq!(place.refused("windows_1252_not"), ErrorKind::BadEncoding);
}

#[test]
fn e1_32_zstd_of_one_or_several_frames_is_read_whatever_its_name() {
    assert_eq!(accepted(&Place::holding(zstd(rows("").as_bytes()))), 1);
    let frames = [zstd(rows("").as_bytes()), zstd(b"2,BROWN,JO,2014-02-01\n")].concat();
    assert_eq!(accepted(&Place::holding(frames)), 2);
}

#[test]
fn e1_32_zstd_cut_short_or_followed_by_something_else_is_refused() {
    let whole = zstd(rows("").as_bytes());
    for length in 4..whole.len() - 1 {
        let error = Place::holding(&whole[..length]).read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStructure, "{length} bytes: {error}");
    }
    let cut = Place::holding(&whole[..whole.len() - 6]);
    assert_eq!(cut.refused("zstd_cut"), ErrorKind::BadStructure);
    let followed = Place::holding([&whole, b"something else".as_slice()].concat());
    assert_eq!(followed.refused("zstd_followed"), ErrorKind::BadStructure);
    let mislabelled = Place::holding(b"\x28\xB5\x2F\xFD not zstd at all");
    assert_eq!(mislabelled.refused("zstd_mislabelled"), ErrorKind::BadStructure);
    let twice = Place::holding(zstd(&whole));
    assert_eq!(twice.refused("compressed_twice"), ErrorKind::BadStructure);
}

#[test]
fn e1_32_zstd_that_grows_without_measure_is_stopped() {
    let row = "1,GREEN,MAY,2015-02-01\n";
    let bomb = zstd((HEADER.to_string() + &row.repeat((20 << 20) / row.len())).as_bytes());
    assert_eq!(Place::holding(bomb).refused("zstd_bomb"), ErrorKind::TooLarge);
}

#[test]
fn e1_32_compression_that_cannot_be_read_is_named() {
    let xz = Place::holding(b"\xFD7zXZ\0\0\x04");
    assert_eq!(xz.refused("xz"), ErrorKind::BadStructure);
    assert_eq!(Place::holding(b"BZh91AY").refused("bzip2"), ErrorKind::BadStructure);
}

#[cfg(unix)]
#[test]
fn e1_34_standard_input_is_refused_by_name_and_not_waited_for() {
    for file in ["-", "/dev/stdin"] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("cci"))
            .args(["check", file, "--schema", "police"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let _ = input.write_all(HEADER.as_bytes()); // and it stays open
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{errors}");
        let name = if file == "-" { "standard_input" } else { "standard_input_path" };
        common::assert_golden(&format!("ingest/{name}.txt"), &errors);
    }
}

fn fixture(name: &str) -> Vec<u8> {
    arrow(&format!("{name}.parquet"))
}

fn arrow(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/data/formats/{name}")).unwrap()
}

/// Returns the three attributes of every record, in record order.
fn values(reading: &Reading) -> Vec<[Option<String>; 3]> {
    let value = |name: &str, record: u32| {
        reading.records.column(name).unwrap().value(record).map(String::from)
    };
    let names = ["family_name", "given_name", "date_of_birth"];
    (0..reading.records.len() as u32).map(|record| names.map(|name| value(name, record))).collect()
}

const FOUR_ROWS: &str = "id,surname,forename,dob\n1,GREEN,MAY,2015-02-01\n\
    2,\"O\"\"NEIL, B\",ZOË,2014-02-01\n3,\"\",AL,\n4,,JO,2013-07-31\n";

#[test]
fn e2_every_format_gives_the_same_records() {
    let lines = "{\"id\":\"1\",\"surname\":\"GREEN\",\"forename\":\"MAY\",\"dob\":\"2015-02-01\"}\n\
        \n{\"forename\":\"ZO\\u00cb\",\"surname\":\"O\\\"NEIL, B\",\"id\":2,\"dob\":\"2014-02-01\"}\r\n\
        {\"id\":\"3\",\"surname\":\"\",\"forename\":\"AL\",\"dob\":null}\n\
        {\"dob\":\"2013-07-31\",\"id\":\"4\",\"forename\":\"JO\"}";
    let expected = values(&Place::holding(FOUR_ROWS).read().unwrap());
    for bytes in [lines.as_bytes().to_vec(), zstd(lines.as_bytes())] {
        assert_eq!(values(&Place::holding(bytes).read().unwrap()), expected);
    }
    let parquet =
        ["text", "plain", "days", "groups", "local"].map(|name| format!("{name}.parquet"));
    let arrows = ["text.arrow", "days.arrow", "views.arrow", "text.arrows", "local.arrows"];
    for name in parquet.iter().map(String::as_str).chain(arrows) {
        let reading = Place::holding(arrow(name)).read().unwrap();
        assert!(reading.faults.is_empty(), "{name}: {:?}", reading.faults);
        assert_eq!(values(&reading), expected, "{name}");
        assert_eq!(reading.lines, [1, 2, 3, 4], "{name}");
    }
}

#[test]
fn e2_39_nulls_and_empty_texts_are_counted_apart() {
    let lines =
        "{\"id\":1,\"surname\":\"\",\"forename\":null,\"dob\":\"2015-02-01\"}\n{\"id\":2}\n";
    let counts = |place: Place| {
        let columns = place.read().unwrap().accounts.remove(0).columns;
        columns.iter().map(|column| (column.missing, column.nulls)).collect::<Vec<_>>()
    };
    assert_eq!(counts(Place::holding(lines)), [(2, 1), (2, 2), (1, 1)]);
    assert_eq!(counts(Place::holding(fixture("text"))), [(2, 1), (0, 0), (1, 1)]);
    assert_eq!(counts(Place::holding(arrow("text.arrow"))), [(2, 1), (0, 0), (1, 1)]);
    assert_eq!(counts(Place::holding(FOUR_ROWS)), [(2, 0), (0, 0), (1, 0)], "CSV has no nulls");
}

#[test]
fn e2_35_parquet_cut_anywhere_is_refused() {
    let whole = fixture("text");
    for length in (4..whole.len()).step_by(7).chain([whole.len() - 1]) {
        let error = Place::holding(&whole[..length]).read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStructure, "{length} bytes: {error}");
    }
    let cut = Place::holding(&whole[..whole.len() / 2]);
    assert_eq!(cut.refused("parquet_cut"), ErrorKind::BadStructure);
    let start = Place::holding(b"PAR1");
    assert_eq!(start.refused("parquet_start"), ErrorKind::BadStructure);
    let mut magic = whole;
    magic[0] = b'Q';
    assert_ne!(Place::holding(magic).read().unwrap_err().kind(), ErrorKind::Bug);
}

fn with_footer(footer: &[u8]) -> Vec<u8> {
    [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

#[test]
fn e2_36_footer_of_ten_bytes_that_declares_two_thousand_million_entries_is_refused() {
    // Field 1, a list of 2^31 - 1 structures; field 1, a text of as many bytes.
    let list = with_footer(&[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0, 0]);
    assert_eq!(Place::holding(list).refused("parquet_list_bomb"), ErrorKind::BadStructure);
    let text = with_footer(&[0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0, 0, 0]);
    assert_eq!(Place::holding(text).read().unwrap_err().kind(), ErrorKind::BadStructure);
}

#[test]
fn e2_37_page_or_rows_that_grow_without_measure_are_stopped() {
    let page = Place::holding(fixture("page_bomb"));
    assert_eq!(page.refused("parquet_page_bomb"), ErrorKind::TooLarge);
    let rows = Place::holding(fixture("row_bomb"));
    assert_eq!(rows.refused("parquet_row_bomb"), ErrorKind::TooLarge);
}

#[test]
fn e2_38_columns_of_a_type_that_loses_what_is_asked_for_are_refused_by_name() {
    let zoned = Place::holding(fixture("zoned"));
    assert_eq!(zoned.refused("parquet_zoned"), ErrorKind::BadStructure);
    let lists = Place::holding(fixture("lists"));
    assert_eq!(lists.refused("parquet_lists"), ErrorKind::BadStructure);
    let attributes = [Attribute::new("nhs_number", AttributeKind::NhsNumber)];
    for name in ["numbers", "fractions"] {
        let place = Place::holding(fixture(name));
        let mut file = police(&place.path);
        let nhs = ColumnRequest::feeding(asked("nhs", 20), "nhs_number", AttributeKind::NhsNumber);
        file.columns = vec![nhs];
        let error = read(&[file], &attributes, &ReadOptions::default()).unwrap_err();
        place.golden("parquet_numbers", &error.to_string());
    }
    let unasked = Place::holding(fixture("numbers"));
    assert_eq!(accepted(&unasked), 4, "what is not asked for may be of any type");
}

#[test]
fn e2_40_page_that_differs_from_its_checksum_is_refused() {
    let mut bytes = fixture("plain");
    let place = bytes.windows(5).position(|window| window == b"GREEN").unwrap();
    bytes[place] ^= 1; // FREEN
    assert_eq!(Place::holding(bytes).refused("parquet_checksum"), ErrorKind::BadStructure);
}

#[test]
fn e2_40_no_changed_byte_of_a_parquet_file_stops_more_than_its_reading() {
    let whole = fixture("plain");
    for at in (0..whole.len()).step_by(23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        if let Err(error) = Place::holding(bytes).read() {
            assert_ne!(error.kind(), ErrorKind::Bug, "byte {at}: {error}");
        }
    }
}

/// The libraries panic on some of these files; what the user sees is the refusal alone.
#[test]
fn e2_40_broken_files_are_refused_in_our_words_alone() {
    let whole = arrow("text.arrow");
    let mut refused = 0;
    for at in (0..whole.len()).step_by(29) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let place = Place::holding(bytes);
        let output = Command::new(assert_cmd::cargo::cargo_bin("cci"))
            .args(["check", place.path.to_str().unwrap(), "--schema", "police", "--quiet"])
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!errors.contains("panicked"), "byte {at}: {errors}");
        refused += usize::from(output.status.code() == Some(3));
    }
    assert!(refused > 5, "{refused} refused");
}

#[test]
fn e2_41_encryption_codecs_and_encodings_that_are_not_read_are_named() {
    let whole = fixture("text");
    let encrypted = [&whole[..whole.len() - 4], b"PARE"].concat();
    assert_eq!(Place::holding(encrypted).refused("parquet_encrypted"), ErrorKind::BadStructure);
    assert_eq!(Place::holding(b"PARE...PARE").read().unwrap_err().kind(), ErrorKind::BadStructure);
    // A plain footer with field 8, which says how columns are encrypted: an empty structure.
    let columns = with_footer(&[0x8C, 0x00, 0x00]);
    let error = Place::holding(columns).read().unwrap_err();
    assert!(error.message().contains("encrypted"), "{error}");
    let gzip = Place::holding(fixture("gzip"));
    assert_eq!(gzip.refused("parquet_gzip"), ErrorKind::BadStructure);
    let deltas = Place::holding(fixture("deltas"));
    assert_eq!(deltas.refused("parquet_deltas"), ErrorKind::BadStructure);
    let inside = Place::holding(zstd(&whole));
    assert_eq!(inside.refused("parquet_compressed"), ErrorKind::BadStructure);
    let lz4 = Place::holding(arrow("lz4.arrow"));
    assert_eq!(lz4.refused("arrow_lz4"), ErrorKind::BadStructure);
}

#[test]
fn e2_bad_row_of_a_parquet_file_is_quarantined_by_its_number_as_csv() {
    let place = Place::holding(fixture("bad_row"));
    assert_eq!(place.quarantined("parquet_bad_row"), FaultCode::BadCell);
    let row = &place.read().unwrap().quarantine[0];
    assert_eq!(row.original.reveal(), "2,\"O\"\"NEIL, B\",ZOË,31/02/2015".as_bytes());
    assert_eq!((row.line, row.fault.place.column), (2, 0));
}

fn line(line: &str) -> Place {
    let good = "{\"id\":\"1\",\"surname\":\"GREEN\",\"forename\":\"MAY\",\"dob\":\"2015-02-01\"}";
    Place::holding(format!("{good}\n\n{line}\n"))
}

#[test]
fn e2_42_line_that_is_no_object_is_quarantined_with_its_place_and_bytes() {
    let bad = "{\"id\":\"2\",\"surname\" \"BROWN\"}";
    assert_eq!(line(bad).quarantined("json_bad_line"), FaultCode::BadJson);
    assert_eq!(line(bad).read().unwrap().quarantine[0].original.reveal(), bad.as_bytes());
    for bad in
        ["[1,2]", "\"text\"", "7", "{\"id\":\"2\"", "{id:2}", "nonsense", "{\"id\":\"\x01\"}"]
    {
        let reading = line(bad).read().unwrap();
        assert_eq!(
            (reading.faults[0].code, reading.faults.len()),
            (FaultCode::BadJson, 1),
            "{bad}"
        );
        assert_eq!(reading.faults[0].place.line, 3);
    }
    assert_eq!(
        line("{\"id\":\"2\",\"dob\":\"31/02/2015\"}").quarantined("json_bad_cell"),
        FaultCode::BadCell
    );
    let list = Place::holding("[\n {\"id\":\"1\"}]");
    assert_eq!(list.refused("json_list"), ErrorKind::BadStructure);
    let not_utf8 = Place::holding(
        b"{\"id\":\"1\",\"surname\":\"A\",\"forename\":\"B\",\"dob\":null}\n{\"id\":\"\xFF\"}",
    );
    assert_eq!(not_utf8.read().unwrap().faults[0].code, FaultCode::NotUtf8);
}

#[test]
fn e2_43_key_that_comes_twice_is_quarantined() {
    let bad = "{\"id\":\"2\",\"surname\":\"BROWN\",\"dob\":null,\"surname\":\"GREY\"}";
    assert_eq!(line(bad).quarantined("json_repeated_key"), FaultCode::RepeatedKey);
}

#[test]
fn e2_44_numbers_that_json_or_others_do_not_keep_are_quarantined() {
    for bad in ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "0x1"] {
        let reading = line(&format!("{{\"id\":\"2\",\"more\":{bad}}}")).read().unwrap();
        assert_eq!(reading.faults[0].code, FaultCode::BadJson, "{bad}");
    }
    let zero = line("{\"id\":\"2\",\"more\":0123}");
    assert_eq!(zero.quarantined("json_leading_zero"), FaultCode::BadJson);
    let nan = line("{\"id\":\"2\",\"more\":NaN}");
    assert_eq!(nan.quarantined("json_nan"), FaultCode::BadJson);
    let large = line("{\"id\":9007199254740993}");
    assert_eq!(large.quarantined("json_large_number"), FaultCode::LargeNumber);
    assert_eq!(accepted(&line("{\"id\":9007199254740992}")), 2, "2^53 itself is kept apart");
    let date = line("{\"id\":\"2\",\"dob\":20150201}");
    assert_eq!(date.quarantined("json_number_for_text"), FaultCode::NumberForText);
}

#[test]
fn e2_45_values_inside_values_are_quarantined_however_deep() {
    let nested = line("{\"id\":\"2\",\"surname\":[\"BROWN\"]}");
    assert_eq!(nested.quarantined("json_nested"), FaultCode::NestedValue);
    for depth in [64, 65, 200, 1_000_000] {
        let deep = format!("{{\"id\":\"2\",\"more\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(line(&deep).read().unwrap().faults[0].code, FaultCode::NestedValue, "{depth}");
    }
}

#[test]
fn e2_46_bytes_after_the_object_are_quarantined() {
    assert_eq!(
        line("{\"id\":\"2\"} {\"id\":\"3\"}").quarantined("json_trailing"),
        FaultCode::BadJson
    );
    assert_eq!(line("{\"id\":\"2\"},").read().unwrap().faults[0].code, FaultCode::BadJson);
}

#[test]
fn e2_47_half_of_a_surrogate_pair_is_quarantined() {
    let half = line("{\"id\":\"2\",\"surname\":\"BRO\\ud83dWN\"}");
    assert_eq!(half.quarantined("json_surrogate"), FaultCode::BadJson);
    let key = line("{\"id\":\"2\",\"\\udc00\":\"BROWN\"}");
    assert_eq!(key.read().unwrap().faults[0].code, FaultCode::BadJson);
    let whole = "{\"id\":\"2\",\"surname\":\"BRO\\ud83d\\ude00WN\"}";
    assert_eq!(accepted(&line(whole)), 2);
}

#[test]
fn e2_json_and_parquet_know_no_other_encoding() {
    let json = line("{\"id\":\"2\"}").in_encoding("windows-1252");
    assert_eq!(json.refused("json_encoding"), ErrorKind::BadEncoding);
    let parquet = Place::holding(fixture("text")).in_encoding("windows-1252");
    assert_eq!(parquet.read().unwrap_err().kind(), ErrorKind::BadEncoding);
}

#[test]
fn e2_35_arrow_cut_anywhere_or_followed_by_something_is_refused() {
    for name in ["text.arrow", "text.arrows"] {
        let whole = arrow(name);
        for length in (8..whole.len()).step_by(31).chain([whole.len() - 1]) {
            let error = Place::holding(&whole[..length]).read().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadStructure, "{length} bytes: {error}");
        }
        let followed = [&whole, b"ARROW1".as_slice()].concat();
        let error = Place::holding(followed).read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadStructure, "{name}");
    }
    let cut = arrow("text.arrow");
    let cut = Place::holding(&cut[..cut.len() / 2]);
    assert_eq!(cut.refused("arrow_cut"), ErrorKind::BadStructure);
    let stream = arrow("text.arrows");
    let no_end = Place::holding(&stream[..stream.len() - 8]);
    assert_eq!(no_end.refused("arrow_no_end"), ErrorKind::BadStructure);
    let followed = Place::holding([&stream, b"x".as_slice()].concat());
    assert_eq!(followed.refused("arrow_followed"), ErrorKind::BadStructure);
}

#[test]
fn e2_36_arrow_that_declares_too_much_is_stopped_and_rows_of_nothing_are_counted() {
    let head = Place::holding(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F");
    assert_eq!(head.refused("arrow_head_bomb"), ErrorKind::TooLarge);
    let cut = Place::holding(b"\xFF\xFF\xFF\xFF\x00\x10\x00\x00");
    assert_eq!(cut.read().unwrap_err().kind(), ErrorKind::BadStructure);
    // Rows of nulls take no bytes of the file at all.
    let reading = Place::holding(arrow("row_bomb.arrow")).read().unwrap();
    assert_eq!((reading.accounts[0].read, reading.accounts[0].quarantined), (200_000, 200_000));
}

#[test]
fn e2_38_arrow_columns_of_a_type_that_loses_what_is_asked_for_are_refused() {
    let zoned = Place::holding(arrow("zoned.arrow"));
    assert_eq!(zoned.refused("parquet_zoned"), ErrorKind::BadStructure);
    assert_eq!(accepted(&Place::holding(arrow("numbers.arrow"))), 4);
    let place = Place::holding(arrow("numbers.arrow"));
    let mut file = police(&place.path);
    let kind = AttributeKind::NhsNumber;
    file.columns = vec![ColumnRequest::feeding(asked("nhs", 20), "nhs_number", kind)];
    let attributes = [Attribute::new("nhs_number", kind)];
    let error = read(&[file], &attributes, &ReadOptions::default()).unwrap_err();
    place.golden("parquet_numbers", &error.to_string());
}

#[test]
fn e2_40_no_changed_byte_of_arrow_stops_more_than_its_reading() {
    for name in ["days.arrow", "text.arrows"] {
        let whole = arrow(name);
        for at in (0..whole.len()).step_by(41) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            if let Err(error) = Place::holding(bytes).read() {
                assert_ne!(error.kind(), ErrorKind::Bug, "byte {at}: {error}");
            }
        }
    }
}

#[test]
#[ignore = "every bit of every file: minutes; run by hand"]
fn e2_40_no_changed_bit_of_any_file_stops_more_than_its_reading() {
    let mut changed = 0;
    let names = ["text", "plain", "days", "groups", "numbers", "deltas"];
    let parquet = names.map(|name| format!("{name}.parquet"));
    let arrows = ["text.arrow", "views.arrow", "text.arrows"].map(String::from);
    for name in parquet.iter().chain(&arrows) {
        let whole = arrow(name);
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Err(error) = Place::holding(bytes).read() {
                assert_ne!(error.kind(), ErrorKind::Bug, "{name}, bit {bit}: {error}");
            }
            changed += 1;
        }
    }
    println!("{changed} changed files");
}
