//! What may be typed after `cci id`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::identifier::Scope;

/// What `id` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IdCommand {
    /// Say whether printed pseudonyms are right in a scope, with no key and no vault
    #[command(
        after_help = "Example: cci id validate C0MR-055J-BMB8-PJBD-TWKG --scope education/direct_care"
    )]
    Validate(IdValidateArguments),
}

/// Options of `id validate`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdValidateArguments {
    /// Pseudonyms; - reads one a line from standard input, which leaves no trace in the shell
    #[arg(required = true, value_name = "PSEUDONYM")]
    pub(in crate::cli) pseudonyms: Vec<String>,
    /// Scope in which they were received
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Scopes and epochs as `cci keys states --json` writes them, to tell mistyped from wrong scope
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) states: Option<PathBuf>,
}
