//! Transport identifiers: what stands for a record between its holder and everybody else.

use std::fmt;
use std::str::FromStr;

use super::RandomSource;
use super::key_file::{from_hex, to_hex};
use crate::error::{Error, ErrorKind, Result};

/// What every printed transport identifier begins with.
const SCHEME: &str = "tr1_";

/// Random name of a record outside its holder's folder; it says nothing about the record.
///
/// Printed as `tr1_` and 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransportId([u8; TransportId::LENGTH]);

impl TransportId {
    /// Length in bytes.
    pub const LENGTH: usize = 16;

    /// Draws an identifier.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn generate(random: &mut dyn RandomSource) -> Result<Self> {
        let mut bytes = [0; Self::LENGTH];
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }
}

/// Reads a printed identifier as it was written: one form alone, lower case.
impl FromStr for TransportId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = text.strip_prefix(SCHEME).and_then(from_hex);
        let bytes = bytes.and_then(|bytes| bytes.as_slice().try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            let message = "transport identifier: expected tr1_ and 32 hexadecimal digits";
            Error::new(ErrorKind::BadValue, message)
                .help("give the file as cci prepare, or who was given it, wrote it")
        })
    }
}

impl fmt::Display for TransportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", to_hex(&self.0).as_str())
    }
}

/// Shows the length only: at its holder it leads to a record.
impl fmt::Debug for TransportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportId(<{} bytes withheld>)", Self::LENGTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source that counts upwards.
    struct Counting;

    impl RandomSource for Counting {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
            (0..).zip(buffer).for_each(|(number, byte)| *byte = number);
            Ok(())
        }
    }

    #[test]
    fn one_form_is_read_and_no_other() {
        let drawn = TransportId::generate(&mut Counting).unwrap();
        let printed = drawn.to_string();
        assert_eq!(printed, "tr1_000102030405060708090a0b0c0d0e0f");
        assert_eq!(printed.parse(), Ok(drawn));
        assert_eq!(format!("{drawn:?}"), "TransportId(<16 bytes withheld>)");
        for wrong in [&printed[4..], &printed[..34], &printed.to_uppercase(), "ED1", ""] {
            assert!(wrong.parse::<TransportId>().is_err(), "{wrong}");
        }
    }
}
