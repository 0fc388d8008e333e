//! Where a passphrase comes from: a file, standard input, or the terminal without echo.
//!
//! Never the command line, which every user of the machine can read, nor the environment, which
//! every child process inherits.

use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use console::Term;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Passphrase, PassphraseSource};

/// Longest line that is read from standard input, in bytes.
const LONGEST: u64 = 1026;

/// Asks for the passphrase of a wrapped key, or reads it from the file that was named.
#[derive(Debug)]
pub(super) struct Passphrases {
    file: Option<PathBuf>,
}

impl Passphrases {
    /// Names the file; without one the terminal is asked.
    pub(super) fn from(file: Option<&Path>) -> Self {
        Self { file: file.map(Path::to_path_buf) }
    }

    /// Gives a passphrase to wrap a key under; at the terminal it is asked for twice.
    ///
    /// # Errors
    /// `BadKey` if there is none to be had, or the two differ.
    pub(super) fn new_one(&self) -> Result<Passphrase> {
        if let Some(file) = &self.file {
            return read(file);
        }
        let first = ask("New passphrase: ")?;
        let again = ask("Once more: ")?;
        if *first != *again {
            return Err(Error::new(ErrorKind::BadKey, "the two passphrases differ")
                .help("run again and type the same one twice"));
        }
        Passphrase::new(first)
    }
}

impl PassphraseSource for Passphrases {
    fn passphrase_of(&self, path: &Path) -> Result<Passphrase> {
        match &self.file {
            Some(file) => read(file),
            None => Passphrase::new(ask(&format!("Passphrase of {}: ", path.display()))?),
        }
    }
}

fn read(file: &Path) -> Result<Passphrase> {
    if file != Path::new("-") {
        return Passphrase::from_file(file);
    }
    let mut line = Zeroizing::new(String::with_capacity(LONGEST as usize));
    std::io::stdin().lock().take(LONGEST).read_line(&mut line).map_err(|_| {
        Error::new(ErrorKind::BadKey, "standard input: no passphrase could be read")
            .help("write the passphrase as one line of UTF-8 text")
    })?;
    Passphrase::from_line(&line)
}

/// Asks at the terminal; what is typed is not shown.
fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    let refuse = |what: &str| {
        Error::new(ErrorKind::BadKey, format!("a passphrase is needed, and {what}"))
            .help("give it in a file of mode 0600: --passphrase-file FILE, or - for standard input")
    };
    let mut terminal = Term::stderr();
    if !terminal.is_term() {
        return Err(refuse("there is no terminal to ask for it"));
    }
    write!(terminal, "{prompt}")
        .and_then(|()| terminal.read_secure_line())
        .map(Zeroizing::new)
        .map_err(|_| refuse("the terminal gave none"))
}
