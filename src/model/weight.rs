//! Match weights in bits and probabilities, and the way from one to the other.

use crate::error::{Error, ErrorKind, Result};

/// Probability from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// Checks that a number is a probability.
    ///
    /// # Errors
    /// `BadValue` outside 0 to 1 or not a number.
    pub fn new(value: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(Error::new(
                ErrorKind::BadValue,
                format!("expected a probability from 0 to 1, found {value}"),
            ))
        }
    }

    /// Returns the number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Returns the log odds in bits.
    ///
    /// ```
    /// use cci::model::Probability;
    /// // 0.8 is odds of 4 to 1, that is 2 bits.
    /// assert!((Probability::new(0.8)?.weight().bits() - 2.0).abs() < 1e-12);
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn weight(self) -> MatchWeight {
        MatchWeight((self.0 / (1.0 - self.0)).log2())
    }
}

/// Match weight: log odds of a match, in bits; positive favours a match.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct MatchWeight(f64);

impl MatchWeight {
    /// Takes a number of bits.
    pub fn new(bits: f64) -> Self {
        Self(bits)
    }

    /// Returns the number of bits.
    pub fn bits(self) -> f64 {
        self.0
    }

    /// Returns the probability of a match.
    ///
    /// # Formula
    /// `p = 1 / (1 + 2^−w)`, which neither overflows nor loses small probabilities.
    ///
    /// ```
    /// use cci::model::MatchWeight;
    /// assert_eq!(MatchWeight::new(0.0).probability().get(), 0.5);
    /// assert_eq!(MatchWeight::new(2000.0).probability().get(), 1.0);
    /// ```
    pub fn probability(self) -> Probability {
        Probability(1.0 / (1.0 + (-self.0).exp2()))
    }
}
