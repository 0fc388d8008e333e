//! `cci link`: links anybody's records by a settings file.

use std::path::PathBuf;

use serde::Serialize;

use crate::blocking::Oversize;
use crate::cli::added::Against;
use crate::cli::arguments::LinkArguments;
use crate::cli::console::{Console, print};
use crate::cli::data::{Data, MODEL, SETTINGS, files_of_run, of_run};
use crate::cli::digest;
use crate::cli::earlier_run::{EarlierRun, Found};
use crate::cli::linkage_settings::{LinkageSettings, data_folder};
use crate::cli::linkage_warnings;
use crate::cli::manifest::{Manifest, Named, to_json};
use crate::cli::metrics::Rows;
use crate::cli::model_source;
use crate::cli::outcome::Outcome;
use crate::cli::run_folder::RunFolder;
use crate::cli::tables::{
    CROSS_LINKS, DRAWS, ENTITIES, LINKS, SCORES, write_cross_links, write_draws, write_entities,
    write_links, write_scores,
};
use crate::cluster::{Clusterer, Draws};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ModelFile, Promise};
use crate::normalise::CANON_VERSION;
use crate::report::text;
use crate::schema::{Account, AsAt, Reading, Remark};
use crate::strategy::{self, Progress, Scoring, Standing};

/// Name of the summary of a linkage that nobody has evaluated.
const SUMMARY: &str = "metrics.json";

/// What a linkage did, as far as it can tell without truth.
#[derive(Serialize)]
struct Summary {
    schema_version: u32,
    canon: &'static str,
    strategy: &'static str,
    records: usize,
    links: usize,
    entities: u32,
    candidate_pairs: u64,
    /// Blocking rules, in order: those of the settings, or those chosen from the data.
    rules: Vec<RuleCounts>,
    threshold: Option<f64>,
    promise: Option<Promise>,
    /// What new records added to an earlier run, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
    /// How many partitions were drawn, and from which seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    draws: Option<Draws>,
    accounts: Vec<Rows>,
    /// The same of each history file that is there.
    histories: Vec<Rows>,
}

