//! From links to entities: which records are one child.

mod additions;
mod clusterer;
mod clusterers;
mod component;
mod draws;
mod joined_sets;
mod margins;

pub use additions::{Additions, CrossLink, add};
pub use clusterer::{Clusterer, find};
pub use clusterers::CLUSTERERS;
pub use component::groups_too_large;
pub use draws::{Draws, draw};
