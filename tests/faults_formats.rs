//! What may be wrong with a file's compression, encoding and format: one claim a fault, with
//! the message that a user sees.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cci::error::{Error, ErrorKind};
use cci::record::{Attribute, AttributeKind, Source};
use cci::schema::{
    ColumnName, ColumnRequest, Delimiter, FaultCode, OnInvalid, ReadOptions, Reading, SourceFile,
    Split, TextEncoding, read,
};

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
        let attributes = [
            Attribute::new("family_name", AttributeKind::FamilyName),
            Attribute::new("given_name", AttributeKind::GivenName),
            Attribute::new("date_of_birth", AttributeKind::Date),
        ];
        let file = SourceFile { encoding: self.encoding, ..police(&self.path) };
        read(&[file], &attributes, &ReadOptions { max_bad_share })
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

fn asked(name: &str, line: usize) -> ColumnName {
    ColumnName::new(name, "cci.toml", line)
}

fn police(path: &Path) -> SourceFile {
    let mut dob = ColumnRequest::feeding(asked("dob", 19), "date_of_birth", AttributeKind::Date);
    dob.on_invalid = OnInvalid::Quarantine;
    SourceFile {
        delimiter: Delimiter::default(),
        path: path.to_path_buf(),
        encoding: TextEncoding::default(),
        id_column: asked("id", 16),
        split: Split::One(Source::new("police")),
        columns: vec![
            ColumnRequest::feeding(asked("surname", 17), "family_name", AttributeKind::FamilyName),
            ColumnRequest::feeding(asked("forename", 18), "given_name", AttributeKind::GivenName),
            dob,
        ],
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
