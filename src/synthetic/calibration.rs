//! A world against the rates that it was to have: target, measured, interval, verdict.

use super::count::Count;
use super::profile::{Profile, Rate};

/// Whether a world has the rate that it was to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The target lies in the interval.
    Met,
    /// It does not.
    Missed,
    /// Too few values, or too few families, to say.
    TooFew,
}

impl Verdict {
    /// Returns the verdict in words.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::TooFew => "too few",
        }
    }
}

/// Rate that a world was to have and what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Key of the rate, for example `health.given_name.nickname`.
    pub key: String,
    /// Rate that the profile gives, and its source.
    pub target: Rate,
    /// Values seen.
    pub seen: u64,
    /// Values of which it held.
    pub held: u64,
    /// Interval of 99.9 %, which knows that families and providers are alike inside.
    pub interval: Option<(f64, f64)>,
}

impl Measured {
    pub(super) fn new(key: String, target: Rate, count: Count) -> Self {
        let interval = count.interval();
        Self { key, target, seen: count.seen, held: count.so, interval }
    }

    /// Returns the share found, if anything was seen.
    pub fn share(&self) -> Option<f64> {
        (self.seen > 0).then(|| self.held as f64 / self.seen as f64)
    }

    /// Says whether the target lies in the interval.
    pub fn verdict(&self) -> Verdict {
        match self.interval {
            None => Verdict::TooFew,
            // Rates of 0 and 1 are kept exactly; rounding may leave the interval just short of them.
            Some((low, high))
                if low - 1e-12 <= self.target.rate && self.target.rate <= high + 1e-12 =>
            {
                Verdict::Met
            }
            Some(_) => Verdict::Missed,
        }
    }
}

/// Returns the measurements against the targets of another profile, those that it has too.
pub fn against(measured: &[Measured], profile: &Profile) -> Vec<Measured> {
    let with_target = |measured: &Measured| {
        let target = profile.target(&measured.key)?;
        Some(Measured { target: target.clone(), ..measured.clone() })
    };
    measured.iter().filter_map(with_target).collect()
}
