//! What the registry promises: nothing lost, nothing half done, nothing secret in its file.

#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod conformance;
mod decisions;
mod file;
mod interruption;
mod issuing;
mod lifecycle;
mod log;
mod memberships;
mod random_changes;
mod random_links;
mod runs;
mod throughput;
mod together;

use std::path::{Path, PathBuf};

use cci::error::Result;
use cci::identifier::{Epoch, EpochSecret, Pseudonym, PseudonymKey, RandomSource, RootKey, Scope};
use cci::record::Agency;
use cci::registry::{Counts, Handle, Registry, RunDigests};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rusqlite::Connection;
use tempfile::TempDir;

/// Random bytes that a test can repeat.
struct Seeded(ChaCha20Rng);

impl RandomSource for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.0.fill_bytes(buffer);
        Ok(())
    }
}

fn seeded(seed: u64) -> Seeded {
    Seeded(ChaCha20Rng::seed_from_u64(seed))
}

const ROOT: [u8; 32] = *b"jackdaws-love-my-big-sphinx-0123";
const SECRET: [u8; 32] = *b"pack-my-box-5-dozen-liquor-jugs!";

fn key_at(agency: &str, purpose: &str, epoch: u8) -> PseudonymKey {
    PseudonymKey::derive(
        &RootKey::from_bytes(&ROOT).unwrap(),
        &Scope::new(agency, purpose).unwrap(),
        Epoch::new(epoch).unwrap(),
        &EpochSecret::from_bytes(&SECRET).unwrap(),
    )
}

fn key(agency: Agency) -> PseudonymKey {
    key_at(agency.name(), "direct_care", 0)
}

fn digests(run: u64) -> RunDigests {
    let mut inputs = [0; 32];
    inputs[..8].copy_from_slice(&run.to_be_bytes());
    RunDigests { inputs, settings: [7; 32] }
}

/// Folder with an empty registry that can be repeated.
fn empty() -> (TempDir, PathBuf, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sqlite");
    let registry = Registry::create(&path).unwrap().with_random(Box::new(seeded(1)));
    (folder, path, registry)
}

/// Mints persons and issues them in one scope, committed.
fn write(registry: &mut Registry, run: u64, agency: Agency, persons: u32) -> Vec<Handle> {
    let key = key(agency);
    let mut run = registry.begin_run(&digests(run)).unwrap();
    run.activate(&key).unwrap();
    let handles = run.mint(persons).unwrap();
    run.issue(&key, &handles).unwrap();
    run.commit().unwrap();
    handles
}

/// Reads the file as an intruder would.
fn raw(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

/// Whom a pseudonym stands for, if it is answered.
fn found(registry: &Registry, scope: &Scope, pseudonym: &Pseudonym) -> Option<Handle> {
    registry.resolve(scope, pseudonym).unwrap().map(|resolved| resolved.handle)
}

fn total(counts: &Counts) -> u64 {
    counts.pseudonyms.iter().map(|scope| scope.count).sum()
}

/// The persons of the file, as `(person_id, person_key)` in the order of their handles.
fn persons(file: &Connection) -> Vec<(i64, [u8; 16])> {
    let mut statement =
        file.prepare("SELECT person_id, person_key FROM person ORDER BY handle").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}
