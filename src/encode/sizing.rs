//! Whether a diffusion hides who is near whom, and still lets true matches stand out.

use super::diffusion::{DiffusionShape, WindowFunction};
use super::filter::Filter;
use super::profile::{PROFILES, Profile};
use crate::error::{Error, ErrorKind, Result};

/// What one sizing depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizing {
    /// Records among which somebody may be looked for.
    pub population: u64,
    /// Bits of a filter.
    pub filter_length: usize,
    /// Share of bits in which people differ who are near and not the same, such as siblings.
    pub near: f64,
    /// Share of bits below which 99 in 100 true matches differ.
    pub matches: f64,
}

/// What a profile makes of near people and of matches, in standard deviations of chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizingRow {
    /// Profile.
    pub profile: &'static Profile,
    /// Its shape.
    pub shape: DiffusionShape,
    /// How far near people stand out.
    pub near: f64,
    /// How far the hundredth most different match stands out.
    pub matches: f64,
    /// How far a match must stand out to be found among the whole population without blocking.
    pub needed: f64,
}

/// Most standard deviations by which near people may stand out.
const HIDDEN: f64 = 2.0;
/// Records of a sample that are compared with all others.
const SAMPLE: usize = 500;
/// Most records that a sample is compared with.
const MOST_COMPARED: usize = 20_000;

impl SizingRow {
    /// Says whether near people do not stand out, so that no graph of them can be matched.
    pub fn hides(&self) -> bool {
        self.near <= HIDDEN
    }

    /// Says whether matches stand out of the whole population.
    pub fn finds(&self) -> bool {
        self.matches >= self.needed
    }
}

impl Sizing {
    /// Share in which 99 in 100 matches differ less: of invented children with typing errors in
    /// 12 % of names, another address in 15 % and a wrong date of birth in 7 %. An assumption
    /// for any other data, which cannot be measured without knowing the matches.
    pub const ASSUMED_MATCHES: f64 = 0.162;

    /// Sizes for filters, of which the share of near people is measured.
    ///
    /// It is the tenth percentile of the distances of a sample of 500 records to the nearest
    /// record that has another filter; 0, the most cautious, if fewer than two filters differ.
    pub fn measured(filters: &[Filter], filter_length: usize, population: u64) -> Self {
        let others = spread(filters, MOST_COMPARED);
        let mut nearest: Vec<u32> = spread(filters, SAMPLE)
            .iter()
            .filter_map(|one| {
                let distances = others.iter().map(|other| one.distance(other));
                distances.filter(|&distance| distance > 0).min()
            })
            .collect();
        nearest.sort_unstable();
        let near = nearest.get(nearest.len() / 10).copied().unwrap_or_default();
        Self {
            population,
            filter_length,
            near: f64::from(near) / filter_length as f64,
            matches: Self::ASSUMED_MATCHES,
        }
    }

    /// Returns what a profile makes of the data, or `None` if it diffuses nothing.
    ///
    /// # Formula
    /// Of a share δ of bits that differ a similarity `(1 − δ)^t` is left, `(1 − 2δ)^t` by
    /// exclusive or; chance has standard deviation `1 / √L`; the best of N by chance is at
    /// `√(2 ln N)`.
    pub fn row(&self, profile: &'static Profile) -> Option<SizingRow> {
        let shape = profile.shape(self.filter_length)?;
        let left = |delta: f64| {
            let same = match shape.function {
                WindowFunction::Secret => 1.0 - delta,
                WindowFunction::ExclusiveOr => (1.0 - 2.0 * delta).max(0.0),
            };
            same.powi(shape.window as i32) * (shape.length as f64).sqrt()
        };
        Some(SizingRow {
            profile,
            shape,
            near: left(self.near),
            matches: left(self.matches),
            needed: (2.0 * (self.population.max(2) as f64).ln()).sqrt(),
        })
    }

    /// Returns the rows of every profile that diffuses.
    pub fn rows(&self) -> Vec<SizingRow> {
        PROFILES.iter().filter_map(|profile| self.row(profile)).collect()
    }

    /// Checks that a profile is strong enough for the population.
    ///
    /// # Errors
    /// `BadValue` if the population is larger than the profile is meant for whatever the data,
    /// and near people stand out; it names the profiles that hide them.
    pub fn check(&self, profile: &'static Profile) -> Result<()> {
        let Some(row) = self.row(profile) else { return Ok(()) };
        if self.population <= profile.meant_up_to || row.hides() {
            return Ok(());
        }
        let hiding = self.rows().into_iter().filter(SizingRow::hides);
        let hiding: Vec<&str> = hiding.map(|row| row.profile.name).collect();
        let help = match hiding.is_empty() {
            true => "leave out attributes that relatives share; to take the risk, add --unsafe \
                     graph-matching"
                .to_string(),
            false => format!(
                "choose --profile {}; to take the risk, add --unsafe graph-matching",
                hiding.join(" or ")
            ),
        };
        let message = format!(
            "profile {} is too weak for {} records: near people stand out by {:.1} standard \
             deviations, {HIDDEN} are safe",
            profile.name, self.population, row.near
        );
        Err(Error::new(ErrorKind::BadValue, message)
            .note(format!(
                "near people differ in {:.1} % of bits; the window has {} bits, the code {}",
                100.0 * self.near,
                row.shape.window,
                row.shape.length
            ))
            .note("whoever holds a similar file can match who is near whom, and so names codes")
            .help(help))
    }
}

/// Returns so many filters at equal steps, or all.
fn spread(filters: &[Filter], most: usize) -> Vec<&Filter> {
    filters.iter().step_by(filters.len().div_ceil(most).max(1)).collect()
}
