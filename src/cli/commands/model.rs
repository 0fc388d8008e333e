//! `cci model`: shows, exports and imports trained models.

use serde::Serialize;

use crate::cli::arguments::{
    ModelCommand, ModelExportArguments, ModelImportArguments, ModelShowArguments,
    ModelTrainArguments,
};
use crate::cli::console::{Console, print};
use crate::cli::data::Data;
use crate::cli::manifest::to_json;
use crate::cli::{label_file, model_source, output_file};
use crate::error::{Error, Result};
use crate::model::{
    ComparisonParameters, Dependence, LinkType, Model, ModelFile, StandardErrors, TrainingMethod,
    from_splink, to_splink,
};
use crate::normalise::CANON_VERSION;
use crate::report::text;
use crate::strategy::{LinkInput, Progress, TrainingChoice, train_model};

/// Model as a program sees it.
#[derive(Serialize)]
struct Shown<'a> {
    canon: &'a str,
    toolkit: &'a str,
    method: &'static str,
    pairs: u64,
    starts: u32,
    agreeing: u32,
    iterations: u32,
    converged: bool,
    log_likelihood: Option<f64>,
    may_be_of_households: bool,
    /// Attributes of which training could learn nothing.
    unlearnt: &'a [String],
    blocking: &'a [String],
    sessions: &'a [String],
    prior: f64,
    household_prior: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    households_between: Vec<ShownHouseholds<'a>>,
    comparisons: Vec<ShownComparison<'a>>,
    dependence: Vec<ShownDependence<'a>>,
}

/// Share of the pairs of two sources that are two children of one household.
#[derive(Serialize)]
struct ShownHouseholds<'a> {
    sources: &'a [String; 2],
    prior: f64,
}

/// How far two comparisons depend on each other, as a program sees it.
#[derive(Serialize)]
struct ShownDependence<'a> {
    among: &'static str,
    attributes: [&'a str; 2],
    /// Mutual information of their outcomes.
    bits: f64,
    levels: [&'a str; 2],
    observed: f64,
    expected: f64,
}

/// Comparison of a model as a program sees it.
#[derive(Serialize)]
struct ShownComparison<'a> {
    attribute: &'a str,
    term_frequency: bool,
    levels: Vec<ShownLevel<'a>>,
}

/// Level of a comparison as a program sees it.
#[derive(Serialize)]
struct ShownLevel<'a> {
    level: &'a str,
    m: f64,
    u: f64,
    /// Standard error of u, where values that were sampled stood for others.
    u_sampled_error: Option<f64>,
    bits: f64,
    household: Option<f64>,
    errors: Option<ShownErrors>,
}

/// Standard errors of a level and the intervals of 95 % that follow.
#[derive(Serialize)]
struct ShownErrors {
    m: f64,
    u: f64,
    bits: f64,
    m_interval: [f64; 2],
    u_interval: [f64; 2],
    bits_interval: [f64; 2],
}

