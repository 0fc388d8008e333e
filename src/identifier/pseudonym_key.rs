//! Pseudonym keys: one for each epoch of a scope, ready to derive pseudonyms in bulk.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::length_prefix::{length_prefixed, prefix};
use super::{Epoch, EpochSecret, PersonKey, Pseudonym, RootKey, Scope, key_tree};

/// Name of the scheme in every derivation; another scheme would be another pseudonym.
const SCHEME: &[u8] = b"cci/1";

/// Public name of a key: tells two keys apart and gives neither away.
pub type Fingerprint = [u8; 8];

/// Key that turns person keys into the pseudonyms of one scope and one epoch.
///
/// Holds the keyed state of the hash with scheme, scope and epoch already absorbed.
/// Wiped from memory on drop.
pub struct PseudonymKey {
    scope: Scope,
    epoch: Epoch,
    absorbed: Hmac<Sha256>,
    fingerprint: Fingerprint,
}

impl PseudonymKey {
    /// Derives the key of a scope's epoch from the root key and the epoch's secret.
    ///
    /// # Formula
    /// `HKDF-SHA-256(salt = epoch secret, input = root key, info = lp("cci/pseudonym/v1") ‖
    /// lp(agency) ‖ lp(purpose) ‖ lp(epoch))`, where `lp` puts the length of a part before it as
    /// four bytes and the epoch is one byte. Source: RFC 5869.
    pub fn derive(root: &RootKey, scope: &Scope, epoch: Epoch, secret: &EpochSecret) -> Self {
        let number = [epoch.number()];
        let (agency, purpose) = (scope.agency().as_bytes(), scope.purpose().as_bytes());
        let key = root.derive(secret.bytes(), &[key_tree::PSEUDONYM, agency, purpose, &number]);
        let keyed =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length");
        let named = keyed.clone().chain_update(length_prefixed(&[b"cci/key-id/v1"]));
        let tag = named.finalize().into_bytes();
        Self {
            scope: scope.clone(),
            epoch,
            fingerprint: *tag.first_chunk().expect("a tag has 32 bytes"),
            absorbed: keyed.chain_update(length_prefixed(&[SCHEME, agency, purpose, &number])),
        }
    }

    /// Returns the pseudonym of a person.
    ///
    /// The counter is 0 unless another person of the scope and epoch has the same pseudonym
    /// already: four chances in ten billion for 30 million people.
    ///
    /// # Formula
    /// The first 80 bits of `HMAC-SHA-256(key, lp("cci/1") ‖ lp(agency) ‖ lp(purpose) ‖ lp(epoch) ‖
    /// lp(counter) ‖ lp(person key))`, with the counter as four bytes.
    pub fn pseudonym(&self, person: &PersonKey, counter: u32) -> Pseudonym {
        let counter = counter.to_be_bytes();
        let mut mac = self.absorbed.clone();
        mac.update(&prefix(&counter));
        mac.update(&counter);
        mac.update(&prefix(person.bytes()));
        mac.update(person.bytes());
        let tag = mac.finalize().into_bytes();
        Pseudonym::from_parts(self.epoch, *tag.first_chunk().expect("a tag has 32 bytes"))
    }

    /// Returns the scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns the public name of the key, which the registry keeps in the key's place.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PseudonymKey({} epoch {}, <withheld>)", self.scope, self.epoch.number())
    }
}
