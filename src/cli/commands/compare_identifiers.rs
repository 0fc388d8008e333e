//! `cci compare identifiers`: designs of an identifier side by side, measured.

use crate::cli::arguments::CompareIdentifiersArguments;
use crate::cli::console::{Console, print};
use crate::cli::data::{Data, files_of_run, of_run};
use crate::cli::designs::{Measured, measure};
use crate::cli::manifest::{as_at_of, to_json};
use crate::cli::tables::{ENTITIES, read_entities};
use crate::cli::truth_files;
use crate::error::Result;
use crate::evaluate::Rate;
use crate::report::text;

/// Runs the command.
///
/// # Errors
/// `BadTruth` if data or truth are not those of the run; `ColumnNotFound` without NHS numbers.
pub(in crate::cli) fn run(
    options: &CompareIdentifiersArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let (settings, folder) = (of_run(&options.run)?, files_of_run(&options.run, None)?);
    let data = Data::read(settings, &folder, as_at_of(&options.run)?, None)?;
    let truth = truth_files::require(&data)?;
    let by_name = data.reading.records.by_name();
    let entities = read_entities(&options.run.join(ENTITIES), &by_name)?;
    console.say("Trying every NHS number of the range that invented children have");
    let measured = measure(&data, &truth, &entities)?;
    print(&if json { to_json(&measured)? } else { table(&measured) });
    Ok(())
}

fn table(measured: &[Measured]) -> String {
    let header: Vec<&str> =
        std::iter::once("").chain(measured.iter().map(|measured| measured.design)).collect();
    type Shown = fn(&Measured) -> String;
    let rows: [(&str, Shown); 14] = [
        ("records that have one", |m| percent(m.covered)),
        ("one child's pairs of records under one", |m| percent(m.same_child)),
        ("pairs under one that are one child's", |m| percent(m.truly_same)),
        ("children of two numbers under one", |m| percent(m.survives_change)),
        ("NHS numbers read from a leaked list", |m| percent(m.leaked_list)),
        ("... with the key", |m| m.leaked_key.map_or(NO_KEY.into(), percent)),
        ("seconds to try them all", |m| format!("{:.2}", m.attack_seconds)),
        ("seconds to read them with the key", |m| or_no_key(m.key_seconds)),
        ("microseconds to make one", |m| format!("{:.2}", m.issue_microseconds)),
        ("wrong symbols caught offline", |m| percent(m.substitutions_caught)),
        ("swapped neighbours caught", |m| percent(m.swaps_caught)),
        ("pasted into another agency caught", |m| percent(m.misplaced_caught)),
        ("a new key period", |m| m.rotation.into()),
        ("microseconds to make one anew for it", |m| or_not(m.rotation_microseconds)),
    ];
    let rows = rows.into_iter().map(|(name, shown)| {
        std::iter::once(name.to_string()).chain(measured.iter().map(shown)).collect()
    });
    let mut text = text::aligned(&header, rows);
    text += "Synthetic data: do not read these as real-world rates. Invented children have numbers \
             of a range of 909,091; all 272,727,273 issued in England and Wales take 300 times as \
             long.\n";
    text
}

const NO_KEY: &str = "no key";

fn or_no_key(seconds: Option<f64>) -> String {
    seconds.map_or(NO_KEY.into(), |seconds| format!("{seconds:.3}"))
}

fn or_not(microseconds: Option<f64>) -> String {
    microseconds.map_or("-".into(), |microseconds| format!("{microseconds:.2}"))
}

fn percent(rate: Rate) -> String {
    rate.value().map_or("undefined".into(), |value| format!("{:.1} %", 100.0 * value))
}
