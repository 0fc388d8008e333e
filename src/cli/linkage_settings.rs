//! Linkage settings: which files, which attributes, which rules, comparisons and decisions.
//!
//! One TOML file says it all, for the four agencies or for anybody's data. Every mistake names
//! the line where it was made.

use std::path::{Component, Path, PathBuf};

use toml::Spanned;

use super::linkage_document::{
    BlockTable, CompareTable, Document, HouseholdTable, LinkWhich, SourceTable, VetoTable,
};
use crate::blocking::{BlockingKey, BlockingRule, LinkMask, check_filter, choose_rules};
use crate::comparison::{Combination, Comparison, attributes_of};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ThresholdPolicy;
use crate::record::{Attribute, AttributeKind, Records};
use crate::schema::{AsAt, ColumnName, ReadOptions, SourceFile};
use crate::strategy::{Household, Plan, Veto};
use crate::{cluster, settings, strategy};

/// Settings of the demonstration: four agencies, built in.
pub(super) const AGENCIES: &str = include_str!("../../schemas/linkage/agencies.toml");
/// Name under which the built-in settings are reported.
pub(super) const AGENCIES_NAME: &str = "schemas/linkage/agencies.toml";
/// Version of the settings that is written and read.
pub(super) const VERSION: u32 = 1;
/// Most candidate pairs, unless the settings say otherwise.
const MOST_PAIRS: u64 = 2_000_000_000;

/// Linkage settings, read and checked as far as possible without the data.
#[derive(Debug)]
pub(super) struct LinkageSettings {
    text: String,
    name: String,
    document: Document,
    strategy_of_run: Option<String>,
    clusterer_of_run: Option<String>,
}

impl LinkageSettings {
    /// Reads settings from a file.
    ///
    /// # Errors
    /// `Unreadable` if there is no such file; whatever is wrong with it, with its line.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::unreadable(path, &e))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads settings from text; `name` is the file's name, for messages.
    ///
    /// # Errors
    /// Whatever is wrong with them, with the line.
    pub(super) fn parse(text: &str, name: &str) -> Result<Self> {
        let document: Document = settings::parse_versioned(text, name, VERSION..=VERSION)?;
        let (text, name) = (text.to_string(), name.to_string());
        let settings = Self { text, name, document, strategy_of_run: None, clusterer_of_run: None };
        settings.check()?;
        Ok(settings)
    }

    /// Returns the text of the settings.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the name of the settings file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes the strategy and the clusterer of a run, which its command may have chosen.
    #[must_use]
    pub(super) fn decided_by(self, strategy: Option<String>, clusterer: Option<String>) -> Self {
        Self { strategy_of_run: strategy, clusterer_of_run: clusterer, ..self }
    }

