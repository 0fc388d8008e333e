//! The small tables that a command prints: plain text, no colours.
//!
//! The only file that knows the table library.

use comfy_table::{CellAlignment, Table, presets};

use super::disclosure::{Profile, protect_rates};
use super::input::StrategyRow;
use super::number::{self, Scale};
pub(crate) use super::number::{count, odds};
use super::view::{View, shown_gap};
use crate::evaluate::Rate;
use crate::model::{Among, ComparisonParameters, Dependence, Model, StandardErrors};

/// Pairs of comparisons that are shown of each class.
const MOST_DEPENDENT: usize = 5;

/// Returns the table of sources: records, linked, missed and false.
pub fn per_source(view: &View<'_>) -> String {
    let header = ["Source", "Records", "Linked", "Rate", "Missed per 1,000", "False per 1,000"];
    let rows = view.sources.iter().chain([&view.overall]).map(|group| {
        vec![
            group.label.clone(),
            number::shown(group.linked.denominator),
            number::shown(group.linked.numerator),
            number::rate(&group.linked, Scale::Percent),
            number::whole(&group.missed, Scale::PerThousand),
            number::whole(&group.falsely_linked, Scale::PerThousand),
        ]
    });
    aligned(&header, rows)
}

/// Returns one line with precision and recall of pairs, and the threshold if there is one.
pub fn quality(view: &View<'_>) -> String {
    let pairs = &view.input.evaluation.pairs;
    let percent = |rate: Rate| number::rate_and_range(&view.rate(rate), Scale::Percent);
    let mut line =
        format!("Precision {}  Recall {}", percent(pairs.precision), percent(pairs.recall));
    if let Some(model) = &view.input.model {
        let threshold = model.threshold;
        line += &format!("  Threshold {threshold:.1} (odds {})", number::odds(threshold));
    }
    line
}

/// Returns the table of strategies side by side, with times where they are given.
pub fn strategies(rows: &[StrategyRow], profile: Profile) -> String {
    let timed = rows.iter().any(|row| row.seconds.is_some());
    let mut header = vec![
        "Strategy",
        "Rate",
        "Missed per 1,000",
        "False per 1,000",
        "Largest gap",
        "Pairs scored",
    ];
    header.extend(timed.then_some("Time"));
    let rows = rows.iter().map(|row| {
        let shown = |rate: Rate| protect_rates(profile, &[rate]).1;
        let gap = shown_gap(profile, row)
            .map_or(number::NOT_APPLICABLE.into(), |gap| format!("{:.1} points", gap.points));
        let mut cells = vec![
            row.name.clone(),
            number::rate(&shown(row.linked), Scale::Percent),
            number::whole_and_range(&shown(row.missed), Scale::PerThousand),
            number::whole_and_range(&shown(row.falsely_linked), Scale::PerThousand),
            gap,
            number::shown(profile.show(row.pairs_scored)),
        ];
        if timed {
            cells.push(row.seconds.map_or(String::new(), |seconds| format!("{seconds:.1}s")));
        }
        cells
    });
    aligned(&header, rows)
}

/// Returns the table of a model's levels: m, u and weight in bits, with intervals if known.
pub fn model_levels(model: &Model) -> String {
    let uncertain = model.comparisons.iter().any(|comparison| comparison.errors.is_some());
    let sampled = model.comparisons.iter().any(|comparison| comparison.u_sampled.is_some());
    let mut header =
        vec!["Comparison", "Level", "m", "95 % of m", "u", "95 % of u", "Bits", "95 %"];
    if !uncertain {
        header.retain(|name| !name.starts_with("95 %"));
    }
    header.extend(sampled.then_some("Error of u"));
    header.push("Rare values");
    let of = |comparison: &ComparisonParameters| {
        let row = |place: usize| level_row(comparison, place, uncertain, sampled);
        (0..comparison.labels.len()).map(row).collect::<Vec<_>>()
    };
    aligned(&header, model.comparisons.iter().flat_map(of))
}

fn level_row(
    comparison: &ComparisonParameters,
    place: usize,
    uncertain: bool,
    sampled: bool,
) -> Vec<String> {
    let (m, u) = (comparison.m[place], comparison.u[place]);
    let bits = comparison.weight(place as u8 + 1);
    let range = |ends: [f64; 2], shown: fn(f64) -> String| ends.map(shown).join(" to ");
    let errors = comparison.errors.as_ref();
    let interval = |interval: Option<String>| uncertain.then(|| interval.unwrap_or_default());
    let of_m = errors.map(|e| range(StandardErrors::interval(m, e.m[place]), probability));
    let of_u = errors.map(|e| range(StandardErrors::interval(u, e.u[place]), probability));
    let of_bits =
        errors.map(|e| range(StandardErrors::interval_of_weight(bits, e.bits[place]), signed));
    let frequency = comparison.term_frequency.is_some() && place == 0;
    let mut row = vec![
        if place == 0 { comparison.attribute.clone() } else { String::new() },
        comparison.labels[place].clone(),
        probability(m),
    ];
    row.extend(interval(of_m));
    row.push(probability(u));
    row.extend(interval(of_u));
    row.push(signed(bits));
    row.extend(interval(of_bits));
    let error = comparison.u_sampled.as_ref().map(|errors| errors[place]);
    row.extend(sampled.then(|| error.map_or("exact".into(), probability)));
    row.push(if frequency { "count for more".into() } else { String::new() });
    row
}

/// Returns the comparisons of a model that depend most on each other, as a table.
///
/// Empty for a model that was not trained without labels: nothing was looked at.
pub fn model_dependence(model: &Model) -> String {
    let all = &model.training.dependence;
    let attribute = |place: usize| model.comparisons[place].attribute.as_str();
    let row = |found: &Dependence| {
        let [first, second] = found.comparisons;
        let label =
            |place: usize, outcome: u8| &model.comparisons[place].labels[outcome as usize - 1];
        let [of_first, of_second] = found.outcomes;
        vec![
            found.among.name().to_string(),
            format!("{} and {}", attribute(first), attribute(second)),
            format!("{:.3}", found.bits),
            format!("{} and {}", label(first, of_first), label(second, of_second)),
            probability(found.observed),
            probability(found.expected),
        ]
    };
    let most =
        |among: Among| all.iter().filter(move |found| found.among == among).take(MOST_DEPENDENT);
    let Some(first) = most(Among::Matches).next() else { return String::new() };
    let header = ["Among", "Comparisons", "Bits", "Outcomes", "Found", "If independent"];
    let two = first.comparisons.map(|place| &model.comparisons[place]);
    let advice = match two[0].may_be_joined(two[1]) {
        true => format!(
            "To count it once, compare them jointly: [[compare]] attributes = [\"{}\", \"{}\"]\n",
            two[0].attribute, two[1].attribute
        ),
        false => String::new(),
    };
    format!(
        "Most dependent among matches: {} and {}, which tell {:.3} bits of each other a pair\n\
         {advice}{}",
        attribute(first.comparisons[0]),
        attribute(first.comparisons[1]),
        first.bits,
        aligned(&header, Among::ALL.into_iter().flat_map(most).map(row)),
    )
}

fn signed(bits: f64) -> String {
    format!("{bits:+.2}")
}

/// Returns a probability in four digits that count.
fn probability(value: f64) -> String {
    if value < 0.001 { format!("{value:.3e}") } else { format!("{value:.4}") }
}

/// Lays a table out: the first column to the left, the others to the right.
pub(crate) fn aligned(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.iter().copied()).add_rows(rows);
    for (place, column) in table.column_iter_mut().enumerate() {
        let side = if place == 0 { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(side);
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}
