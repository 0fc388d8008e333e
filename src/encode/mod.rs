//! Privacy-preserving encodings: codes that are compared without showing what they encode.
//!
//! Reads linkage schemas of clkhash and makes the filters that clkhash makes, bit by bit.
//! Secrets stay in `identifier`, which hashes tokens for this room.

mod attribute;
mod attribute_reader;
mod canonical;
mod clkhash_schema;
mod codes_file;
mod date_pattern;
mod diffusion;
mod encoder;
mod fill;
mod filter;
mod json_place;
mod key_stream;
mod profile;
mod rank;
mod schema_reader;
mod sizing;
mod strict_json;
mod text_encoding;
mod token_places;
mod tokens;
mod value_format;

pub use canonical::{SchemaFingerprint, differing_paths};
pub use clkhash_schema::{ClkhashSchema, Folds};
pub use codes_file::{AboutCodes, CodesFile, CodesWriter};
pub use diffusion::{Diffusion, DiffusionShape, WindowFunction};
pub use encoder::{BadValue, Encoder, Encoding};
pub use fill::Fill;
pub use filter::Filter;
pub use profile::{MOST_BALANCED, PROFILES, Profile};
pub use rank::{Rank, check_rank};
pub use sizing::{Sizing, SizingRow};
pub use value_format::ValueFault;
