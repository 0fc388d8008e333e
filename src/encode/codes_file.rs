//! Files of codes: the JSON of the entity service, and beside the codes what they are of.
//!
//! `{"cci": {…}, "clks": ["base64", …]}`: `clks` is what clkhash writes; `cci` holds the schema,
//! its fingerprint, the profile and the name of the secret, none of which is secret.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::{SchemaFingerprint, differing_paths};
use super::filter::Filter;
use crate::error::{Error, ErrorKind, Result};

/// Version of what stands beside the codes.
const VERSION: u32 = 1;
/// Most paths of a difference that are shown.
const MOST_PATHS: usize = 3;

/// What codes are of: two files are compared only if theirs are equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutCodes {
    version: u32,
    /// Profile of the encoding.
    pub profile: String,
    /// Bits of a code.
    pub length: usize,
    /// Public name of the secret, in hexadecimal.
    pub secret: String,
    /// Fingerprint of the schema, in hexadecimal.
    pub schema_fingerprint: String,
    /// Schema in its one form.
    pub schema: Value,
}

impl AboutCodes {
    /// Describes codes made by a schema in its one form.
    pub fn new(profile: &str, length: usize, secret: &[u8], schema: Value) -> Self {
        Self {
            version: VERSION,
            profile: profile.to_string(),
            length,
            secret: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
            schema_fingerprint: SchemaFingerprint::of(&schema).to_string(),
            schema,
        }
    }

    /// Checks that two parties' codes may be compared; the names are of their files.
    ///
    /// # Errors
    /// `BadValue` if schemas, profiles or secrets differ, with the paths and both fingerprints.
    pub fn check_same(&self, name: &str, other: &Self, other_name: &str) -> Result<()> {
        let refuse = |what: &str| {
            let message = format!("{name} and {other_name} cannot be compared: {what}");
            Error::new(ErrorKind::BadValue, message)
        };
        let paths = differing_paths(&self.schema, &other.schema);
        if !paths.is_empty() {
            let more = match paths.len() - paths.len().min(MOST_PATHS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let shown = &paths[..paths.len().min(MOST_PATHS)];
            return Err(refuse("their schemas differ")
                .note(format!("at {}{more}", shown.join(", ")))
                .note(format!("{name}: schema {}", self.schema_fingerprint))
                .note(format!("{other_name}: schema {}", other.schema_fingerprint))
                .help("agree on one schema, and encode again"));
        }
        if (&self.profile, self.length) != (&other.profile, other.length) {
            return Err(refuse("their profiles differ")
                .note(format!("{name}: {}, {} bits", self.profile, self.length))
                .note(format!("{other_name}: {}, {} bits", other.profile, other.length))
                .help("agree on one profile, and encode again"));
        }
        if self.secret != other.secret {
            return Err(refuse("their secrets differ")
                .note(format!("{name}: secret {}", self.secret))
                .note(format!("{other_name}: secret {}", other.secret))
                .help("look for a line break or another key in one party's file of the secret"));
        }
        Ok(())
    }
}

/// Codes of one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodesFile {
    /// What they are of; `None` in files of clkhash, which do not say.
    pub about: Option<AboutCodes>,
    /// Codes in the order of the records.
    pub codes: Vec<Filter>,
}

#[derive(Deserialize)]
struct Written {
    cci: Option<AboutCodes>,
    clks: Vec<String>,
}

impl CodesFile {
    /// Reads codes; `name` is the file's name, for messages.
    ///
    /// # Errors
    /// `BadSettings` with line and column if it is no such file; `BadValue` with the place of a
    /// code that is no base64 or of another length than the first, or of a fingerprint that is
    /// not that of the schema beside it.
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let written: Written = serde_json::from_str(text).map_err(|cause| {
            let (line, column) = (cause.line(), cause.column());
            let what = cause.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            let message = format!("{name}, line {line}, column {column}: {what}");
            Error::new(ErrorKind::BadSettings, message).help("ask for the file of codes again")
        })?;
        let wrong = |path: &str, what: String| {
            Error::new(ErrorKind::BadValue, format!("{name}: {path}: {what}"))
                .help("ask for the file of codes again")
        };
        if let Some(about) = &written.cci
            && SchemaFingerprint::of(&about.schema).to_string() != about.schema_fingerprint
        {
            let what = "it is not the fingerprint of the schema beside it".to_string();
            return Err(wrong("cci.schema_fingerprint", what));
        }
        let mut length = written.cci.as_ref().map(|about| about.length);
        let mut codes = Vec::with_capacity(written.clks.len());
        for (place, text) in written.clks.iter().enumerate() {
            let path = format!("clks[{place}]");
            // Older writers break the lines of base64, as mail does.
            let plain: String = text.chars().filter(|sign| !matches!(sign, '\r' | '\n')).collect();
            let bytes =
                STANDARD.decode(plain).map_err(|_| wrong(&path, "it is not base64".to_string()))?;
            let expected = *length.get_or_insert(8 * bytes.len());
            let code = Filter::from_bytes(&bytes, expected).ok_or_else(|| {
                let found = 8 * bytes.len();
                wrong(&path, format!("expected a code of {expected} bits, found {found}"))
            })?;
            codes.push(code);
        }
        Ok(Self { about: written.cci, codes })
    }
}

/// Writes codes one by one.
pub struct CodesWriter<W> {
    output: W,
    written: usize,
}

impl<W: Write> CodesWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// Those of the output.
    pub fn start(mut output: W, about: &AboutCodes) -> io::Result<Self> {
        output.write_all(b"{\"cci\": ")?;
        serde_json::to_writer(&mut output, about)?;
        output.write_all(b",\n\"clks\": [")?;
        Ok(Self { output, written: 0 })
    }

    /// Writes a code.
    ///
    /// # Errors
    /// Those of the output.
    pub fn add(&mut self, code: &Filter) -> io::Result<()> {
        let before = if self.written == 0 { "\n" } else { ",\n" };
        self.written += 1;
        write!(self.output, "{before}\"{}\"", STANDARD.encode(code.to_bytes()))
    }

    /// Ends the file and returns the output.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.write_all(b"\n]}\n")?;
        self.output.flush()?;
        Ok(self.output)
    }
}