/// What one blocking rule makes.
#[derive(Serialize)]
struct RuleCounts {
    rule: String,
    pairs: u64,
    /// Pairs that no earlier rule makes.
    new_pairs: u64,
    /// What it leaves out for the size of blocks, if it has a largest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    oversize: Option<Oversize>,
}

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with settings, files or output folder.
pub(in crate::cli) fn run(options: &LinkArguments, console: &Console, json: bool) -> Result<()> {
    let earlier = options.against.as_deref().map(EarlierRun::open).transpose()?;
    let (settings, source) = settings_and_folder(options)?;
    let strategy = match (&options.strategy, &earlier) {
        (Some(name), _) => strategy::find(name)?,
        (None, Some(earlier)) => strategy::find(&earlier.strategy)?,
        (None, None) => settings.strategy()?,
    };
    if options.model.is_some() && !strategy.scores_pairs() {
        let name = strategy.name();
        return Err(Error::new(ErrorKind::BadValue, format!("strategy {name} scores no pairs"))
            .help("leave --model out, or choose a strategy that uses probability"));
    }
    let clusterer = settings.clusterer()?;
    let as_at = options.as_at.as_deref().map(AsAt::parse).transpose()?;
    let model = options.model.as_deref().map(model_source::read).transpose()?;
    let folder = RunFolder::open(&options.output.out, options.output.force)?;
    let standing = if options.merge { Standing::MayMerge } else { Standing::Apart };
    let draws = options.draws.map(|count| Draws { count, seed: options.seed });
    let progress = Progress::default();
    let data = console.stage("1/2", "Check", &progress, || {
        let mut data = Data::read(settings, &source, as_at, Some(&folder))?;
        if let Some(file) = model {
            model_source::give(file, &mut data, console)?;
        }
        if let Some(earlier) = &earlier {
            earlier.give(&mut data, console)?;
        }
        data.keep_to(options.custodian.as_deref())?;
        let line = problems(&data);
        Ok((data, line))
    })?;
    say_quarantine(&data, console);
    say_histories(&data, console);
    say_remarks(&data, console);
    let found = earlier.as_ref().map(|earlier| earlier.find(&data)).transpose()?;
    if let Some(found) = &found {
        refuse_decided(&data, found)?;
    }
    let outcome = console.stage("2/2", "Match", &progress, || {
        let outcome = match &found {
            Some(Found { linkage, .. }) => {
                Outcome::after((linkage, standing), strategy, clusterer, &data, &progress)?
            }
            None => Outcome::with_draws(strategy, clusterer, &data, &progress, draws)?,
        };
        let line = format!(
            "{} links, {} entities",
            text::count(outcome.linkage.links.len() as u64),
            text::count(u64::from(outcome.entities.count()))
        );
        Ok((outcome, line))
    })?;
    let scoring = outcome.linkage.scoring.as_ref();
    let warnings = scoring.map_or_else(Vec::new, |s| model_source::warnings(&s.model));
    let warnings = warnings.into_iter().chain(linkage_warnings::all(&data, &outcome, clusterer));
    warnings.for_each(|warning| console.say(&warning));
    let against = match (&earlier, &found) {
        (Some(earlier), Some(found)) => Against::of(earlier, found, &outcome),
        _ => None,
    };
    let summary = Summary {
        schema_version: 1,
        canon: CANON_VERSION,
        strategy: strategy.name(),
        records: data.reading.records.len(),
        links: outcome.linkage.links.len(),
        entities: outcome.entities.count(),
        candidate_pairs: outcome.linkage.candidate_pairs,
        rules: scoring.map_or_else(Vec::new, |scoring| rule_counts(&data, scoring)),
        threshold: scoring.map(|s| s.threshold.bits()).filter(|bits| bits.is_finite()),
        promise: scoring.map(|scoring| scoring.promise),
        against,
        draws,
        accounts: data.reading.accounts.iter().map(Rows::of_source).collect(),
        histories: data.reading.histories.iter().map(Rows::of_file).collect(),
    };
    let summary_text = to_json(&summary)?;
    folder.write(SUMMARY, &summary_text)?;
    let mut outputs = vec![SUMMARY];
    if options.scores {
        write_every_score(&folder, &data, &outcome)?;
        outputs.push(SCORES);
    }
    if draws.is_some() {
        write_draws(&folder.stage(DRAWS), &data.reading.records, &outcome.draws)?;
        outputs.push(DRAWS);
    }
    if let Some(additions) = &outcome.additions {
        write_cross_links(
            &folder.stage(CROSS_LINKS),
            &data.reading.records,
            &additions.cross_links,
        )?;
        outputs.push(CROSS_LINKS);
    }
    finish(Manifest::new("link"), &folder, &data, &outcome, clusterer, &outputs)?;
    folder.finish()?;
    if json {
        print(&summary_text);
    } else {
        for rows in summary.accounts.iter().chain(&summary.histories) {
            print(&rows.describe());
        }
        print(&format!(
            "{} records, {} links, {} entities",
            text::count(summary.records as u64),
            text::count(summary.links as u64),
            text::count(u64::from(summary.entities))
        ));
        if let Some(against) = &summary.against {
            print(&against.describe(&data, &outcome));
        }
        if let (Some(bits), Some(promise)) = (summary.threshold, summary.promise) {
            let percent = |share: Option<f64>| match share {
                Some(share) => format!("{:.2}%", 100.0 * share),
                None => "not defined".into(),
            };
            print(&format!(
                "Threshold {:.1} bits; the model promises precision {}, recall of candidate pairs {}",
                // Adding zero turns a rounded -0.0 into 0.0.
                (10.0 * bits).round() / 10.0 + 0.0,
                percent(promise.precision),
                percent(promise.recall)
            ));
        }
    }
    Ok(())
}

/// Refuses an earlier run with an entity that holds two records which are to be kept apart.
fn refuse_decided(data: &Data, found: &Found) -> Result<()> {
    match data.constraints.broken_by(found.linkage.entity_of()) {
        0 => Ok(()),
        pairs => Err(Error::new(
            ErrorKind::BadValue,
            format!("{pairs} pairs that were decided to be kept apart stood in one entity"),
        )
        .help("link all records anew, without --against: no entity that stood is ever parted")),
    }
}

/// Returns the settings asked for, or those of the earlier run, and the folder of the files.
fn settings_and_folder(options: &LinkArguments) -> Result<(LinkageSettings, PathBuf)> {
    let data = options.data.as_deref();
    match (&options.config, &options.against) {
        (Some(config), _) => Ok((LinkageSettings::read(config)?, data_folder(config, data))),
        (None, Some(run)) => Ok((of_run(run)?, files_of_run(run, data)?)),
        (None, None) => Err(Error::new(ErrorKind::BadValue, "there are no settings to link by")
            .help("name them with --config, or an earlier run with --against")),
    }
}

/// Returns what each blocking rule makes.
fn rule_counts(data: &Data, scoring: &Scoring) -> Vec<RuleCounts> {
    let counts = data.plan.rules.iter().zip(&scoring.rule_pairs).zip(&scoring.oversize);
    counts
        .map(|((rule, &(pairs, new_pairs)), &oversize)| RuleCounts {
            rule: rule.label(),
            pairs,
            new_pairs,
            oversize,
        })
        .collect()
}

