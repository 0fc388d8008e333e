//! What may be typed: commands and their options. The comments here are the help.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

pub(super) use acting::ActorArguments;
pub(super) use approval::{ApprovalCommand, ApprovedArguments, RequestArguments};
pub(super) use audit::AuditCommand;
pub(super) use comparator::ComparatorArguments;
pub(super) use compare::{CompareArguments, CompareCommand, CompareIdentifiersArguments};
pub(super) use custodian::{CustodianCommand, DecisionArguments, PairArguments};
pub(super) use duties::{AgencyFileArguments, PrepareArguments, ReleaseArguments};
pub(super) use encode::EncodeArguments;
pub(super) use explain::{
    ExplainCommand, ExplainEntityArguments, ExplainPairArguments, ExplainRecordArguments,
};
pub(super) use find::FindArguments;
pub(super) use id::{
    IdAssignArguments, IdCommand, IdCrosswalkArguments, IdIssueArguments, IdResolveArguments,
    IdRotateArguments, IdValidateArguments, PersonCommand,
};
pub(super) use keys::{
    IssuerArguments, KeysCommand, KeysMoveArguments, KeysNewArguments, KeysWrapArguments,
};
pub(super) use link::LinkArguments;

mod acting;
mod approval;
mod audit;
mod comparator;
mod compare;
mod custodian;
mod duties;
mod encode;
mod explain;
mod find;
mod id;
mod keys;
mod link;

/// Default output folder.
pub(super) const OUT: &str = "cci-out";

/// Consistent child identifier toolkit: links agencies' records about invented children,
/// mints pseudonymous identifiers, and says how well that worked and for whom it did not.
#[derive(Debug, Parser)]
#[command(
    name = "cci",
    version,
    after_help = "Start with: cci run",
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Write JSON and nothing else to standard output
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Say nothing on standard error but errors
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Draw no progress bars
    #[arg(long, global = true)]
    pub(super) no_progress: bool,
    /// Use so many threads; results do not depend on it
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// Commands, the main job first.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Generate children, link their records, mint identifiers, evaluate, report
    Run(RunArguments),
    /// Generate synthetic records of four agencies, and the truth about them
    Generate(GenerateArguments),
    /// Write linkage settings for your own files, with guesses and their evidence
    Init(InitArguments),
    /// Check files before linking: every problem, with line and column
    Check(CheckArguments),
    /// Show or export what an agency's file looks like
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Link records of your own files by a settings file
    Link(LinkArguments),
    /// Find records of a run that may be about one child, and say why
    Find(FindArguments),
    /// Count what blocking rules make, before anything is scored
    Blocking(BlockingArguments),
    /// Show what a comparator says of two values, and of the values of an attribute
    Comparator(ComparatorArguments),
    /// Score a run against the truth or labels
    Evaluate(EvaluateArguments),
    /// Put strategies side by side on one data set
    Compare(CompareArguments),
    /// Make codes of records that are compared without showing what they encode
    Encode(EncodeArguments),
    /// Holder: hand linkage attributes or match tokens to the custodian, and nothing else
    Prepare(PrepareArguments),
    /// Make a research extract: one scope's pseudonyms, payload, and how sure the linkage is
    Release(ReleaseArguments),
    /// Show, export or import a trained model
    #[command(subcommand)]
    Model(ModelCommand),
    /// Look at official numbers and codes
    #[command(subcommand)]
    Code(CodeCommand),
    /// Say why
    #[command(subcommand)]
    Explain(ExplainCommand),
    /// Issue pseudonyms, check and resolve them, correct whose they are
    #[command(subcommand)]
    Id(IdCommand),
    /// Custodian: keep records apart or together whatever the evidence says, take a merge back
    #[command(subcommand)]
    Custodian(CustodianCommand),
    /// Ask for what needs two approvers, and approve it
    #[command(subcommand)]
    Approval(ApprovalCommand),
    /// Read the issuer's audit log, and prove what it holds
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Make keys, examine them, and move key periods on
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// Reads a whole number, or says what was expected.
fn whole_number<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "expected a whole number from 0 on, for example 2000")
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("expected a share from 0 to 1, for example 0.99")
}

/// What `generate` and `run` make.
#[derive(Debug, Args)]
pub(super) struct Population {
    /// Number of children
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    #[arg(value_parser = whole_number::<u32>, allow_hyphen_values = true)]
    pub(super) children: u32,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 20_260_401)]
    #[arg(value_parser = whole_number::<u64>, allow_hyphen_values = true)]
    pub(super) seed: u64,
    /// How good the records are: typical, clean, poor, cambridge or hes_pds
    #[arg(long, value_name = "NAME", default_value = "typical")]
    pub(super) profile: String,
    /// Another rate for one key of the profile; may be given again for another key
    #[arg(long = "set", value_name = "KEY=RATE")]
    pub(super) overrides: Vec<String>,
}

