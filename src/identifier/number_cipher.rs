//! Encryption of a national number that is the same every time: to be compared.

use std::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use zeroize::Zeroizing;

use super::key_file::{self, Secret};
use super::{Epoch, RandomSource, Scope};
use crate::error::Result;

/// What an encryption says of itself, so that it is taken for nothing else.
const LABEL: &[u8] = b"cci/number-cipher/v1";

/// Way of making an identifier that whoever has the key turns back into the national number.
///
/// The toolkit issues no such identifier. It is here because it is proposed, so that what it
/// protects can be measured rather than believed.
///
/// ```
/// use cci::identifier::{Epoch, NumberCipher, OsRandom, Scope};
/// let scope = Scope::new("education", "attendance").unwrap();
/// let cipher = NumberCipher::generate(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
/// let identifier = cipher.encrypt("9990000018");
/// assert_eq!(identifier, cipher.encrypt("9990000018"));
/// assert_eq!(cipher.decrypt(&identifier).unwrap().as_str(), "9990000018");
/// ```
pub struct NumberCipher {
    key: Secret,
    scope: String,
    epoch: u8,
}

impl NumberCipher {
    /// Length of the identifier of an NHS number in bytes: a synthetic IV, and ten digits.
    pub const LENGTH: usize = 16 + 10;

    /// Generates a key that lives in memory only, for a scope and an epoch.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn generate(scope: &Scope, epoch: Epoch, random: &mut dyn RandomSource) -> Result<Self> {
        let key = key_file::generate(random)?;
        Ok(Self { key, scope: scope.to_string(), epoch: epoch.number() })
    }

    /// Returns the identifier of a number, 16 bytes longer than it.
    ///
    /// # Formula
    /// `AES-SIV-CMAC-256(key, label, scope, epoch; digits)`. Source: RFC 5297, section 2.6.
    pub fn encrypt(&self, number: &str) -> Vec<u8> {
        let sealed = self.siv().encrypt(self.bound_in(), number.as_bytes());
        sealed.expect("three headers are within the 126 that there may be")
    }

    /// Returns the number of an identifier; `None` if the key did not make it.
    pub fn decrypt(&self, identifier: &[u8]) -> Option<Zeroizing<String>> {
        let number = self.siv().decrypt(self.bound_in(), identifier).ok()?;
        String::from_utf8(number).ok().map(Zeroizing::new)
    }

    fn siv(&self) -> Aes128Siv {
        Aes128Siv::new((&**self.key).into())
    }

    fn bound_in(&self) -> [&[u8]; 3] {
        [LABEL, self.scope.as_bytes(), std::slice::from_ref(&self.epoch)]
    }
}

impl fmt::Debug for NumberCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberCipher(<withheld>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::OsRandom;
    use crate::identifier::key_file::{from_hex, to_hex};

    fn bytes(text: &str) -> Vec<u8> {
        from_hex(&text.replace(' ', "")).unwrap().to_vec()
    }

    fn sealed(key: &str, headers: &[&str], plaintext: &str) -> String {
        let key: [u8; 32] = bytes(key).try_into().unwrap();
        let headers: Vec<Vec<u8>> = headers.iter().map(|header| bytes(header)).collect();
        let mut siv = Aes128Siv::new(&key.into());
        let sealed = siv.encrypt(&headers, &bytes(plaintext)).unwrap();
        let opened = siv.decrypt(&headers, &sealed).unwrap();
        assert_eq!(opened, bytes(plaintext));
        to_hex(&sealed).to_string()
    }

    /// RFC 5297, appendix A.1.
    #[test]
    fn siv_gives_the_deterministic_vector_of_rfc_5297() {
        let found = sealed(
            "fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff",
            &["10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627"],
            "11223344 55667788 99aabbcc ddee",
        );
        assert_eq!(found, "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");
    }

    /// RFC 5297, appendix A.2: several headers, the last of which is a nonce.
    #[test]
    fn siv_gives_the_nonce_based_vector_of_rfc_5297() {
        let found = sealed(
            "7f7e7d7c 7b7a7978 77767574 73727170 40414243 44454647 48494a4b 4c4d4e4f",
            &[
                "00112233 44556677 8899aabb ccddeeff deaddada deaddada ffeeddcc bbaa9988 77665544 \
                 33221100",
                "10203040 50607080 90a0",
                "09f91102 9d74e35b d84156c5 635688c0",
            ],
            "74686973 20697320 736f6d65 20706c61 696e7465 78742074 6f20656e 63727970 74207573 \
             696e6720 5349562d 414553",
        );
        let expected = "7bdb6e3b 432667eb 06f4d14b ff2fbd0f cb900f2f ddbe4043 26601965 c889bf17 \
                        dba77ceb 094fa663 b7a3f748 ba8af829 ea64ad54 4a272e9c 485b62a3 fd5c0d";
        assert_eq!(found, expected.replace(' ', ""));
    }

    #[test]
    fn a_number_comes_back_under_its_own_key_scope_and_epoch_alone() {
        let scope = Scope::new("education", "attendance").unwrap();
        let cipher = NumberCipher::generate(&scope, Epoch::FIRST, &mut OsRandom).unwrap();
        let identifier = cipher.encrypt("9990000018");
        assert_eq!(cipher.decrypt(&identifier).unwrap().as_str(), "9990000018");
        let with = |change: &dyn Fn(&mut NumberCipher)| {
            let key = cipher.key.clone();
            let mut other = NumberCipher { key, scope: cipher.scope.clone(), epoch: 0 };
            change(&mut other);
            (other.decrypt(&identifier).is_some(), other.encrypt("9990000018") == identifier)
        };
        assert_eq!(with(&|_| ()), (true, true));
        assert_eq!(with(&|other| other.key[31] ^= 1), (false, false));
        assert_eq!(with(&|other| other.scope = "education/care".into()), (false, false));
        assert_eq!(with(&|other| other.epoch = 1), (false, false));
        for place in 0..NumberCipher::LENGTH {
            let mut damaged = identifier.clone();
            damaged[place] ^= 1;
            assert!(cipher.decrypt(&damaged).is_none(), "byte {place}");
        }
    }
}
