//! The run that new records are linked against: its entities, links, model and decisions.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::console::Console;
use super::data::{Data, MODEL};
use super::manifest::outputs_of;
use super::run_folder::MANIFEST;
use super::tables::{ENTITIES, LINKS, read_links_among, read_named_entities};
use super::{digest, model_source};
use crate::blocking::BlockingRule;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ModelFile, ThresholdPolicy};
use crate::report::text;
use crate::strategy::EarlierLinkage;

/// Name of the figures in a run folder.
const METRICS: &str = "metrics.json";

/// A complete run, of which what it decided is used again.
pub(super) struct EarlierRun {
    folder: PathBuf,
    /// SHA-256 of its manifest.
    pub(super) sha256: String,
    /// Name of its strategy.
    pub(super) strategy: String,
    model: Option<ModelFile>,
    metrics: Value,
}

/// What of an earlier run is in the data at hand.
pub(super) struct Found {
    /// Entities and links of its records.
    pub(super) linkage: EarlierLinkage,
    /// Records that it had and that are in the data.
    pub(super) known: u64,
    /// Records that it had and that are not.
    pub(super) absent: u64,
}

impl EarlierRun {
    /// Opens a run folder, whose files must be as the run wrote them.
    ///
    /// # Errors
    /// `Unreadable` if no complete run is there; `BadStructure` if a file was changed.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let manifest = folder.join(MANIFEST);
        let written = outputs_of(folder).map_err(|error| match manifest.is_file() {
            true => error,
            false => Error::new(
                ErrorKind::Unreadable,
                format!("{}: no complete run is here", folder.display()),
            )
            .help("name the folder of an earlier cci run or cci link with --against"),
        })?;
        for (name, sha256) in &written {
            let path = folder.join(name);
            let needed = [ENTITIES, LINKS, MODEL, METRICS].contains(&name.as_str());
            if needed && digest::of_file(&path)? != *sha256 {
                return Err(Error::new(
                    ErrorKind::BadStructure,
                    format!("{}: expected the file that the run wrote", path.display()),
                )
                .note("its digest is not the one in manifest.json")
                .help("fetch an unchanged copy of the run, or link all records anew"));
            }
        }
        let has = |name: &str| written.iter().any(|(known, _)| known == name);
        let model = has(MODEL).then(|| model_source::read(folder)).transpose()?;
        let json = |name: &str| -> Result<Value> {
            let bytes = model_source::bytes(&folder.join(name))?;
            Ok(serde_json::from_slice(&bytes).unwrap_or_default())
        };
        let strategy = json(MANIFEST)?["strategy"].as_str().unwrap_or_default().to_string();
        let sha256 = digest::of_file(&manifest)?;
        Ok(Self { folder: folder.to_path_buf(), sha256, strategy, model, metrics: json(METRICS)? })
    }

    /// Gives data the rules, the model and the threshold of the run.
    ///
    /// Rules that the settings state go before those that the run chose; a model that the data
    /// have been given goes before that of the run.
    ///
    /// # Errors
    /// `BadModel` if the run's model was trained on other comparisons or canonicalisation.
    pub(super) fn give(&self, data: &mut Data, console: &Console) -> Result<()> {
        let rules = self.rules();
        if !data.settings.has_rules() && !rules.is_empty() {
            rules.iter().try_for_each(|rule| rule.check(&data.reading.records))?;
            data.plan.rules = rules;
        }
        if let (None, Some(model)) = (&data.plan.model, &self.model) {
            model_source::give(model.clone(), data, console)?;
        }
        if let Some(bits) = self.threshold() {
            data.plan.threshold = ThresholdPolicy::Weight(bits);
        }
        Ok(())
    }

    /// Returns the threshold of the run in bits, if it chose one.
    pub(super) fn threshold(&self) -> Option<f64> {
        // A linkage has its threshold at the top, a whole run has it with its model.
        let threshold = self.metrics["threshold"].as_f64();
        threshold.or_else(|| self.metrics["model"]["threshold"].as_f64())
    }

    /// Returns the blocking rules that the run chose from its data.
    fn rules(&self) -> Vec<BlockingRule> {
        let told = self.metrics["rules"].as_array().map_or(&[][..], Vec::as_slice);
        let parse = |rule: &Value| {
            let keys: Vec<&str> = rule["rule"].as_str()?.split(" + ").collect();
            BlockingRule::parse(&keys).ok()
        };
        told.iter().map(parse).collect::<Option<_>>().unwrap_or_default()
    }

    /// Finds the run's records in the data, with their entities and links.
    ///
    /// # Errors
    /// `BadValue` if none of them is there; a damaged table.
    pub(super) fn find(&self, data: &Data) -> Result<Found> {
        let by_name = data.reading.records.by_name();
        let mut entity_of = vec![None; data.reading.records.len()];
        let (mut known, mut absent, mut next_entity) = (0, 0, 0);
        for (source, id, entity) in read_named_entities(&self.folder.join(ENTITIES))? {
            next_entity = next_entity.max(entity + 1);
            match by_name.get(&format!("{source}:{id}")) {
                Some(&record) => {
                    entity_of[record as usize] = Some(entity);
                    known += 1;
                }
                None => absent += 1,
            }
        }
        if known == 0 && absent > 0 {
            let (folder, absent) = (self.folder.display(), text::count(absent));
            return Err(Error::new(
                ErrorKind::BadValue,
                format!("none of the {absent} records of {folder} is among those to link"),
            )
            .help("give all records, the earlier ones too: name their folder with --data"));
        }
        let told = self.metrics["against"]["next_entity"].as_u64();
        let next_entity = told.map_or(next_entity, |told| next_entity.max(told as u32));
        let links = read_links_among(&self.folder.join(LINKS), &by_name)?;
        let linkage = EarlierLinkage::new(entity_of, next_entity, links);
        Ok(Found { linkage, known, absent })
    }
}
