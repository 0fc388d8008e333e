//! Reads the settings that Splink saves with a trained model.

use serde_json::{Map, Value};

use super::condition::{self, Condition};
use super::sql::masked;
use crate::comparison::{Combination, PatternSpace};
use crate::error::{Error, ErrorKind, Result};
use crate::model::parameters::{
    ComparisonParameters, FrequencyShare, Model, TermFrequency, TrainingFacts, TrainingMethod,
};
use crate::model::soundness;
use crate::model::{ModelFile, Probability};

const NO_EQUIVALENT: &str = "no equivalent";
/// Most problems told of in one error.
const MOST_TOLD: usize = 5;
const CHANGE_THERE: &str =
    "docs/methods.md lists what both tools know; change these in Splink and save again";

/// Keys of a level that are known.
const PLAIN_KEYS: &[&str] = &[
    "sql_condition",
    "label_for_charts",
    "m_probability",
    "u_probability",
    "fix_m_probability",
    "fix_u_probability",
    "is_null_level",
    "tf_adjustment_column",
    "tf_adjustment_weight",
    "tf_minimum_u_value",
    "disable_tf_exact_match_detection",
];

/// Reads a model that Splink saved as JSON; `name` is the file's name, for messages.
///
/// `canon` is the canonicalisation of the values that the model will score. Weights are
/// Splink's own where its values are as canonical as ours; it compares texts as they stand.
///
/// # Errors
/// `BadModel` naming every comparison and level that has no equivalent, or what is not trained.
pub fn from_splink(text: &str, name: &str, canon: &str) -> Result<ModelFile> {
    let settings: Value = serde_json::from_str(text).map_err(|cause| {
        bad(format!("{name}, line {}: expected the JSON that Splink saves", cause.line()))
            .help("save it in Splink with linker.misc.save_model_to_json")
    })?;
    let prior = number(&settings, "probability_two_random_records_match").ok_or_else(|| {
        bad(format!("{name}: expected a number under probability_two_random_records_match"))
            .help("estimate it in Splink before saving")
    })?;
    let listed = settings["comparisons"].as_array().map_or(&[][..], Vec::as_slice);
    let (mut comparisons, mut problems) = (Vec::new(), Vec::new());
    for comparison in listed {
        match read_comparison(comparison) {
            Ok(parameters) => comparisons.push(parameters),
            Err(problem) => problems.push(problem),
        }
    }
    for (place, comparison) in comparisons.iter().enumerate() {
        let attribute: &String = &comparison.attribute;
        if comparisons[..place].iter().any(|c: &ComparisonParameters| c.attribute == *attribute) {
            problems.push(format!("comparison of {attribute}: the column has two comparisons"));
        }
    }
    if !problems.is_empty() {
        return Err(refusal(name, &problems, CHANGE_THERE));
    }
    let space = PatternSpace::new(comparisons.iter().map(|c| c.labels.len()))?;
    let training = TrainingFacts {
        method: TrainingMethod::Splink,
        toolkit: env!("CARGO_PKG_VERSION").to_string(),
        blocking: blocking(&settings),
        sessions: Vec::new(),
        pairs: 0,
        starts: 0,
        agreeing: 0,
        iterations: 0,
        converged: true,
        log_likelihood: None,
        unlearnt: Vec::new(),
        dependence: Vec::new(),
    };
    let prior = Probability::new(prior)?;
    let model = Model {
        comparisons,
        prior,
        household_prior: None,
        households_between: Vec::new(),
        training,
        space,
        household: None,
    };
    soundness::check(&model).map_err(|error| error.note(format!("in {name}")))?;
    Ok(ModelFile { canon: canon.to_string(), model })
}

/// Reads one comparison, or says what first stands against it, and how much more.
fn read_comparison(comparison: &Value) -> std::result::Result<ComparisonParameters, String> {
    let called = comparison["output_column_name"].as_str().unwrap_or("without a name");
    let listed = comparison["comparison_levels"].as_array().map_or(&[][..], Vec::as_slice);
    let (mut levels, mut problems) = (Vec::new(), Vec::new());
    for (place, level) in listed.iter().enumerate() {
        match read_level(level, place + 1 == listed.len()) {
            Ok(level) => levels.push(level),
            Err(problem) => {
                let label = level["label_for_charts"].as_str();
                let label =
                    label.map_or(format!("number {}", place + 1), |label| format!("\"{label}\""));
                problems.push(format!("comparison {called}, level {label}: {problem}"));
            }
        }
    }
    // What has no equivalent comes before what is only not trained yet.
    let first = problems.iter().find(|problem| problem.contains(NO_EQUIVALENT));
    if let Some(first) = first.or(problems.first()) {
        return Err(match problems.len() - 1 {
            0 => first.clone(),
            more => format!("{first}; and {more} more of its levels"),
        });
    }
    assemble(levels).map_err(|problem| format!("comparison {called}: {problem}"))
}

/// Level that has an equivalent.
enum ReadLevel {
    Missing(String),
    Outcome {
        column: Option<String>,
        label: String,
        m: f64,
        u: f64,
        frequency: Option<TermFrequency>,
    },
}

