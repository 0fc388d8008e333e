//! Which pairs of records are worth comparing: rules, candidate pairs, what each rule costs.
//!
//! Pairs are streamed, never stored, and each is given once, under the first rule it satisfies.

mod blocks;
mod chosen;
mod form;
mod rule;
mod stream;

pub use blocks::Blocks;
pub use chosen::choose_rules;
pub use form::{FORMS, Form};
pub use rule::{BlockingKey, BlockingRule};
pub use stream::{Blocking, LinkMask, MOST_RULES};