    /// Returns the strategy of the run whose settings these are, else the one that they ask for.
    pub(super) fn strategy(&self) -> Result<&'static dyn strategy::Strategy> {
        self.strategy_of_run.as_deref().map_or_else(|| self.strategy_asked(), strategy::find)
    }

    /// Returns the clusterer of the run whose settings these are, else the one that they ask for.
    pub(super) fn clusterer(&self) -> Result<&'static dyn cluster::Clusterer> {
        self.clusterer_of_run.as_deref().map_or_else(|| self.clusterer_asked(), cluster::find)
    }

    /// Returns the strategy that the settings ask for.
    pub(super) fn strategy_asked(&self) -> Result<&'static dyn strategy::Strategy> {
        let asked = &self.document.decide.strategy;
        strategy::find(asked.get_ref()).map_err(|error| self.at(error, asked))
    }

    /// Returns the clusterer that the settings ask for.
    fn clusterer_asked(&self) -> Result<&'static dyn cluster::Clusterer> {
        let asked = &self.document.decide.cluster;
        cluster::find(asked.get_ref()).map_err(|error| self.at(error, asked))
    }

    /// Returns how strictly the files are to be read.
    pub(super) fn read_options(&self) -> Result<ReadOptions> {
        let parse =
            |day: &Spanned<String>| AsAt::parse(day.get_ref()).map_err(|error| self.at(error, day));
        let read = &self.document.read;
        let as_at = read.as_at.as_ref().map(parse).transpose()?;
        let (hidden_characters, test_numbers) = (read.hidden_characters, read.test_numbers);
        Ok(ReadOptions { as_at, hidden_characters, test_numbers, ..ReadOptions::default() })
    }

    /// Returns the attributes, in order of name.
    pub(super) fn attributes(&self) -> Result<Vec<Attribute>> {
        self.document
            .attributes
            .iter()
            .map(|(name, kind)| {
                if attributes_of(name).len() > 1 || name.contains(['(', ')']) {
                    let message =
                        format!("attribute \"{name}\" has a plus or brackets in its name");
                    let error = Error::new(ErrorKind::BadValue, message)
                        .help("give it another name: comparisons and rules join names by them");
                    return Err(self.at(error, kind));
                }
                let kind = AttributeKind::parse(kind.get_ref()).map_err(|e| self.at(e, kind))?;
                Ok(Attribute::new(name, kind))
            })
            .collect()
    }

    /// Returns the files to read, looked for in a folder.
    pub(super) fn files(&self, folder: &Path) -> Result<Vec<SourceFile>> {
        self.document.source.iter().map(|table| self.file(table, folder)).collect()
    }

    /// Returns each file with the column that holds its labels, for evaluation only.
    pub(super) fn labelled(&self, folder: &Path) -> Result<Vec<(SourceFile, ColumnName)>> {
        let labelled = |table: &SourceTable| {
            let entity = table.entity.as_ref()?;
            Some(self.file(table, folder).map(|file| (file, self.column(entity))))
        };
        self.document.source.iter().filter_map(labelled).collect()
    }

    /// Says whether the settings have blocking rules; else they are chosen from the data.
    pub(super) fn has_rules(&self) -> bool {
        !self.document.block.is_empty()
    }

    /// Returns the plan for the records read.
    pub(super) fn plan(&self, records: &Records) -> Result<Plan> {
        let document = &self.document;
        let which = document.link;
        let mask = LinkMask::new(records.sources().len(), |s, t| match which {
            LinkWhich::Between => s != t,
            LinkWhich::Within => s == t,
            LinkWhich::Both => true,
        });
        let rules = match document.block.as_slice() {
            [] => choose_rules(records, &mask),
            tables => self.rules(tables, records)?,
        };
        let training_rules = match document.train.as_slice() {
            // What training would choose has been chosen.
            [] if document.block.is_empty() => rules.clone(),
            tables => self.rules(tables, records)?,
        };
        Ok(Plan {
            rules,
            training_rules,
            comparisons: self.comparisons()?,
            exact_key: document.decide.exact_key.iter().map(|k| k.get_ref().clone()).collect(),
            household: match &document.household {
                Some(table) => {
                    Some(self.household(table, records)?).filter(|h| !h.sources.is_empty())
                }
                None => Household::usual(records, &mask),
            },
            vetoes: document.veto.iter().map(veto).collect(),
            threshold: self.threshold()?,
            most_pairs: document.decide.most_pairs.unwrap_or(MOST_PAIRS),
            mask,
            model: None,
        })
    }

    /// Reads rules and checks them against the records.
    fn rules(&self, tables: &[BlockTable], records: &Records) -> Result<Vec<BlockingRule>> {
        let rule = |table: &BlockTable| {
            let keys: Vec<&str> = table.keys.iter().map(|k| k.get_ref().as_str()).collect();
            let filter = |text: &Spanned<String>| {
                let filter = Combination::parse_naming(text.get_ref()).and_then(|filter| {
                    check_filter(&filter, records)?;
                    Ok(filter)
                });
                filter.map_err(|error| self.at(error, text))
            };
            let filters = table.filters.iter().map(filter).collect::<Result<Vec<_>>>()?;
            let rule = BlockingRule::parse(&keys).and_then(|rule| {
                rule.check(records)?;
                Ok(rule.with_filters(filters))
            });
            let rule = rule.map_err(|error| match table.keys.first() {
                Some(key) => self.at(error, key),
                None => error,
            })?;
            let rule = match &table.window {
                None => rule,
                Some(window) => {
                    rule.with_window(*window.get_ref()).map_err(|error| self.at(error, window))?
                }
            };
            match &table.largest_block {
                None => Ok(rule),
                Some(most) => {
                    rule.with_largest_block(*most.get_ref()).map_err(|error| self.at(error, most))
                }
            }
        };
        tables.iter().map(rule).collect()
    }

    /// Checks every name that can be checked before any file is read.
    fn check(&self) -> Result<()> {
        let attributes = self.attributes()?;
        self.strategy_asked()?;
        self.clusterer_asked()?;
        self.threshold()?;
        self.read_options()?;
        let known = || attributes.iter().map(Attribute::name);
        let check = |name: &Spanned<String>, asked: &str| {
            if known().any(|attribute| attribute == asked) {
                return Ok(());
            }
            Err(self.at(Error::unknown_name("attribute", asked, known()), name))
        };
        for table in self.document.block.iter().chain(&self.document.train) {
            for key in &table.keys {
                let parsed =
                    BlockingKey::parse(key.get_ref()).map_err(|error| self.at(error, key))?;
                check(key, &parsed.attribute)?;
            }
            for text in &table.filters {
                let filter = Combination::parse_naming(text.get_ref())
                    .map_err(|error| self.at(error, text))?;
                filter.attributes().into_iter().try_for_each(|name| check(text, name))?;
            }
        }
        for name in self.document.compare.iter().flat_map(CompareTable::attributes) {
            check(name, name.get_ref())?;
        }
        let comparisons = self.comparisons()?;
        for name in &self.document.decide.exact_key {
            check(name, name.get_ref())?;
        }
        for name in self.document.household.iter().flat_map(|table| &table.attributes) {
            check(name, name.get_ref())?;
        }
        self.check_vetoes(&comparisons)?;
        for attribute in self.document.source.iter().flat_map(|table| table.columns.keys()) {
            check(attribute, attribute.get_ref())?;
        }
        for table in &self.document.source {
            self.check_path(&table.file)?;
        }
        if self.document.source.is_empty() {
            return Err(Error::new(ErrorKind::BadValue, format!("{}: no [[source]]", self.name))
                .help("name at least one file to link"));
        }
        Ok(())
    }

    /// Refuses a file outside the folder of the data: settings may come from somebody else.
    fn check_path(&self, file: &Spanned<String>) -> Result<()> {
        let path = Path::new(file.get_ref());
        let below = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
        if path.components().all(below) && path.file_name().is_some() {
            return Ok(());
        }
        let message = format!("file \"{}\" is not in the folder of the data", path.display());
        let error = Error::new(ErrorKind::BadValue, message)
            .help("write its path below that folder, and name the folder with --data");
        Err(self.at(error, file))
    }

    /// Checks that each veto asks for a difference, and of compared attributes only.
    fn check_vetoes(&self, comparisons: &[Comparison]) -> Result<()> {
        let compared: Vec<&str> = comparisons.iter().map(Comparison::attribute).collect();
        for table in &self.document.veto {
            if table.differ.is_empty() {
                let message = format!("veto \"{}\" asks for no difference", table.name.get_ref());
                let error = Error::new(ErrorKind::BadValue, message)
                    .help("name what two children differ in: differ = [\"given_name\"]");
                return Err(self.at(error, &table.name));
            }
            for name in table.same.iter().chain(&table.differ) {
                if !compared.contains(&name.get_ref().as_str()) {
                    let known = compared.iter().copied();
                    let error = Error::unknown_name("compared attribute", name.get_ref(), known);
                    return Err(self.at(error, name));
                }
            }
        }
        Ok(())
    }

    fn threshold(&self) -> Result<ThresholdPolicy> {
        let decide = &self.document.decide;
        let policies = [
            (&decide.false_links, ThresholdPolicy::FalseLinks as fn(f64) -> ThresholdPolicy),
            (&decide.false_link_cost, ThresholdPolicy::FalseLinkCost),
            (&decide.accept, ThresholdPolicy::Weight),
        ];
        let mut asked = policies.into_iter().filter_map(|(value, policy)| {
            value.as_ref().map(|value| (policy(*value.get_ref()), value))
        });
        let Some((policy, at)) = asked.next() else { return Ok(ThresholdPolicy::ExpectedF1) };
        if let Some((_, second)) = asked.next() {
            let error = Error::new(
                ErrorKind::BadValue,
                "two keys choose the threshold; false_links, false_link_cost and accept exclude \
                 each other",
            );
            return Err(self.at(error.help("keep one of them"), second));
        }
        policy.check().map_err(|error| self.at(error, at))?;
        Ok(policy)
    }

    fn household(&self, table: &HouseholdTable, records: &Records) -> Result<Household> {
        let names: Vec<&str> = records.sources().iter().map(|s| s.name.as_str()).collect();
        let source = |asked: &Spanned<String>| {
            names
                .iter()
                .position(|name| name == asked.get_ref())
                .map(|place| place as u8)
                .ok_or_else(|| {
                    let error =
                        Error::unknown_name("source", asked.get_ref(), names.iter().copied());
                    self.at(error, asked)
                })
        };
        let sources: Result<Vec<u8>> = table.sources.iter().map(source).collect();
        let attributes = table.attributes.iter().map(|name| name.get_ref().clone()).collect();
        Ok(Household { sources: sources?, attributes })
    }

    fn line<T>(&self, spanned: &Spanned<T>) -> usize {
        settings::line_of(&self.text, spanned.span().start)
    }

    /// Adds the place of a mistake to its error.
    fn at<T>(&self, error: Error, place: &Spanned<T>) -> Error {
        error.note(format!("asked for at {}, line {}", self.name, self.line(place)))
    }
}

fn veto(table: &VetoTable) -> Veto {
    let names =
        |names: &[Spanned<String>]| names.iter().map(|name| name.get_ref().clone()).collect();
    let (same, differ) = (names(&table.same), names(&table.differ));
    Veto { name: table.name.get_ref().clone(), same, differ }
}

/// Returns the folder in which a settings file's sources are looked for.
pub(super) fn data_folder(settings: &Path, data: Option<&Path>) -> PathBuf {
    match data {
        Some(folder) => folder.to_path_buf(),
        None => settings.parent().map(Path::to_path_buf).unwrap_or_default(),
    }
}

mod comparisons;
mod sources;
#[cfg(test)]
mod tests;
