//! Named strengths of encodings, from plain filters to the strongest diffusion.

use super::diffusion::{DiffusionShape, WindowFunction};
use crate::error::{Error, Result};

/// Strength of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Name on the command line and in files of codes.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Most records for which it is meant whatever the data are like: our choice, from published
    /// attacks on diffusions by exclusive or that leave as much similarity.
    pub meant_up_to: u64,
    diffusion: Option<(usize, CodeLength, WindowFunction)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeLength {
    Bits(usize),
    /// Fifteen sixteenths of the filter: ranks of filters of children were 96.5 % of their bits.
    BelowRank,
}

/// Every profile, the weakest first.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "compat-clkhash",
        purpose: "plain filters for parties that have clkhash only; graph matching breaks them",
        meant_up_to: 0,
        diffusion: None,
    },
    Profile {
        name: "linear",
        purpose: "exclusive or of six bits, for study; needs many records for its rank check",
        meant_up_to: 20_000,
        diffusion: Some((6, CodeLength::BelowRank, WindowFunction::ExclusiveOr)),
    },
    Profile {
        name: "compact",
        purpose: "short codes of small files with a short life",
        meant_up_to: 10_000,
        diffusion: Some((10, CodeLength::Bits(2048), WindowFunction::Secret)),
    },
    Profile {
        name: "balanced",
        purpose: "exchanges of up to 20,000 records",
        meant_up_to: 20_000,
        diffusion: Some((12, CodeLength::Bits(4096), WindowFunction::Secret)),
    },
    Profile {
        name: "strict",
        purpose: "larger and national files, compared within blocks",
        meant_up_to: 20_000,
        diffusion: Some((15, CodeLength::Bits(4096), WindowFunction::Secret)),
    },
    Profile {
        name: "max",
        purpose: "a linkage unit that is not trusted; slow, and more true matches are lost",
        meant_up_to: 20_000,
        diffusion: Some((19, CodeLength::Bits(8192), WindowFunction::Secret)),
    },
];

/// Records beyond which `strict` is the default and `balanced` no longer is.
pub const MOST_BALANCED: u64 = 20_000;

impl Profile {
    /// Finds a profile by its name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest.
    pub fn find(name: &str) -> Result<&'static Self> {
        let known = PROFILES.iter().map(|profile| profile.name);
        PROFILES
            .iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| Error::unknown_name("profile", name, known))
    }

    /// Returns the profile for a number of records where none is asked for.
    ///
    /// # Errors
    /// None: both defaults are in the list.
    pub fn default_for(population: u64) -> Result<&'static Self> {
        Self::find(if population <= MOST_BALANCED { "balanced" } else { "strict" })
    }

    /// Returns the shape of the diffusion of filters of a length, or `None` for plain filters.
    pub fn shape(&self, filter_length: usize) -> Option<DiffusionShape> {
        self.diffusion.map(|(window, length, function)| {
            let length = match length {
                CodeLength::Bits(bits) => bits,
                CodeLength::BelowRank => filter_length * 15 / 16,
            };
            DiffusionShape { window, length, function }
        })
    }
}
