//! Parquet and Arrow files: any bytes changed, cut out or put in.

use std::path::Path;

use cci::error::ErrorKind;
use cci::schema::{ReadOptions, read};
use proptest::prelude::*;

use super::mutation::{QUICK, at_length, quickly};
use super::police_file::{attributes, police};

/// Files that other libraries wrote, small enough for one byte in a hundred to matter.
const FILES: [&[u8]; 8] = [
    include_bytes!("../data/formats/text.parquet"),
    include_bytes!("../data/formats/plain.parquet"),
    include_bytes!("../data/formats/groups.parquet"),
    include_bytes!("../data/formats/days.parquet"),
    include_bytes!("../data/formats/numbers.parquet"),
    include_bytes!("../data/formats/text.arrow"),
    include_bytes!("../data/formats/views.arrow"),
    include_bytes!("../data/formats/text.arrows"),
];

/// A byte changed, some bytes cut out, or some put in.
#[derive(Debug, Clone)]
enum Mistake {
    Change(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
}

fn inputs() -> impl Strategy<Value = (usize, Vec<Mistake>)> {
    let at = any::<prop::sample::Index>;
    let one = prop_oneof![
        6 => (at(), any::<u8>()).prop_map(|(at, byte)| Mistake::Change(at, byte)),
        1 => (at(), 1_usize..9).prop_map(|(at, length)| Mistake::Cut(at, length)),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..9))
            .prop_map(|(at, bytes)| Mistake::Insert(at, bytes)),
    ];
    (0..FILES.len(), prop::collection::vec(one, 1..4))
}

fn damaged(file: &[u8], mistakes: &[Mistake]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for mistake in mistakes {
        match mistake {
            Mistake::Change(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] ^= *byte;
            }
            Mistake::Cut(at, length) => {
                let at = at.index(bytes.len());
                let end = (at + length).min(bytes.len() - 1).max(at);
                bytes.drain(at..end);
            }
            Mistake::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }
    bytes
}

/// Every row is accounted for, or an error says why there are none; never a mistake of ours.
fn target(folder: &Path, (file, mistakes): (usize, Vec<Mistake>)) -> Result<(), TestCaseError> {
    let path = folder.join("children");
    std::fs::write(&path, damaged(FILES[file], &mistakes))
        .map_err(|e| TestCaseError::fail(e.to_string()))?;
    match read(&[police(&path)], &attributes(), &ReadOptions::allowing(1.0)) {
        Ok(reading) => {
            let account = &reading.accounts[0];
            let kept = account.accepted + account.quarantined + account.declared_duplicates;
            prop_assert_eq!(account.read, kept);
            prop_assert_eq!(reading.records.len() as u64, account.accepted);
        }
        Err(error) => prop_assert!(error.kind() != ErrorKind::Bug, "{error}"),
    }
    Ok(())
}

#[test]
fn any_changed_file_is_read_or_refused() {
    let folder = tempfile::tempdir().expect("a folder for a file");
    quickly(2 * QUICK, &inputs(), |input| target(folder.path(), input));
}

#[test]
#[ignore = "runs for ten minutes"]
fn any_changed_file_at_length() {
    let folder = tempfile::tempdir().expect("a folder for a file");
    at_length("typed files", &inputs(), |input| target(folder.path(), input));
}
