//! Places of tokens in a filter, kept while they recur: names have few bigrams.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::attribute::TokenHash;
use crate::identifier::AttributeKeys;

/// Most tokens of one attribute that are kept; beyond, all are forgotten.
const MOST_KEPT: usize = 1 << 15;
/// Places that one block of BLAKE2b gives.
const PER_BLOCK: usize = 32;

/// Places of the tokens of one attribute.
pub(super) struct TokenPlaces<'a> {
    keys: &'a AttributeKeys,
    hash: TokenHash,
    length: usize,
    kept: HashMap<Vec<u8>, Vec<u32>, FixedState>,
}

impl<'a> TokenPlaces<'a> {
    /// Starts with none; filters have so many bits.
    pub(super) fn new(keys: &'a AttributeKeys, hash: TokenHash, length: usize) -> Self {
        Self { keys, hash, length, kept: HashMap::default() }
    }

    /// Returns the first so many places of a token.
    pub(super) fn of(&mut self, token: &[u8], count: usize) -> &[u32] {
        if self.kept.len() >= MOST_KEPT && !self.kept.contains_key(token) {
            self.kept.clear();
        }
        let Self { keys, hash, length, kept } = self;
        let places = kept.entry_ref(token).or_default();
        if places.len() < count {
            extend(places, keys, *hash, *length, token, count);
        }
        &places[..count]
    }
}

/// Adds places of a token up to a number.
fn extend(
    places: &mut Vec<u32>,
    keys: &AttributeKeys,
    hash: TokenHash,
    length: usize,
    token: &[u8],
    count: usize,
) {
    let place = |number: u64| {
        let place = number % length as u64;
        u32::try_from(place).expect("a filter has fewer than 2^32 bits")
    };
    match hash {
        TokenHash::Blake => {
            while places.len() < count {
                let block = places.len() / PER_BLOCK;
                let block = u32::try_from(block).expect("insertions are bounded when read");
                let digest = keys.blake2b(token, block);
                let (pieces, _) = digest.as_chunks::<2>();
                places.extend(pieces.iter().map(|&two| place(u64::from(u16::from_le_bytes(two)))));
            }
        }
        TokenHash::Double { prevent_singularity } => {
            let start = remainder(&keys.hmac_sha1(token), length);
            let mut step = remainder(&keys.hmac_md5(token, b""), length);
            // A filter of one bit has no other step, and Python would look for one for ever.
            let mut tries = '\0'..=char::MAX;
            while prevent_singularity && step == 0 && length > 1 {
                let Some(suffix) = tries.next() else { break };
                let mut bytes = [0; 4];
                let suffix = suffix.encode_utf8(&mut bytes);
                step = remainder(&keys.hmac_md5(token, suffix.as_bytes()), length);
            }
            let next = places.len() as u64..count as u64;
            places.extend(next.map(|times| place(start + times * step)));
        }
    }
}

/// Returns the remainder of a number of many bytes, the most significant first.
fn remainder(bytes: &[u8], length: usize) -> u64 {
    bytes.iter().fold(0, |rest, &byte| (rest * 256 + u64::from(byte)) % length as u64)
}
