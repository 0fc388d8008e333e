//! How uncertain the probabilities of a comparison are, and the intervals that follow.

/// The 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Standard errors of one comparison's outcomes, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardErrors {
    /// Of the m probabilities.
    pub m: Vec<f64>,
    /// Of the u probabilities.
    pub u: Vec<f64>,
    /// Of the weights, in bits.
    pub bits: Vec<f64>,
}

impl StandardErrors {
    /// Returns the errors of shares of independent pairs, so many for m and so many for u.
    ///
    /// # Formula
    /// `√(p (1 − p) / n)` for a share; `√((1−m)/(m n_m) + (1−u)/(u n_u)) / ln 2` for the weight,
    /// by the delta method.
    pub(super) fn binomial(m: &[f64], pairs_m: f64, u: &[f64], pairs_u: f64) -> Self {
        let error = |p: f64, n: f64| (p * (1.0 - p) / n).sqrt();
        let relative = |p: f64, n: f64| (1.0 - p) / (p * n);
        let bits = |(&m, &u): (&f64, &f64)| {
            (relative(m, pairs_m) + relative(u, pairs_u)).sqrt() / std::f64::consts::LN_2
        };
        Self {
            m: m.iter().map(|&p| error(p, pairs_m)).collect(),
            u: u.iter().map(|&p| error(p, pairs_u)).collect(),
            bits: m.iter().zip(u).map(bits).collect(),
        }
    }

    /// Returns the 95 % interval of a probability, which stays between 0 and 1.
    ///
    /// # Formula
    /// Wilson's, with the number of independent pairs that would give the error:
    /// `n = p (1 − p) / e²`. Source: Wilson (1927), JASA 22(158).
    ///
    /// ```
    /// use cci::model::StandardErrors;
    /// // n = 0.25 / 0.0025 = 100; (0.5 + 0.0192 ± 1.96 √(0.0025 + 0.000096)) / 1.0384.
    /// let [lower, upper] = StandardErrors::interval(0.5, 0.05);
    /// assert_eq!(format!("{lower:.4} to {upper:.4}"), "0.4038 to 0.5962");
    /// ```
    pub fn interval(probability: f64, error: f64) -> [f64; 2] {
        let spread = probability * (1.0 - probability);
        let share = Z * Z * error * error / spread;
        let centre = probability + share / 2.0;
        let half = Z * error * (1.0 + share / (4.0 * spread)).sqrt();
        [centre - half, centre + half].map(|end| (end / (1.0 + share)).clamp(0.0, 1.0))
    }

    /// Returns the 95 % interval of a weight, in bits.
    pub fn interval_of_weight(bits: f64, error: f64) -> [f64; 2] {
        [bits - Z * error, bits + Z * error]
    }
}
