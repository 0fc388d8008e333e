//! Keys of match tokens: one exchange, one canonical form, one key an attribute.

use std::fmt;

use super::ExchangeSecret;
use super::key_tree::{MATCH_TOKEN, TOKEN_NAME};
use super::mac_key::MacKey;
use super::scope::is_name;
use crate::error::{Error, ErrorKind, Result};
use crate::record::MatchToken;

/// Keys with which the holders of one exchange make its match tokens.
///
/// Holders share the secret; the custodian, who compares, has no need of it. Whoever has it can
/// try values until a token is met: it hides values from everybody else. How often each token
/// comes, everybody sees.
///
/// ```
/// use cci::identifier::{ExchangeSecret, TokenKeys};
/// let secret = ExchangeSecret::from_bytes(b"agreed by the holders alone").unwrap();
/// let keys = TokenKeys::new(&secret, "attendance_2026", "canon/1").unwrap();
/// let token = |value: &str| keys.of("given_name").token(value);
/// assert_eq!(token("zoe"), token("zoe"));
/// assert_ne!(token("zoe"), token("joe"));
/// assert_ne!(token("zoe"), keys.of("family_name").token("zoe"));
/// assert_eq!(token(""), None);
/// ```
pub struct TokenKeys<'a> {
    secret: &'a ExchangeSecret,
    title: String,
    canon: String,
}

impl<'a> TokenKeys<'a> {
    /// Names an exchange, of which the parties agree on secret, title and canonical form.
    ///
    /// # Errors
    /// `BadValue` unless the title is 1 to 32 of `a`–`z`, `0`–`9` and `_`, starting with a letter.
    pub fn new(secret: &'a ExchangeSecret, title: &str, canon: &str) -> Result<Self> {
        if !is_name(title) {
            return Err(Error::new(
                ErrorKind::BadValue,
                "exchange: expected a plain name of 1 to 32 letters",
            )
            .help("use a to z, 0 to 9 and _, starting with a letter, as in attendance_2026"));
        }
        Ok(Self { secret, title: title.into(), canon: canon.into() })
    }

    /// Returns the name that tokens bear: two that differ are of tokens that never agree.
    ///
    /// # Formula
    /// The first four bytes of `HKDF-SHA-256(secret, title, lp("cci/match-token-name/v1") ‖
    /// lp(canonical form))`, where `lp` puts the length of a part before it.
    pub fn name(&self) -> [u8; MatchToken::NAME_LENGTH] {
        let name = self.secret.derive(self.title.as_bytes(), &[TOKEN_NAME, self.canon.as_bytes()]);
        *name.first_chunk().expect("a key has 32 bytes")
    }

    /// Returns the key for the values of one attribute.
    ///
    /// # Formula
    /// `HKDF-SHA-256(secret, title, lp("cci/match-token/v1") ‖ lp(canonical form) ‖
    /// lp(attribute))`.
    pub fn of(&self, attribute: &str) -> TokenKey {
        let labels = [MATCH_TOKEN, self.canon.as_bytes(), attribute.as_bytes()];
        let key = Box::new(self.secret.derive(self.title.as_bytes(), &labels));
        TokenKey { exchange: self.name(), key: MacKey::keyed(&key) }
    }
}

impl fmt::Debug for TokenKeys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKeys({}, {}, <withheld>)", self.title, self.canon)
    }
}

/// Key for the values of one attribute in one exchange; wiped from memory on drop.
pub struct TokenKey {
    exchange: [u8; MatchToken::NAME_LENGTH],
    key: MacKey,
}

impl TokenKey {
    /// Returns the token of a canonical value; a missing one has none.
    ///
    /// A token of the empty text would be one that thousands share: a false match each.
    ///
    /// # Formula
    /// The first 16 bytes of `HMAC-SHA-256(key, lp("cci/match-token/v1") ‖ lp(value))`.
    pub fn token(&self, value: &str) -> Option<MatchToken> {
        let hash = || self.key.code(&[MATCH_TOKEN, value.as_bytes()]);
        (!value.is_empty()).then(|| MatchToken::from_parts(self.exchange, hash()))
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(<withheld>)")
    }
}
