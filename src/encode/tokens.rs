//! Cuts values into tokens: what two values share, their codes share.

use std::fmt::Write;

use super::value_format::ValueFault;

/// How values of an attribute are compared, which decides their tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Comparison {
    /// Runs of n characters, at their place or wherever they stand.
    Ngram { n: usize, positional: bool },
    /// The value as a whole.
    Exact,
    /// The neighbourhood of a number.
    Numeric(Neighbourhood),
}

/// Grid on which numbers are laid, and how far their neighbourhoods reach.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Neighbourhood {
    /// Distance from which on numbers share nothing, as the schema gives it.
    pub(super) threshold_distance: f64,
    /// Tokens on either side of a number.
    pub(super) resolution: i64,
    /// Digits after the point that count.
    pub(super) fractional_precision: u32,
    /// Distance of two tokens: the threshold distance in units of the last digit that counts.
    interval: i128,
}

/// Tokens of one value, one after the other.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    text: String,
    ends: Vec<usize>,
    /// Value with its spaces around.
    padded: String,
    /// Where each character of it begins, and where it ends.
    starts: Vec<usize>,
}

impl Tokens {
    /// Returns the tokens in order.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ends.iter().enumerate().map(|(index, &end)| {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.text[start..end]
        })
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }
}

impl Comparison {
    /// Cuts a prepared value into tokens; an empty one has none.
    ///
    /// # Errors
    /// What was expected, if the value should be a number and is none.
    pub(super) fn cut(&self, value: &str, tokens: &mut Tokens) -> Result<(), ValueFault> {
        tokens.text.clear();
        tokens.ends.clear();
        if value.is_empty() {
            return Ok(());
        }
        match self {
            Self::Exact => {
                tokens.text.push_str(value);
                tokens.end();
            }
            Self::Ngram { n, positional } => {
                let around = " ".repeat(n - 1);
                tokens.padded.clear();
                tokens.padded.extend([&around, value, &around]);
                tokens.starts.clear();
                let starts = tokens.padded.char_indices().map(|(start, _)| start);
                tokens.starts.extend(starts.chain([tokens.padded.len()]));
                for place in 0..tokens.starts.len() - n {
                    if *positional {
                        write!(tokens.text, "{} ", place + 1).expect("a string takes any text");
                    }
                    let gram = tokens.starts[place]..tokens.starts[place + n];
                    tokens.text.push_str(&tokens.padded[gram]);
                    tokens.end();
                }
            }
            Self::Numeric(neighbourhood) => {
                let number = neighbourhood
                    .place(value)
                    .ok_or_else(|| ValueFault::new("a number that is not too large", value))?;
                for step in -neighbourhood.resolution..=neighbourhood.resolution {
                    let token = number + i128::from(step) * neighbourhood.interval;
                    write!(tokens.text, "{token}").expect("a string takes any text");
                    tokens.end();
                }
            }
        }
        Ok(())
    }
}

impl Neighbourhood {
    /// Most digits after the point: a decimal number of the machine has no more.
    pub(super) const MOST_PRECISION: i64 = 15;
    /// Most tokens on either side.
    pub(super) const MOST_RESOLUTION: i64 = 10_000;
    /// Greatest value, so that nothing computed from it overflows.
    const GREATEST: i128 = 1 << 90;

    /// Lays the grid; `None` if the distance is less than one unit of the last digit.
    pub(super) fn new(threshold: f64, resolution: i64, precision: u32) -> Option<Self> {
        let interval = (threshold * power(precision)).round_ties_even();
        // A comparison that holds for no number that is not one either.
        let fits = interval >= 1.0 && interval < Self::GREATEST as f64;
        fits.then_some(Self {
            threshold_distance: threshold,
            resolution,
            fractional_precision: precision,
            interval: interval as i128,
        })
    }

    /// Returns the point of the grid that is nearest to a number, in units of the grid.
    ///
    /// # Formula
    /// `v · 2 · resolution`, moved to the nearest multiple of the interval, upwards from the
    /// middle. Source: clkhash 0.18.3, `NumericComparison.tokenize`.
    fn place(&self, value: &str) -> Option<i128> {
        let value = value.trim();
        let number = match value.parse::<i128>() {
            Ok(whole) => whole.checked_mul(10_i128.pow(self.fractional_precision))?,
            Err(_) => {
                let decimal: f64 = value.parse().ok()?;
                let scaled = match self.fractional_precision {
                    0 => decimal.trunc(),
                    digits => (decimal * power(digits)).round_ties_even(),
                };
                // Infinite numbers and those that are none stop here.
                if scaled.is_nan() || scaled.abs() >= Self::GREATEST as f64 {
                    return None;
                }
                scaled as i128
            }
        };
        if number.abs() > Self::GREATEST {
            return None;
        }
        let fine = number * 2 * i128::from(self.resolution);
        let residue = fine.rem_euclid(self.interval);
        let up = 2 * residue >= self.interval && residue > 0;
        Some(if up { fine + self.interval - residue } else { fine - residue })
    }
}

fn power(digits: u32) -> f64 {
    10_f64.powi(digits as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(comparison: &Comparison, value: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        comparison.cut(value, &mut tokens).unwrap();
        tokens.iter().map(str::to_string).collect()
    }

    fn numeric(threshold: f64, resolution: i64, precision: u32) -> Comparison {
        Comparison::Numeric(Neighbourhood::new(threshold, resolution, precision).unwrap())
    }

    /// Examples of the clkhash documentation and answers of clkhash 0.18.3.
    #[test]
    fn tokens_are_those_of_clkhash() {
        let ngram = |n, positional| Comparison::Ngram { n, positional };
        assert_eq!(cut(&ngram(2, false), "Siân"), [" S", "Si", "iâ", "ân", "n "]);
        assert_eq!(cut(&ngram(1, true), "0511"), ["1 0", "2 5", "3 1", "4 1"]);
        assert_eq!(cut(&ngram(3, false), "a"), ["  a", " a ", "a  "]);
        assert_eq!(cut(&Comparison::Exact, "a b"), ["a b"]);
        assert_eq!(cut(&ngram(2, false), ""), [""; 0]);
        assert_eq!(cut(&numeric(8.0, 2, 0), "25"), ["88", "96", "104", "112", "120"]);
        assert_eq!(cut(&numeric(8.0, 2, 0), "-7.9"), ["-40", "-32", "-24", "-16", "-8"]);
        assert_eq!(cut(&numeric(0.5, 1, 2), "1.275"), ["200", "250", "300"]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let mut tokens = Tokens::default();
        for value in ["x", "nan", "inf", "1e40", "1_000"] {
            assert!(numeric(1.0, 1, 0).cut(value, &mut tokens).is_err(), "{value}");
        }
    }
}
