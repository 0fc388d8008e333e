//! Profiles as files: what is written in `synthetic_data/*.toml`, read with line and nearest key.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::held::Held;
use super::measure::PAIR_MEASURES;
use super::profile::{Gradient, PairTarget, Profile, Rate, known_keys, probability, unknown_key};
use crate::code::BroadGroup;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Agency;
use crate::settings;

/// Shipped profiles: name, file, text. The first is the default.
const SHIPPED: [(&str, &str, &str); 5] = [
    ("typical", "synthetic_data/typical.toml", include_str!("../../synthetic_data/typical.toml")),
    ("clean", "synthetic_data/clean.toml", include_str!("../../synthetic_data/clean.toml")),
    ("poor", "synthetic_data/poor.toml", include_str!("../../synthetic_data/poor.toml")),
    (
        "cambridge",
        "synthetic_data/cambridge.toml",
        include_str!("../../synthetic_data/cambridge.toml"),
    ),
    ("hes_pds", "synthetic_data/hes_pds.toml", include_str!("../../synthetic_data/hes_pds.toml")),
];

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
struct TargetEntry {
    measure: String,
    between: [String; 2],
    rate: Spanned<f64>,
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
    #[serde(default)]
    target: Vec<TargetEntry>,
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
                targets: BTreeMap::new(),
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
        // Targets are of one profile alone: another has other rates, and so other pairs.
        profile.targets = entries
            .target
            .into_iter()
            .map(|entry| pair_target(entry, &place))
            .collect::<Result<_>>()?;
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

fn pair_target(
    entry: TargetEntry,
    place: &dyn Fn(&Spanned<f64>) -> String,
) -> Result<(String, PairTarget)> {
    let name = &entry.measure;
    let known = PAIR_MEASURES.iter().map(|measure| measure.name);
    let measure = PAIR_MEASURES
        .iter()
        .position(|measure| measure.name == name)
        .ok_or_else(|| Error::unknown_name("measure", name, known))?;
    let [one, other] = &entry.between;
    let between = [Agency::parse(one)?, Agency::parse(other)?];
    let key = format!("{one}_and_{other}.{name}");
    let rate = probability(*entry.rate.get_ref(), &place(&entry.rate), &key)?;
    let target = Rate { rate, source: entry.source };
    Ok((key, PairTarget { measure, between, target }))
}
