//! The one error type: what failed, where, what was expected, what to do next.
//!
//! Every room returns it and `cli` prints it. It must never hold a person's value:
//! messages say what was expected and how long the found value was, nothing more.

use std::fmt;
use std::path::Path;

/// Result with the toolkit's error.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! error_kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $exit:literal, $title:literal;)+) => {
        /// Kinds of failure, each with a stable code, an exit status and a title.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[doc = $doc])+ $name,)+ }

        impl ErrorKind {
            /// Every kind, in the order of the codes.
            pub const ALL: &[ErrorKind] = &[$(ErrorKind::$name,)+];

            /// Returns the stable code, for example `E021`.
            pub fn code(self) -> &'static str {
                match self { $(ErrorKind::$name => $code,)+ }
            }

            /// Returns the exit status of the command that met it.
            pub fn exit_status(self) -> u8 {
                match self { $(ErrorKind::$name => $exit,)+ }
            }

            /// Returns the short title that opens the message.
            pub fn title(self) -> &'static str {
                match self { $(ErrorKind::$name => $title,)+ }
            }
        }
    };
}

error_kinds! {
    /// A name that no list holds: a strategy, a schema, a profile.
    UnknownName = "E010", 2, "unknown name";
    /// A settings or schema file that does not parse.
    BadSettings = "E011", 2, "cannot read settings";
    /// A key that the settings format does not have.
    UnknownKey = "E012", 2, "unknown key in settings";
    /// A value outside what its key allows.
    BadValue = "E013", 2, "wrong value";
    /// An input file that is not there or cannot be opened.
    Unreadable = "E020", 3, "cannot read file";
    /// A column that the file does not have.
    ColumnNotFound = "E021", 3, "column not found";
    /// A file whose bytes are not UTF-8 text.
    BadEncoding = "E022", 3, "cannot read text";
    /// A file whose structure is broken, so that the rest of it cannot be trusted.
    BadStructure = "E023", 3, "cannot read extract";
    /// More bad rows than the limit allows.
    TooManyBadRows = "E024", 3, "too many bad rows";
    /// A record that was asked for by name and is not in the data.
    RecordNotFound = "E026", 3, "record not found";
    /// Truth or labels that do not fit the records.
    BadTruth = "E027", 3, "cannot use truth";
    /// A number of records or pairs beyond what the settings allow.
    TooLarge = "E028", 3, "too much to do";
    /// A model file that is damaged, cannot be true or does not fit what it should score.
    BadModel = "E031", 3, "cannot use model";
    /// An output that exists already.
    OutputExists = "E040", 4, "output exists";
    /// An output that cannot be written.
    Unwritable = "E041", 4, "cannot write output";
    /// A database that cannot be used.
    BadStore = "E042", 4, "cannot use registry";
    /// A key file that cannot be used.
    BadKey = "E043", 4, "cannot use key";
    /// A quality gate that was not met.
    GateNotMet = "E060", 1, "gate not met";
    /// A broken promise inside the toolkit.
    Bug = "E070", 70, "internal error";
    /// A stop asked for by the user.
    Interrupted = "E130", 130, "stopped";
}

/// Failure with its place and the next step.
///
/// Displays as one line, then up to six indented lines of detail and help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    notes: Vec<String>,
    help: Option<String>,
}

impl Error {
    /// Builds an error from its kind and a lower-case message without a final period.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), notes: Vec::new(), help: None }
    }

    /// Builds the error of a file that could not be opened or read.
    pub fn unreadable(path: &Path, cause: &std::io::Error) -> Self {
        let help = match cause.kind() {
            std::io::ErrorKind::NotFound => "check the spelling and the folder",
            std::io::ErrorKind::PermissionDenied => "ask for read permission on the file",
            _ => "check that it is a plain file on a readable disk",
        };
        Self::new(ErrorKind::Unreadable, format!("{}: {}", path.display(), describe(cause)))
            .help(help)
    }

    /// Builds the error of an output that could not be written.
    pub fn unwritable(path: &Path, cause: &std::io::Error) -> Self {
        Self::new(ErrorKind::Unwritable, format!("{}: {}", path.display(), describe(cause)))
            .help("choose another folder with --out, or free some space")
    }

    /// Builds the error of a name that is not in a list, with the nearest that is.
    pub fn unknown_name<'a>(
        what: &str,
        asked: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let error = Self::new(ErrorKind::UnknownName, format!("no {what} is called \"{asked}\""));
        match nearest(asked, known.iter().copied()) {
            Some(near) => error.note(format!("nearest: \"{near}\"")),
            None => error,
        }
        .help(format!("choose one of: {}", known.join(", ")))
    }

    /// Adds a line of detail: a place, a nearest name, a count.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the next step for the person who reads it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns the kind, which decides code and exit status.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the message without its title.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}: {}", self.kind.code(), self.kind.title(), self.message)?;
        for note in &self.notes {
            write!(f, "\n  {note}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Returns an input/output failure in plain words, without the operating system's number.
pub fn describe(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        std::io::ErrorKind::NotADirectory => "part of its path is not a folder".into(),
        std::io::ErrorKind::StorageFull => "no space left on the disk".into(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        kind => kind.to_string(),
    }
}

/// Returns the known name most like the one asked for, if any is near.
///
/// Near means a Jaro–Winkler similarity of 0.75 or more, letter case ignored;
/// the first of equals wins.
///
/// ```
/// assert_eq!(cci::error::nearest("forname", ["surname", "forename"]), Some("forename"));
/// assert_eq!(cci::error::nearest("zzz", ["surname", "forename"]), None);
/// ```
pub fn nearest<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let asked = asked.to_lowercase();
    let mut best: Option<(&str, f64)> = None;
    for name in known {
        let similarity = strsim::jaro_winkler(&asked, &name.to_lowercase());
        if similarity >= 0.75 && best.is_none_or(|(_, top)| similarity > top) {
            best = Some((name, similarity));
        }
    }
    best.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ascend() {
        for pair in ErrorKind::ALL.windows(2) {
            assert!(pair[0].code() < pair[1].code(), "{:?}", pair);
        }
    }

    #[test]
    fn message_names_place_and_next_step() {
        let error = Error::new(ErrorKind::ColumnNotFound, "police.csv has no column \"forname\"")
            .note("asked for at cci.toml line 18")
            .note("nearest: \"forename\"")
            .help("change line 18");
        assert_eq!(
            error.to_string(),
            "error[E021]: column not found: police.csv has no column \"forname\"\n  \
             asked for at cci.toml line 18\n  nearest: \"forename\"\n  help: change line 18"
        );
    }
}
