//! Strategies side by side on the same records.

use super::services::{describe, dot, status};
use crate::report::caveat;
use crate::report::chart::Words;
use crate::report::charts::{Panel, dot_intervals};
use crate::report::content::{Block, Figure, Table, TableBuilder};
use crate::report::disclosure::ShownRate;
use crate::report::input::StrategyRow;
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::{View, shown_gap};

pub(super) struct Strategies;

impl Section for Strategies {
    fn id(&self) -> &'static str {
        "strategies"
    }

    fn title(&self) -> &'static str {
        "Strategies compared"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        if view.input.strategies.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![Block::Figure { figure: figure(view) }];
        let unclear = caveat::no_clear_difference(view);
        if !unclear.is_empty() {
            blocks.push(Block::Caveats { items: unclear });
        }
        blocks
    }
}

fn figure(view: &View<'_>) -> Figure {
    let rows = &view.input.strategies;
    let panel = |title: &str, of: fn(&StrategyRow) -> crate::evaluate::Rate| Panel {
        title: title.into(),
        unit: "",
        from_zero: true,
        most: Some(1000.0),
        reference: None,
        dots: rows
            .iter()
            .map(|row| dot(&row.name, view.rate(of(row)), Scale::PerThousand))
            .collect(),
    };
    let panels = [
        panel("Missed, of 1,000 records with a partner", |row| row.missed),
        panel("False, of 1,000 linked records", |row| row.falsely_linked),
    ];
    let title = title(view);
    let words = Words { title: title.clone(), description: describe(&panels) };
    Figure {
        id: "figure-strategies".into(),
        title,
        subtitle: format!("All strategies on the same records, with 95% ranges. {}", status(view)),
        svg: dot_intervals("chart-strategies", &words, &panels),
        table: table(view),
    }
}

fn table(view: &View<'_>) -> Table {
    let rows = &view.input.strategies;
    let timed = rows.iter().any(|row| row.seconds.is_some());
    let mut table =
        TableBuilder::new("table-strategies", "Strategies compared on the same records")
            .words(["Strategy"])
            .numbers([
                "Linkage rate",
                "Missed per 1,000 (95% range)",
                "False per 1,000 (95% range)",
                "Largest gap (percentage points)",
            ])
            .words(["Group with the gap"])
            .numbers(["Pairs scored"])
            .numbers(timed.then_some("Seconds"))
            .note(
                "Largest gap: furthest any service or group falls below the overall linkage rate.",
            );
    for row in rows {
        let gap = shown_gap(view.profile, row);
        let cells = [
            row.name.clone(),
            number::rate(&view.rate(row.linked), Scale::Percent),
            number::rate_and_range(&view.rate(row.missed), Scale::PerThousand),
            number::rate_and_range(&view.rate(row.falsely_linked), Scale::PerThousand),
            number::points(gap.as_ref()),
            gap.as_ref().map_or_else(String::new, |gap| gap.group.clone()),
            number::shown(view.profile.show(row.pairs_scored)),
        ];
        let seconds = timed.then(|| {
            row.seconds.map_or(number::NOT_APPLICABLE.into(), |seconds| format!("{seconds:.1}"))
        });
        table.row(cells.into_iter().chain(seconds));
    }
    table.finish()
}

/// Names the strategy that misses fewest, unless a hidden one may miss fewer.
fn title(view: &View<'_>) -> String {
    let rows = &view.input.strategies;
    let shown: Vec<ShownRate> = rows.iter().map(|row| view.rate(row.missed)).collect();
    let values: Option<Vec<f64>> =
        shown.iter().map(|shown| shown.rate().and_then(|rate| rate.value())).collect();
    let fewest = values
        .filter(|values| values.len() > 1)
        .and_then(|values| (0..values.len()).min_by(|&a, &b| values[a].total_cmp(&values[b])));
    match fewest {
        Some(place) => format!(
            "{} misses fewest: {}",
            rows[place].name,
            number::headline(&shown[place], Scale::PerThousand)
        ),
        None => "Records missed and falsely linked, by strategy".into(),
    }
}
