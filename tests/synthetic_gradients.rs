//! Claims about equity: groups differ as the sources say, and with the switch off they do not.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

mod command;

use std::collections::{BTreeMap, BTreeSet};

use cci::evaluate::{Gap, MINIMUM_RANKED, Rate};
use cci::synthetic::{Override, Profile, Settings, World, generate};
use command::{run, stderr, text};

fn world(seed: u64, overrides: &[&str]) -> World {
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    let profile = Profile::find("typical").unwrap();
    generate(&Settings { children: 8_000, seed, profile, overrides }).unwrap()
}

/// Counts the records of an agency whose attribute went wrong, by a column of the children's table:
/// how many, and of how many.
fn wrong(world: &World, agency: &str, attribute: &str, by: &str) -> BTreeMap<String, (f64, f64)> {
    let (children, records, log) =
        (&world.truth.children, &world.truth.records, &world.truth.corruptions);
    let place = children.column(by).unwrap();
    let group_of: BTreeMap<&str, &str> =
        (0..children.len()).map(|row| (children.cell(row, 0), children.cell(row, place))).collect();
    let struck: BTreeSet<&str> = (0..log.len())
        .filter(|&row| log.cell(row, 0) == agency && log.cell(row, 2) == attribute)
        .map(|row| log.cell(row, 1))
        .collect();
    let mut counts = BTreeMap::new();
    for row in (0..records.len()).filter(|&row| records.cell(row, 0) == agency) {
        let group = group_of[records.cell(row, 2)].to_string();
        let count: &mut (f64, f64) = counts.entry(group).or_default();
        count.0 += f64::from(u8::from(struck.contains(records.cell(row, 1))));
        count.1 += 1.0;
    }
    counts
}

/// Returns the log odds ratio of one group to another and its standard error.
///
/// Values of a household and a practice err together, which about doubles the variance.
fn log_odds(counts: &BTreeMap<String, (f64, f64)>, group: &str, other: &str) -> (f64, f64) {
    let (a, b) = (counts[group], counts[other]);
    let odds = |(wrong, all): (f64, f64)| (wrong / (all - wrong)).ln();
    let cells = [a.0, a.1 - a.0, b.0, b.1 - b.0];
    (odds(a) - odds(b), (2.0 * cells.iter().map(|count| 1.0 / count).sum::<f64>()).sqrt())
}

/// Sizes are those of typical.toml. Odds of a value that fewer can have (a stale address needs a move)
/// and of a mean over households are a little nearer to 1 than those that were drawn by.
#[test]
fn gradients_have_the_direction_and_size_of_their_sources() {
    let world = world(7, &[]);
    let asian = |agency, attribute| {
        log_odds(&wrong(&world, agency, attribute, "ethnicity"), "Asian", "White")
    };
    // Harron 2017: the fewest errors in date of birth, sex and postcode. Odds 0.6.
    let (health, error) = asian("health", "postcode");
    assert!(health < 0.0 && (health - 0.6f64.ln()).abs() < 0.2 + 3.0 * error, "{health} {error}");
    // Everywhere else the other way round. Odds 1.7 and 1.3.
    let (social_care, error) = asian("social_care", "nhs_number");
    assert!(social_care > 0.0 && (social_care - 1.7f64.ln()).abs() < 3.0 * error + 0.2);
    let (education, error) = asian("education", "nhs_number");
    assert!(education > 0.0 && (education - 1.3f64.ln()).abs() < 3.0 * error + 0.1);
    // The most deprived quintile against the least: odds 1.4 to 0.7.
    let counts = wrong(&world, "education", "nhs_number", "imd_quintile");
    let (deprived, error) = log_odds(&counts, "1", "5");
    assert!(deprived > 0.0 && (deprived - 2.0f64.ln()).abs() < 3.0 * error + 0.1, "{deprived}");
}

#[test]
fn with_the_switch_off_groups_do_not_differ() {
    for seed in [1, 2, 3] {
        let world = world(seed, &["gradients=false"]);
        for (agency, attribute) in
            [("health", "postcode"), ("education", "nhs_number"), ("health", "given_name")]
        {
            let by_group = wrong(&world, agency, attribute, "ethnicity");
            let by_quintile = wrong(&world, agency, attribute, "imd_quintile");
            for (counts, group, other) in [
                (&by_group, "Asian", "White"),
                (&by_group, "Black", "White"),
                (&by_quintile, "1", "5"),
            ] {
                let (gap, error) = log_odds(counts, group, other);
                assert!(
                    gap.abs() < 4.0 * error,
                    "{seed} {agency} {attribute} {group}: {gap} {error}"
                );
            }
        }
    }
}

/// Runs the whole job, and returns how far each ethnic group and quintile falls below all.
fn gaps(arguments: &[&str]) -> Vec<Gap> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&[&["run", "--quiet", "--out", text(&out)], arguments].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let metrics = std::fs::read_to_string(out.join("metrics.json")).unwrap();
    let metrics: serde_json::Value = serde_json::from_str(&metrics).unwrap();
    let evaluation = &metrics["evaluation"];
    let rate = |rate: &serde_json::Value| {
        let part = |name: &str| rate[name].as_u64().unwrap();
        Rate::new(part("numerator"), part("denominator"))
    };
    let overall = rate(&evaluation["records"]["linked_of_linkable"]);
    let mut gaps = Vec::new();
    for grouping in evaluation["by_grouping"].as_array().unwrap() {
        let name = grouping["name"].as_str().unwrap();
        if !["ethnicity", "imd_quintile"].contains(&name) {
            continue;
        }
        for group in grouping["groups"].as_array().unwrap() {
            let linked = rate(&group["quality"]["linked_of_linkable"]);
            if linked.denominator >= MINIMUM_RANKED {
                let label = group["label"].as_str().unwrap();
                gaps.extend(Gap::measure(name, label, linked, overall));
            }
        }
    }
    assert!(gaps.len() >= 9, "{}", gaps.len());
    gaps
}

/// The report warns of a gap of over two points that chance does not explain. Age and care stay out:
/// a child in care moves, whatever its group.
#[test]
fn with_the_switch_off_the_report_finds_no_group_behind() {
    // One group in forty falls behind by chance, so that a run of ten has one now and then; the
    // same group in two of three runs is no chance.
    let mut notable = Vec::new();
    for seed in ["11", "12", "13"] {
        let gaps = gaps(&["--children", "1500", "--set", "gradients=false", "--seed", seed]);
        notable.extend(gaps.into_iter().filter(Gap::is_notable).map(|gap| gap.group));
    }
    notable.sort_unstable();
    assert!(notable.windows(2).all(|groups| groups[0] != groups[1]), "{notable:?}");
    assert!(notable.len() < 4, "{notable:?}");
}

/// The check above can fail: with the switch on, in poor records, there is a group behind.
#[test]
fn with_the_switch_on_the_report_finds_groups_behind() {
    let gaps = gaps(&["--children", "3000", "--profile", "poor", "--seed", "11"]);
    let notable: Vec<&str> =
        gaps.iter().filter(|gap| gap.is_notable()).map(|gap| gap.group.as_str()).collect();
    assert!(notable.contains(&"Asian"), "{notable:?}");
}
