//! Kinds of alternate, one file each, and the list of them.
//!
//! Adding one is its file, its `mod` line and its line in the list.

mod abbreviation;
mod abd;
mod barrel;
mod elision;
mod feminine;
mod joined;
mod lenition;
mod mac;
mod other_name;
mod particle;
mod umlaut;

use super::alternate::Alternate;

/// Every kind of alternate, the surest first.
pub static ALTERNATES: &[&dyn Alternate] = &[
    &other_name::OtherName,
    &umlaut::Umlaut,
    &joined::Joined,
    &elision::Elision,
    &mac::Mac,
    &abd::Abd,
    &abbreviation::Abbreviation,
    &feminine::Feminine,
    &lenition::Lenition,
    &particle::Particle,
    &barrel::Barrel,
];