/// File written, as a program sees it.
#[derive(Serialize)]
struct Written {
    format: String,
    file: String,
    /// Comparisons as linkage settings declare them, for an imported model.
    compare: Option<String>,
    /// Blocking rules that the other tool has no equivalent for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
    /// Attributes whose rarity the other tool tells by all sources together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rarity_of_all: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// `Unreadable` without a model; `BadModel` for one that cannot be used; `OutputExists` or
/// `Unwritable` for the file to write.
pub(in crate::cli) fn run(options: &ModelCommand, console: &Console, json: bool) -> Result<()> {
    match options {
        ModelCommand::Show(options) => show(options, json),
        ModelCommand::Train(options) => train(options, console, json),
        ModelCommand::Export(options) => export(options, console, json),
        ModelCommand::Import(options) => import(options, console, json),
    }
}

fn show(options: &ModelShowArguments, json: bool) -> Result<()> {
    let file = model_source::read(&options.model)?;
    print_model(&file, json)
}

fn train(options: &ModelTrainArguments, console: &Console, json: bool) -> Result<()> {
    let data = Data::find(&options.data, console)?;
    let labels = match &options.labels {
        Some(path) => Some(label_file::read(path, &data)?),
        None => None,
    };
    let progress = Progress::default();
    let input = LinkInput::new(&data.reading.records, &data.plan, &progress);
    let choice = TrainingChoice { labels: labels.as_deref(), replicates: options.bootstrap };
    let model = train_model(&input, choice)?;
    let file = ModelFile { canon: CANON_VERSION.into(), model };
    file.check()?;
    output_file::write(&options.out, &file.text())?;
    console.say(&format!("Wrote {}", options.out.display()));
    print_model(&file, json)
}

fn print_model(file: &ModelFile, json: bool) -> Result<()> {
    if json {
        print(&to_json(&shown(file))?);
    } else {
        print(&summary(file));
        print(&text::model_levels(&file.model));
        let dependence = text::model_dependence(&file.model);
        if !dependence.is_empty() {
            print(&dependence);
        }
    }
    Ok(())
}

fn export(options: &ModelExportArguments, console: &Console, json: bool) -> Result<()> {
    let file = model_source::read(&options.model)?;
    let (text, left_out, rarity) = match options.format.as_str() {
        "toml" => (file.text(), Vec::new(), Vec::new()),
        "splink" => {
            let settings = to_splink(&file, LinkType::parse(&options.link_type)?)?;
            (settings.json, settings.left_out, settings.rarity_of_all)
        }
        other => return Err(Error::unknown_name("form of a model", other, ["toml", "splink"])),
    };
    output_file::write(&options.out, &text)?;
    for rule in &left_out {
        console.say(&format!("Left out: {rule}"));
    }
    for attribute in &rarity {
        console.say(&format!(
            "Rarity of {attribute} is told by each source here and by all together there: weights \
             differ where sources do"
        ));
    }
    let (format, file) = (options.format.clone(), options.out.display().to_string());
    say_written(
        &Written { format, file, compare: None, left_out, rarity_of_all: rarity },
        console,
        json,
    )
}

fn import(options: &ModelImportArguments, console: &Console, json: bool) -> Result<()> {
    let bytes = model_source::bytes(&options.file)?;
    let name = model_source::name(&options.file);
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    let file = match std::str::from_utf8(&bytes) {
        Ok(text) if is_json => from_splink(text, &name, CANON_VERSION)?,
        _ => ModelFile::read(&bytes, &name)?,
    };
    output_file::write(&options.out, &file.text())?;
    let written = Written {
        format: "toml".to_string(),
        file: options.out.display().to_string(),
        compare: Some(compare_tables(&file)),
        left_out: Vec::new(),
        rarity_of_all: Vec::new(),
    };
    say_written(&written, console, json)
}

fn say_written(written: &Written, console: &Console, json: bool) -> Result<()> {
    console.say(&format!("Wrote {}", written.file));
    if json {
        print(&to_json(written)?);
    } else if let Some(compare) = &written.compare {
        console.say("Settings of cci link that the model fits hold these comparisons:");
        print(compare);
    }
    Ok(())
}

/// Returns the comparisons of a model as linkage settings declare them.
fn compare_tables(file: &ModelFile) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let table = |comparison: &ComparisonParameters| {
        let levels = comparison.labels.iter().take(comparison.labels.len() - 1);
        let levels: Vec<String> = levels.map(|label| quoted(label)).collect();
        format!(
            "[[compare]]\nattribute = {}\nlevels = [{}]\nterm_frequency = {}\n",
            quoted(&comparison.attribute),
            levels.join(", "),
            comparison.term_frequency.is_some()
        )
    };
    file.model.comparisons.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn shown(file: &ModelFile) -> Shown<'_> {
    let (model, training) = (&file.model, &file.model.training);
    Shown {
        canon: &file.canon,
        toolkit: &training.toolkit,
        method: training.method.name(),
        pairs: training.pairs,
        starts: training.starts,
        agreeing: training.agreeing,
        iterations: training.iterations,
        converged: training.converged,
        log_likelihood: training.log_likelihood,
        may_be_of_households: model.may_be_of_households(),
        unlearnt: &training.unlearnt,
        blocking: &training.blocking,
        sessions: &training.sessions,
        prior: model.prior.get(),
        household_prior: model.household_prior.map(|prior| prior.get()),
        households_between: model
            .households_between
            .iter()
            .map(|of| ShownHouseholds { sources: &of.sources, prior: of.prior.get() })
            .collect(),
        comparisons: model.comparisons.iter().map(shown_comparison).collect(),
        dependence: training.dependence.iter().map(|found| dependence(model, found)).collect(),
    }
}

