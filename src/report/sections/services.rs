//! Which services link, by which method, and which of them go wrong.

use crate::evaluate::Rate;
use crate::report::chart::Words;
use crate::report::charts::{Dot, Panel, Stack, dot_intervals, stacked_bars};
use crate::report::content::{Block, Figure, TableBuilder};
use crate::report::disclosure::{Profile, Protected, Shown, ShownRate, protect_table};
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::{ShownGroup, View, sentence_case};

pub(super) struct Services;

impl Section for Services {
    fn id(&self) -> &'static str {
        "services"
    }

    fn title(&self) -> &'static str {
        "Which services link, and how"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        if view.sources.is_empty() {
            return Vec::new();
        }
        let mut blocks =
            vec![Block::Figure { figure: methods(view) }, Block::Figure { figure: errors(view) }];
        let merged = view.profile.show(view.input.evaluation.records.merged_unlinked);
        if merged != Shown::Count(0) {
            blocks.push(Block::Paragraph {
                text: format!(
                    "Beside these, {} without a link to another service share an identifier with \
                     a different child's record in their own service.",
                    number::several(merged, "record")
                ),
            });
        }
        blocks
    }
}

fn methods(view: &View<'_>) -> Figure {
    let sources = &view.input.evaluation.by_source;
    let mut series: Vec<String> =
        sources[0].methods.iter().map(|method| method_label(&method.method)).collect();
    let counts: Vec<Vec<u64>> = sources
        .iter()
        .map(|source| {
            let mut counts: Vec<u64> = source.methods.iter().map(|m| m.records).collect();
            let linked = source.quality.linked;
            // Entities that no link explains, as when they were made elsewhere.
            counts.push(linked.numerator.saturating_sub(counts.iter().sum()));
            counts.push(linked.denominator - linked.numerator);
            counts
        })
        .collect();
    let other = series.len();
    let unexplained = counts.iter().any(|row| row[other] > 0);
    let counts: Vec<Vec<u64>> = counts
        .into_iter()
        .map(|mut row| {
            if !unexplained {
                row.remove(other);
            }
            row
        })
        .collect();
    if unexplained {
        series.push("Other".into());
    }
    series.push("Not linked".into());
    let shown = protect_table(view.profile, &counts);

    let rows: Vec<Stack> = sources
        .iter()
        .zip(&shown.cells)
        .map(|(source, cells)| Stack { label: source.label.clone(), shares: shares(cells) })
        .collect();
    let title = first_method(&series, &shown);
    let description = rows
        .iter()
        .map(|row| {
            let parts = row.shares.as_ref().map_or("not shown".to_string(), |shares| {
                let part = |(name, share): (&String, &f64)| format!("{name} {:.0}%", 100.0 * share);
                series.iter().zip(shares).map(part).collect::<Vec<_>>().join(", ")
            });
            format!("{}: {parts}.", row.label)
        })
        .collect::<Vec<_>>()
        .join(" ");
    let names: Vec<&str> = series.iter().map(String::as_str).collect();
    let words = Words { title: title.clone(), description };
    let svg = stacked_bars("chart-methods", &words, &names, &rows);

    let mut table = TableBuilder::new(
        "table-methods",
        "Records by service and by the method that linked them first",
    )
    .words(["Service"])
    .numbers(["Records"])
    .numbers(names);
    for (place, source) in sources.iter().enumerate() {
        let cells = [shown.row_totals[place]].into_iter().chain(shown.cells[place].clone());
        table.row([source.label.clone()].into_iter().chain(cells.map(number::shown)));
    }
    let totals = [shown.total].into_iter().chain(shown.column_totals);
    table.total(["All".to_string()].into_iter().chain(totals.map(number::shown)));
    Figure {
        id: "figure-methods".into(),
        title,
        subtitle: format!("Share of each service's records, by method. {}", status(view)),
        svg,
        table: table.finish(),
    }
}

