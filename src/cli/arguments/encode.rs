//! What may be typed after `cci encode`.

use std::path::PathBuf;

use clap::Args;

/// Options of `encode`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci encode children.csv --schema agreed.json --secret-file secret --out codes.json"
)]
pub(in crate::cli) struct EncodeArguments {
    /// File of records; each column of the schema must be there, further ones are left out
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// Linkage schema of clkhash, version 1, 2 or 3, on which the parties agreed
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) schema: PathBuf,
    /// File with the secret that the parties share, readable by its owner alone
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) secret_file: PathBuf,
    /// File of codes to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// Strength: balanced (strict above 20,000 records), compact, max, linear or compat-clkhash
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) profile: Option<String>,
    /// Records of all parties together, if more than this file has: size for these
    #[arg(long, value_name = "N")]
    pub(in crate::cli) population: Option<u64>,
    /// Meaning of xorFolds in the schema: as-documented or as-implemented
    #[arg(long, value_name = "READING")]
    pub(in crate::cli) clkhash_folds: Option<String>,
    /// Other party's codes: refuse to encode what could not be compared with them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) same_as: Option<PathBuf>,
    /// Risk to take in place of being refused: graph-matching or linear-span; may be given again
    #[arg(long = "unsafe", value_name = "RISK")]
    pub(in crate::cli) risks: Vec<String>,
}
