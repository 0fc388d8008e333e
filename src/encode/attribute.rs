//! One attribute of an encoding: what its values look like and how they are hashed.

use super::text_encoding::TextEncoding;
use super::tokens::Comparison;
use super::value_format::ValueFormat;

/// Attribute as a schema describes it; a schema calls it a feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    /// Name, which is that of the file's column.
    pub(super) name: String,
    /// How it is encoded; `None` if it is only there.
    pub(super) encoded: Option<Encoded>,
}

/// How an attribute is encoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Encoded {
    pub(super) format: ValueFormat,
    pub(super) encoding: TextEncoding,
    pub(super) comparison: Comparison,
    pub(super) insertions: Insertions,
    pub(super) hash: TokenHash,
    pub(super) missing: Option<Missing>,
}

/// How often tokens are inserted into the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Insertions {
    /// Every token so often; longer values then set more bits.
    PerToken(u32),
    /// All tokens of a value together so often.
    PerAttribute(u32),
}

impl Insertions {
    /// Returns how often each of some tokens is inserted, in their order.
    ///
    /// What does not divide goes to the first tokens, one each.
    pub(super) fn of_each(self, tokens: usize) -> impl Iterator<Item = u32> {
        let many = tokens.max(1) as u32;
        let (each, more) = match self {
            Self::PerToken(times) => (times, 0),
            Self::PerAttribute(times) => (times / many, times % many),
        };
        (0..tokens as u32).map(move |place| each + u32::from(place < more))
    }
}

/// How a token becomes places in the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenHash {
    /// Pieces of keyed BLAKE2b-512, 16 bits each.
    Blake,
    /// Two keyed hashes, the second added over and over.
    Double {
        /// Whether a second hash of 0, which would give one place only, is hashed again.
        prevent_singularity: bool,
    },
}

/// Value that stands for a missing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) sentinel: String,
    /// What is encoded in its place; the sentinel itself if there is nothing else.
    pub(super) replace_with: Option<String>,
}

impl Missing {
    /// Returns what is encoded for a missing value.
    pub(super) fn encoded(&self) -> &str {
        self.replace_with.as_deref().unwrap_or(&self.sentinel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insertions_of_an_attribute_add_up() {
        let of_each = |insertions: Insertions, n| insertions.of_each(n).collect::<Vec<_>>();
        assert_eq!(of_each(Insertions::PerAttribute(200), 7), [29, 29, 29, 29, 28, 28, 28]);
        assert_eq!(of_each(Insertions::PerAttribute(2), 3), [1, 1, 0]);
        assert_eq!(of_each(Insertions::PerToken(10), 2), [10, 10]);
    }
}
