//! Options of `keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ActorArguments;
use crate::identifier::Scope;

/// What `keys` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeysCommand {
    /// Make a root key and a vault, or the next epoch of a scope
    #[command(
        after_help = "Example: cci keys new --passphrase && cci keys new --scope education/attendance"
    )]
    New(KeysNewArguments),
    /// Examine key files: what each is for, and whether it would be used
    #[command(after_help = "Example: cci keys show --issuer cci-out/issuer")]
    Show(IssuerArguments),
    /// Wrap the root key under a passphrase, or under another than before
    #[command(after_help = "Example: cci keys wrap --new-passphrase-file /run/secrets/root-key")]
    Wrap(KeysWrapArguments),
    /// Keep the root key in clear again, so that no passphrase is needed
    #[command(after_help = "Example: cci keys unwrap --issuer cci-out/issuer")]
    Unwrap(IssuerArguments),
    /// List the epochs of every scope and how far each has come
    #[command(after_help = "Example: cci keys states --issuer cci-out/issuer")]
    States(IssuerArguments),
    /// Move an epoch on: active, accept_only, retired, destroyed
    #[command(after_help = "Example: cci keys move education/attendance 1 active")]
    Move(KeysMoveArguments),
}

/// Where the issuer's vault and keys are.
#[derive(Debug, Args)]
pub(in crate::cli) struct IssuerArguments {
    /// Issuer's folder, which holds the vault and its keys
    #[arg(long, value_name = "DIR", default_value = "cci-out/issuer")]
    pub(in crate::cli) issuer: PathBuf,
    /// Folder of the keys, if they are kept apart from the vault
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) keys: Option<PathBuf>,
    /// File with the passphrase of a wrapped root key, or - for standard input; asked for at the
    /// terminal if left out
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) actor: ActorArguments,
}

/// Options of `keys new`.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeysNewArguments {
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
    /// Scope to plan an epoch of; a root key is made if left out
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Option<Scope>,
    /// Wrap the root key under a passphrase, from --passphrase-file or the terminal
    #[arg(long, conflicts_with = "scope")]
    pub(in crate::cli) passphrase: bool,
}

/// Options of `keys wrap`.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeysWrapArguments {
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
    /// File with the passphrase to wrap under, or - for standard input; asked for at the terminal
    /// if left out
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) new_passphrase_file: Option<PathBuf>,
}

/// Options of `keys move`.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeysMoveArguments {
    /// Scope, for example education/attendance
    #[arg(value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Number of the epoch
    #[arg(value_name = "EPOCH")]
    pub(in crate::cli) epoch: u8,
    /// State to move to: active, accept_only, retired or destroyed
    #[arg(value_name = "STATE")]
    pub(in crate::cli) state: String,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}
