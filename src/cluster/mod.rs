//! From links to entities: which records are one child.

mod clusterer;
mod clusterers;
mod component;

pub use clusterer::{Clusterer, find};
pub use clusterers::CLUSTERERS;
