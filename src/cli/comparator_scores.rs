//! Comparators, and what they say of two values: as JSON, and in tables.

use serde::Serialize;

use crate::comparison::{COMPARATORS, Comparator, Comparison, Measure, ValueScore};
use crate::normalise::{self, CellRules, Normalised};
use crate::record::{Attribute, AttributeKind};
use crate::report::text;

/// A comparator as the list shows it.
#[derive(Serialize)]
pub(super) struct Listed {
    comparator: &'static str,
    /// What its number means: `similarity`, `distance` or `condition`.
    measure: &'static str,
    /// Kinds of attribute that it suits.
    kinds: Vec<&'static str>,
    /// Levels of ready-made comparisons that use it.
    ready_made: Vec<UsedBy>,
}

/// Level of a ready-made comparison.
#[derive(Serialize)]
struct UsedBy {
    kind: &'static str,
    level: String,
}

/// What one comparator says of two values taken for a kind.
#[derive(Serialize)]
pub(super) struct Scored {
    /// Number of the pair, from 1.
    pair: usize,
    comparator: &'static str,
    kind: &'static str,
    number: f64,
    /// Levels of the kind's ready-made comparison that ask this comparator.
    levels: Vec<Reached>,
    /// Outcome of that comparison, whichever comparator decides it.
    outcome: String,
}

/// Level, and whether the number reaches it.
#[derive(Serialize)]
struct Reached {
    level: String,
    reached: bool,
}

/// Returns every comparator.
pub(super) fn list() -> Vec<Listed> {
    let listed = |comparator: &&'static dyn Comparator| Listed {
        comparator: comparator.name(),
        measure: measure_name(comparator.measure()),
        kinds: kinds_of(*comparator).map(AttributeKind::name).collect(),
        ready_made: kinds_of(*comparator)
            .flat_map(|kind| {
                let levels = levels_of(*comparator, &ready_made(kind));
                levels.into_iter().map(move |level| UsedBy { kind: kind.name(), level })
            })
            .collect(),
    };
    COMPARATORS.iter().map(listed).collect()
}

/// Describes the list: a line a comparator and set of levels, with the kinds that have it.
pub(super) fn describe_list(list: &[Listed]) -> String {
    let mut lines =
        vec![format!("{:<24} {:<11} {:<22} {}", "Comparator", "Measures", "Levels", "Of")];
    for listed in list {
        // Levels of a kind side by side, and kinds of the same levels side by side.
        let mut of_kinds: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
        for kind in &listed.kinds {
            let own = listed.ready_made.iter().filter(|used| used.kind == *kind);
            let short = |used| UsedBy::short(used, listed.comparator);
            let levels: Vec<&str> = own.map(short).collect();
            match of_kinds.iter_mut().find(|(known, _)| *known == levels) {
                Some((_, kinds)) => kinds.push(kind),
                None => of_kinds.push((levels, vec![kind])),
            }
        }
        of_kinds.sort_by_key(|(levels, _)| levels.is_empty());
        let (mut name, mut measure) = (listed.comparator, listed.measure);
        for (levels, kinds) in of_kinds {
            let levels = if levels.is_empty() { "none".into() } else { levels.join(", ") };
            let kinds = match kinds.len() == AttributeKind::ALL.len() {
                true => "every kind".into(),
                false => kinds.join(", "),
            };
            lines.push(format!("{name:<24} {measure:<11} {levels:<22} {kinds}"));
            (name, measure) = ("", "");
        }
    }
    lines.push("\nLevels are those of ready-made comparisons; settings may state others.".into());
    lines.join("\n")
}

impl UsedBy {
    /// Returns the level without the comparator's name, if it has a threshold.
    fn short<'a>(&'a self, comparator: &str) -> &'a str {
        let rest = self.level.strip_prefix(comparator).unwrap_or(&self.level).trim();
        if rest.is_empty() { &self.level } else { rest }
    }
}

/// Scores two texts by a comparator, for each kind whose ready-made comparison uses it; where
/// none does, for each kind that it suits. Kinds of which a text is no value are left out.
pub(super) fn score(comparator: &dyn Comparator, pair: usize, texts: [&str; 2]) -> Vec<Scored> {
    let uses = |kind: &AttributeKind| !levels_of(comparator, &ready_made(*kind)).is_empty();
    let used = kinds_of(comparator).any(|kind| uses(&kind));
    let kinds = kinds_of(comparator).filter(|kind| !used || uses(kind));
    let scored = |kind: AttributeKind| {
        let (a, b) = (value(kind, texts[0])?, value(kind, texts[1])?);
        let comparison = ready_made(kind);
        let score = ValueScore::of(comparator, &comparison, &a, &b);
        let ValueScore { number, outcome, reached } = score;
        let own = comparison.levels().iter().zip(reached);
        let levels = own
            .filter(|(level, _)| level.asks(comparator))
            .map(|(level, reached)| Reached { level: level.label(), reached })
            .collect();
        let outcome = comparison.outcome_label(outcome);
        Some(Scored {
            pair,
            comparator: comparator.name(),
            kind: kind.name(),
            number,
            levels,
            outcome,
        })
    };
    kinds.filter_map(scored).collect()
}

/// Describes scores in a table.
pub(super) fn describe_scores(scores: &[Scored]) -> String {
    let rows = scores.iter().map(|scored| {
        let level = |reached: &Reached| {
            format!("{}: {}", reached.level, if reached.reached { "yes" } else { "no" })
        };
        let levels: Vec<String> = scored.levels.iter().map(level).collect();
        vec![
            scored.pair.to_string(),
            scored.comparator.to_string(),
            scored.kind.to_string(),
            number_text(scored.number),
            if levels.is_empty() { "none".into() } else { levels.join("; ") },
            scored.outcome.clone(),
        ]
    });
    let header =
        ["Pair", "Comparator", "Kind", "Number", "Its levels, reached or not", "Level of the pair"];
    text::aligned(&header, rows)
}

/// Returns a number with as many places as it needs, four at most.
pub(super) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 || !number.is_finite() {
        number.to_string()
    } else {
        format!("{number:.4}")
    }
}

/// Returns the name of what a comparator's number means.
pub(super) fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Similarity => "similarity",
        Measure::Distance => "distance",
        Measure::Condition => "condition",
    }
}

fn kinds_of(comparator: &dyn Comparator) -> impl Iterator<Item = AttributeKind> {
    AttributeKind::ALL.into_iter().filter(|&kind| comparator.suits(kind))
}

fn ready_made(kind: AttributeKind) -> Comparison {
    Comparison::ready_made(&Attribute::new(kind.name(), kind))
}

/// Returns the levels of a comparison that ask a comparator.
fn levels_of(comparator: &dyn Comparator, comparison: &Comparison) -> Vec<String> {
    let levels = comparison.levels().iter();
    levels.filter(|level| level.asks(comparator)).map(|level| level.label()).collect()
}

/// Returns the value that a text is of a kind, if it is one.
fn value(kind: AttributeKind, text: &str) -> Option<String> {
    let mut value = String::new();
    let outcome = normalise::of_kind(kind).normalise(text, &CellRules::of_any_year(), &mut value);
    (outcome == Normalised::Value).then_some(value)
}
