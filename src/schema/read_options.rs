//! How strict a reading is, and what it is for.

use super::as_at::AsAt;

/// What records are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be linked: what would link strangers stops the reading or is left out.
    Linkage,
    /// To be checked: everything is kept and reported.
    Check,
}

/// What becomes of characters that do not show: zero-width, direction marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenCharacters {
    /// They are taken out of the cell, and counted.
    #[default]
    Strip,
    /// The row goes to quarantine.
    Quarantine,
}

/// What becomes of NHS numbers of the range 999…, which nobody is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestNumbers {
    /// They are values, and counted: every invented child has one.
    #[default]
    Accept,
    /// They cannot be a value: somebody left test records in a file about real children.
    Refuse,
}

/// How strict a reading is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadOptions {
    /// Largest share of bad rows that a file may have.
    pub max_bad_share: f64,
    /// What the records are read for.
    pub purpose: Purpose,
    /// Day as at which the files were made; without one no age is judged.
    pub as_at: Option<AsAt>,
    /// What becomes of characters that do not show.
    pub hidden_characters: HiddenCharacters,
    /// What becomes of NHS numbers of the range kept for tests.
    pub test_numbers: TestNumbers,
}

impl ReadOptions {
    /// Reads for linkage, and allows a share of bad rows.
    pub const fn allowing(max_bad_share: f64) -> Self {
        Self {
            max_bad_share,
            purpose: Purpose::Linkage,
            as_at: None,
            hidden_characters: HiddenCharacters::Strip,
            test_numbers: TestNumbers::Accept,
        }
    }

    /// Reads to check: nothing stops it and nothing is left out.
    pub const fn check() -> Self {
        Self { purpose: Purpose::Check, ..Self::allowing(1.0) }
    }
}

impl Default for ReadOptions {
    /// Allows 5 % of bad rows.
    fn default() -> Self {
        Self::allowing(0.05)
    }
}
