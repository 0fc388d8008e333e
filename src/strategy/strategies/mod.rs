//! Every strategy, one file each. To add one: a file here and a line in [`STRATEGIES`].

mod exact_key;
mod key_then_probabilistic;
mod nhs_number;
mod probabilistic;

use super::Strategy;

/// Every strategy, in the order in which reports show them.
pub static STRATEGIES: &[&dyn Strategy] = &[
    &nhs_number::NhsNumber,
    &exact_key::ExactKey,
    &probabilistic::Probabilistic,
    &key_then_probabilistic::KeyThenProbabilistic,
];
