//! Calibration: whether a stated probability means what it says.

use crate::evaluate::Calibration as Measured;
use crate::report::content::{Block, Table, TableBuilder};
use crate::report::disclosure::{ShownRate, protect_table};
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct Calibration;

impl Section for Calibration {
    fn id(&self) -> &'static str {
        "calibration"
    }

    fn title(&self) -> &'static str {
        "Whether stated probabilities hold"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        let Some(measured) = &view.input.evaluation.calibration else { return Vec::new() };
        let text = "Of pairs that the model calls 80 % likely, 80 in 100 should be one child. \
                    Where they are fewer the model promises too much, where they are more too \
                    little.";
        let table = table(view, measured);
        vec![Block::Paragraph { text: text.into() }, Block::Table { table }]
    }
}

fn table(view: &View<'_>, measured: &Measured) -> Table {
    let counts: Vec<Vec<u64>> = measured
        .bins
        .iter()
        .map(|bin| vec![bin.matches.numerator, bin.matches.complement().numerator])
        .collect();
    let shown = protect_table(view.profile, &counts);
    let caption = "Scored pairs by the probability that the model states";
    let mut table = TableBuilder::new("table-calibration", caption)
        .words(["Stated from, to"])
        .numbers(["Pairs", "Stated on average", "True"])
        .note(format!(
            "Expected calibration error, the mean distance of the last two columns weighted by \
             pairs: {}.",
            number::probability(measured.expected_error)
        ));
    let margins = shown.cells.iter().zip(&shown.row_totals);
    for (bin, (cells, &denominator)) in measured.bins.iter().zip(margins) {
        let found = ShownRate { numerator: cells[0], denominator };
        table.row([
            format!("{:.1} to {:.1}", bin.from, bin.to),
            number::shown(denominator),
            bin.stated.map_or_else(|| "–".into(), number::probability),
            number::rate(&found, Scale::Percent),
        ]);
    }
    table.finish()
}
