//! Quality of the inputs: what became of every row, and what the records lack.

use crate::evaluate::Rate;
use crate::report::content::{Block, Table, TableBuilder};
use crate::report::disclosure::{protect_rates, protect_table};
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::{View, sentence_case};

pub(super) struct Inputs;

impl Section for Inputs {
    fn id(&self) -> &'static str {
        "inputs"
    }

    fn title(&self) -> &'static str {
        "Quality of the inputs"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        if view.input.accounts.is_empty() {
            return Vec::new();
        }
        let text = "Every row read is accepted, put aside or left out as a declared copy. An \
                    attribute that a service does not record is not applicable [z].";
        vec![
            Block::Paragraph { text: text.into() },
            Block::Table { table: rows(view) },
            Block::Table { table: completeness(view) },
        ]
        .into_iter()
        .chain(recognised(view).map(|table| Block::Table { table }))
        .collect()
    }
}

fn rows(view: &View<'_>) -> Table {
    let accounts = &view.input.accounts;
    let counts: Vec<Vec<u64>> = accounts
        .iter()
        .map(|account| vec![account.accepted, account.quarantined, account.duplicates])
        .collect();
    let shown = protect_table(view.profile, &counts);
    let mut table = TableBuilder::new("table-rows", "What became of the rows of each service")
        .words(["Service"])
        .numbers(["Read", "Accepted", "Put aside", "Declared copies"]);
    for (place, account) in accounts.iter().enumerate() {
        let cells = [shown.row_totals[place]].into_iter().chain(shown.cells[place].clone());
        table.row([account.label.clone()].into_iter().chain(cells.map(number::shown)));
    }
    let totals = [shown.total].into_iter().chain(shown.column_totals);
    table.total(["All".to_string()].into_iter().chain(totals.map(number::shown)));
    table.finish()
}

fn completeness(view: &View<'_>) -> Table {
    let accounts = &view.input.accounts;
    let mut attributes: Vec<&str> = Vec::new();
    for (attribute, _) in accounts.iter().flat_map(|account| &account.missing) {
        if !attributes.contains(&attribute.as_str()) {
            attributes.push(attribute);
        }
    }
    let mut table = TableBuilder::new(
        "table-completeness",
        "Records with a usable value, by attribute and service",
    )
    .words(["Attribute"])
    .numbers(accounts.iter().map(|account| account.label.as_str()))
    .note("After normalisation: a placeholder such as 1 January 1900 counts as missing.");
    for attribute in attributes {
        let present: Vec<Option<Rate>> = accounts
            .iter()
            .map(|account| {
                let (_, missing) = account.missing.iter().find(|(name, _)| name == attribute)?;
                Some(Rate::new(account.accepted.saturating_sub(*missing), account.accepted))
            })
            .collect();
        let known: Vec<Rate> = present.iter().flatten().copied().collect();
        let mut shown = protect_rates(view.profile, &known).0.into_iter();
        let cells = present.iter().map(|rate| match rate {
            Some(_) => {
                shown.next().map_or_else(String::new, |rate| number::rate(&rate, Scale::Percent))
            }
            None => number::NOT_APPLICABLE.into(),
        });
        let cells: Vec<String> = cells.collect();
        table.row([attribute_label(attribute)].into_iter().chain(cells));
    }
    table.finish()
}

/// Returns what was recognised about cells, if anything was.
fn recognised(view: &View<'_>) -> Option<Table> {
    let accounts = &view.input.accounts;
    let mut kinds: Vec<&str> = Vec::new();
    for (kind, _) in accounts.iter().flat_map(|account| &account.remarks) {
        if !kinds.contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    let cells = |kind: &&str| -> Vec<u64> {
        let count = |account: &crate::report::SourceAccount| {
            account.remarks.iter().find(|(name, _)| name == kind).map_or(0, |(_, count)| *count)
        };
        accounts.iter().map(count).collect()
    };
    let counts: Vec<Vec<u64>> = kinds.iter().map(cells).collect();
    let shown = protect_table(view.profile, &counts);
    let mut table = TableBuilder::new("table-recognised", "What was recognised in the cells read")
        .words(["Cells that are or hold"])
        .numbers(accounts.iter().map(|account| account.label.as_str()))
        .note("Cells of all rows read, those put aside included.");
    for (kind, cells) in kinds.iter().zip(shown.cells) {
        table.row([sentence_case(kind)].into_iter().chain(cells.into_iter().map(number::shown)));
    }
    (!kinds.is_empty()).then(|| table.finish())
}

fn attribute_label(attribute: &str) -> String {
    match attribute {
        "nhs_number" => "NHS number".into(),
        "upn" => "UPN".into(),
        other => sentence_case(other),
    }
}
