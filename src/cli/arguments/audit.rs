//! What may be typed after `cci audit`.

use std::path::PathBuf;

use clap::Subcommand;

use super::IssuerArguments;

/// What `audit` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AuditCommand {
    /// Read every entry of the log: each must follow the one before and lead to the checkpoints
    #[command(after_help = "Example: cci audit verify --checkpoint kept-elsewhere.txt")]
    Verify {
        /// Checkpoint that was kept elsewhere; may be given again
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Write a checkpoint, to be kept where nobody who writes the log can write
    #[command(after_help = "Example: cci audit checkpoint --out /elsewhere/2026-08-31.txt")]
    Checkpoint {
        /// File to write, which must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Prove that an entry is one of those that a checkpoint stands for
    #[command(after_help = "Example: cci audit prove 12 --checkpoint kept-elsewhere.txt --json")]
    Prove {
        /// Number of the entry, from 1
        #[arg(value_name = "NUMBER")]
        entry: u64,
        /// Checkpoint; the log as it is if left out
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
}
