//! Privacy-preserving encodings: codes that are compared without showing what they encode.
//!
//! Reads linkage schemas of clkhash and makes the filters that clkhash makes, bit by bit.
//! Secrets stay in `identifier`, which hashes tokens for this room.

mod attribute;
mod attribute_reader;
mod clkhash_schema;
mod date_pattern;
mod encoder;
mod filter;
mod json_place;
mod schema_reader;
mod strict_json;
mod text_encoding;
mod token_places;
mod tokens;
mod value_format;

pub use clkhash_schema::{ClkhashSchema, Folds};
pub use encoder::{BadValue, Encoder, Encoding};
pub use filter::Filter;
pub use value_format::ValueFault;
