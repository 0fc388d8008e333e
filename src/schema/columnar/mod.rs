//! Reading of files with typed columns that come from anywhere, Parquet and Arrow, as rows of text.
//!
//! Sizes that a file declares are checked against the file before a library makes room for
//! them; what is decoded is one batch of rows at a time.

mod arrow_messages;
mod arrow_rows;
mod caught;
mod cell_rows;
mod cells;
mod columns;
mod holds;
mod lines;
mod pages;
mod parquet_rows;
mod rows;
mod run_lengths;
mod text_pages;
mod thrift;

pub(super) use arrow_rows::ArrowRows;
pub use caught::panic_is_caught;
pub(super) use cell_rows::CellRows;
pub(super) use cells::{CellsOfRow, Entry};
pub(super) use lines::line_of;
pub(super) use parquet_rows::ParquetRows;
