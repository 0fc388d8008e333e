//! `cci run`: the main job, from nothing to a report.

use crate::cli::arguments::RunArguments;
use crate::cli::commands::generate::{describe, make};
use crate::cli::commands::link::{
    finish, problems, say_histories, say_quarantine, say_remarks, write_every_score,
};
use crate::cli::console::{Console, print};
use crate::cli::data::{DATA, Data};
use crate::cli::issuer::{self, ISSUER};
use crate::cli::linkage_settings::{AGENCIES, AGENCIES_NAME, LinkageSettings};
use crate::cli::manifest::{Generated, Manifest, to_json};
use crate::cli::metrics::{Metrics, report_input};
use crate::cli::outcome::{Outcome, require};
use crate::cli::run_folder::RunFolder;
use crate::cli::tables::SCORES;
use crate::cli::{digest, truth_files};
use crate::error::{Error, ErrorKind, Result};
use crate::report::{Profile, View, render, text};
use crate::schema::AsAt;
use crate::strategy::{self, LinkInput, Progress};
use crate::synthetic::{FileFormat, REFERENCE};

/// Strategies that a run puts beside its own.
const BESIDE: [&str; 2] = ["nhs_number", "exact_key"];

/// Runs the command.
///
/// # Errors
/// What any of its six stages meets.
pub(in crate::cli) fn run(options: &RunArguments, console: &Console, json: bool) -> Result<()> {
    let settings = LinkageSettings::parse(AGENCIES, AGENCIES_NAME)?;
    let strategy = match &options.strategy {
        Some(name) => strategy::find(name)?,
        None => settings.strategy()?,
    };
    let clusterer = settings.clusterer()?;
    let folder = RunFolder::open(&options.output.out, options.output.force)?;
    let settings_digest = digest::of_bytes(settings.text().as_bytes());
    let progress = Progress::default();
    let population = &options.population;

    let data_folder = folder.stage_folder(DATA)?;
    console.stage("1/6", "Generate", &progress, || {
        let written = make(population, &data_folder, FileFormat::Csv, &progress)?;
        Ok(((), describe(&written)))
    })?;
    let as_at = AsAt::parse(&REFERENCE.to_string())?;
    let data = console.stage("2/6", "Check", &progress, || {
        let data = Data::read(settings, &data_folder, Some(as_at), Some(&folder))?;
        let line = problems(&data);
        Ok((data, line))
    })?;
    say_quarantine(&data, console);
    say_histories(&data, console);
    say_remarks(&data, console);
    let records = &data.reading.records;
    require(strategy, &data)?;
    let input = LinkInput::new(records, &data.plan, &progress);
    let start = std::time::Instant::now();
    let assignment = console.stage("3/6", "Assign", &progress, || {
        let assignment = strategy.assign(&input)?;
        let mut touched = vec![false; records.len()];
        for (_, link) in &assignment.links {
            touched[link.a as usize] = true;
            touched[link.b as usize] = true;
        }
        let assigned = touched.iter().filter(|&&touched| touched).count();
        Ok((assignment, format!("{} by key", share(assigned, records.len()))))
    })?;
    let (outcome, issue) = console.stage("4/6", "Match", &progress, || {
        let keyed = assignment.links.len();
        let linkage = strategy.complete(&input, assignment)?;
        let entities = clusterer.cluster(records, &linkage.links, &linkage.evidence(&input)?);
        let issuer = folder.stage(ISSUER);
        let issue = issuer::issue(&issuer, records, &entities, &data.inputs, &settings_digest)?;
        let more = linkage.links.len() - keyed;
        let line = format!(
            "{} more links by probability; {} identifiers",
            text::count(more as u64),
            text::count(u64::from(issue.identifiers))
        );
        let time = start.elapsed();
        Ok((
            (
                Outcome { strategy, linkage, entities, time, additions: None, draws: Vec::new() },
                issue,
            ),
            line,
        ))
    })?;
    let generated = Generated::new(population, FileFormat::Csv);
    let report = console.stage("5/6", "Evaluate", &progress, || {
        let truth = truth_files::find(&data)?
            .ok_or_else(|| Error::new(ErrorKind::Bug, "generated data have no truth"))?;
        let evaluation = outcome.evaluate(&data, &truth)?;
        let mut rows = Vec::new();
        for name in BESIDE {
            let other = strategy::find(name)?;
            if other.name() != strategy.name() {
                let other = Outcome::of(other, clusterer, &data, &progress)?;
                rows.push(other.row(&other.evaluate(&data, &truth)?));
            }
        }
        rows.push(outcome.row(&evaluation));
        let generated = Some(&generated);
        let report = report_input(&data, &settings_digest, generated, &outcome, evaluation, rows);
        Ok((report, "against the known truth".into()))
    })?;
    let metrics = to_json(&Metrics::new(&data, &outcome, Some(issue), &report))?;
    console.stage("6/6", "Report", &progress, || {
        folder.write("report.html", &render(&report, Profile::Synthetic)?)?;
        folder.write("metrics.json", &metrics)?;
        let mut manifest = Manifest::new("run");
        manifest.generated = Some(generated);
        write_every_score(&folder, &data, &outcome)?;
        let outputs = ["report.html", "metrics.json", SCORES];
        finish(manifest, &folder, &data, &outcome, clusterer, &outputs)?;
        Ok(((), format!("{}/report.html", folder.path().display())))
    })?;
    folder.finish()?;

    if json {
        print(&metrics);
    } else {
        let view = View::new(&report, Profile::Synthetic)?;
        print(&text::per_source(&view));
        print("");
        print(&text::quality(&view));
        print("Synthetic data: do not read these as real-world rates.");
    }
    Ok(())
}

fn share(part: usize, whole: usize) -> String {
    let percent = match whole {
        0 => String::new(),
        whole => format!(" ({:.1}%)", 100.0 * part as f64 / whole as f64),
    };
    format!("{} records{percent}", text::count(part as u64))
}
