//! How the model decides: what each level of agreement is worth.

use crate::report::chart::Words;
use crate::report::charts::{Bar, diverging_bars};
use crate::report::content::{Block, Figure, TableBuilder};
use crate::report::input::ModelFacts;
use crate::report::number;
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct Model;

impl Section for Model {
    fn id(&self) -> &'static str {
        "model"
    }

    fn title(&self) -> &'static str {
        "How the model decides"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        let Some(model) = &view.input.model else { return Vec::new() };
        let text = format!(
            "Each comparison adds its weight, in bits: one bit doubles the odds of a match. A pair \
             starts from the prior, {} ({}), and is linked from a weight of {:.1} on (odds {}). A \
             missing value adds nothing.",
            number::probability(model.prior),
            number::odds((model.prior / (1.0 - model.prior)).log2()),
            model.threshold,
            number::odds(model.threshold)
        );
        let mut blocks = vec![Block::Paragraph { text }];
        if !model.levels.is_empty() {
            blocks.push(Block::Figure { figure: figure(model) });
        }
        blocks
    }
}

fn figure(model: &ModelFacts) -> Figure {
    let strongest = model
        .levels
        .iter()
        .filter(|level| level.weight.is_finite())
        .max_by(|a, b| a.weight.total_cmp(&b.weight));
    let title = match strongest {
        Some(level) => format!(
            "The strongest evidence: {}, {} ({} bits)",
            level.comparison,
            level.level,
            number::signed(level.weight)
        ),
        None => "Match weight of each level".into(),
    };
    let bars: Vec<Bar> = model
        .levels
        .iter()
        .map(|level| Bar {
            group: level.comparison.clone(),
            label: level.level.clone(),
            value: level.weight,
        })
        .collect();
    let description = model
        .levels
        .iter()
        .map(|level| {
            format!("{}, {}: {}", level.comparison, level.level, number::signed(level.weight))
        })
        .collect::<Vec<_>>()
        .join("; ");
    let words = Words { title: title.clone(), description };
    let mut table =
        TableBuilder::new("table-model", "Levels of every comparison with their m, u and weight")
            .words(["Comparison", "Level"])
            .numbers(["m (among matches)", "u (among other pairs)", "Weight (bits)"])
            .note("Weight is the base-2 logarithm of m divided by u.");
    for level in &model.levels {
        table.row([
            level.comparison.clone(),
            level.level.clone(),
            number::probability(level.m),
            number::probability(level.u),
            number::signed(level.weight),
        ]);
    }
    Figure {
        id: "figure-model".into(),
        title,
        subtitle: "Match weight in bits: right of zero speaks for a match, left against.".into(),
        svg: diverging_bars("chart-model", &words, &bars),
        table: table.finish(),
    }
}
