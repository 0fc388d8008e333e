//! Profiles: every rate of a synthetic world, with its source, in `synthetic_data/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::chances::Chances;
use super::corruption::CORRUPTIONS;
use super::errors::MISSING;
use super::held::Held;
use crate::code::BroadGroup;
use crate::error::{Error, ErrorKind, Result, nearest};
use crate::record::Agency;
use crate::settings;

/// Shipped profiles: name, file, text. The first is the default.
const SHIPPED: [(&str, &str, &str); 3] = [
    ("typical", "synthetic_data/typical.toml", include_str!("../../synthetic_data/typical.toml")),
    ("clean", "synthetic_data/clean.toml", include_str!("../../synthetic_data/clean.toml")),
    ("poor", "synthetic_data/poor.toml", include_str!("../../synthetic_data/poor.toml")),
];

/// Rate of a profile: a probability and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Probability.
    pub rate: f64,
    /// Source, or the word assumption and why.
    pub source: String,
}

/// Odds of an error by broad ethnic group and deprivation quintile, for some attributes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gradient {
    agency: Agency,
    attributes: Vec<String>,
    ethnicity: [f64; 5],
    deprivation: [f64; 5],
}

/// Named set of rates by which a world is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    name: String,
    purpose: String,
    gradients_apply: bool,
    rates: BTreeMap<String, Rate>,
    gradients: Vec<Gradient>,
    deprivation: BTreeMap<String, [f64; 5]>,
}

/// What-if: another value for one key of a profile, for example `social_care.nhs_number.present=0.9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    key: String,
    value: String,
}

impl Override {
    /// Reads `key=value`.
    ///
    /// # Errors
    /// `BadValue` if there is no equals sign.
    pub fn parse(text: &str) -> Result<Self> {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            Error::new(ErrorKind::BadValue, format!("\"{text}\": expected key=value"))
                .help("write for example social_care.nhs_number.present=0.9")
        })?;
        Ok(Self { key: key.trim().into(), value: value.trim().into() })
    }

    /// Returns the key, for example `social_care.nhs_number.present`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the value as it was written.
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateEntry {
    rate: Spanned<f64>,
    source: String,
}

