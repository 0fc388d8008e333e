//! How sure it is that a record is its entity's: the class of its identifier and a band.

use crate::error::{Error, Result};
use crate::strategy::{Link, Links, Method};

/// Why a record has the identifier that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum IdentifierClass {
    /// It shares an agreed national number with another record.
    KnownNumber,
    /// It is linked to another record by other evidence.
    Linked,
    /// It is alone.
    Unlinked,
}

impl IdentifierClass {
    /// Every class, the surest first.
    pub(super) const ALL: [Self; 3] = [Self::KnownNumber, Self::Linked, Self::Unlinked];

    /// Returns the word for it, as files have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KnownNumber => "known_number",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
        }
    }
}

/// How probable its surest link is: a band, since the exact figure could tell records apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Confidence {
    /// There is no link to be sure of.
    None,
    /// Below .9.
    Low,
    /// From .9.
    Medium,
    /// From .99.
    High,
}

impl Confidence {
    const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];

    /// Returns the word for it, as files have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    fn of(link: &Link) -> Self {
        match link.probability().get() {
            0.99.. => Self::High,
            0.9.. => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// Class and confidence of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Classified {
    pub(super) class: IdentifierClass,
    pub(super) confidence: Confidence,
}

impl Classified {
    /// Columns of a list of records with their classes.
    pub(super) const COLUMNS: [&str; 3] = ["record", "identifier_class", "confidence"];

    /// Reads the words of a list.
    ///
    /// # Errors
    /// `UnknownName` for any other word: what is written into an extract is one of ours.
    pub(super) fn parse(class: &str, confidence: &str) -> Result<Self> {
        let (classes, bands) = (IdentifierClass::ALL, Confidence::ALL);
        let class = classes.into_iter().find(|known| known.name() == class).ok_or_else(|| {
            Error::unknown_name("identifier class", "", classes.map(IdentifierClass::name))
        })?;
        let confidence = bands
            .into_iter()
            .find(|known| known.name() == confidence)
            .ok_or_else(|| Error::unknown_name("confidence", "", bands.map(Confidence::name)))?;
        Ok(Self { class, confidence })
    }
}

/// Classifies every record by the links that hold it to others of its entity.
pub(super) fn classify(entity_of: &[u32], links: &Links) -> Vec<Classified> {
    let alone = Classified { class: IdentifierClass::Unlinked, confidence: Confidence::None };
    let mut classes = vec![alone; entity_of.len()];
    let mut sizes = vec![0_u32; entity_of.iter().max().map_or(0, |&most| most as usize + 1)];
    entity_of.iter().for_each(|&entity| sizes[entity as usize] += 1);
    for (class, &entity) in classes.iter_mut().zip(entity_of) {
        if sizes[entity as usize] > 1 {
            *class = Classified { class: IdentifierClass::Linked, confidence: Confidence::Low };
        }
    }
    for (method, link) in links.iter() {
        if entity_of[link.a as usize] != entity_of[link.b as usize] {
            continue;
        }
        for record in [link.a, link.b] {
            let known = &mut classes[record as usize];
            if method == Method::NhsNumber {
                known.class = IdentifierClass::KnownNumber;
            }
            known.confidence = known.confidence.max(Confidence::of(&link));
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_link_within_the_entity_decides() {
        let link = |a, b, weight| Link { a, b, pattern: 0, weight };
        let links = Links {
            by_key: vec![(Method::NhsNumber, link(0, 1, f32::INFINITY))],
            // Odds of 2^4 to 1 are a probability of .941; of 1 to 1, of .5.
            by_probability: vec![link(2, 3, 4.0), link(1, 2, 0.0), link(4, 5, 20.0)],
        };
        let classes = classify(&[0, 0, 1, 1, 2, 3, 0], &links);
        let words = classes.iter().map(|class| (class.class.name(), class.confidence.name()));
        let expected = [
            ("known_number", "high"),
            ("known_number", "high"),
            ("linked", "medium"),
            ("linked", "medium"),
            ("unlinked", "none"),
            ("unlinked", "none"),
            ("linked", "low"),
        ];
        assert_eq!(words.collect::<Vec<_>>(), expected);
        for (class, confidence) in expected {
            assert!(Classified::parse(class, confidence).is_ok());
        }
        assert!(
            Classified::parse("asha", "high").is_err() && Classified::parse("linked", "").is_err()
        );
    }
}
