//! The threshold: chosen from the model's own probabilities, without labels.

use rayon::prelude::*;
use serde::Serialize;

use super::{MatchWeight, Probability};
use crate::error::{Error, ErrorKind, Result};

/// Way of choosing the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ThresholdPolicy {
    /// Where the expected F1 of the candidate pairs is best.
    ExpectedF1,
    /// The lowest, from even odds up, at which the expected share of false links is at most this.
    FalseLinks(f64),
    /// Where a false link costs so many times as much as a missed one.
    FalseLinkCost(f64),
    /// A match weight given by the user, in bits.
    Weight(f64),
}

/// Largest match weight that a threshold may be, in bits.
const HIGHEST: f64 = 64.0;

impl ThresholdPolicy {
    /// Checks the number that a policy carries.
    ///
    /// # Errors
    /// `BadValue` for a share of false links outside 0 to 1, a cost that is not positive, or a
    /// weight that is no number or that no evidence could reach.
    pub fn check(self) -> Result<()> {
        match self {
            ThresholdPolicy::FalseLinks(share) if !(0.0..1.0).contains(&share) => Err(Error::new(
                ErrorKind::BadValue,
                format!("false_links: expected a share from 0 to below 1, found {share}"),
            )
            .help("write for example false_links = 0.005 for 5 in 1,000")),
            ThresholdPolicy::FalseLinkCost(cost) if !(cost > 0.0 && cost.is_finite()) => {
                Err(Error::new(
                    ErrorKind::BadValue,
                    format!("false_link_cost: expected a number above 0, found {cost}"),
                )
                .help("write for example false_link_cost = 20.0"))
            }
            ThresholdPolicy::Weight(bits) if !(-HIGHEST..=HIGHEST).contains(&bits) => {
                Err(Error::new(
                    ErrorKind::BadValue,
                    format!("accept: expected a match weight from -64 to 64 bits, found {bits}"),
                )
                .note("64 bits are odds beyond all the pairs that the people of the world make")
                .help("check the decimal point: 12.0 bits are odds of 4,096 to 1"))
            }
            _ => Ok(()),
        }
    }
}

/// What the model promises at a threshold, before anything is known about the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Promise {
    /// Pairs at or above the threshold.
    pub links: u64,
    /// Matches among all candidate pairs.
    pub matches: f64,
    /// Share of the links that are matches; `None` without links.
    pub precision: Option<f64>,
    /// Share of the candidate pairs' matches that are linked; `None` without matches.
    pub recall: Option<f64>,
}

/// Chooses the threshold and states what it promises.
///
/// `weights` are those of the kept pairs in any order, in bits; `matches_below` is the number of
/// matches expected among candidate pairs that were not kept.
///
/// # Formula
/// `F1(t) = 2 Σ_{p ≥ t} p / (n_t + Σ p)`. With calibrated probabilities it is best at `t = F1/2`
/// (Lipton, Elkan and Naryanaswamy 2014), which is where the threshold is put: between pairs,
/// not on one of them. With a cost c of a false link in missed links, linking pays where
/// `p > c (1 − p)`, that is from `w = log2 c` on.
pub fn choose_threshold(
    policy: ThresholdPolicy,
    weights: &[f32],
    matches_below: f64,
) -> (MatchWeight, Promise) {
    let mut sorted: Vec<f32> = weights.to_vec();
    sorted.par_sort_unstable_by(|x, y| y.total_cmp(x));
    let chance = |&weight: &f32| MatchWeight::new(f64::from(weight)).probability().get();
    let chances: Vec<f64> = sorted.par_iter().map(chance).collect();
    let matches = matches_below + chances.iter().rev().sum::<f64>();
    let threshold = match policy {
        ThresholdPolicy::Weight(bits) => MatchWeight::new(bits),
        ThresholdPolicy::FalseLinkCost(cost) => MatchWeight::new(cost.log2()),
        ThresholdPolicy::ExpectedF1 => {
            let (mut found, mut best) = (0.0, 0.0f64);
            for (place, chance) in chances.iter().enumerate() {
                found += chance;
                best = best.max(2.0 * found / (place as f64 + 1.0 + matches));
            }
            let half = (best / 2.0).clamp(1e-6, 0.5);
            Probability::new(half).expect("half of an F1 is a probability").weight()
        }
        ThresholdPolicy::FalseLinks(share) => {
            let (mut false_links, mut lowest) = (0.0, f32::INFINITY);
            for (place, &weight) in sorted.iter().enumerate() {
                false_links += 1.0 - chances[place];
                let last_of_equals = sorted.get(place + 1).is_none_or(|&next| next < weight);
                let keeps_promise = false_links <= share * (place as f64 + 1.0);
                if weight >= 0.0 && last_of_equals && keeps_promise {
                    lowest = weight;
                }
            }
            MatchWeight::new(f64::from(lowest))
        }
    };
    let linked = sorted.partition_point(|&weight| f64::from(weight) >= threshold.bits());
    // The sum of nothing would be -0.
    let found = chances[..linked].iter().fold(0.0, |sum, chance| sum + chance);
    let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let promise = Promise {
        links: linked as u64,
        matches,
        precision: ratio(found, linked as f64),
        recall: ratio(found, matches),
    };
    (threshold, promise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_link_policy_keeps_its_promise() {
        // Odds 8 to 1, 1 to 1: linking both promises (1/9 + 1/2) / 2 = 0.31 false links.
        let (threshold, promise) =
            choose_threshold(ThresholdPolicy::FalseLinks(0.2), &[3.0, 0.0], 0.0);
        assert_eq!((threshold.bits(), promise.links), (3.0, 1));
        assert!((promise.precision.unwrap() - 8.0 / 9.0).abs() < 1e-12);
        let (threshold, promise) =
            choose_threshold(ThresholdPolicy::FalseLinks(0.4), &[3.0, 0.0], 0.0);
        assert_eq!((threshold.bits(), promise.links), (0.0, 2));
    }

    #[test]
    fn false_link_policy_links_nothing_that_is_more_likely_false() {
        // A thousand certain pairs could carry one at odds of 1 to 2; it is left alone.
        let weights: Vec<f32> = [vec![60.0; 1000], vec![-1.0]].concat();
        let (_, promise) = choose_threshold(ThresholdPolicy::FalseLinks(0.01), &weights, 0.0);
        assert_eq!(promise.links, 1000);
    }

    #[test]
    fn a_cost_of_twenty_links_from_twenty_to_one() {
        let weights = [4.33, 4.31];
        let (_, promise) = choose_threshold(ThresholdPolicy::FalseLinkCost(20.0), &weights, 0.0);
        assert_eq!(promise.links, 1);
    }

    #[test]
    fn expected_f1_lies_at_half_of_the_best() {
        // Certain pairs only: F1 is 1, so the threshold is even odds.
        let (threshold, promise) =
            choose_threshold(ThresholdPolicy::ExpectedF1, &[60.0, 60.0, -60.0], 0.0);
        assert!(threshold.bits().abs() < 1e-9, "{threshold:?}");
        assert_eq!(promise.links, 2);
    }

    #[test]
    fn nothing_to_link_is_undefined_and_not_zero() {
        let (_, promise) = choose_threshold(ThresholdPolicy::ExpectedF1, &[], 0.0);
        assert_eq!((promise.precision, promise.recall), (None, None));
    }
}
