//! What may be typed after `cci approval`, and by those who use approvals.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::IssuerArguments;
use crate::identifier::Scope;
use crate::registry::{Actor, Ground, Handle};

/// What `approval` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ApprovalCommand {
    /// Issuer: make the key of an approver, and keep a copy to check approvals by
    #[command(after_help = "Example: cci approval key d.guardian --out d.guardian.key")]
    Key {
        /// Staff name of the approver
        #[arg(value_name = "NAME")]
        name: Actor,
        /// Approver's own file, which must not exist; hand it over and delete it here
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        issuer: IssuerArguments,
    },
    /// Ask for a seal to be taken back
    #[command(
        after_help = "Example: cci approval unseal HANDLE --ground order-12 --out request.txt"
    )]
    Unseal {
        /// Person
        #[arg(value_name = "HANDLE")]
        handle: Handle,
        #[command(flatten)]
        request: RequestArguments,
    },
    /// Ask which pseudonym of one scope is the same person's as one of another
    #[command(
        after_help = "Example: cci approval reidentify PSEUDONYM --scope research/harm --to social_care/care --ground case-7 --out request.txt"
    )]
    Reidentify {
        /// Printed pseudonym
        #[arg(value_name = "PSEUDONYM")]
        pseudonym: String,
        /// Scope in which it was issued
        #[arg(long, value_name = "AGENCY/PURPOSE")]
        scope: Scope,
        /// Scope whose pseudonym is asked for
        #[arg(long, value_name = "AGENCY/PURPOSE")]
        to: Scope,
        #[command(flatten)]
        request: RequestArguments,
    },
    /// Approver: approve a request that you have read
    #[command(
        after_help = "Example: cci approval give request.txt --name d.guardian --key d.guardian.key --out approval.txt"
    )]
    Give {
        /// Request
        #[arg(value_name = "FILE")]
        request: PathBuf,
        /// Your staff name
        #[arg(long, value_name = "NAME")]
        name: Actor,
        /// Your own key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Approval to write, which must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Ground, time and file of a request.
#[derive(Debug, Args)]
pub(in crate::cli) struct RequestArguments {
    /// Reference to the ground of the request; nothing about a child
    #[arg(long, value_name = "REFERENCE")]
    pub(in crate::cli) ground: Ground,
    /// Hours in which it may be approved and answered
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u8).range(1..=72))]
    pub(in crate::cli) hours: u8,
    /// Request to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
}

/// A request with its approvals.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApprovedArguments {
    /// Request
    #[arg(value_name = "REQUEST")]
    pub(in crate::cli) request: PathBuf,
    /// Approval of it; two are needed, of two approvers
    #[arg(long = "approval", value_name = "FILE")]
    pub(in crate::cli) approvals: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) issuer: IssuerArguments,
}
