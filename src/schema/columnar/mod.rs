//! Reading of Parquet files that come from anywhere, as rows of text.
//!
//! Sizes that a file declares are checked against the file before the library makes room for
//! them; what is decoded is one batch of rows at a time.

mod cells;
mod pages;
mod rows;
mod thrift;

pub(super) use rows::ParquetRows;
