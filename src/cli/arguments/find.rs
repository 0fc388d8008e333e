//! What may be typed after `cci find`.

use clap::Args;

use super::ScoredDataArguments;

/// Options of `find`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci find --set given_name=Asha --set family_name=Khan --set date_of_birth=2015-02-01"
)]
pub(in crate::cli) struct FindArguments {
    /// Value of an attribute, dates as YYYY-MM-DD; may be given again, also for one attribute
    ///
    /// Without any, each line of standard input is a JSON object of attributes and values, which
    /// leaves no trace in the shell: {"given_name": "Asha", "family_name": ["Khan", "Shah"]}
    #[arg(long = "set", value_name = "ATTRIBUTE=VALUE")]
    pub(in crate::cli) set: Vec<String>,
    /// Source that it would be a record of; without it all sources are looked through alike
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) source: Option<String>,
    /// Records to show, the best
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(in crate::cli) most: usize,
    #[command(flatten)]
    pub(in crate::cli) data: ScoredDataArguments,
}
