//! What may be typed after `cci id`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ApprovedArguments, IssuerArguments, OUT};
use crate::identifier::Scope;
use crate::registry::Handle;

/// What `id` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IdCommand {
    /// Say whether printed pseudonyms are right in a scope, with no key and no vault
    #[command(
        after_help = "Example: cci id validate C0MR-055J-BMB8-PJBD-TWKG --scope education/direct_care"
    )]
    Validate(IdValidateArguments),
    /// Say whom a pseudonym stands for, and which pseudonym to use from now on
    #[command(
        after_help = "Example: cci id resolve C0MR-055J-BMB8-PJBD-TWKG --scope education/attendance"
    )]
    Resolve(IdResolveArguments),
    /// Custodian: give a run's entities the handles they had, and say what changes before keeping it
    #[command(after_help = "Example: cci id assign --run cci-out && cci id assign --apply")]
    Assign(IdAssignArguments),
    /// Issuer: give the records of one agency their pseudonyms, by the handles of the custodian
    #[command(
        after_help = "Example: cci id issue --scope police/care --handles police.csv --out out.csv"
    )]
    Issue(IdIssueArguments),
    /// Give every member of a scope a pseudonym of a new key period, and write the crosswalk
    #[command(
        after_help = "Example: cci id rotate --scope education/attendance --crosswalk education.csv"
    )]
    Rotate(IdRotateArguments),
    /// Write the crosswalk between two key periods of a scope again
    #[command(
        after_help = "Example: cci id crosswalk 0 1 --scope education/attendance --crosswalk education.csv"
    )]
    Crosswalk(IdCrosswalkArguments),
    /// Count who objects to each scope, with small counts and what gives them away hidden
    #[command(after_help = "Example: cci id objections --issuer cci-out/issuer")]
    Objections(IssuerArguments),
    /// Check that the vault is whole and follows from its events
    #[command(after_help = "Example: cci id verify --issuer cci-out/issuer")]
    Verify(IssuerArguments),
    /// Take the seal of a person back, as two approvers allowed
    #[command(
        after_help = "Example: cci id unseal request.txt --approval one.txt --approval two.txt"
    )]
    Unseal(ApprovedArguments),
    /// Say which pseudonym of another scope is the same person's, as two approvers allowed
    #[command(
        after_help = "Example: cci id reidentify request.txt --approval one.txt --approval two.txt"
    )]
    Reidentify(ApprovedArguments),
    /// Change what has become of a person: merge, unmerge, split, move, erase, object
    #[command(subcommand)]
    Person(PersonCommand),
}

/// Options of `id resolve`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdResolveArguments {
    /// Printed pseudonym; - reads it from standard input, which leaves no trace in the shell
    #[arg(value_name = "PSEUDONYM")]
    pub(in crate::cli) pseudonym: String,
    /// Scope in which it was issued
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Whom it stood for by the end of a day, YYYY-MM-DD in UTC, as it was known then
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_at: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}

/// Options of `id assign`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdAssignArguments {
    /// Run folder whose entities to take
    #[arg(long, value_name = "DIR", default_value = OUT)]
    pub(in crate::cli) run: PathBuf,
    /// Custodian's folder; made with a key of its own if it is not there
    #[arg(long, value_name = "DIR", default_value = "cci-custodian")]
    pub(in crate::cli) custodian: PathBuf,
    /// List of every record that gets another handle; must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) changes: Option<PathBuf>,
    /// Keep the changes, and write handles/SOURCE.csv and changes.csv into the custodian's folder
    #[arg(long)]
    pub(in crate::cli) apply: bool,
    /// Day as at which the records are, YYYY-MM-DD; that of the run if left out
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_at: Option<String>,
}

/// Options of `id issue`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdIssueArguments {
    /// Scope to issue in, which needs an active epoch
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Records of that agency with their handles, as `id assign` wrote them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) handles: PathBuf,
    /// Records with their pseudonyms, for that agency alone; must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// List that was issued to that agency before, to say in a notice what changed since
    #[arg(long, value_name = "FILE", requires = "notice")]
    pub(in crate::cli) since: Option<PathBuf>,
    /// Records whose pseudonym changed since then, for that agency alone; must not exist
    #[arg(long, value_name = "FILE", requires = "since")]
    pub(in crate::cli) notice: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}

/// Options of `id rotate`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdRotateArguments {
    /// Scope
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Crosswalk to write, for that agency alone; must not exist
    #[arg(long, value_name = "FILE", required_unless_present = "drill")]
    pub(in crate::cli) crosswalk: Option<PathBuf>,
    /// Refuse the pseudonyms of the epoch before at once: its key leaked
    #[arg(long)]
    pub(in crate::cli) leaked: bool,
    /// Do all of it, say how long it took, and keep nothing
    #[arg(long, conflicts_with = "crosswalk")]
    pub(in crate::cli) drill: bool,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}

/// Options of `id crosswalk`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IdCrosswalkArguments {
    /// Earlier epoch
    #[arg(value_name = "FROM")]
    pub(in crate::cli) from: u8,
    /// Later epoch
    #[arg(value_name = "TO")]
    pub(in crate::cli) to: u8,
    /// Scope
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Crosswalk to write, for that agency alone; must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) crosswalk: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}

/// What `id person` does. Persons go by the handles that custodian and issuer share.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PersonCommand {
    /// Make two persons one; the confirmed one survives, of two alike the one minted earlier
    Merge {
        /// One person
        #[arg(value_name = "HANDLE")]
        a: Handle,
        /// The other person
        #[arg(value_name = "HANDLE")]
        b: Handle,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Take a merge back by its number; the two shall not become one again
    Unmerge {
        /// Number that the merge said
        #[arg(value_name = "MERGE")]
        merge: u64,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Mint a person for records that were taken from another by mistake
    Split {
        /// Person who keeps the other records
        #[arg(value_name = "HANDLE")]
        handle: Handle,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Move a person on: confirmed, deceased, invalidated, sealed
    Move {
        /// Person
        #[arg(value_name = "HANDLE")]
        handle: Handle,
        /// State to move to
        #[arg(value_name = "STATE")]
        state: String,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Destroy a person's key and delete its pseudonyms; nothing brings them back
    Erase {
        /// Person
        #[arg(value_name = "HANDLE")]
        handle: Handle,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Withhold a person's pseudonyms in one scope
    Object {
        /// Person
        #[arg(value_name = "HANDLE")]
        handle: Handle,
        /// Scope
        #[arg(long, value_name = "AGENCY/PURPOSE")]
        scope: Scope,
        /// Take the objection back
        #[arg(long)]
        withdraw: bool,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
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
