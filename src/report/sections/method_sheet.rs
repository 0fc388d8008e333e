//! Method sheet: what reporting guidance asks about a linkage, filled in from the run.

use crate::report::content::{Block, Table, TableBuilder};
use crate::report::disclosure::Shown;
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct MethodSheet;

/// What a person must answer, because no run can.
const NOT_FILLED_IN: &str = "Not filled in";

impl Section for MethodSheet {
    fn id(&self) -> &'static str {
        "method-sheet"
    }

    fn title(&self) -> &'static str {
        "Method sheet"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        vec![
            Block::Table { table: flow(view) },
            Block::Table { table: items(view) },
            Block::Table { table: files(view) },
        ]
    }
}

fn flow(view: &View<'_>) -> Table {
    let input = view.input;
    let show = |count: u64| number::shown(view.profile.show(count));
    let sum = |of: fn(&crate::report::SourceAccount) -> u64| -> u64 {
        input.accounts.iter().map(of).sum()
    };
    let mut table =
        TableBuilder::new("table-flow", "Flow of records and pairs (RECORD 13.1, recalled)")
            .words(["Step"])
            .numbers(["Number"]);
    if !input.accounts.is_empty() {
        table.row(["Rows read".into(), show(sum(|account| account.read()))]);
        table.row(["Rows put aside".into(), show(sum(|account| account.quarantined))]);
        table.row(["Declared copies left out".into(), show(sum(|account| account.duplicates))]);
    }
    table.row(["Records".into(), number::shown(view.overall.linked.denominator)]);
    if !input.blocking.is_empty() {
        let pairs = input.blocking.iter().map(|rule| rule.new_pairs).sum();
        table.row(["Pairs compared".into(), show(pairs)]);
    }
    let decided = input.evaluation.links.precision.denominator;
    table.row(["Pairs linked".into(), show(decided)]);
    table.row(["Records linked".into(), number::shown(view.overall.linked.numerator)]);
    table.finish()
}

fn items(view: &View<'_>) -> Table {
    let input = view.input;
    let run = &input.run;
    let model = input.model.as_ref();
    let pairs = &input.evaluation.pairs;
    let entities = &input.evaluation.entities;
    let percent = |rate| number::rate_and_range(&view.rate(rate), Scale::Percent);
    let fixed = |value: Option<f64>| match (value, view.rate(entities.exact).rate()) {
        (Some(value), Some(_)) => format!("{value:.3}"),
        (Some(_), None) => number::HIDDEN.into(),
        (None, _) => number::NOT_APPLICABLE.into(),
    };
    let f1 = match (view.rate(pairs.precision).rate(), pairs.f1) {
        (Some(_), Some(f1)) => format!("{f1:.3}"),
        (None, _) => number::HIDDEN.into(),
        (_, None) => number::NOT_APPLICABLE.into(),
    };
    let population = match run.children.map(|children| view.profile.show(children)) {
        Some(Shown::Count(children)) if run.synthetic => {
            format!(
                "{} invented children seen by {} services",
                number::count(children),
                view.sources.len()
            )
        }
        _ => NOT_FILLED_IN.into(),
    };
    let rows: [(&str, &str, String); 15] = [
        ("Provision", "Population and period", population),
        ("Provision", "Quality of identifiers", "See Quality of the inputs".into()),
        ("Provision", "How the providers prepared the data", NOT_FILLED_IN.into()),
        ("Linkage", "Strategy", run.strategy.clone()),
        (
            "Linkage",
            "Blocking",
            match input.blocking.len() {
                0 => "None: every decision is by key".into(),
                rules => format!(
                    "{}; see Which pairs are compared",
                    number::several(Shown::Count(rules as u64), "rule")
                ),
            },
        ),
        (
            "Linkage",
            "Threshold",
            model.map_or("None: every decision is by key".into(), |model| {
                format!("{:.1} bits, odds {}", model.threshold, number::odds(model.threshold))
            }),
        ),
        (
            "Linkage",
            "Prior",
            model.map_or(number::NOT_APPLICABLE.into(), |model| number::probability(model.prior)),
        ),
        ("Linkage", "Clerical review", NOT_FILLED_IN.into()),
        (
            "Quality",
            "Precision and recall of pairs (RECORD 12.3)",
            format!("{} and {}", percent(pairs.precision), percent(pairs.recall)),
        ),
        ("Quality", "F1 of pairs", f1),
        (
            "Quality",
            "B-cubed precision and recall of entities",
            format!("{} and {}", fixed(entities.b_cubed_precision), fixed(entities.b_cubed_recall)),
        ),
        ("Quality", "Children whose records are exactly one entity", percent(entities.exact)),
        ("Analysis", "Linked compared with not linked", "See Who is missed".into()),
        (
            "Analysis",
            "Sensitivity to the rules",
            match input.strategies.len() {
                0 | 1 => NOT_FILLED_IN.into(),
                _ => "See Strategies compared".into(),
            },
        ),
        ("Reporting", "Linkage named in title and abstract (RECORD 1.3)", NOT_FILLED_IN.into()),
    ];
    let mut table = TableBuilder::new("table-items", "Items of GUILD and RECORD, filled in from the run")
        .words(["Item", "Stage", "This run"])
        .note("Items follow GUILD (2018) and RECORD as recalled by the authors; check the published checklists before quoting their numbers.");
    for (stage, item, value) in rows {
        table.row([item.into(), stage.into(), value]);
    }
    table.finish()
}

fn files(view: &View<'_>) -> Table {
    let run = &view.input.run;
    let mut table =
        TableBuilder::new("table-run", "What makes this run repeatable").words(["Fact", "Value"]);
    table.row(["Run".into(), run.run_id.clone()]);
    table.row(["Version".into(), format!("cci {}", run.version)]);
    table.row([
        "Seed".into(),
        run.seed.map_or(number::NOT_APPLICABLE.into(), |seed| seed.to_string()),
    ]);
    table.row(["Settings (SHA-256)".into(), run.settings_digest.clone()]);
    for (name, digest) in &run.inputs {
        table.row([format!("{name} (SHA-256)"), digest.clone()]);
    }
    table.row(["Disclosure profile".into(), view.profile.name().into()]);
    table.finish()
}
