//! How often something was so, and how sure that makes us of its rate.
//!
//! Children of a family and families of a practice are alike, so values are not independent tosses.
//! Counts are therefore kept batch by batch: how much batches differ says how far chance reaches.

/// Seen, and of these so, in one batch.
pub(super) type Batch = (u64, u64);

/// Sums over batches, from which a rate and its standard error follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) seen: u64,
    pub(super) so: u64,
    batches: u64,
    seen_squared: u64,
    so_squared: u64,
    product: u64,
}

/// Fewest batches and values that a verdict may rest on.
const FEWEST_BATCHES: u64 = 5;
const FEWEST_SEEN: u64 = 100;
/// Standard normal value with 0.05 % beyond it: an interval of 99.9 %, so that among a hundred rates
/// a false alarm is rare.
const QUANTILE: f64 = 3.291;

impl Count {
    /// Adds a batch.
    pub(super) fn add(&mut self, (seen, so): Batch) {
        if seen == 0 {
            return;
        }
        self.seen += seen;
        self.so += so;
        self.batches += 1;
        self.seen_squared += seen * seen;
        self.so_squared += so * so;
        self.product += seen * so;
    }

    /// Returns the interval of 99.9 % in which the rate lies, if enough was seen.
    ///
    /// # Formula
    /// Wilson's interval for `seen / design` values, where the design effect is the variance of the
    /// ratio between batches, `B/(B−1)·Σ(yᵦ − r·xᵦ)²/x²`, over `r(1−r)/x`, and at least 1; the
    /// quantile is Student's for B − 1 batches. Source: Kish (1965), Survey Sampling; Wilson (1927).
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        if self.batches < FEWEST_BATCHES || self.seen < FEWEST_SEEN {
            return None;
        }
        let (seen, batches) = (self.seen as f64, self.batches as f64);
        let share = self.so as f64 / seen;
        let squares = self.so_squared as f64 - 2.0 * share * self.product as f64
            + share * share * self.seen_squared as f64;
        let between = batches / (batches - 1.0) * squares.max(0.0) / (seen * seen);
        let tossed = share * (1.0 - share) / seen;
        let design = if tossed > 0.0 { (between / tossed).max(1.0) } else { 1.0 };
        let quantile = student(batches - 1.0);
        let values = seen / design;
        let square = quantile * quantile / values;
        let middle = (share + square / 2.0) / (1.0 + square);
        let spread = (share * (1.0 - share) / values + square / values / 4.0).sqrt();
        let half = quantile * spread / (1.0 + square);
        Some(((middle - half).max(0.0), (middle + half).min(1.0)))
    }
}

/// Returns Student's value for [`QUANTILE`], by Fisher's expansion.
///
/// Source: Abramowitz and Stegun (1964), 26.7.5, three terms.
fn student(freedom: f64) -> f64 {
    let z = QUANTILE;
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    z + first / freedom + second / freedom.powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_agrees_with_tables() {
        // Two-sided 0.1 %: 3.551 at 60 and 3.745 at 24 degrees of freedom; the expansion is cut off,
        // and less than 0.3 % too small there.
        assert!((student(24.0) - 3.745).abs() < 0.01, "{}", student(24.0));
        assert!((student(60.0) - 3.460).abs() < 0.01, "{}", student(60.0));
    }

    #[test]
    fn batches_that_differ_widen_the_interval() {
        let (mut even, mut uneven) = (Count::default(), Count::default());
        for batch in 0..10 {
            even.add((100, 10));
            uneven.add((100, if batch % 2 == 0 { 0 } else { 20 }));
        }
        let width = |count: Count| count.interval().map(|(low, high)| high - low).unwrap();
        assert_eq!((even.so, uneven.so), (100, 100));
        assert!(width(uneven) > 2.0 * width(even));
    }

    #[test]
    fn too_little_gives_no_interval() {
        let mut count = Count::default();
        assert_eq!(count.interval(), None);
        (0..4).for_each(|_| count.add((1_000, 1)));
        assert_eq!(count.interval(), None);
        count.add((1_000, 1));
        let (low, high) = count.interval().unwrap();
        assert!(low > 0.0 && high < 0.05, "{low} {high}");
    }
}
