//! Keys and pseudonyms: what one agency sees of a person, and how it is written and checked.
//!
//! The only room that sees a secret. Nothing here is derived from anything about a child:
//! a person key is random, and a pseudonym is keyed from it for one scope and one epoch.

mod approver_key;
mod attribute_keys;
mod audit_key;
mod check_code;
mod crockford;
mod custodian_key;
mod diffusion_key;
mod epoch;
mod epoch_state;
mod exchange_secret;
mod key_file;
mod key_folder;
mod key_tree;
mod length_prefix;
mod mac_key;
mod number_cipher;
mod number_hash;
mod passphrase;
mod person_key;
mod private_file;
mod pseudonym;
mod pseudonym_key;
mod random;
mod root_key;
mod scope;
mod seal_key;
mod token_keys;
mod transport_id;
mod validation;
mod wrapping;

pub use approver_key::ApproverKey;
pub use attribute_keys::AttributeKeys;
pub use audit_key::AuditKey;
pub use custodian_key::CustodianKey;
pub use diffusion_key::DiffusionKey;
pub use epoch::{Epoch, EpochSecret};
pub use epoch_state::EpochState;
pub use exchange_secret::{ExchangeSecret, KeyDerivation, KeyHash, SecretFile};
pub use key_file::{Kept, KeyFile};
pub use key_folder::KeyFolder;
pub use number_cipher::NumberCipher;
pub use number_hash::NumberHash;
pub use passphrase::{Passphrase, PassphraseSource};
pub use person_key::PersonKey;
pub use pseudonym::{Pseudonym, Refusal};
pub use pseudonym_key::{Fingerprint, PseudonymKey};
pub use random::{OsRandom, RandomSource};
pub use root_key::RootKey;
pub use scope::{CheckMask, Scope};
pub use seal_key::{SealKey, SealMark, SealToken};
pub use token_keys::{TokenKey, TokenKeys};
pub use transport_id::TransportId;
pub use validation::{KnownScopes, Verdict, validate};
