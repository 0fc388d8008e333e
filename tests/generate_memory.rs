//! Memory that generating takes: that of what is being made, whatever the number of children.
//!
//! A file of its own, so that the peak is that of this test.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::sync::atomic::AtomicU64;

use cci::synthetic::{FileFormat, Profile, Settings, write};

/// Returns the largest memory that the process ever had, in bytes, after making a world.
fn peak_after(children: u32, format: FileFormat) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::find("typical").unwrap();
    let settings = Settings { children, seed: 7, profile, overrides: vec![] };
    write(&settings, folder.path(), format, &AtomicU64::new(0)).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    1024 * line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
}

/// Sizes at which records wait in files, the second so large that some files are divided again.
#[test]
#[ignore = "makes 1.8 million children: cargo test --release --test generate_memory -- --ignored"]
fn memory_does_not_grow_with_children() {
    // The smaller need comes first, since the peak never falls.
    for format in [FileFormat::Csv, FileFormat::Parquet] {
        let few = peak_after(300_000, format);
        let many = peak_after(1_500_000, format);
        eprintln!("{}: {} MB, {} MB", format.name(), few >> 20, many >> 20);
        assert!(many - few < 12 << 20, "{}: {few} bytes, then {many}", format.name());
    }
}
