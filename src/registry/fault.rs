//! What went wrong in the registry, in plain words and with the next step.

use std::path::Path;

use crate::error::{Error, ErrorKind};

/// Builds the error of a registry that cannot be used.
pub(super) fn fault(path: &Path, what: &str, help: &str) -> Error {
    Error::new(ErrorKind::BadStore, format!("{}: {what}", path.display())).help(help)
}

/// Builds the error of a write that the tables do not allow, whoever asks for it.
pub(super) fn broken_rule(path: &Path) -> Error {
    fault(
        path,
        "a rule of the registry would be broken, nothing of this run was written",
        "report it with the command that you ran: the rules hold for every right use",
    )
}
