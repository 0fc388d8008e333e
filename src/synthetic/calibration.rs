//! A world against the rates that it was to have: target, measured, interval, verdict.

use super::count::{Batch, Count};
use super::errors::{ErrorRates, PRESENT, Tally};
use super::life_event::LIFE_EVENTS;
use super::measure::{CHILD_MEASURES, PAIR_MEASURES, Seen};
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

/// Returns how many counts a batch keeps.
pub(super) fn counts(profile: &Profile) -> usize {
    CHILD_MEASURES.len() + LIFE_EVENTS.len() + profile.pair_targets().count()
}

/// Counts a child for every measure.
pub(super) fn measure(profile: &Profile, seen: &Seen, measured: &mut [Batch]) {
    let (of_children, rest) = measured.split_at_mut(CHILD_MEASURES.len());
    let (of_events, of_pairs) = rest.split_at_mut(LIFE_EVENTS.len());
    let add = |sum: &mut Batch, (all, so)| *sum = (sum.0 + all, sum.1 + so);
    for (measure, sum) in CHILD_MEASURES.iter().zip(of_children) {
        add(sum, (measure.of)(seen));
    }
    for (place, sum) in of_events.iter_mut().enumerate() {
        let bit = |events: u16| u64::from(events >> place & 1);
        add(sum, (bit(seen.child.could_befall), bit(seen.child.befell)));
    }
    for ((_, target), sum) in profile.pair_targets().zip(of_pairs) {
        let [one, other] = target.between.map(|agency| seen.records[agency as usize].as_ref());
        let so = one.zip(other).and_then(|(a, b)| (PAIR_MEASURES[target.measure].of)(a, b));
        add(sum, so.map_or((0, 0), |so| (1, u64::from(so))));
    }
}

/// Counts of every rate, batch by batch.
pub(super) struct Counts {
    counts: Vec<(String, Count)>,
    trials: usize,
}

impl Counts {
    /// Starts with nothing counted.
    pub(super) fn new(profile: &Profile, rates: &ErrorRates) -> Self {
        let mut keys = rates.keys();
        let trials = keys.len();
        keys.extend(CHILD_MEASURES.iter().map(|measure| measure.key.to_string()));
        keys.extend(LIFE_EVENTS.iter().map(|event| event.key().to_string()));
        keys.extend(profile.pair_targets().map(|(key, _)| key.to_string()));
        Self { counts: keys.into_iter().map(|key| (key, Count::default())).collect(), trials }
    }

    /// Adds a batch: its tally of errors and what the measures saw.
    pub(super) fn add(&mut self, tally: &Tally, measured: &[Batch]) {
        let (trials, others) = self.counts.split_at_mut(self.trials);
        for ((key, count), (seen, struck)) in trials.iter_mut().zip(tally.counts()) {
            // What is missing is counted as the profile has it, by what is present.
            let present = key.ends_with(PRESENT);
            count.add((seen, if present { seen - struck } else { struck }));
        }
        for ((_, count), &batch) in others.iter_mut().zip(measured) {
            count.add(batch);
        }
    }

    /// Puts what was counted beside what the profile asked for, in order of the key.
    pub(super) fn measured(mut self, profile: &Profile) -> Vec<Measured> {
        self.counts.sort_by(|a, b| a.0.cmp(&b.0));
        let measured = |(key, count): (String, Count)| {
            let target = profile.target(&key)?.clone();
            Some(Measured::new(key, target, count))
        };
        self.counts.into_iter().filter_map(measured).collect()
    }
}
