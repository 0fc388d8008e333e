//! Named strategies and what they decide: which records to link.
//!
//! All stand behind one trait and see records and a plan; none can see the truth.

mod constraints;
mod copies;
mod earlier;
mod evidence;
mod finder;
mod keys;
mod linked_sources;
mod links;
mod models_of_sources;
mod plan;
mod probabilistic;
mod source_pairs;
mod strategies;
mod strategy_trait;
mod training;
mod veto;

use plan::agreed_by_birth_and_name;

pub use constraints::{Constraints, PairTest, Sealed};
pub use earlier::{EarlierLinkage, Standing};
pub use evidence::{Agreement, Evidence};
pub use finder::{Finder, Found, FoundRecord, Query};
pub use links::{Link, Links, Method};
pub use plan::{Household, Plan};
pub use probabilistic::Scoring;
pub use source_pairs::Shift;
pub use strategies::STRATEGIES;
pub use strategy_trait::{Assignment, LinkInput, Linkage, Progress, Strategy, find};
pub use training::{LabelledPairs, TrainingChoice, train_model};
pub use veto::{Veto, Vetoes};
