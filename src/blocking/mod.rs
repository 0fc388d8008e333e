//! Which pairs of records are worth comparing: rules, candidate pairs, what each rule costs.
//!
//! Pairs are streamed, never stored, and each is given once, under the first rule it satisfies.

mod blocks;
mod capture;
mod chosen;
mod entries;
mod filter;
mod form;
mod lookup;
mod overlap;
mod part;
mod repeated;
mod rule;
mod run;
mod sample;
mod sampled_keys;
mod stream;
mod survey;

pub use blocks::Blocks;
pub use capture::{MissedEstimate, RuleGroup, TwoGroups};
pub use chosen::choose_rules;
pub use filter::check_filter;
pub use form::{FORMS, Form};
pub use lookup::KeyIndex;
pub use overlap::RuleOverlap;
pub use rule::{BlockingKey, BlockingRule};
pub use sample::{BlockSample, SampledPair};
pub use stream::{Blocking, LinkMask, MOST_RULES, Row};
pub use survey::{BlockSize, LeftOut, Oversize};
