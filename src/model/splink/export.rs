//! Writes a model as the settings that Splink loads, in DuckDB's dialect.

use serde_json::{Value, json};

use super::import::refusal;
use super::rule::blocking;
use super::writing::{Columns, missing, write};
use crate::comparison::attributes_of;
use crate::error::{Error, ErrorKind, Result};
use crate::model::ModelFile;
use crate::model::parameters::{ComparisonParameters, FrequencyShare, read_level};

const DECLARE_HERE: &str =
    "declare [[compare]] levels that both tools know, see docs/methods.md, and train again";

/// Which records Splink compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkType {
    /// Records of one table.
    DedupeOnly,
    /// Records of different tables.
    LinkOnly,
    /// Any two records.
    LinkAndDedupe,
}

impl LinkType {
    /// Every way, in the order of Splink's documentation.
    pub const ALL: [LinkType; 3] =
        [LinkType::DedupeOnly, LinkType::LinkOnly, LinkType::LinkAndDedupe];

    /// Returns Splink's name for it.
    pub fn name(self) -> &'static str {
        match self {
            LinkType::DedupeOnly => "dedupe_only",
            LinkType::LinkOnly => "link_only",
            LinkType::LinkAndDedupe => "link_and_dedupe",
        }
    }

    /// Finds a way by Splink's name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest, if none has that name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|link_type| link_type.name() == name)
            .ok_or_else(|| Error::unknown_name("link type", name, Self::ALL.map(Self::name)))
    }
}

/// Settings that Splink loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplinkSettings {
    /// The file.
    pub json: String,
    /// Blocking rules that are not in it, each with what Splink has no equivalent for.
    pub left_out: Vec<String>,
    /// Attributes whose rarity is that in each source here, and in all together there.
    pub rarity_of_all: Vec<String>,
}

/// Returns a model as the settings that Splink loads.
///
/// Term frequency is Splink's there: shares in all sources together, which is told where sources
/// of their own are linked. The model does not depend on
/// blocking rules, so that those without an equivalent are left out and told.
///
/// # Errors
/// `BadModel` naming what Splink has no equivalent for: levels, the rarity of joint values, or the
/// household class.
pub fn to_splink(file: &ModelFile, link_type: LinkType) -> Result<SplinkSettings> {
    let model = &file.model;
    let mut problems = Vec::new();
    if model.household.is_some() {
        problems.push("no equivalent for the household class".to_string());
    }
    let mut comparisons = Vec::new();
    for parameters in &model.comparisons {
        match comparison(parameters) {
            Ok(comparison) => comparisons.push(comparison),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(refusal("export to Splink", &problems, DECLARE_HERE));
    }
    let (mut rules, mut left_out) = (Vec::new(), Vec::new());
    for rule in &model.training.blocking {
        match blocking(rule) {
            Ok(rule) => rules.push(rule),
            Err(problem) => left_out.push(problem),
        }
    }
    let of_each = |parameters: &&ComparisonParameters| {
        let share = parameters.term_frequency.map(|frequency| frequency.share);
        share == Some(FrequencyShare::OwnSource) && link_type != LinkType::DedupeOnly
    };
    let rarity_of_all = model.comparisons.iter().filter(of_each);
    let rarity_of_all = rarity_of_all.map(|parameters| parameters.attribute.clone()).collect();
    let settings = json!({
        "link_type": link_type.name(),
        "probability_two_random_records_match": model.prior.get(),
        "retain_matching_columns": false,
        "retain_intermediate_calculation_columns": false,
        "sql_dialect": "duckdb",
        "unique_id_column_name": "unique_id",
        "source_dataset_column_name": "source_dataset",
        "blocking_rules_to_generate_predictions": rules,
        "comparisons": comparisons,
    });
    serde_json::to_string_pretty(&settings)
        .map(|text| SplinkSettings { json: text + "\n", left_out, rarity_of_all })
        .map_err(|cause| Error::new(ErrorKind::Bug, format!("cannot write JSON: {cause}")))
}

fn comparison(parameters: &ComparisonParameters) -> std::result::Result<Value, String> {
    let column = &parameters.attribute;
    let attributes = attributes_of(column);
    let columns = match attributes.as_slice() {
        [_] => Columns::Of(column),
        _ if parameters.term_frequency.is_some() => {
            // Splink looks the rarity of one column up.
            return Err(format!("comparison of {column}: no equivalent for its term_frequency"));
        }
        several => Columns::Joint(several),
    };
    let mut levels = vec![json!({
        "sql_condition": missing(columns),
        "label_for_charts": format!("{column} is missing"),
        "is_null_level": true,
    })];
    let mut problems = Vec::new();
    for (place, label) in parameters.labels.iter().enumerate() {
        let condition = match read_level(column, label) {
            _ if label == "else" => Some("ELSE".to_string()),
            Ok(level) => write(columns, &level),
            Err(_) => None,
        };
        let Some(condition) = condition else {
            problems.push(label.as_str());
            continue;
        };
        let mut level = json!({
            "sql_condition": condition,
            "label_for_charts": label,
            "m_probability": parameters.m[place],
            "u_probability": parameters.u[place],
        });
        if let (0, Some(frequency)) = (place, parameters.term_frequency) {
            level["tf_adjustment_column"] = json!(column);
            level["tf_adjustment_weight"] = json!(frequency.power);
            if frequency.least > 0.0 {
                level["tf_minimum_u_value"] = json!(frequency.least);
            }
        }
        levels.push(level);
    }
    if problems.is_empty() {
        Ok(json!({ "output_column_name": attributes.join("_"), "comparison_levels": levels }))
    } else {
        Err(format!("comparison of {column}: no equivalent for {}", problems.join(", ")))
    }
}