/// Where to write.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = OUT)]
    pub(super) out: PathBuf,
    /// Replace an earlier run in that folder
    #[arg(long)]
    pub(super) force: bool,
}

/// Options of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci run --children 2000 --out small")]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) population: Population,
    #[command(flatten)]
    pub(super) output: Output,
    /// Strategy for the linkage; nhs_number and exact_key are run beside it
    #[arg(long, value_name = "NAME")]
    pub(super) strategy: Option<String>,
}

/// Options of `generate`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci generate --children 500 --profile poor --out poor-data")]
pub(super) struct GenerateArguments {
    #[command(flatten)]
    pub(super) population: Population,
    #[command(flatten)]
    pub(super) output: Output,
    /// Format of the agencies' files: csv or parquet; the truth beside them is CSV always
    #[arg(long, value_name = "NAME", default_value = "csv")]
    pub(super) format: String,
    /// Say of every rate what was asked for, what was found and how sure that is
    #[arg(long)]
    pub(super) report: bool,
}

/// Options of `init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci init --from health.csv school.csv && cci link --config cci.toml"
)]
pub(super) struct InitArguments {
    /// Files to link, in any layout: CSV, JSON Lines, Parquet or Arrow
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(super) from: Vec<PathBuf>,
    /// Settings file to write
    #[arg(long, visible_alias = "out", value_name = "FILE", default_value = "cci.toml")]
    pub(super) output: PathBuf,
    /// Replace the settings file if it exists
    #[arg(long)]
    pub(super) force: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci check police.csv --schema police")]
pub(super) struct CheckArguments {
    /// Files to check
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Agency schema; found from each file's name or header if left out
    #[arg(long, value_name = "NAME")]
    pub(super) schema: Option<String>,
    /// Encoding of the files; utf-8 if left out, windows-1252 also reads Latin-1
    #[arg(long, value_name = "NAME")]
    pub(super) encoding: Option<String>,
    /// Show common values in place of patterns; the output is then as personal as the file
    #[arg(long)]
    pub(super) show_values: bool,
    /// Write a copy in which what is certain is mended, and check the copy
    #[arg(long)]
    pub(super) fix: bool,
    /// Mended copy to write, for one file; NAME.mended.csv beside it if left out
    #[arg(long, visible_alias = "out", value_name = "FILE", requires = "fix")]
    pub(super) output: Option<PathBuf>,
    /// Day as at which ages are judged, YYYY-MM-DD; later births and ages above 25 go to quarantine
    #[arg(long, value_name = "DATE")]
    pub(super) as_at: Option<String>,
}

/// What `schema` does with an agency schema.
#[derive(Debug, Subcommand)]
pub(super) enum SchemaCommand {
    /// Print a schema as a table; with --json as a Frictionless Table Schema
    #[command(after_help = "Example: cci schema show police")]
    Show(SchemaShowArguments),
    /// Write a schema in a form that other tools read
    #[command(after_help = "Example: cci schema export health --format json-schema")]
    Export(SchemaExportArguments),
}

/// Options of `schema show`.
#[derive(Debug, Args)]
pub(super) struct SchemaShowArguments {
    /// Schema: health, education, social_care or police
    #[arg(value_name = "NAME")]
    pub(super) name: String,
}

/// Options of `schema export`.
#[derive(Debug, Args)]
pub(super) struct SchemaExportArguments {
    /// Schema: health, education, social_care or police
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Form: table, frictionless, csvw, json-schema or sql
    #[arg(long, value_name = "FORM")]
    pub(super) format: String,
    /// File to write, which must not exist; standard output if left out
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Which data a command is about: a run's, or a settings file's.
#[derive(Debug, Args)]
pub(super) struct DataArguments {
    /// Run folder whose settings and data to use
    #[arg(long, value_name = "DIR", default_value = OUT)]
    pub(super) run: PathBuf,
    /// Settings to use in place of a run's
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Folder that holds the files; that of the run or of the settings if left out
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

/// Options of `blocking`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cci blocking --config schemas/linkage/febrl4.toml --data tests/data"
)]
pub(super) struct BlockingArguments {
    #[command(flatten)]
    pub(super) data: ScoredDataArguments,
    /// Largest blocks to show of each rule
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) blocks: usize,
    /// Count pairs one by one up to so many; beyond, only what block sizes tell
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    pub(super) most_pairs: u64,
    /// Score nothing, and so leave out what blocking missed
    #[arg(long, conflicts_with = "model")]
    pub(super) counts_only: bool,
}

