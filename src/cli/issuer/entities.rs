//! The issuer's duty in a run: person keys for the entities, a pseudonym a scope.
//!
//! The vault gets handles only, nothing about a child. Each agency is its own scope.

use std::path::Path;

use super::Issuer;
use crate::cli::arguments::ActorArguments;
use crate::cli::digest;
use crate::error::Result;
use crate::identifier::{Epoch, KeyFolder, OsRandom, Scope};
use crate::record::{Entities, Records, SourceId};
use crate::registry::{KnownEpoch, Run, RunDigests};

/// Purpose for which a run's pseudonyms are issued.
const PURPOSE: &str = "linkage_experiment";

/// Number of identifiers minted and pseudonyms issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(in crate::cli) struct Issue {
    /// Person keys, one an entity.
    pub(in crate::cli) identifiers: u32,
    /// Pseudonyms over all scopes.
    pub(in crate::cli) pseudonyms: u64,
}

/// Mints a person key for every entity and a pseudonym for every scope that knows it.
///
/// # Errors
/// `BadKey`, `BadStore` or `Unwritable` if keys or vault cannot be made.
pub(in crate::cli) fn issue(
    folder: &Path,
    records: &Records,
    entities: &Entities,
    inputs: &[(String, String)],
    settings_digest: &str,
) -> Result<Issue> {
    let actor = ActorArguments::default().named()?;
    let issuer = Issuer::of(folder.into(), KeyFolder::at(folder), actor);
    issuer.create(None)?;
    let all_inputs: String = inputs.iter().map(|(_, digest)| digest.as_str()).collect();
    let digests = RunDigests {
        inputs: digest::bytes_of(&digest::of_bytes(all_inputs.as_bytes())),
        settings: digest::bytes_of(settings_digest),
    };
    let work = |run: &mut Run<'_>, _: &[KnownEpoch]| {
        let handles = run.mint(entities.count())?;
        let mut pseudonyms = 0;
        for (place, source) in records.sources().iter().enumerate() {
            let scope = Scope::new(&source.name, PURPOSE)?;
            let key = issuer.keys.add_epoch(&scope, Epoch::FIRST, &mut OsRandom)?;
            run.activate(&key)?;
            let range = records.of_source(place as SourceId);
            let mut known: Vec<u32> =
                entities.entity_of()[range.start as usize..range.end as usize].to_vec();
            known.sort_unstable();
            known.dedup();
            let persons: Vec<_> = known.iter().map(|&entity| handles[entity as usize]).collect();
            pseudonyms += run.issue(&key, &persons)?.pseudonyms.len() as u64;
        }
        Ok(Issue { identifiers: entities.count(), pseudonyms })
    };
    issuer.logged("run", None, |log| issuer.changed(log, ("run", None, Some(&digests)), work))
}
