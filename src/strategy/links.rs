//! Links: the tool's decisions that two records are about one child.

use rayon::prelude::*;

use crate::model::{MatchWeight, Probability};
use crate::record::RecordId;

/// Decision that two records are about the same child; 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Record with the smaller place.
    pub a: RecordId,
    /// Record with the larger place.
    pub b: RecordId,
    /// Agreement pattern of the pair; 0 where none was computed.
    pub pattern: u32,
    /// Match weight in bits; infinite where a key decided.
    pub weight: f32,
}

impl Link {
    /// Returns the probability that the pair is a match, as its weight says.
    pub fn probability(&self) -> Probability {
        MatchWeight::new(f64::from(self.weight)).probability()
    }
}

/// Way in which a link was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Equal and valid NHS numbers, agreed by another attribute where the strategy asks for it.
    NhsNumber,
    /// Equal keys made of several attributes.
    ExactKey,
    /// The linkage custodian's decision.
    Custodian,
    /// Match weight at or above the threshold.
    Probability,
}

impl Method {
    /// Returns the name used in files, for example `nhs_number`.
    pub fn name(self) -> &'static str {
        match self {
            Method::NhsNumber => "nhs_number",
            Method::ExactKey => "exact_key",
            Method::Custodian => "custodian",
            Method::Probability => "probability",
        }
    }
}

/// Links of one linkage, by the way they were decided; each list sorted by `(a, b)`.
///
/// A pair stands in one list only: a key decides before probability does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Links {
    /// Links that a key or the custodian decided, and which.
    pub by_key: Vec<(Method, Link)>,
    /// Links that the match weight decided.
    pub by_probability: Vec<Link>,
}

impl Links {
    /// Iterates over every link with its method, keys first.
    pub fn iter(&self) -> impl Iterator<Item = (Method, Link)> + '_ {
        let probable = self.by_probability.iter().map(|&link| (Method::Probability, link));
        self.by_key.iter().copied().chain(probable)
    }

    /// Returns how a pair was linked, if it was; `a` is the record with the smaller place.
    pub fn how(&self, a: RecordId, b: RecordId) -> Option<Method> {
        let by_key = self.by_key.binary_search_by_key(&(a, b), |(_, link)| (link.a, link.b));
        let by_probability = || {
            let found = self.by_probability.binary_search_by_key(&(a, b), |link| (link.a, link.b));
            found.is_ok().then_some(Method::Probability)
        };
        by_key.map_or_else(|_| by_probability(), |place| Some(self.by_key[place].0))
    }

    /// Returns every link, the heaviest first; equals in the order of their records.
    pub fn best_first(&self) -> Vec<Link> {
        let mut links: Vec<Link> = self.iter().map(|(_, link)| link).collect();
        links.par_sort_unstable_by(|x, y| {
            y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b)))
        });
        links
    }

    /// Adds the links of an earlier linkage; what was decided anew goes before them.
    pub fn add(&mut self, earlier: &Links) {
        let pair = |link: &Link| (link.a, link.b);
        self.by_key.extend_from_slice(&earlier.by_key);
        self.by_key.sort_by_key(|(_, link)| pair(link));
        self.by_key.dedup_by_key(|(_, link)| pair(link));
        let decided = &self.by_key;
        let open =
            |link: &&Link| decided.binary_search_by_key(&pair(link), |(_, l)| pair(l)).is_err();
        self.by_probability.extend(earlier.by_probability.iter().filter(open));
        self.by_probability.sort_unstable_by_key(pair);
    }

    /// Returns the number of links.
    pub fn len(&self) -> usize {
        self.by_key.len() + self.by_probability.len()
    }

    /// Says whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