/// Which data a command scores, and by which model.
#[derive(Debug, Args)]
pub(super) struct ScoredDataArguments {
    #[command(flatten)]
    pub(super) data: DataArguments,
    /// Custodian's folder: what was decided and sealed there is kept to
    #[arg(long, value_name = "DIR")]
    pub(super) custodian: Option<PathBuf>,
    /// Model to score with, in place of the run's or of one trained on settings' data: a model
    /// file, or the folder of a run
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
}

/// Options of `evaluate`.
#[derive(Debug, Args)]
#[command(after_help = "Example: cci evaluate --run febrl4 --data tests/data")]
pub(super) struct EvaluateArguments {
    /// Run folder to score
    #[arg(long, value_name = "DIR", default_value = OUT)]
    pub(super) run: PathBuf,
    /// Folder that holds the files that were linked; the run's own if left out
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Fail with exit status 1 if pairwise F1 is lower than this
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) fail_under: Option<f64>,
}

/// What `model` does with a trained model.
#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// Print levels with their probabilities and weights
    #[command(after_help = "Example: cci model show cci-out")]
    Show(ModelShowArguments),
    /// Train a model and link nothing: on labelled pairs, or without labels
    #[command(
        after_help = "Example: cci model train --config febrl4.toml --labels pairs.csv --out model.toml"
    )]
    Train(ModelTrainArguments),
    /// Write the model of a run to a file of its own, to score other records with
    #[command(after_help = "Example: cci model export cci-out --out model.toml")]
    Export(ModelExportArguments),
    /// Check a model file, or make one of a model that Splink saved
    #[command(after_help = "Example: cci model import splink.json --out model.toml")]
    Import(ModelImportArguments),
}

/// Options of `model show`.
#[derive(Debug, Args)]
pub(super) struct ModelShowArguments {
    /// Model file, or the folder of a run
    #[arg(value_name = "FILE", default_value = OUT)]
    pub(super) model: PathBuf,
}

/// Options of `model train`.
#[derive(Debug, Args)]
pub(super) struct ModelTrainArguments {
    #[command(flatten)]
    pub(super) data: DataArguments,
    /// Labelled pairs: a CSV file with columns a, b (source:identifier) and match (yes or no)
    #[arg(long, value_name = "FILE")]
    pub(super) labels: Option<PathBuf>,
    /// Standard errors from so many trainings on blocks drawn anew; 100 are enough
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "labels", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(super) bootstrap: u32,
    /// File to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

/// Options of `model export`.
#[derive(Debug, Args)]
pub(super) struct ModelExportArguments {
    /// Model file, or the folder of a run
    #[arg(value_name = "FILE", default_value = OUT)]
    pub(super) model: PathBuf,
    /// Form: toml, which link --model reads, or splink
    #[arg(long, value_name = "FORM", default_value = "toml")]
    pub(super) format: String,
    /// Which records Splink shall compare: dedupe_only, link_only or link_and_dedupe
    #[arg(long, value_name = "TYPE", default_value = "link_only")]
    pub(super) link_type: String,
    /// File to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

/// Options of `model import`.
#[derive(Debug, Args)]
pub(super) struct ModelImportArguments {
    /// Model file, or the JSON that Splink saved
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// File to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

/// What `code` does.
#[derive(Debug, Subcommand)]
pub(super) enum CodeCommand {
    /// Say whether values are valid as a kind of number or code, and what they say
    #[command(after_help = "Example: cci code check nhs 9990123454 9991234560")]
    Check(CodeCheckArguments),
}

/// Options of `code check`.
#[derive(Debug, Args)]
pub(super) struct CodeCheckArguments {
    /// Kind, for example nhs_number, upn, postcode; a wrong name gets the list
    #[arg(value_name = "KIND")]
    pub(super) kind: String,
    /// Values; - reads one a line from standard input, which leaves no trace in the shell
    #[arg(required = true, value_name = "VALUE")]
    pub(super) values: Vec<String>,
    /// Your list of institutions' postcodes, one a line, to flag them; for KIND postcode
    #[arg(long, value_name = "FILE")]
    pub(super) institutional: Option<PathBuf>,
    /// Latest year that two digits of a PNC identifier may mean
    #[arg(long, value_name = "YEAR", default_value_t = 2026, value_parser = clap::value_parser!(u16).range(1950..=2999))]
    pub(super) as_at: u16,
}
