//! What a section is made of: blocks of plain text and numbers, without any markup.
//!
//! The template decides how a block looks; charts are the one part that arrives as markup.

use serde::Serialize;

use super::download;

/// Part of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Status of the data, at the top of the page.
    Banner {
        /// The status in two or three words.
        status: String,
        /// What it means.
        text: String,
        /// Facts that tell this run from another.
        facts: Vec<String>,
    },
    /// The few numbers that matter most.
    Tiles {
        /// Tiles, at most four.
        tiles: Vec<Tile>,
    },
    /// Heading within the section.
    Heading {
        /// Words of the heading.
        text: String,
    },
    /// Paragraph of prose.
    Paragraph {
        /// The prose.
        text: String,
    },
    /// List of sentences.
    Bullets {
        /// The sentences.
        items: Vec<String>,
    },
    /// What the numbers cannot tell.
    Caveats {
        /// The caveats, in the order of the rules.
        items: Vec<String>,
    },
    /// Table on its own.
    Table {
        /// The table.
        table: Table,
    },
    /// Chart with its table.
    Figure {
        /// The figure.
        figure: Figure,
    },
    /// Words and their meanings.
    Terms {
        /// The words.
        terms: Vec<Term>,
    },
}

/// One headline number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What is counted, in one word or two.
    pub label: String,
    /// The number.
    pub value: String,
    /// Its range, and among whom.
    pub detail: String,
}

/// Word and its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The word.
    pub word: String,
    /// Its meaning.
    pub meaning: String,
}

/// Chart with title, measure and the table of the same numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Name in links.
    pub id: String,
    /// Finding, in 15 words or fewer.
    pub title: String,
    /// Measure, coverage and status of the data.
    pub subtitle: String,
    /// The drawing, as SVG made by this room.
    pub svg: String,
    /// The same numbers.
    pub table: Table,
}

/// Table whose first column names the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Name in links, unique on the page.
    pub id: String,
    /// What the table holds.
    pub caption: String,
    /// Columns, the naming one included.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Remark under the table.
    pub note: Option<String>,
    /// The table as CSV, encoded for a data link.
    pub csv: String,
}

/// Column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Heading.
    pub label: String,
    /// Whether the cells are numbers, which are set to the right.
    pub numeric: bool,
}

/// Row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Cells, the name first.
    pub cells: Vec<String>,
    /// Whether it sums the others.
    pub total: bool,
}

/// Table under construction; its first column names the rows.
pub(crate) struct TableBuilder {
    table: Table,
}

impl TableBuilder {
    /// Starts a table without columns.
    pub(crate) fn new(id: &str, caption: impl Into<String>) -> Self {
        Self {
            table: Table {
                id: id.to_string(),
                caption: caption.into(),
                columns: Vec::new(),
                rows: Vec::new(),
                note: None,
                csv: String::new(),
            },
        }
    }

    /// Adds columns of words.
    pub(crate) fn words<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.columns(labels, false);
        self
    }

    /// Adds columns of numbers.
    pub(crate) fn numbers<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.columns(labels, true);
        self
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.push(cells, false);
    }

    /// Adds the row that sums the others.
    pub(crate) fn total(&mut self, cells: impl IntoIterator<Item = String>) {
        self.push(cells, true);
    }

    /// Adds a remark under the table.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.table.note = Some(note.into());
        self
    }

    /// Ends the construction.
    pub(crate) fn finish(mut self) -> Table {
        self.table.csv = download::encoded_csv(&self.table.columns, &self.table.rows);
        self.table
    }

    fn columns<'a>(&mut self, labels: impl IntoIterator<Item = &'a str>, numeric: bool) {
        let column = |label: &str| Column { label: label.to_string(), numeric };
        self.table.columns.extend(labels.into_iter().map(column));
    }

    fn push(&mut self, cells: impl IntoIterator<Item = String>, total: bool) {
        let cells: Vec<String> = cells.into_iter().collect();
        debug_assert_eq!(cells.len(), self.table.columns.len(), "one cell a column");
        self.table.rows.push(Row { cells, total });
    }
}
