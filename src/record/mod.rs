//! What a record is: attributes, coded columns, sources, entities, truth; and disjoint sets.
//!
//! Every other room builds on these types. No comparison and no file is known here.

mod agency;
mod attribute;
mod code_table;
mod column;
mod dictionary;
mod entities;
mod holders;
mod match_token;
mod parts;
mod period;
mod records;
mod records_builder;
mod sound;
mod truth;
mod union_find;

pub use agency::Agency;
pub use attribute::{Attribute, AttributeKind};
pub use column::{Column, HeldValue};
pub use dictionary::{Dictionary, DictionaryBuilder, MISSING};
pub use entities::Entities;
pub(crate) use holders::Holders;
pub use match_token::MatchToken;
pub use parts::{mail_local_part, postcode_area, postcode_district, postcode_sector};
pub use period::Period;
pub use records::{MOST_SOURCES, RecordId, Records, Source, SourceId};
pub use records_builder::{RecordsBuilder, RowId};
pub use sound::soundex;
pub use truth::{ChildFacts, Grouping, Mistake, Truth, TruthBuilder};
pub use union_find::UnionFind;
