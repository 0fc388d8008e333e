//! How much an agreement pattern is worth: m and u probabilities, prior, match weights.
//!
//! Works on counts of patterns, never on records. Three classes from the start: the same child,
//! another member of the household, unrelated.

mod bootstrap;
mod bound;
mod class_logs;
mod counts;
mod dependence;
mod explanation;
mod household;
mod labels;
mod model_file;
mod model_fit;
mod model_text;
mod one_to_one;
mod parameters;
mod pattern_weights;
mod priors;
mod sessions;
mod soundness;
mod splink;
mod standard_errors;
mod starts;
mod term_frequency;
mod threshold;
mod training;
mod weight;

pub use bootstrap::bootstrap;
pub use counts::{CountsOfPart, PairsCounted, PatternCounts};
pub use dependence::{Among, Dependence};
pub use explanation::{Explanation, Step};
pub use household::HouseholdPairs;
pub use labels::{Label, train_on_labels};
pub use model_file::ModelFile;
pub use one_to_one::{Contest, Contestants, OneToOne, Side, one_to_one};
pub use parameters::{
    ComparisonParameters, FrequencyShare, HouseholdsBetween, Model, PatternWeight, TermFrequency,
    TrainingFacts, TrainingMethod,
};
pub use pattern_weights::PatternWeights;
pub use sessions::Blocked;
pub use splink::{LinkType, SplinkSettings, from_splink, to_splink};
pub use standard_errors::StandardErrors;
pub use starts::train_from_starts;
pub use term_frequency::TermFrequencies;
pub use threshold::{Promise, ThresholdPolicy, choose_threshold};
pub use training::{ComparablePairs, TrainingInput, train, train_within};
pub use weight::{MatchWeight, Probability};