fn dependence<'a>(model: &'a Model, found: &Dependence) -> ShownDependence<'a> {
    let of = |side: usize| &model.comparisons[found.comparisons[side]];
    let level = |side: usize| of(side).labels[found.outcomes[side] as usize - 1].as_str();
    ShownDependence {
        among: found.among.name(),
        attributes: [0, 1].map(|side| of(side).attribute.as_str()),
        bits: found.bits,
        levels: [0, 1].map(level),
        observed: found.observed,
        expected: found.expected,
    }
}

fn shown_comparison(comparison: &ComparisonParameters) -> ShownComparison<'_> {
    let level = |place: usize| ShownLevel {
        level: &comparison.labels[place],
        m: comparison.m[place],
        u: comparison.u[place],
        u_sampled_error: comparison.u_sampled.as_ref().map(|errors| errors[place]),
        bits: comparison.weight(place as u8 + 1),
        household: comparison.s.as_ref().map(|s| s[place]),
        errors: comparison.errors.as_ref().map(|errors| {
            let (m, u, bits) = (errors.m[place], errors.u[place], errors.bits[place]);
            let weight = comparison.weight(place as u8 + 1);
            ShownErrors {
                m,
                u,
                bits,
                m_interval: StandardErrors::interval(comparison.m[place], m),
                u_interval: StandardErrors::interval(comparison.u[place], u),
                bits_interval: StandardErrors::interval_of_weight(weight, bits),
            }
        }),
    };
    ShownComparison {
        attribute: &comparison.attribute,
        term_frequency: comparison.term_frequency.is_some(),
        levels: (0..comparison.labels.len()).map(level).collect(),
    }
}

fn summary(file: &ModelFile) -> String {
    let (model, training) = (&file.model, &file.model.training);
    let trained = match training.method {
        TrainingMethod::Splink => "trained by Splink".into(),
        TrainingMethod::Labels => {
            format!("trained on {} labelled pairs", text::count(training.pairs))
        }
        TrainingMethod::ExpectationMaximisation => format!(
            "trained without labels on {} pairs in {} iterations{}",
            text::count(training.pairs),
            training.iterations,
            if training.converged { "" } else { " and not settled" }
        ),
    };
    let mut lines =
        vec![format!("Model of cci {}, values under {}, {trained}", training.toolkit, file.canon)];
    let one_in = |share: f64| text::count((1.0 / share).round() as u64);
    let prior = model.prior.get();
    lines.push(format!("Of all comparable pairs 1 in {} is a match", one_in(prior)));
    if let Some(household) = model.household_prior {
        lines
            .push(format!("and 1 in {} is two children of one household", one_in(household.get())));
    }
    for of in &model.households_between {
        let among = match &of.sources {
            [s, t] if s == t => format!("within {s}"),
            [s, t] => format!("between {s} and {t}"),
        };
        lines.push(format!("{among} 1 in {}", one_in(of.prior.get())));
    }
    if training.starts > 1 {
        lines.push(format!(
            "{} of {} starts ended at this likelihood, the highest",
            training.agreeing, training.starts
        ));
    }
    lines.extend(model_source::warnings(model));
    lines.join("\n")
}
