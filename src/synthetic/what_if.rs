//! What-ifs: other values for single keys of a profile.

use crate::error::{Error, ErrorKind, Result};

/// What-if: another value for one key of a profile, for example `social_care.nhs_number.present=0.9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    key: String,
    value: String,
}

impl Override {
    /// Reads `key=value`.
    ///
    /// # Errors
    /// `BadValue` if there is no equals sign.
    pub fn parse(text: &str) -> Result<Self> {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            Error::new(ErrorKind::BadValue, format!("\"{text}\": expected key=value"))
                .help("write for example social_care.nhs_number.present=0.9")
        })?;
        Ok(Self { key: key.trim().into(), value: value.trim().into() })
    }

    /// Returns the key, for example `social_care.nhs_number.present`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the value as it was written.
    pub fn value(&self) -> &str {
        &self.value
    }
}
