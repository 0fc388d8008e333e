//! Blocking: which pairs were compared at all, and what that lost.

use crate::report::content::{Block, Table, TableBuilder};
use crate::report::disclosure::{ShownRate, protect_table};
use crate::report::input::RuleFacts;
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct Blocking;

impl Section for Blocking {
    fn id(&self) -> &'static str {
        "blocking"
    }

    fn title(&self) -> &'static str {
        "Which pairs are compared"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        let mut blocks = Vec::new();
        if !view.input.blocking.is_empty() {
            let text = "Comparing every record with every other would take too long. A pair is \
                        compared if some blocking rule proposes it.";
            blocks.push(Block::Paragraph { text: text.into() });
            blocks.push(Block::Table { table: rules(view) });
            blocks.extend(oversize(view).map(|text| Block::Paragraph { text }));
        }
        if let Some(table) = losses(view) {
            blocks.push(Block::Table { table });
        }
        blocks
    }
}

fn rules(view: &View<'_>) -> Table {
    let mut table = TableBuilder::new(
        "table-blocking",
        "Pairs that each rule proposes and no earlier rule does",
    )
    .words(["Rule"])
    .numbers(["New pairs", "Pairs so far"]);
    let mut sum = 0;
    for rule in &view.input.blocking {
        sum += rule.new_pairs;
        let shown = |pairs| number::shown(view.profile.show(pairs));
        table.row([rule.rule.clone(), shown(rule.new_pairs), shown(sum)]);
    }
    table.finish()
}

/// Says what rules leave out for the size of blocks, if any does.
fn oversize(view: &View<'_>) -> Option<String> {
    let of_rule = |rule: &RuleFacts| {
        let pairs = rule.oversize_pairs.filter(|&pairs| pairs > 0)?;
        let shown = number::shown(view.profile.show(pairs));
        Some(format!("{}: {shown} pairs", rule.rule))
    };
    let lost: Vec<String> = view.input.blocking.iter().filter_map(of_rule).collect();
    (!lost.is_empty()).then(|| {
        format!(
            "Values that more records share than the settings allow are left out of a rule, and \
             pairs with them unless another rule proposes them. {}.",
            lost.join("; ")
        )
    })
}

/// Returns the matches lost, by the step that lost them.
fn losses(view: &View<'_>) -> Option<Table> {
    let misses = view.input.evaluation.misses?;
    let found = view.input.evaluation.pairs.recall;
    let causes = [
        ("No blocking rule proposed the pair", misses.blocking),
        ("Compared, and below the threshold", misses.below_threshold),
        ("Linked, and taken apart by clustering", misses.separated),
    ];
    let counts = causes.iter().map(|(_, pairs)| *pairs).chain([found.numerator]).collect();
    let shown = protect_table(view.profile, &[counts]);
    let denominator = shown.total;
    let caption = "Pairs of records of one child that share no entity, by cause";
    let mut table = TableBuilder::new("table-losses", caption)
        .words(["Cause"])
        .numbers(["Pairs", "Share of all matches"]);
    for ((cause, _), &numerator) in causes.iter().zip(&shown.cells[0]) {
        let share = ShownRate { numerator, denominator };
        table.row([
            cause.to_string(),
            number::shown(numerator),
            number::rate(&share, Scale::Percent),
        ]);
    }
    Some(table.finish())
}