fn errors(view: &View<'_>) -> Figure {
    let title = worst(&view.sources);
    let panel = |title: &str, of: fn(&ShownGroup) -> ShownRate| Panel {
        title: title.into(),
        unit: "",
        from_zero: true,
        most: Some(1000.0),
        reference: None,
        dots: view
            .sources
            .iter()
            .map(|source| dot(&source.label, of(source), Scale::PerThousand))
            .collect(),
    };
    let panels = [
        panel("Missed, of 1,000 records with a partner", |source| source.missed),
        panel("False, of 1,000 linked records", |source| source.falsely_linked),
    ];
    let words = Words { title: title.clone(), description: describe(&panels) };

    let mut table = TableBuilder::new("table-errors", "Linkage rate, missed and false, by service")
        .words(["Service"])
        .numbers([
            "Records",
            "Linked",
            "Rate, all",
            "Rate, with a partner",
            "Missed per 1,000 (95% range)",
            "Partly missed per 1,000",
            "False per 1,000 (95% range)",
        ])
        .note("Rate, with a partner: of records whose child has a record in another service.");
    for (place, group) in view.sources.iter().chain([&view.overall]).enumerate() {
        let cells = [
            group.label.clone(),
            number::shown(group.linked.denominator),
            number::shown(group.linked.numerator),
            number::rate(&group.linked, Scale::Percent),
            number::rate(&group.linked_of_linkable, Scale::Percent),
            number::rate_and_range(&group.missed, Scale::PerThousand),
            number::rate(&group.partly_missed, Scale::PerThousand),
            number::rate_and_range(&group.falsely_linked, Scale::PerThousand),
        ];
        if place == view.sources.len() { table.total(cells) } else { table.row(cells) }
    }
    Figure {
        id: "figure-errors".into(),
        title,
        subtitle: format!(
            "Records missed and falsely linked per 1,000, with 95% ranges. {}",
            status(view)
        ),
        svg: dot_intervals("chart-errors", &words, &panels),
        table: table.finish(),
    }
}

/// Returns a row of a dot chart.
pub(super) fn dot(label: &str, shown: ShownRate, scale: Scale) -> Dot {
    let value = shown.rate().and_then(|rate| {
        let ends = rate.interval()?;
        let factor = scale.factor();
        Some((factor * rate.value()?, factor * ends.lower, factor * ends.upper))
    });
    Dot { label: label.to_string(), value, text: number::rate_and_range(&shown, scale) }
}

/// Returns a description of panels: every value with its range.
pub(super) fn describe(panels: &[Panel]) -> String {
    let panel = |panel: &Panel| {
        let dots: Vec<String> =
            panel.dots.iter().map(|dot| format!("{} {}", dot.label, dot.text)).collect();
        format!("{}: {}.", panel.title, dots.join(", "))
    };
    panels.iter().map(panel).collect::<Vec<_>>().join(" ")
}

/// Returns the status of the data, for the subtitle of a chart.
pub(super) fn status(view: &View<'_>) -> &'static str {
    match (view.input.run.synthetic, view.profile) {
        (true, Profile::Synthetic) => "Synthetic data.",
        (true, Profile::Publish) => "Synthetic data, counts rounded to 5.",
        (false, _) => "Counts rounded to 5.",
    }
}

fn shares(cells: &[Shown]) -> Option<Vec<f64>> {
    let counts: Vec<u64> = cells
        .iter()
        .map(|cell| match cell {
            Shown::Count(count) => Some(*count),
            Shown::Hidden => None,
        })
        .collect::<Option<_>>()?;
    let all: u64 = counts.iter().sum();
    (all > 0).then(|| counts.iter().map(|&count| count as f64 / all as f64).collect())
}

fn first_method(series: &[String], shown: &Protected) -> String {
    let rate = |place: usize| ShownRate {
        numerator: shown.column_totals[place],
        denominator: shown.total,
    };
    let methods = series.len() - 1;
    let value = |place: &usize| rate(*place).rate().and_then(|rate| rate.value()).unwrap_or(0.0);
    match (0..methods).max_by(|a, b| value(a).total_cmp(&value(b))) {
        Some(place) if value(&place) > 0.0 => format!(
            "{} linked {} of all records first",
            series[place],
            number::headline(&rate(place), Scale::Percent)
        ),
        _ => "Records linked, by service and method".into(),
    }
}

fn worst(sources: &[ShownGroup]) -> String {
    match missed_most(sources) {
        Some(source) => format!("{} records are missed most often", source.label),
        None => "Records missed and falsely linked, by service".into(),
    }
}

/// Finds the source whose records are missed most often.
///
/// There is none if some source's rate is hidden: the hidden one may be the worst.
pub(super) fn missed_most(sources: &[ShownGroup]) -> Option<&ShownGroup> {
    let rates: Vec<Rate> =
        sources.iter().map(|source| source.missed.rate()).collect::<Option<_>>()?;
    let value = |place: &usize| rates[*place].value().unwrap_or(0.0);
    let worst = (0..sources.len()).max_by(|a, b| value(a).total_cmp(&value(b)))?;
    (sources.len() > 1 && value(&worst) > 0.0).then(|| &sources[worst])
}

fn method_label(method: &str) -> String {
    match method {
        "nhs_number" => "NHS number".into(),
        other => sentence_case(other),
    }
}
