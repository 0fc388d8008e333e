//! Match tokens: what stands for a value between holder and custodian, and its printed form.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// What every printed token begins with.
const SCHEME: &str = "mt1_";

/// Keyed hash that stands for a value of one attribute in one exchange.
///
/// Two are equal if and only if their values are, within one exchange; nothing else can be told
/// from them without its secret. Printed for example as
/// `mt1_3f0c2a91_00112233445566778899aabbccddeeff`: scheme, name of the exchange, hash. Never a
/// pseudonym: the underscore is no symbol of one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchToken {
    exchange: [u8; MatchToken::NAME_LENGTH],
    hash: [u8; MatchToken::LENGTH],
}

impl MatchToken {
    /// Length of the hash in bytes.
    pub const LENGTH: usize = 16;
    /// Length of the exchange's name in bytes.
    pub const NAME_LENGTH: usize = 4;

    /// Joins the name of an exchange and a hash.
    pub fn from_parts(exchange: [u8; Self::NAME_LENGTH], hash: [u8; Self::LENGTH]) -> Self {
        Self { exchange, hash }
    }

    /// Returns the name of the exchange: of its secret, its title and the canonical form.
    pub fn exchange(&self) -> [u8; Self::NAME_LENGTH] {
        self.exchange
    }

    /// Returns the hash.
    pub fn hash(&self) -> &[u8; Self::LENGTH] {
        &self.hash
    }

    /// Says whether a text sets out to be a token, well formed or not.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(SCHEME)
    }
}

/// Reads a printed token as it was written: one form alone, lower case.
impl FromStr for MatchToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = || {
            let (exchange, hash) = text.strip_prefix(SCHEME)?.split_once('_')?;
            Some(Self { exchange: bytes(exchange)?, hash: bytes(hash)? })
        };
        parts().ok_or_else(|| {
            Error::new(
                ErrorKind::BadValue,
                "match token: expected mt1_, 8 and 32 hexadecimal digits",
            )
            .help("copy it as cci prepare wrote it; a pseudonym is never a match token")
        })
    }
}

/// Reads so many bytes of lower-case hexadecimal; `None` for anything else.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * N || !text.bytes().all(is_digit) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}

impl fmt::Display for MatchToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |f: &mut fmt::Formatter<'_>, bytes: &[u8]| {
            bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
        };
        f.write_str(SCHEME)?;
        hex(f, &self.exchange)?;
        f.write_str("_")?;
        hex(f, &self.hash)
    }
}

/// Shows the exchange only: a token is still about a person.
impl fmt::Debug for MatchToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatchToken(exchange {:08x}, <withheld>)", u32::from_be_bytes(self.exchange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_read_and_no_other() {
        let token = MatchToken::from_parts([0xab, 0, 1, 0xff], std::array::from_fn(|i| i as u8));
        let printed = token.to_string();
        assert_eq!(printed, "mt1_ab0001ff_000102030405060708090a0b0c0d0e0f");
        assert_eq!(printed.parse(), Ok(token));
        assert_eq!(format!("{token:?}"), "MatchToken(exchange ab0001ff, <withheld>)");
        let upper = printed.to_uppercase();
        let shifted = printed.replacen("ff_0001", "ff00_01", 1);
        let signed = printed.replacen("_ab", "_+b", 1);
        let wide = printed.replacen("ab", "ａｂ", 1);
        for wrong in [&upper, &shifted, &signed, &wide, &printed[..44], &format!("{printed} "), ""]
        {
            assert!(wrong.parse::<MatchToken>().is_err(), "{wrong}");
        }
    }
}
