//! Every clusterer, one file each. To add one: a file here and a line in [`CLUSTERERS`].

mod components;
mod correlation;
mod merged;
mod unique_sources;

use super::Clusterer;

/// Every clusterer, in the order of the documentation.
pub static CLUSTERERS: &[&dyn Clusterer] = &[
    &merged::Merged,
    &correlation::Correlation,
    &components::Components,
    &unique_sources::UniqueSources,
];