/// Returns the stage line of checked data.
pub(in crate::cli) fn problems(data: &Data) -> String {
    let Reading { accounts, histories, .. } = &data.reading;
    let aside = accounts.iter().chain(histories).flat_map(|account| &account.columns);
    let aside = text::count(aside.map(|column| column.set_aside).sum::<u64>());
    format!("{}; {aside} cells set aside", told(accounts))
}

/// Says once what became of histories, and how many are not there.
pub(in crate::cli) fn say_histories(data: &Data, console: &Console) {
    let Reading { histories, absent_histories, .. } = &data.reading;
    let line = match (histories.as_slice(), absent_histories.len()) {
        ([], 0) => return,
        ([], absent) => format!("none of the {absent} that the schemas know"),
        (histories, 0) => told(histories),
        (histories, absent) => format!("{}; {absent} absent", told(histories)),
    };
    console.say(&format!("    {:<9}  {line}", "Histories"));
}

fn told(accounts: &[Account]) -> String {
    let sum = |of: fn(&Account) -> u64| text::count(accounts.iter().map(of).sum::<u64>());
    format!(
        "read {} = accepted {} + quarantined {} + duplicates {}",
        sum(|account| account.read),
        sum(|account| account.accepted),
        sum(|account| account.quarantined),
        sum(|account| account.declared_duplicates),
    )
}

/// Says why rows were quarantined, with the first of each sort.
pub(in crate::cli) fn say_quarantine(data: &Data, console: &Console) {
    for group in &data.reading.fault_groups {
        let rows = if group.count == 1 { "row" } else { "rows" };
        let first = group.first.first().map_or(String::new(), |fault| format!("; first {fault}"));
        let (count, name) = (text::count(group.count), group.name);
        console.say(&format!("  Quarantined: {count} {rows}, {name}{first}"));
        if let Some(help) = group.help() {
            console.say(&format!("    {help}"));
        }
    }
}

/// Says what was recognised about cells, with its rate in each column.
pub(in crate::cli) fn say_remarks(data: &Data, console: &Console) {
    for account in data.reading.accounts.iter().chain(&data.reading.histories) {
        for column in &account.columns {
            // Numbers for tests are counted, and what every invented child has.
            let said = column.remarks.iter().filter(|count| count.remark != Remark::TestNumber);
            for count in said {
                let (cells, name) = (count.cells, count.remark.name());
                let rate = 100.0 * cells as f64 / account.read as f64;
                let (cells, read) = (text::count(cells), text::count(account.read));
                let (source, column, words) = (&account.source, &column.column, count.remark);
                console.say(&format!(
                    "  {source}, {column}: {words} in {cells} of {read} rows, {rate:.1} % ({name})"
                ));
            }
        }
    }
}

/// Writes every scored pair, linked or not.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(in crate::cli) fn write_every_score(
    folder: &RunFolder,
    data: &Data,
    outcome: &Outcome,
) -> Result<()> {
    write_scores(&folder.stage(SCORES), &data.reading.records, outcome.scored())
}

/// Writes what every linkage leaves: tables, settings, the model if there is one, manifest.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(in crate::cli) fn finish(
    mut manifest: Manifest,
    folder: &RunFolder,
    data: &Data,
    outcome: &Outcome,
    clusterer: &dyn Clusterer,
    outputs: &[&str],
) -> Result<()> {
    let records = &data.reading.records;
    let (links, entities) = rayon::join(
        || write_links(&folder.stage(LINKS), records, &outcome.linkage.links, outcome.scored()),
        || write_entities(&folder.stage(ENTITIES), records, outcome.numbers()),
    );
    links.and(entities)?;
    folder.write(SETTINGS, data.settings.text())?;
    manifest.as_at = data.as_at.map(|day| day.to_string());
    manifest.strategy = Some(outcome.strategy.name().into());
    manifest.clusterer = Some(clusterer.name().into());
    let name = data.settings.name().rsplit('/').next().unwrap_or_default().to_string();
    let sha256 = digest::of_bytes(data.settings.text().as_bytes());
    manifest.settings = Some(Named { name, sha256 });
    manifest.seals.clone_from(&data.seals);
    manifest.read(&data.inputs);
    let mut written = [outputs, &[LINKS, ENTITIES, SETTINGS]].concat();
    // Where no new record has a candidate, the model of the earlier run is handed on.
    let handed_on = outcome.additions.as_ref().and(data.plan.model.as_ref());
    let trained = outcome.linkage.scoring.as_ref().map(|scoring| &scoring.model);
    if let Some(model) = trained.or(handed_on) {
        let file = ModelFile { canon: CANON_VERSION.into(), model: model.clone() };
        folder.write(MODEL, &file.text())?;
        written.push(MODEL);
    }
    manifest.write(folder, &written)
}
