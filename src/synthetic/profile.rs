//! Profiles: every rate of a synthetic world, with its source, in `synthetic_data/*.toml`.

use std::collections::BTreeMap;

use super::chances::Chances;
use super::corruption::CORRUPTIONS;
use super::errors::MISSING;
use super::held::Held;
use super::life_event::LIFE_EVENTS;
use super::what_if::Override;
use crate::error::{Error, ErrorKind, Result, nearest};
use crate::record::Agency;

/// Source of a rate that a what-if gave.
const OVERRIDE: &str = "override";

/// Rate of a profile: a probability and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Probability.
    pub rate: f64,
    /// Source, or the word assumption and why.
    pub source: String,
}

impl Rate {
    /// Says whether somebody published the rate, and it is no assumption or what-if.
    pub fn is_sourced(&self) -> bool {
        !self.source.starts_with("assumption") && self.source != OVERRIDE
    }
}

/// Odds of an error by broad ethnic group and deprivation quintile, for some attributes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gradient {
    pub(super) agency: Agency,
    pub(super) attributes: Vec<String>,
    pub(super) ethnicity: [f64; 5],
    pub(super) deprivation: [f64; 5],
}

/// Named set of rates by which a world is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) gradients_apply: bool,
    pub(super) rates: BTreeMap<String, Rate>,
    pub(super) gradients: Vec<Gradient>,
    pub(super) deprivation: BTreeMap<String, [f64; 5]>,
    /// Rates that a world is to show though nothing is drawn by them, by key.
    pub(super) targets: BTreeMap<String, PairTarget>,
}

/// Published share of pairs of records of one child, at two agencies, of which something holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PairTarget {
    /// Place among the measures of pairs.
    pub(super) measure: usize,
    pub(super) between: [Agency; 2],
    pub(super) target: Rate,
}

impl Profile {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the profile is for, one line.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// Returns every rate by its key, in order of the key.
    pub fn rates(&self) -> impl Iterator<Item = (&str, &Rate)> {
        self.rates.iter().map(|(key, rate)| (key.as_str(), rate))
    }

    /// Returns the targets that pairs of records are to show, by key.
    pub(super) fn pair_targets(&self) -> impl Iterator<Item = (&str, &PairTarget)> {
        self.targets.iter().map(|(key, target)| (key.as_str(), target))
    }

    /// Returns what a world is to show under a key, if the profile says.
    pub(super) fn target(&self, key: &str) -> Option<&Rate> {
        self.rates.get(key).or_else(|| self.targets.get(key).map(|target| &target.target))
    }

    /// Returns a rate by its key; a corruption that the profile does not name has rate 0.
    pub fn rate(&self, key: &str) -> f64 {
        self.rates.get(key).map_or(0.0, |rate| rate.rate)
    }

    /// Says whether the profile gives a rate.
    pub(super) fn has(&self, key: &str) -> bool {
        self.rates.contains_key(key)
    }

    /// Returns the profile with other values for some keys.
    ///
    /// Besides rates, `gradients=false` turns every difference between ethnic groups and between
    /// deprivation quintiles off: in errors, in who is known to whom and in names.
    ///
    /// # Errors
    /// `UnknownKey` with the nearest key; `BadValue` for a value that its key does not allow.
    pub fn with(mut self, overrides: &[Override]) -> Result<Self> {
        let known_keys = known_keys();
        for change in overrides {
            let (key, value) = (change.key(), change.value());
            let wrong = |expected: &str, example: &str| {
                Error::new(ErrorKind::BadValue, format!("{key}: expected {expected}"))
                    .help(format!("write for example {key}={example}"))
            };
            if key == "gradients" {
                self.gradients_apply =
                    value.parse().map_err(|_| wrong("true or false", "false"))?;
            } else if known_keys.iter().any(|known| known == key) {
                let rate = value.parse().map_err(|_| wrong("a number", "0.5"))?;
                let rate = probability(rate, "the override", key)?;
                self.rates.insert(key.into(), Rate { rate, source: OVERRIDE.into() });
            } else {
                return Err(unknown_key("the override", key, &known_keys));
            }
        }
        self.check_complete("the override")?;
        Ok(self)
    }

    /// Returns the odds of an error by broad group (row) and deprivation quintile (column).
    pub(super) fn odds(&self, agency: Agency, attribute: Held) -> [[f64; 5]; 5] {
        let fits = |gradient: &&Gradient| {
            let attributes = &gradient.attributes;
            gradient.agency == agency
                && (attributes.is_empty() || attributes.iter().any(|name| name == attribute.name()))
        };
        match self.gradients.iter().find(fits).filter(|_| self.gradients_apply) {
            Some(gradient) => {
                gradient.ethnicity.map(|group| gradient.deprivation.map(|odds| group * odds))
            }
            None => [[1.0; 5]; 5],
        }
    }

    /// Returns the odds of being known to an agency by deprivation quintile.
    pub(super) fn deprivation_odds(&self, agency: Agency) -> [f64; 5] {
        let odds = self.deprivation.get(agency.name()).filter(|_| self.gradients_apply);
        odds.copied().unwrap_or([1.0; 5])
    }

    /// Says whether groups differ in errors, in who is known and in names.
    pub(super) fn gradients_apply(&self) -> bool {
        self.gradients_apply
    }

    pub(super) fn check_complete(&self, place: &str) -> Result<()> {
        if let Some(missing) = required_keys().into_iter().find(|key| !self.rates.contains_key(key))
        {
            let message = format!("{place}: no rate is given for {missing}");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("give it, or write inherits = \"typical\" at the top"));
        }
        if self.rate("effects.household") + self.rate("effects.provider") > 0.95 {
            let message = format!("{place}: effects.household and effects.provider exceed 0.95");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("they are shares of one variance; leave some for the record itself"));
        }
        Ok(())
    }
}

pub(super) fn probability(rate: f64, place: &str, key: &str) -> Result<f64> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(rate);
    }
    let message = format!("{place}: {key}: expected a rate from 0 to 1, found {rate}");
    Err(Error::new(ErrorKind::BadValue, message).help("a rate is a share: write 0.05 for 5 %"))
}

pub(super) fn unknown_key(place: &str, key: &str, known: &[String]) -> Error {
    let error = Error::new(ErrorKind::UnknownKey, format!("{place}: no key is called \"{key}\""));
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => error.note(format!("nearest: \"{near}\"")),
        None => error,
    }
    .help("synthetic_data/typical.toml has every key with its meaning")
}

fn required_keys() -> Vec<String> {
    let mut keys: Vec<String> = Chances::KEYS.iter().map(|&key| key.to_string()).collect();
    keys.extend(LIFE_EVENTS.iter().map(|event| event.key().to_string()));
    keys.extend(["effects.household".into(), "effects.provider".into()]);
    for agency in Agency::ALL {
        keys.extend(
            ["known", "duplicate_record", "history_kept"]
                .map(|key| format!("{}.record.{key}", agency.name())),
        );
    }
    keys
}

/// Returns every key that a profile may give, in order.
pub(super) fn known_keys() -> Vec<String> {
    let mut keys = required_keys();
    for agency in Agency::ALL {
        for held in Held::ALL {
            keys.push(format!("{}.{}.present", agency.name(), held.name()));
            for corruption in CORRUPTIONS.iter().filter(|c| c.strikes().contains(&held)) {
                // How often a value is missing is said the other way round.
                if corruption.name() == MISSING {
                    continue;
                }
                keys.push(format!("{}.{}.{}", agency.name(), held.name(), corruption.name()));
            }
        }
    }
    keys
}
