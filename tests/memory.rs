//! Memory that reading takes: bounded by what is accepted, whatever the length of the file.
//!
//! A file of its own, so that the peak is that of these tests; the long ones run by
//! `cargo test --release --test memory -- --ignored --test-threads 1`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use cci::record::{Attribute, AttributeKind, Source};
use cci::schema::{
    ColumnName, ColumnRequest, Delimiter, OnInvalid, ReadOptions, SourceFile, Split, TextEncoding,
    profile, read, read_with_quarantine,
};
use flate2::Compression;
use flate2::write::GzEncoder;

const MIB: u64 = 1 << 20;

/// Writes about so many bytes of text as gzip; returns the rows written.
///
/// Every second row has an impossible date, the others repeat one of a hundred accepted rows.
fn write_stream(path: &Path, bytes: u64) -> u64 {
    let file = BufWriter::new(File::create(path).unwrap());
    let mut output = GzEncoder::new(file, Compression::fast());
    output.write_all(b"id,surname,forename,dob\n").unwrap();
    let (mut written, mut rows, mut batch) = (0, 0u64, String::new());
    while written < bytes {
        batch.clear();
        for _ in 0..1_000 {
            let repeated = rows / 2 % 100;
            match rows % 2 {
                0 => writeln!(batch, "{rows},GREEN {},MAY,31/02/2015", rows * 7_919 % 99_991),
                _ => writeln!(batch, "{repeated},BROWN,JO,2014-02-01"),
            }
            .unwrap();
            rows += 1;
        }
        output.write_all(batch.as_bytes()).unwrap();
        written += batch.len() as u64;
    }
    output.finish().unwrap().flush().unwrap();
    rows
}

fn police(path: &Path) -> SourceFile {
    let asked = |name: &str| ColumnName::new(name, "cci.toml", 1);
    let mut dob = ColumnRequest::feeding(asked("dob"), "date_of_birth", AttributeKind::Date);
    dob.on_invalid = OnInvalid::Quarantine;
    SourceFile {
        delimiter: Delimiter::default(),
        path: path.to_path_buf(),
        encoding: TextEncoding::default(),
        id_column: asked("id"),
        split: Split::One(Source::new("police")),
        columns: vec![
            ColumnRequest::feeding(asked("surname"), "family_name", AttributeKind::FamilyName),
            dob,
        ],
        histories: Vec::new(),
    }
}

/// Returns the largest memory that the process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    1024 * line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
}

/// Reads a stream twice, with and without quarantine files; returns how much the peak grew.
fn growth(bytes: u64) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("police.csv.gz");
    let rows = write_stream(&path, bytes);
    let attributes = [
        Attribute::new("family_name", AttributeKind::FamilyName),
        Attribute::new("date_of_birth", AttributeKind::Date),
    ];
    let (files, options) = ([police(&path)], ReadOptions::allowing(1.0));
    let (before, start) = (peak(), Instant::now());
    let reading = read_with_quarantine(&files, &attributes, &options, folder.path()).unwrap();
    let account = &reading.accounts[0];
    let found = (account.read, account.accepted, account.quarantined, account.declared_duplicates);
    assert_eq!(found, (rows, 100, rows / 2, rows / 2 - 100));
    let quarantined = std::fs::metadata(&reading.quarantine_files[0]).unwrap().len();
    assert!(quarantined > bytes / 2, "{quarantined} bytes of quarantine");
    let again = read(&files, &attributes, &options).unwrap();
    profile(&files[0], &again, cci::schema::Shown::Patterns).unwrap();
    // The kernel adds up what threads counted, and may be a few pages short later.
    let grown = peak().saturating_sub(before);
    println!(
        "{rows} rows, peak {} MiB, grown by {grown} bytes, {:?}",
        peak() / MIB,
        start.elapsed()
    );
    grown
}

#[test]
fn peak_memory_does_not_grow_with_quarantined_and_repeated_rows() {
    // Enough that every buffer between the threads has been filled once.
    growth(2 * MIB);
    let grown = growth(12 * MIB);
    assert!(grown < MIB, "12 MiB of text took {grown} bytes more than two did");
}

#[test]
#[ignore = "two gigabytes of text: minutes; run by hand"]
fn two_gigabytes_are_read_in_bounded_memory() {
    growth(MIB);
    let grown = growth(2_000_000_000);
    assert!(grown < 8 * MIB, "2 GB of text took {grown} bytes more than 1 MiB did");
    assert!(peak() < 64 * MIB, "peak of {} bytes", peak());
}
