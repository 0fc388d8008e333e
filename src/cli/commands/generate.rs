//! `cci generate`: synthetic records of four agencies, and the truth about them.

use std::path::Path;

use serde::Serialize;

use crate::cli::arguments::{GenerateArguments, Population};
use crate::cli::console::{Console, print};
use crate::cli::manifest::{Generated, Manifest, to_json};
use crate::cli::run_folder::{MANIFEST, RunFolder};
use crate::cli::truth_files::TRUTH;
use crate::error::Result;
use crate::record::Agency;
use crate::report::text;
use crate::strategy::Progress;
use crate::synthetic::{
    self, FileFormat, Measured, Override, Profile, REFERENCE, Settings, Verdict, Written,
};

/// Runs the command.
///
/// # Errors
/// `UnknownName` for the format; what [`make`] meets; `OutputExists` or `Unwritable` for the folder.
pub(in crate::cli) fn run(
    options: &GenerateArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let population = &options.population;
    let format = FileFormat::find(&options.format)?;
    let folder = RunFolder::open(&options.output.out, options.output.force)?;
    let progress = Progress::default();
    let written = console.stage("1/1", "Generate", &progress, || {
        let written = make(population, &folder.stage(""), format, &progress)?;
        let line = describe(&written);
        Ok((written, line))
    })?;
    let mut manifest = Manifest::new("generate");
    manifest.as_at = Some(REFERENCE.to_string());
    manifest.generated = Some(Generated::new(population, format));
    let staged = folder.stage("");
    let name =
        |path: &Path| path.strip_prefix(&staged).unwrap_or(path).to_string_lossy().into_owned();
    let files: Vec<(String, usize)> =
        written.files.iter().map(|(path, rows)| (name(path), *rows)).collect();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    manifest.write(&folder, &names)?;
    let text = std::fs::read_to_string(folder.stage(MANIFEST)).unwrap_or_default();
    folder.finish()?;
    if json && options.report {
        print(&to_json(&written.measured.iter().map(Line::new).collect::<Vec<_>>())?);
    } else if json {
        print(&text);
    } else {
        for (name, rows) in &files {
            print(&format!("{name:<24} {:>10} rows", text::count(*rows as u64)));
        }
        if options.report {
            print("");
            print(&report(&written.measured));
        }
    }
    Ok(())
}

/// Rate of the profile and what was found, as `--json` gives it.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    target: f64,
    measured: Option<f64>,
    numerator: u64,
    denominator: u64,
    interval: Option<(f64, f64)>,
    verdict: &'static str,
    sourced: bool,
    source: &'a str,
}

impl<'a> Line<'a> {
    fn new(measured: &'a Measured) -> Self {
        Self {
            key: &measured.key,
            target: measured.target.rate,
            measured: measured.share(),
            numerator: measured.held,
            denominator: measured.seen,
            interval: measured.interval,
            verdict: measured.verdict().name(),
            sourced: measured.target.is_sourced(),
            source: &measured.target.source,
        }
    }
}

/// Returns the table of rates, sourced ones first, and how many of them were met.
fn report(measured: &[Measured]) -> String {
    let percent = |share: f64| format!("{:.3}", share * 100.0);
    let header = ["Rate, %", "Target", "Measured", "99.9 % interval", "Of", "Verdict"];
    let rows = |sourced: bool| {
        measured.iter().filter(move |one| one.target.is_sourced() == sourced).map(move |one| {
            vec![
                one.key.clone(),
                percent(one.target.rate),
                one.share().map_or("-".into(), percent),
                one.interval.map_or("-".into(), |(low, high)| {
                    format!("{} to {}", percent(low), percent(high))
                }),
                text::count(one.seen),
                one.verdict().name().into(),
            ]
        })
    };
    let with = |verdict: Verdict| {
        let sourced = measured.iter().filter(|one| one.target.is_sourced());
        sourced.filter(|one| one.verdict() == verdict).count()
    };
    format!(
        "Rates with a published source\n{}\nAssumptions and what-ifs\n{}\n\
         Of the rates with a source, {} are met, {} missed, {} rest on too few values to say.",
        text::aligned(&header, rows(true)),
        text::aligned(&header, rows(false)),
        with(Verdict::Met),
        with(Verdict::Missed),
        with(Verdict::TooFew),
    )
}

/// Generates records and writes them into a folder.
///
/// # Errors
/// `UnknownName` for the profile; `UnknownKey` or `BadValue` for an override; `TooLarge` for more
/// children than there are numbers; `Unwritable` for the folder.
pub(in crate::cli) fn make(
    population: &Population,
    folder: &Path,
    format: FileFormat,
    progress: &Progress,
) -> Result<Written> {
    let settings = Settings {
        children: population.children,
        seed: population.seed,
        profile: Profile::find(&population.profile)?,
        overrides: population
            .overrides
            .iter()
            .map(|text| Override::parse(text))
            .collect::<Result<_>>()?,
    };
    progress.start(settings.steps());
    synthetic::write(&settings, folder, format, progress.counter())
}

/// Returns the stage line of generated data.
pub(in crate::cli) fn describe(written: &Written) -> String {
    let rows = |histories: bool| {
        let truth = |path: &Path| path.parent().is_some_and(|folder| folder.ends_with(TRUTH));
        let own = |path: &Path| {
            Agency::ALL
                .iter()
                .any(|agency| path.file_stem().is_some_and(|name| name == agency.name()))
        };
        let files = written.files.iter().filter(|(path, _)| !truth(path) && own(path) != histories);
        text::count(files.map(|(_, rows)| *rows as u64).sum())
    };
    format!(
        "{} records in {} agencies, {} rows of histories",
        rows(false),
        Agency::ALL.len(),
        rows(true)
    )
}
