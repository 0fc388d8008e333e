//! How strict a reading is, and what it is for.

/// What records are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be linked: what would link strangers stops the reading or is left out.
    Linkage,
    /// To be checked: everything is kept and reported.
    Check,
}

/// How strict a reading is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadOptions {
    /// Largest share of bad rows that a file may have.
    pub max_bad_share: f64,
    /// What the records are read for.
    pub purpose: Purpose,
}

impl ReadOptions {
    /// Reads for linkage, and allows a share of bad rows.
    pub const fn allowing(max_bad_share: f64) -> Self {
        Self { max_bad_share, purpose: Purpose::Linkage }
    }

    /// Reads to check: nothing stops it and nothing is left out.
    pub const fn check() -> Self {
        Self { max_bad_share: 1.0, purpose: Purpose::Check }
    }
}

impl Default for ReadOptions {
    /// Allows 5 % of bad rows.
    fn default() -> Self {
        Self::allowing(0.05)
    }
}
