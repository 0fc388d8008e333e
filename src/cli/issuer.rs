//! The issuer's duty in a run: keys, person keys for the entities, a pseudonym a scope.
//!
//! The vault gets handles only, nothing about a child. Each agency is its own scope.

use std::path::Path;

use super::digest;
use crate::error::{Error, Result};
use crate::identifier::{Epoch, EpochSecret, OsRandom, PseudonymKey, RootKey, Scope};
use crate::record::{Entities, Records, SourceId};
use crate::registry::{Registry, RunDigests};

/// Folder of a run that belongs to the issuer.
pub(super) const ISSUER: &str = "issuer";
/// Purpose for which a run's pseudonyms are issued.
const PURPOSE: &str = "linkage_experiment";

/// Number of identifiers minted and pseudonyms issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Issue {
    /// Person keys, one an entity.
    pub(super) identifiers: u32,
    /// Pseudonyms over all scopes.
    pub(super) pseudonyms: u64,
}

/// Mints a person key for every entity and a pseudonym for every scope that knows it.
///
/// # Errors
/// `BadKey`, `BadStore` or `Unwritable` if keys or vault cannot be made.
pub(super) fn issue(
    folder: &Path,
    records: &Records,
    entities: &Entities,
    inputs: &[(String, String)],
    settings_digest: &str,
) -> Result<Issue> {
    std::fs::create_dir_all(folder).map_err(|cause| Error::unwritable(folder, &cause))?;
    let mut random = OsRandom;
    let root = RootKey::create_file(&folder.join("root.key"), &mut random)?;
    let epoch = Epoch::FIRST;
    let mut registry = Registry::create(&folder.join("vault.sqlite"))?;
    let all_inputs: String = inputs.iter().map(|(_, digest)| digest.as_str()).collect();
    let mut run = registry.begin_run(&RunDigests {
        inputs: digest::bytes_of(&digest::of_bytes(all_inputs.as_bytes())),
        settings: digest::bytes_of(settings_digest),
    })?;
    let handles = run.mint(entities.count())?;
    let mut pseudonyms = 0;
    for (place, source) in records.sources().iter().enumerate() {
        let scope = Scope::new(&source.name, PURPOSE)?;
        let file = folder.join(format!("{}.epoch-0.key", source.name));
        let secret = EpochSecret::create_file(&file, &scope, epoch, &mut random)?;
        let key = PseudonymKey::derive(&root, &scope, epoch, &secret);
        run.activate(&key)?;
        let range = records.of_source(place as SourceId);
        let mut known: Vec<u32> =
            entities.entity_of()[range.start as usize..range.end as usize].to_vec();
        known.sort_unstable();
        known.dedup();
        let persons: Vec<_> = known.iter().map(|&entity| handles[entity as usize]).collect();
        pseudonyms += run.issue(&key, &persons)?.pseudonyms.len() as u64;
    }
    run.commit()?;
    Ok(Issue { identifiers: entities.count(), pseudonyms })
}
