//! Named strategies and what they decide: which records to link.

mod links;

pub use links::{Link, Links, Method};
