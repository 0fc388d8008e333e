//! The manifest: what was run, on what, with what result; enough to do it again.
//!
//! No host, user, absolute path or time, so that equal runs have equal manifests.

use std::path::Path;

use serde::Serialize;

use super::arguments::Population;
use super::data::DATA;
use super::digest;
use super::run_folder::{MANIFEST, RunFolder};
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::CANON_VERSION;
use crate::schema::AsAt;
use crate::synthetic::FileFormat;

/// Version of the manifest's own format.
const FORMAT: u32 = 1;

/// Manifest of a run.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    /// Version of this format.
    pub(super) format: u32,
    /// Version of the toolkit.
    pub(super) cci: &'static str,
    /// Version of the canonicalisation.
    pub(super) canon: &'static str,
    /// Command that made the run.
    pub(super) command: &'static str,
    /// Day as at which ages were judged, if one was given.
    pub(super) as_at: Option<String>,
    /// How the data were generated, if they were.
    pub(super) generated: Option<Generated>,
    /// Strategy that decided the links.
    pub(super) strategy: Option<String>,
    /// Clusterer that made the entities.
    pub(super) clusterer: Option<String>,
    /// Name of the settings and their digest.
    pub(super) settings: Option<Named>,
    /// Digest of the custodian's seals that were kept to, if there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seals: Option<String>,
    /// Files read.
    pub(super) inputs: Vec<Named>,
    /// Files written, this one and the issuer's left out.
    pub(super) outputs: Vec<Named>,
}

/// How data were generated.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Generated {
    /// Number of children.
    pub(super) children: u32,
    /// Seed of every random choice.
    pub(super) seed: u64,
    /// Name of the profile.
    pub(super) profile: String,
    /// Other values for some of its keys, as `key=value`, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) overrides: Vec<String>,
    /// Format of the agencies' files.
    pub(super) format: &'static str,
}

impl Generated {
    /// Notes what is made, and how.
    pub(super) fn new(population: &Population, format: FileFormat) -> Self {
        Self {
            children: population.children,
            seed: population.seed,
            profile: population.profile.clone(),
            overrides: population.overrides.clone(),
            format: format.name(),
        }
    }
}

/// Name of a file and the SHA-256 of its bytes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    /// Name within the run folder, or of an input file without its folder.
    pub(super) name: String,
    /// SHA-256 in hexadecimal.
    pub(super) sha256: String,
}

impl Manifest {
    /// Starts a manifest.
    pub(super) fn new(command: &'static str) -> Self {
        Self {
            format: FORMAT,
            cci: env!("CARGO_PKG_VERSION"),
            canon: CANON_VERSION,
            command,
            as_at: None,
            generated: None,
            strategy: None,
            clusterer: None,
            settings: None,
            seals: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Adds the files read.
    pub(super) fn read(&mut self, inputs: &[(String, String)]) {
        let named = |(name, sha256): &(String, String)| Named {
            name: name.clone(),
            sha256: sha256.clone(),
        };
        self.inputs.extend(inputs.iter().map(named));
    }

    /// Adds staged files with their digests and writes the manifest beside them.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full or read-only.
    pub(super) fn write(mut self, folder: &RunFolder, outputs: &[&str]) -> Result<()> {
        for name in outputs {
            let sha256 = digest::of_file(&folder.stage(name))?;
            self.outputs.push(Named { name: (*name).to_string(), sha256 });
        }
        folder.write(MANIFEST, &to_json(&self)?)
    }
}

/// Returns the digest of the seals that a run kept to, if it kept to any.
///
/// # Errors
/// `Unreadable` if the run has no manifest.
pub(super) fn seals_of(run: &Path) -> Result<Option<String>> {
    Ok(manifest_of(run)?["seals"].as_str().map(String::from))
}

/// Returns the names of the strategy and the clusterer of a run, as far as it had them.
///
/// # Errors
/// `Unreadable` if the run has no manifest.
pub(super) fn decided_by(run: &Path) -> Result<(Option<String>, Option<String>)> {
    let value = manifest_of(run)?;
    let name = |key: &str| value[key].as_str().map(String::from);
    Ok((name("strategy"), name("clusterer")))
}

fn manifest_of(run: &Path) -> Result<serde_json::Value> {
    let path = run.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|cause| Error::unreadable(&path, &cause))?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// Returns the day as at which a run's or a generated folder's ages are judged, if it names one.
///
/// # Errors
/// `BadValue` if the day is no date.
pub(super) fn as_at_of(folder: &Path) -> Result<Option<AsAt>> {
    // A run keeps its data in a folder of its own beside the manifest.
    let folder = match folder.parent() {
        Some(run) if folder.ends_with(DATA) => run,
        _ => folder,
    };
    // A folder of files may hold a manifest of something else, which says nothing here.
    let text = std::fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    match (&value["cci"], &value["as_at"]) {
        (serde_json::Value::String(_), serde_json::Value::String(day)) => {
            AsAt::parse(day).map(Some)
        }
        _ => Ok(None),
    }
}

/// Returns the files that a run read, from its manifest.
///
/// # Errors
/// `BadStructure` if the manifest is not one.
pub(super) fn inputs_of(run: &Path) -> Result<Vec<(String, String)>> {
    files_of(run, "inputs")
}

/// Returns the files that a run wrote, from its manifest.
///
/// # Errors
/// `BadStructure` if the manifest is not one.
pub(super) fn outputs_of(run: &Path) -> Result<Vec<(String, String)>> {
    files_of(run, "outputs")
}

fn files_of(run: &Path, list: &str) -> Result<Vec<(String, String)>> {
    let path = run.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|e| Error::unreadable(&path, &e))?;
    let damaged = || {
        Error::new(ErrorKind::BadStructure, format!("{}: not a manifest of cci", path.display()))
            .help("run cci again to make the run anew")
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| damaged())?;
    let files = value[list].as_array().ok_or_else(damaged)?;
    files
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().map(str::to_string);
            text("name").zip(text("sha256")).ok_or_else(damaged)
        })
        .collect()
}

/// Returns a value as indented JSON with a final line end.
///
/// # Errors
/// `Bug` if the value cannot be written as JSON.
pub(super) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|cause| {
        Error::new(ErrorKind::Bug, format!("cannot write JSON: {cause}"))
            .help("report this with the version of cci")
    })
}

/// Writes seconds since 1970 as an instant; 0 is unknown.
pub(super) fn instant(seconds: u64) -> Option<String> {
    let seconds = i64::try_from(seconds).ok().filter(|&seconds| seconds > 0)?;
    jiff::Timestamp::from_second(seconds).ok().map(|instant| instant.to_string())
}
