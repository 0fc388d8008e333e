//! The report: one offline page, and the small tables that a command prints.
//!
//! [`ReportInput`] holds counts, never people. [`View`] applies disclosure control once;
//! [`SECTIONS`] turn it into blocks, and a template turns blocks into HTML.

mod caveat;
mod chart;
mod charts;
mod content;
mod disclosure;
mod download;
mod input;
mod number;
mod render;
mod section;
mod sections;
pub mod text;
mod view;

pub use content::{Block, Column, Figure, Row, Table, Term, Tile};
pub use disclosure::{Profile, Protected, Shown, ShownRate, protect_rates, protect_table};
pub use input::{
    LevelFacts, ModelFacts, ReportInput, RuleFacts, RunFacts, SourceAccount, StrategyRow,
};
pub use render::render;
pub use section::Section;
pub use sections::SECTIONS;
pub use view::{ShownGroup, ShownGrouping, View};
