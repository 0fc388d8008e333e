//! How full filters are: too empty they tell little, too full they are all alike.

use super::Filter;
use crate::error::{Error, ErrorKind, Result};

/// Bits set of all bits of some filters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fill {
    /// Bits that are set.
    pub set: u64,
    /// All bits.
    pub of: u64,
}

impl Fill {
    /// Shares within which filters are neither too empty nor too full. Source: the guidance of
    /// clkhash that accuracy peaks near one half.
    pub const USUAL: (f64, f64) = (0.3, 0.6);
    /// Shares beyond which nothing is encoded: our own choice.
    pub const LIMITS: (f64, f64) = (0.1, 0.8);

    /// Counts a filter.
    pub fn add(&mut self, filter: &Filter) {
        self.set += u64::from(filter.count());
        self.of += filter.length() as u64;
    }

    /// Adds what was counted elsewhere.
    pub fn add_all(&mut self, other: Self) {
        self.set += other.set;
        self.of += other.of;
    }

    /// Returns the share of bits that are set, or `None` if there are no bits.
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.set as f64 / self.of as f64)
    }

    /// Returns a remark if the share is unusual.
    ///
    /// # Errors
    /// `BadValue` if it is beyond the limits.
    pub fn judge(&self) -> Result<Option<String>> {
        let Some(share) = self.share() else { return Ok(None) };
        let told = format!(
            "filters are {:.1} % full on average ({} of {} bits)",
            100.0 * share,
            self.set,
            self.of
        );
        let mend = match share < 0.5 {
            true => "make l smaller or raise bitsPerFeature",
            false => "make l larger or lower bitsPerFeature",
        };
        if share < Self::LIMITS.0 || share > Self::LIMITS.1 {
            let (least, most) = percent(Self::LIMITS);
            return Err(Error::new(ErrorKind::BadValue, told)
                .note(format!("beyond {least} to {most} % records cannot be told apart"))
                .help(format!("{mend}, both parties alike")));
        }
        let (least, most) = percent(Self::USUAL);
        let unusual = share < Self::USUAL.0 || share > Self::USUAL.1;
        Ok(unusual.then(|| format!("{told}, expected {least} to {most} %: {mend}")))
    }
}

fn percent((least, most): (f64, f64)) -> (u32, u32) {
    ((100.0 * least).round() as u32, (100.0 * most).round() as u32)
}
