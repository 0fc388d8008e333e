//! `cci explain pair`: why two records are linked or not, in bits that add up.

use serde::Serialize;

use crate::blocking::BlockingRule;
use crate::cli::arguments::ExplainPairArguments;
use crate::cli::console::{Console, print};
use crate::cli::manifest::to_json;
use crate::cli::model_source;
use crate::cli::waterfall::{step_line, sum_line};
use crate::comparison::ComparisonEngine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Step, TermFrequencies};
use crate::record::RecordId;
use crate::report::text;
use crate::strategy::{self, LinkInput, Method, Progress};

/// Explanation of a pair; holds outcomes, never values.
#[derive(Serialize)]
struct Explained {
    a: String,
    b: String,
    /// Whether the strategy links them.
    linked: bool,
    /// How it does.
    how: Option<&'static str>,
    match_weight: f64,
    threshold: Option<f64>,
    odds: String,
    household_probability: f64,
    /// Blocking rules that propose the pair.
    rules: Vec<String>,
    steps: Vec<Bits>,
}

/// One step of the explanation, and what decides it.
#[derive(Serialize)]
struct Bits {
    #[serde(flatten)]
    step: Step,
    /// Which values of the two records decide it, if either holds several or dated ones.
    values: Option<Deciding>,
}

/// Values that decide a comparison: by number and time, never themselves.
#[derive(Serialize)]
struct Deciding {
    a: Held,
    b: Held,
    /// Whether the records may have held them at one time; none if either has no period.
    at_one_time: Option<bool>,
}

/// One of the values of a record.
#[derive(Serialize)]
struct Held {
    /// Place among the record's values, from 1; the first is the current one.
    number: usize,
    of: usize,
    periods: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// `RecordNotFound` for a record that is not there; what the strategy cannot do.
pub(in crate::cli) fn run(
    options: &ExplainPairArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let data = model_source::find_data(&options.data, console)?;
    let records = &data.reading.records;
    let (a, b) = (data.find_record(&options.a)?, data.find_record(&options.b)?);
    if a == b {
        return Err(Error::new(ErrorKind::BadValue, "both names are of one record")
            .help("name two different records"));
    }
    let (a, b) = (a.min(b), a.max(b));
    let progress = Progress::default();
    let input = LinkInput::new(records, &data.plan, &progress).under(&data.constraints);
    let mut linkage = data.settings.strategy()?.link(&input)?;
    let how = linkage.links.how(a, b);
    if linkage.scoring.is_none() {
        // A strategy of keys alone weighs nothing; what a pair would weigh can be told all the same.
        linkage = strategy::find("probabilistic")?.link(&input)?;
    }
    let scoring = linkage.scoring.as_ref().ok_or_else(|| {
        Error::new(ErrorKind::BadValue, "there are no candidate pairs, so no weight was learnt")
            .help("add a blocking rule, or check that the columns feed the right attributes")
    })?;
    let engine = input.engine()?;
    let frequencies = TermFrequencies::new(records, engine, &scoring.model);
    let pattern = engine.pattern(a, b);
    let explanation = scoring.explain(records, &frequencies, pattern, (a, b));
    let blocking = input.blocking()?;
    let rules = BlockingRule::labels(blocking.rules(), blocking.rules_of(a, b));
    let threshold = scoring.threshold.bits();
    let explained = Explained {
        a: records.name(a),
        b: records.name(b),
        linked: how.is_some(),
        how: how.map(Method::name),
        match_weight: explanation.weight.bits(),
        threshold: Some(threshold).filter(|bits| bits.is_finite()),
        odds: text::odds(explanation.weight.bits()),
        household_probability: explanation.household_probability,
        rules,
        steps: explanation
            .steps
            .into_iter()
            .map(|step| Bits { values: deciding(engine, &step.name, a, b), step })
            .collect(),
    };
    if json {
        print(&to_json(&explained)?);
    } else {
        print(&waterfall(&explained));
    }
    Ok(())
}

/// Returns which values decide the comparison of an attribute, where that is worth a word.
fn deciding(
    engine: &ComparisonEngine,
    attribute: &str,
    a: RecordId,
    b: RecordId,
) -> Option<Deciding> {
    let place = engine.comparisons().position(|known| known.attribute() == attribute)?;
    let column = engine.column(place);
    let (x, y) = engine.deciding_values(place, a, b)?;
    let held = |record, code| Held {
        number: column.codes_of(record).take_while(|&other| other != code).count() + 1,
        of: column.codes_of(record).count(),
        periods: column.periods_of(record, code).map(|period| period.to_string()).collect(),
    };
    let (held_a, held_b) = (held(a, x), held(b, y));
    let plain = |held: &Held| held.of == 1 && held.periods.is_empty();
    if plain(&held_a) && plain(&held_b) {
        return None;
    }
    let dated = !held_a.periods.is_empty() && !held_b.periods.is_empty();
    let at_one_time = dated.then(|| {
        let mut periods = column.periods_of(a, x);
        periods.any(|period| column.periods_of(b, y).any(|other| period.overlaps(&other)))
    });
    Some(Deciding { a: held_a, b: held_b, at_one_time })
}

impl Deciding {
    fn describe(&self, a: &str, b: &str) -> String {
        let one = |name: &str, held: &Held| {
            let source = name.split(':').next().unwrap_or_default();
            let value = format!("{source} value {} of {}", held.number, held.of);
            match held.periods.as_slice() {
                [] => value,
                periods => format!("{value} ({})", periods.join(", ")),
            }
        };
        let time = match self.at_one_time {
            Some(true) => ", at one time",
            Some(false) => ", not at one time",
            None => "",
        };
        format!("{}, {}{time}", one(a, &self.a), one(b, &self.b))
    }
}

fn waterfall(explained: &Explained) -> String {
    let verdict = match explained.how {
        Some(how) => format!("Linked by {how}"),
        None => "Not linked".into(),
    };
    let mut lines = vec![match explained.threshold {
        Some(threshold) => format!(
            "{verdict}. Match weight {:.1}, threshold {threshold:.1} (odds {}).",
            explained.match_weight, explained.odds
        ),
        None => format!(
            "{verdict}. Match weight {:.1}; no threshold could be chosen.",
            explained.match_weight
        ),
    }];
    for step in &explained.steps {
        lines.push(step_line(&step.step));
        if let Some(values) = &step.values {
            lines.push(format!("    {}", values.describe(&explained.a, &explained.b)));
        }
    }
    lines.push(sum_line(explained.match_weight));
    lines.push(if explained.rules.is_empty() {
        "No blocking rule proposes this pair, so it is never scored.".into()
    } else {
        format!("Proposed by: {}", explained.rules.join("; "))
    });
    lines.join("\n")
}
