//! `cci generate`: synthetic records of four agencies, and the truth about them.

use std::path::Path;

use crate::cli::arguments::{GenerateArguments, Population};
use crate::cli::console::{Console, print};
use crate::cli::manifest::{Generated, Manifest};
use crate::cli::run_folder::{MANIFEST, RunFolder};
use crate::cli::truth_files::TRUTH;
use crate::error::Result;
use crate::record::Agency;
use crate::report::text;
use crate::strategy::Progress;
use crate::synthetic::{self, Profile, Settings, Written};

/// Runs the command.
///
/// # Errors
/// `UnknownName` for the profile; `OutputExists` or `Unwritable` for the folder.
pub(in crate::cli) fn run(
    options: &GenerateArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let population = &options.population;
    let folder = RunFolder::open(&options.output.out, options.output.force)?;
    let progress = Progress::default();
    let written = console.stage("1/1", "Generate", &progress, || {
        let written = make(population, &folder.stage(""))?;
        let line = describe(&written);
        Ok((written, line))
    })?;
    let mut manifest = Manifest::new("generate");
    manifest.generated = Some(Generated {
        children: population.children,
        seed: population.seed,
        profile: population.profile.clone(),
    });
    let staged = folder.stage("");
    let name =
        |path: &Path| path.strip_prefix(&staged).unwrap_or(path).to_string_lossy().into_owned();
    let files: Vec<(String, usize)> =
        written.files.iter().map(|(path, rows)| (name(path), *rows)).collect();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    manifest.write(&folder, &names)?;
    let text = std::fs::read_to_string(folder.stage(MANIFEST)).unwrap_or_default();
    folder.finish()?;
    if json {
        print(&text);
    } else {
        for (name, rows) in &files {
            print(&format!("{name:<24} {:>10} rows", text::count(*rows as u64)));
        }
    }
    Ok(())
}

/// Generates records and writes them into a folder.
///
/// # Errors
/// `UnknownName` for the profile; `TooLarge` for more children than there are numbers;
/// `Unwritable` for the folder.
pub(in crate::cli) fn make(population: &Population, folder: &Path) -> Result<Written> {
    let settings = Settings {
        children: population.children,
        seed: population.seed,
        profile: Profile::find(&population.profile)?,
        overrides: Vec::new(),
    };
    synthetic::generate(&settings)?.write(folder)
}

/// Returns the stage line of generated data.
pub(in crate::cli) fn describe(written: &Written) -> String {
    let records: usize = written
        .files
        .iter()
        .filter(|(path, _)| !path.parent().is_some_and(|folder| folder.ends_with(TRUTH)))
        .map(|(_, rows)| rows)
        .sum();
    format!("{} records in {} agencies", text::count(records as u64), Agency::ALL.len())
}
