//! Linkage schema of clkhash, versions 1 to 3: what two parties agree on before they encode.

use super::attribute::{Attribute, TokenHash};
use super::schema_reader;
use super::strict_json;
use crate::error::Result;
use crate::identifier::KeyDerivation;

/// Linkage schema that can be encoded by.
#[derive(Debug, Clone, PartialEq)]
pub struct ClkhashSchema {
    /// Bits of a filter after folding.
    pub(super) length: usize,
    /// How often a filter is folded.
    pub(super) folds: u32,
    /// How keys are derived.
    pub(super) derivation: KeyDerivation,
    /// Attributes in the order of the file.
    pub(super) attributes: Vec<Attribute>,
}

/// What a schema means by `xorFolds`, which clkhash documents and does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// A schema of which both readings differ is refused.
    Refused,
    /// Folded as often as `xorFolds` says.
    AsDocumented,
    /// Folded as often as `xor_folds` says, which is what clkhash 0.18 does.
    AsImplemented,
}

impl Folds {
    /// Names of the readings that may be chosen.
    pub const NAMES: [&str; 2] = ["as-documented", "as-implemented"];
}

impl ClkhashSchema {
    /// Reads a schema; `name` is the file's name, for messages.
    ///
    /// Beside the schema it returns remarks on what is allowed and should be known.
    ///
    /// # Errors
    /// `BadSettings` with line and column if the text is no JSON, or the version is not known;
    /// `BadValue` or `UnknownKey` with the path of everything else that is wrong.
    pub fn parse(text: &str, name: &str, folds: Folds) -> Result<(Self, Vec<String>)> {
        let document = strict_json::parse(text, name)?;
        schema_reader::read(&document, name, folds)
    }

    /// Returns the salt of the key derivation, which is not secret.
    pub fn salt(&self) -> &[u8] {
        &self.derivation.salt
    }

    /// Returns the number of bits of a filter.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Returns the number of bits of a filter before it is folded.
    pub(super) fn unfolded_length(&self) -> usize {
        self.length << self.folds
    }

    /// Returns the names of all attributes, in the order of the schema.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|attribute| attribute.name.as_str())
    }

    /// Says of an attribute, by its place, whether it is encoded.
    pub fn is_encoded(&self, attribute: usize) -> bool {
        self.attributes[attribute].encoded.is_some()
    }

    /// Says whether any attribute is hashed by BLAKE2b.
    pub(super) fn uses_blake(&self) -> bool {
        self.attributes
            .iter()
            .filter_map(|attribute| attribute.encoded.as_ref())
            .any(|encoded| encoded.hash == TokenHash::Blake)
    }
}
