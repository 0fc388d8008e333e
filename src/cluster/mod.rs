//! From links to entities: which records are one child.

mod clusterer;
mod clusterers;
mod component;
mod union_find;

pub use clusterer::{Clusterer, find};
pub use clusterers::CLUSTERERS;
pub use union_find::UnionFind;
