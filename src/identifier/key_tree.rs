//! The key tree: labels and the one function that derives every key from the root.
//!
//! A branch is named by its first label. Branches never meet, so a key of one cannot be
//! turned into a key of another, nor a match token into a pseudonym.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::length_prefix::length_prefixed;

/// First label of the branch for pseudonyms; agency, purpose and epoch follow.
pub(super) const PSEUDONYM: &[u8] = b"cci/pseudonym/v1";

/// First label of the branch of an exchange for diffusions; schema and profile follow.
pub(super) const DIFFUSION: &[u8] = b"cci/diffusion/v1";
/// First label of the branch of an exchange for match tokens; canonical form and attribute follow.
pub(super) const MATCH_TOKEN: &[u8] = b"cci/match-token/v1";
/// First label of the branch of an exchange for the name that its tokens bear; the canonical form
/// follows.
pub(super) const TOKEN_NAME: &[u8] = b"cci/match-token-name/v1";

/// Label of the branch of an exchange for the public name of its secret.
pub(super) const EXCHANGE_NAME: &[u8] = b"cci/exchange-name/v1";

/// Derives a 32-byte key by HKDF-SHA-256 from input key, salt and labels.
///
/// # Formula
/// `HKDF-Expand(HKDF-Extract(salt, input), info, 32)`, where `info` is each label after its
/// length as four bytes. Source: RFC 5869.
pub(super) fn derive(input: &[u8], salt: &[u8], labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), input)
        .expand(&length_prefixed(labels), &mut *key)
        .expect("32 bytes are within the 8,160 that HKDF-SHA-256 can give");
    key
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};

    use super::*;
    use crate::identifier::key_file::{from_hex, to_hex};

    /// RFC 5869, appendix A, test cases 1 to 3.
    #[test]
    fn hkdf_gives_the_vectors_of_rfc_5869() {
        let expand = |input: &[u8], salt: Option<&[u8]>, info: &[u8], length: usize| {
            let mut output = vec![0; length];
            Hkdf::<Sha256>::new(salt, input).expand(info, &mut output).unwrap();
            to_hex(&output).to_string()
        };
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        assert_eq!(
            expand(&[0x0b; 22], Some(&salt), &info, 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
        let input: Vec<u8> = (0x00..=0x4f).collect();
        let salt: Vec<u8> = (0x60..=0xaf).collect();
        let info: Vec<u8> = (0xb0..=0xff).collect();
        assert_eq!(
            expand(&input, Some(&salt), &info, 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6\
             5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        );
        assert_eq!(
            expand(&[0x0b; 22], None, b"", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        );
    }

    /// RFC 4231, test cases 1, 2, 5 (truncated) and 6.
    #[test]
    fn hmac_gives_the_vectors_of_rfc_4231() {
        let tag = |key: &[u8], message: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
            mac.update(message);
            to_hex(&mac.finalize().into_bytes()).to_string()
        };
        assert_eq!(
            tag(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            tag(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            tag(&[0x0c; 20], b"Test With Truncation")[..32],
            *"a3b6167473100ee06e0c796c2955552b"
        );
        assert_eq!(
            tag(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    /// Vector made apart, with the `hmac` and `hashlib` of Python: it pins the salt, the label order and
    /// the four-byte prefixes.
    #[test]
    fn derivation_salts_and_prefixes_as_published() {
        let root: Vec<u8> = (0..32).collect();
        let mut salt = b"cid/v1/programme-salt".to_vec();
        salt.resize(32, 0);
        let key = derive(&root, &salt, &[b"cid", b"v1", b"pseudonym", b"education", b"k0001"]);
        assert_eq!(
            to_hex(key.as_slice()).as_str(),
            "7ac968b0f933da836653a7431e5e2289f61a0ea8d884c1beb800c00232e5f8cf"
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).unwrap();
        mac.update(&length_prefixed(&[b"nhs-number", b"9434765919"]));
        let tag = mac.finalize().into_bytes();
        assert_eq!(tag[..15], from_hex("78b390c9c360885401f46e22f2f7cb").unwrap()[..]);
    }
}
