//! Encodes records by a schema and the keys of an exchange.

use std::borrow::Cow;

use super::attribute::Encoded;
use super::clkhash_schema::ClkhashSchema;
use super::filter::Filter;
use super::token_places::TokenPlaces;
use super::tokens::Tokens;
use super::value_format::ValueFault;
use crate::error::Result;
use crate::identifier::{AttributeKeys, ExchangeSecret};

/// Schema with the keys of an exchange.
#[derive(Debug)]
pub struct Encoder<'a> {
    schema: &'a ClkhashSchema,
    keys: Vec<AttributeKeys>,
}

/// Value of a record that cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    /// Place of the attribute in the schema.
    pub attribute: usize,
    /// What was expected.
    pub fault: ValueFault,
}

impl<'a> Encoder<'a> {
    /// Derives the keys of a schema's attributes.
    ///
    /// # Errors
    /// `BadKey` if the schema has more attributes than there can be keys for.
    pub fn new(schema: &'a ClkhashSchema, secret: &ExchangeSecret) -> Result<Self> {
        // Ignored attributes have keys as well: those of the others depend on their places.
        let keys = secret.attribute_keys(&schema.derivation, schema.attributes.len())?;
        Ok(Self { schema, keys })
    }

    /// Starts encoding; a thread has its own.
    pub fn start(&self) -> Encoding<'_> {
        let length = self.schema.unfolded_length();
        let attributes = self.schema.attributes.iter().zip(&self.keys).enumerate();
        let attributes = attributes.filter_map(|(place, (attribute, keys))| {
            let encoded = attribute.encoded.as_ref()?;
            Some((place, encoded, TokenPlaces::new(keys, encoded.hash, length)))
        });
        Encoding {
            attributes: attributes.collect(),
            length: self.schema.length,
            unfolded: Filter::empty(length),
            tokens: Tokens::default(),
            bytes: Vec::new(),
        }
    }
}

/// Encoding under way: places of tokens met so far, and buffers.
pub struct Encoding<'a> {
    attributes: Vec<(usize, &'a Encoded, TokenPlaces<'a>)>,
    length: usize,
    unfolded: Filter,
    tokens: Tokens,
    bytes: Vec<u8>,
}

impl Encoding<'_> {
    /// Returns the filter of a record, whose values come in the order of the schema.
    ///
    /// # Errors
    /// Every value that its format does not take.
    ///
    /// # Panics
    /// If the record has fewer values than the schema has attributes.
    pub fn encode(&mut self, record: &[&str]) -> std::result::Result<Filter, Vec<BadValue>> {
        self.unfolded.clear();
        let mut bad = Vec::new();
        for (attribute, encoded, places) in &mut self.attributes {
            let cut = prepare(encoded, record[*attribute])
                .and_then(|value| encoded.comparison.cut(&value, &mut self.tokens));
            if let Err(fault) = cut {
                bad.push(BadValue { attribute: *attribute, fault });
                continue;
            }
            let tokens = self.tokens.iter();
            let insertions = encoded.insertions.of_each(tokens.len());
            for (token, times) in tokens.zip(insertions) {
                let token = encoded.encoding.bytes(token, &mut self.bytes);
                let places = places.of(token, times as usize);
                places.iter().for_each(|&place| self.unfolded.set(place as usize));
            }
        }
        if bad.is_empty() { Ok(self.unfolded.folded(self.length)) } else { Err(bad) }
    }
}

/// Returns a value as it is cut into tokens; what stands for a missing one is taken as it is.
fn prepare<'v>(
    encoded: &'v Encoded,
    value: &'v str,
) -> std::result::Result<Cow<'v, str>, ValueFault> {
    match &encoded.missing {
        Some(missing) if missing.sentinel == value => Ok(Cow::Borrowed(missing.encoded())),
        _ if !encoded.encoding.has(value) => Err(ValueFault::new("ASCII characters", value)),
        _ => encoded.format.prepare(value),
    }
}
