//! What may be typed after `cci prepare` and `cci release`.

use std::path::PathBuf;

use clap::Args;

use crate::identifier::Scope;

/// Options of `prepare`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci prepare education.csv --schema education --out to-custodian")]
pub(in crate::cli) struct PrepareArguments {
    /// File of records; histories beside it are read too
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) agency: AgencyFileArguments,
    /// Folder for the custodian: SOURCE.csv, and SOURCE.toml for the linkage settings
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
    /// Linkage attributes to hand over, with commas between; all of them if left out
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(in crate::cli) attributes: Vec<String>,
    /// Hand over match tokens in place of values, for the exchange of this title
    #[arg(long, value_name = "EXCHANGE", requires = "secret_file")]
    pub(in crate::cli) tokens: Option<String>,
    /// File with the secret that the holders of an exchange share, readable by its owner alone
    #[arg(long, value_name = "FILE", requires = "tokens")]
    pub(in crate::cli) secret_file: Option<PathBuf>,
}

/// An agency's file, its schema, and its holder's own folder.
#[derive(Debug, Args)]
pub(in crate::cli) struct AgencyFileArguments {
    /// Agency schema of the file
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) schema: String,
    /// Name of the source, if it is not that of the schema
    #[arg(long, value_name = "SOURCE")]
    pub(in crate::cli) name: Option<String>,
    /// Encoding of the file; utf-8 if left out, windows-1252 also reads Latin-1
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) encoding: Option<String>,
    /// Day as at which ages are judged, YYYY-MM-DD; later births and ages above 25 go to quarantine
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_at: Option<String>,
    /// Holder's own folder: SOURCE/crosswalk.csv and SOURCE/quarantine, which never leave it
    #[arg(long, value_name = "DIR", default_value = "cci-holder")]
    pub(in crate::cli) holder: PathBuf,
}

/// Options of `release`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci release education.csv --schema education --scope research/attendance --pseudonyms P --classes C --columns Sex,URN --out extract.csv"
)]
pub(in crate::cli) struct ReleaseArguments {
    /// File of records, as it was prepared
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) agency: AgencyFileArguments,
    /// Scope of the project, whose pseudonyms alone the extract has
    #[arg(long, value_name = "AGENCY/PURPOSE")]
    pub(in crate::cli) scope: Scope,
    /// Transport identifiers with their pseudonyms in that scope, as `id issue` wrote them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) pseudonyms: PathBuf,
    /// Transport identifiers with class and confidence, as `id assign` wrote them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) classes: PathBuf,
    /// Payload columns of the schema, with commas between
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    pub(in crate::cli) columns: Vec<String>,
    /// Extract to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
}
