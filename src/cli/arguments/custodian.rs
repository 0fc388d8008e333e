//! What may be typed after `cci custodian`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ActorArguments, DataArguments};
use crate::registry::{Ground, Handle};

/// What `custodian` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CustodianCommand {
    /// Never link two records: they are two children's
    #[command(
        after_help = "Example: cci custodian keep-apart police:P000042 health:H008817 --reason review-2026/17"
    )]
    KeepApart(PairArguments),
    /// Always link two records: they are one child's
    #[command(
        after_help = "Example: cci custodian keep-together police:P000042 health:H008817 --reason review-2026/17"
    )]
    KeepTogether(PairArguments),
    /// End a decision by its number
    #[command(after_help = "Example: cci custodian lift 3 --reason review-2026/21")]
    Lift {
        /// Number that the decision said
        #[arg(value_name = "DECISION")]
        number: u64,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// Give a handle that went into another its records back, and keep the two apart
    #[command(
        after_help = "Example: cci custodian unmerge SURVIVOR LOSER --added survivor --reason unmerge-12"
    )]
    Unmerge {
        /// Handle that was kept, the other of changes.csv
        #[arg(value_name = "SURVIVOR")]
        survivor: Handle,
        /// Handle that went into it
        #[arg(value_name = "LOSER")]
        loser: Handle,
        /// Whose the records are that came after the merge: survivor, loser or open
        #[arg(long, value_name = "WHOSE")]
        added: Option<String>,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// Seal an identity that is over off from a new one, so that nobody links the two again
    #[command(after_help = "Example: cci custodian seal list.csv --run cci-out --reason order-12")]
    Seal {
        /// CSV file with columns side (old or new), source, record; delete it afterwards
        #[arg(value_name = "FILE")]
        list: PathBuf,
        #[command(flatten)]
        data: DataArguments,
        #[command(flatten)]
        decision: DecisionArguments,
    },
    /// List what was decided, in force and lifted
    #[command(after_help = "Example: cci custodian decisions --custodian cci-custodian")]
    Decisions {
        /// Custodian's folder
        #[arg(long, value_name = "DIR", default_value = "cci-custodian")]
        custodian: PathBuf,
    },
}

/// Two records, and the decision about them.
#[derive(Debug, Args)]
pub(in crate::cli) struct PairArguments {
    /// One record, as source:identifier of a run that was kept
    #[arg(value_name = "A")]
    pub(in crate::cli) a: String,
    /// The other record
    #[arg(value_name = "B")]
    pub(in crate::cli) b: String,
    #[command(flatten)]
    pub(in crate::cli) decision: DecisionArguments,
}

/// Where a decision is kept, who takes it, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecisionArguments {
    /// Custodian's folder
    #[arg(long, value_name = "DIR", default_value = "cci-custodian")]
    pub(in crate::cli) custodian: PathBuf,
    /// Reference to the ground of the decision; nothing about a child
    #[arg(long, value_name = "REFERENCE")]
    pub(in crate::cli) reason: Ground,
    #[command(flatten)]
    pub(in crate::cli) actor: ActorArguments,
}