type Section = BTreeMap<String, RateEntry>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupOdds {
    white: f64,
    asian: f64,
    black: f64,
    mixed: f64,
    other: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GradientEntry {
    agency: String,
    attributes: Vec<String>,
    ethnicity: GroupOdds,
    deprivation: [f64; 5],
    #[allow(dead_code, reason = "read by people, required in the file")]
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeprivationEntry {
    odds: [f64; 5],
    #[allow(dead_code, reason = "read by people, required in the file")]
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    purpose: String,
    /// Profile whose rates hold where this one gives none.
    inherits: Option<String>,
    gradients: Option<bool>,
    #[serde(default)]
    population: Section,
    #[serde(default)]
    effects: Section,
    #[serde(default)]
    health: BTreeMap<String, Section>,
    #[serde(default)]
    education: BTreeMap<String, Section>,
    #[serde(default)]
    social_care: BTreeMap<String, Section>,
    #[serde(default)]
    police: BTreeMap<String, Section>,
    #[serde(default)]
    deprivation: BTreeMap<String, DeprivationEntry>,
    #[serde(default)]
    gradient: Vec<GradientEntry>,
}

impl Profile {
    /// Returns the names of the shipped profiles, the default first.
    pub fn names() -> [&'static str; SHIPPED.len()] {
        SHIPPED.map(|(name, _, _)| name)
    }

    /// Finds a shipped profile by its name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest profile, if none has that name.
    ///
    /// ```
    /// use cci::synthetic::Profile;
    /// assert_eq!(Profile::find("typical")?.rate("health.nhs_number.present"), 0.99);
    /// assert!(Profile::find("typicl").unwrap_err().to_string().contains("nearest: \"typical\""));
    /// # Ok::<(), cci::error::Error>(())
    /// ```
    pub fn find(name: &str) -> Result<Self> {
        let (name, file, text) = SHIPPED
            .into_iter()
            .find(|(known, _, _)| *known == name)
            .ok_or_else(|| Error::unknown_name("profile", name, Self::names()))?;
        let mut profile = Self::parse(text, file)?;
        profile.name = name.into();
        Ok(profile)
    }

    /// Reads a profile; `file` names the text in messages and stands for its name.
    ///
    /// # Errors
    /// `BadSettings` or `UnknownKey` with the line, for text that is no profile; `BadValue` with
    /// the line, for a rate outside 0 to 1 or a rate left out.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        let entries: ProfileFile = settings::parse(text, file)?;
        let place = |rate: &Spanned<f64>| {
            format!("{file}, line {}", settings::line_of(text, rate.span().start))
        };
        let mut profile = match &entries.inherits {
            Some(base) => Self::find(base)?,
            None => Self {
                name: String::new(),
                purpose: String::new(),
                gradients_apply: true,
                rates: BTreeMap::new(),
                gradients: Vec::new(),
                deprivation: BTreeMap::new(),
            },
        };
        profile.name = file.into();
        profile.purpose = entries.purpose;
        profile.gradients_apply = entries.gradients.unwrap_or(profile.gradients_apply);
        let known_keys = known_keys();
        let mut add = |key: String, entry: RateEntry| {
            if !known_keys.contains(&key) {
                return Err(unknown_key(&place(&entry.rate), &key, &known_keys));
            }
            let rate = probability(*entry.rate.get_ref(), &place(&entry.rate), &key)?;
            profile.rates.insert(key, Rate { rate, source: entry.source });
            Ok(())
        };
        for (section, rates) in [("population", entries.population), ("effects", entries.effects)] {
            for (name, entry) in rates {
                add(format!("{section}.{name}"), entry)?;
            }
        }
        let agencies = [entries.health, entries.education, entries.social_care, entries.police];
        for (agency, attributes) in Agency::ALL.into_iter().zip(agencies) {
            for (attribute, rates) in attributes {
                for (name, entry) in rates {
                    add(format!("{}.{attribute}.{name}", agency.name()), entry)?;
                }
            }
        }
        if !entries.gradient.is_empty() {
            profile.gradients =
                entries.gradient.into_iter().map(gradient).collect::<Result<_>>()?;
        }
        for (agency, entry) in entries.deprivation {
            Agency::parse(&agency)?;
            profile.deprivation.insert(agency, entry.odds);
        }
        let odds = profile.gradients.iter().flat_map(|g| g.ethnicity.iter().chain(&g.deprivation));
        let mut odds = odds.chain(profile.deprivation.values().flatten());
        if odds.any(|&odds| !(odds.is_finite() && odds > 0.0)) {
            let message = format!("{file}: odds must be numbers above 0");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("1.0 means no difference from the other groups"));
        }
        profile.check_complete(file)?;
        Ok(profile)
    }

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
    /// Besides rates, `gradients=false` turns every difference of error rates between ethnic
    /// groups and deprivation quintiles off.
    ///
    /// # Errors
    /// `UnknownKey` with the nearest key; `BadValue` for a value that its key does not allow.
    pub fn with(mut self, overrides: &[Override]) -> Result<Self> {
        let known_keys = known_keys();
        for Override { key, value } in overrides {
            let wrong = |expected: &str| {
                Error::new(ErrorKind::BadValue, format!("{key}: expected {expected}"))
                    .help(format!("write for example {key}=0.5"))
            };
            if key == "gradients" {
                self.gradients_apply = value.parse().map_err(|_| wrong("true or false"))?;
            } else if known_keys.contains(key) {
                let rate = value.parse().map_err(|_| wrong("a number"))?;
                let rate = probability(rate, "the override", key)?;
                self.rates.insert(key.clone(), Rate { rate, source: "override".into() });
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
        self.deprivation.get(agency.name()).copied().unwrap_or([1.0; 5])
    }

    fn check_complete(&self, place: &str) -> Result<()> {
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

fn probability(rate: f64, place: &str, key: &str) -> Result<f64> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(rate);
    }
    let message = format!("{place}: {key}: expected a rate from 0 to 1, found {rate}");
    Err(Error::new(ErrorKind::BadValue, message).help("a rate is a share: write 0.05 for 5 %"))
}

fn unknown_key(place: &str, key: &str, known: &[String]) -> Error {
    let error = Error::new(ErrorKind::UnknownKey, format!("{place}: no key is called \"{key}\""));
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => error.note(format!("nearest: \"{near}\"")),
        None => error,
    }
    .help("synthetic_data/typical.toml has every key with its meaning")
}

fn gradient(entry: GradientEntry) -> Result<Gradient> {
    for attribute in &entry.attributes {
        Held::parse(attribute)?;
    }
    let by_group = BroadGroup::ALL.map(|group| match group {
        BroadGroup::White => entry.ethnicity.white,
        BroadGroup::Asian => entry.ethnicity.asian,
        BroadGroup::Black => entry.ethnicity.black,
        BroadGroup::Mixed => entry.ethnicity.mixed,
        BroadGroup::Other => entry.ethnicity.other,
    });
    Ok(Gradient {
        agency: Agency::parse(&entry.agency)?,
        attributes: entry.attributes,
        ethnicity: by_group,
        deprivation: entry.deprivation,
    })
}

fn required_keys() -> Vec<String> {
    let mut keys: Vec<String> = Chances::KEYS.iter().map(|&key| key.to_string()).collect();
    keys.extend(["effects.household".into(), "effects.provider".into()]);
    for agency in Agency::ALL {
        keys.extend(
            ["known", "duplicate_record"].map(|key| format!("{}.record.{key}", agency.name())),
        );
    }
    keys
}

/// Returns every key that a profile may give, in order.
fn known_keys() -> Vec<String> {
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