fn read_level(level: &Value, last: bool) -> std::result::Result<ReadLevel, String> {
    let none = Map::new();
    let keys = level.as_object().unwrap_or(&none);
    if let Some(key) = keys.keys().find(|key| !PLAIN_KEYS.contains(&key.as_str())) {
        return Err(format!("{NO_EQUIVALENT} for {key}"));
    }
    let sql = level["sql_condition"].as_str().unwrap_or_default();
    let is_null = level["is_null_level"].as_bool().unwrap_or(false);
    let otherwise = sql.trim().eq_ignore_ascii_case("else");
    let (column, label) = if otherwise {
        if !last {
            return Err("expected ELSE to be the last level".into());
        }
        (None, "else".to_string())
    } else {
        match condition::read(sql) {
            Some(Condition::Missing(column)) if is_null => return Ok(ReadLevel::Missing(column)),
            Some(Condition::Missing(_)) => {
                return Err(format!("{NO_EQUIVALENT} for missing values that have a weight"));
            }
            Some(Condition::Reached(_)) if is_null => {
                return Err(format!("{NO_EQUIVALENT} for is_null_level but on missing values"));
            }
            Some(Condition::Reached(asked)) => {
                let mut columns = asked.columns();
                columns.dedup();
                let [column] = columns.as_slice() else {
                    return Err(format!("{NO_EQUIVALENT} for a condition over several columns"));
                };
                let level = Combination::parse(&asked.text());
                let level = level.map_err(|error| error.message().to_string())?;
                (Some(column.to_string()), level.label())
            }
            None => return Err(format!("{NO_EQUIVALENT} for the condition {}", masked(sql))),
        }
    };
    let probability = |key: &str| {
        number(level, key).ok_or_else(|| format!("{key} is not trained: train or set it in Splink"))
    };
    let (m, u) = (probability("m_probability")?, probability("u_probability")?);
    let frequency = match level["tf_adjustment_column"].as_str() {
        None => None,
        Some(adjusted) if label == "exact" && Some(adjusted) == column.as_deref() => {
            Some(TermFrequency {
                share: FrequencyShare::AllSources,
                power: number(level, "tf_adjustment_weight").unwrap_or(1.0),
                least: number(level, "tf_minimum_u_value").unwrap_or(0.0),
            })
        }
        Some(_) => {
            return Err(format!(
                "{NO_EQUIVALENT} for term frequency but on the exact level of its own column"
            ));
        }
    };
    Ok(ReadLevel::Outcome { column, label, m, u, frequency })
}

fn assemble(levels: Vec<ReadLevel>) -> std::result::Result<ComparisonParameters, String> {
    let mut columns: Vec<String> = Vec::new();
    let (mut labels, mut m, mut u) = (Vec::new(), Vec::new(), Vec::new());
    let (mut term_frequency, mut missing) = (None, false);
    for level in levels {
        match level {
            ReadLevel::Missing(column) => {
                missing = true;
                columns.push(column);
            }
            ReadLevel::Outcome { column, label, m: of_m, u: of_u, frequency } => {
                columns.extend(column);
                labels.push(label);
                m.push(of_m);
                u.push(of_u);
                term_frequency = term_frequency.or(frequency);
            }
        }
    }
    columns.dedup();
    let [attribute] = columns.as_slice() else {
        return Err("expected all levels to be about one column".into());
    };
    if !missing {
        return Err("expected a level for missing values: here missing is never a level".into());
    }
    if labels.first().is_none_or(|label| label != "exact") {
        return Err("expected the first level to be exact agreement".into());
    }
    if labels.last().is_none_or(|label| label != "else") {
        return Err("expected ELSE to be the last level".into());
    }
    Ok(ComparisonParameters {
        attribute: attribute.clone(),
        kinds: Vec::new(),
        labels,
        m,
        u,
        s: None,
        term_frequency,
        u_sampled: None,
        errors: None,
    })
}

/// Returns the blocking rules, as our labels where they ask for equal columns, else as they are.
fn blocking(settings: &Value) -> Vec<String> {
    let rules = settings["blocking_rules_to_generate_predictions"].as_array();
    let text = |rule: &Value| {
        let text = rule.as_str().or(rule["blocking_rule"].as_str()).unwrap_or_default().to_string();
        label_of_rule(&text).unwrap_or_else(|| masked(&text))
    };
    rules.map_or(Vec::new(), |rules| rules.iter().map(text).collect())
}

fn label_of_rule(sql: &str) -> Option<String> {
    let key = |part: &str| {
        let (left, right) = part.trim().trim_matches(['(', ')']).split_once('=')?;
        let column = |text: &str, side: &str| {
            let name = text.trim().strip_prefix(side)?.trim_matches(['"', '`']).to_string();
            name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
        };
        let (left, right) = (column(left, "l.")?, column(right, "r.")?);
        (left == right).then_some(left)
    };
    let keys: Option<Vec<String>> = sql.split(" AND ").map(key).collect();
    keys.map(|keys| keys.join(" + "))
}

fn number(value: &Value, key: &str) -> Option<f64> {
    value[key].as_f64()
}

/// Builds the error of everything that has no equivalent, one line a comparison.
pub(super) fn refusal(name: &str, problems: &[String], help: &str) -> Error {
    let (first, others) = problems.split_first().expect("there is a problem to tell of");
    let error = others
        .iter()
        .take(MOST_TOLD - 1)
        .fold(bad(format!("{name}: {first}")), |error, other| error.note(other));
    match problems.len().saturating_sub(MOST_TOLD) {
        0 => error,
        more => error.note(format!("and {more} more")),
    }
    .help(help)
}

fn bad(message: String) -> Error {
    Error::new(ErrorKind::BadModel, message)
}
