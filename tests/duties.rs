//! The holder's duty by command: what leaves its folder, what stays, and that it links the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cci::schema::parquet::{self, ColumnData};
use command::{files_below, ok, run, stderr, text};
use serde_json::Value;

const AGENCIES: [&str; 4] = ["health", "education", "social_care", "police"];
const DATA: &str = "synthetic_data/small";

/// Folders of the duties, one below the other.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn prepare(&self, file: &Path, schema: &str, out: &str, more: &[&str]) -> Value {
        ok(&[&self.asked(file, schema, out).iter().map(String::as_str).collect::<Vec<_>>(), more]
            .concat())
    }

    fn asked(&self, file: &Path, schema: &str, out: &str) -> Vec<String> {
        let (holder, out) = (self.path("holder"), self.path(out));
        let words = ["prepare", text(file), "--schema", schema, "--holder", text(&holder)];
        words.into_iter().chain(["--out", text(&out)]).map(String::from).collect()
    }

    /// Returns the record that each transport identifier of a source stands for.
    fn crosswalk(&self, source: &str) -> BTreeMap<String, String> {
        let path = self.path("holder").join(source).join("crosswalk.csv");
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().next(), Some("transport_id,record"));
        let rows = text.lines().skip(1).map(|line| line.split_once(',').unwrap());
        rows.map(|(id, record)| (id.to_string(), record.to_string())).collect()
    }
}

/// Copies an agency's file of the small world with changes to its text.
fn changed(world: &World, agency: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let text = fs::read_to_string(format!("{DATA}/{agency}.csv")).unwrap();
    let path = world.path(&format!("{agency}.csv"));
    fs::write(&path, change(&text)).unwrap();
    path
}

/// Returns the settings of the four agencies without their files.
fn settings_without_sources() -> String {
    let text = fs::read_to_string("schemas/linkage/agencies.toml").unwrap();
    let parts = text.split("\n\n").filter(|part| !part.starts_with("[[source]]"));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// Returns the entities of a run as sets of records named `source:identifier`.
fn entities(run: &Path, name: impl Fn(&str, &str) -> String) -> BTreeSet<BTreeSet<String>> {
    let columns = parquet::read(&run.join("entities.parquet")).unwrap();
    let texts = |place: usize| match &columns[place].1 {
        ColumnData::Text(values) => values.clone(),
        _ => panic!("a column of texts"),
    };
    let ColumnData::Count(entity) = &columns[2].1 else { panic!("a column of counts") };
    let mut sets: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for ((source, id), entity) in texts(0).iter().zip(texts(1)).zip(entity) {
        sets.entry(*entity).or_default().insert(name(source, &id));
    }
    sets.into_values().collect()
}

#[test]
fn prepared_files_link_as_the_agencies_own_do() {
    let world = World::new();
    let mut settings = settings_without_sources();
    let mut crosswalks = BTreeMap::new();
    for agency in AGENCIES {
        let file = PathBuf::from(format!("{DATA}/{agency}.csv"));
        let said = world.prepare(&file, agency, "inbox", &[]);
        assert_eq!(said["rows"]["accepted"], said["new"]);
        let table = world.path("inbox").join(format!("{agency}.toml"));
        settings += &fs::read_to_string(table).unwrap();
        crosswalks.insert(agency, world.crosswalk(agency));
    }
    let (config, raw) = (world.path("inbox").join("cci.toml"), world.path("raw"));
    fs::write(&config, settings).unwrap();
    let linked = world.path("linked");
    ok(&["link", "--config", text(&config), "--out", text(&linked)]);
    let agencies = ["link", "--config", "schemas/linkage/agencies.toml", "--data", DATA];
    ok(&[&agencies[..], &["--out", text(&raw)]].concat());
    let own = entities(&raw, |source, id| format!("{source}:{id}"));
    let prepared = entities(&linked, |source, id| format!("{source}:{}", crosswalks[source][id]));
    assert!(own.iter().filter(|entity| entity.len() > 1).count() > 50);
    assert_eq!(prepared, own);
}

#[test]
fn every_row_is_accepted_quarantined_or_a_declared_duplicate_and_only_accepted_ones_leave() {
    let world = World::new();
    let file = changed(&world, "health", |text| {
        let second = text.lines().nth(1).unwrap();
        let bad = second.replacen("HE", "HX", 1).replacen(",2025", ",2O25", 1);
        assert_ne!(bad, second.replacen("HE", "HX", 1), "the date of birth is spoilt");
        format!("{text}{second}\n{bad}\n")
    });
    let said = world.prepare(&file, "health", "inbox", &[]);
    let rows = &said["rows"];
    let count = |key: &str| rows[key].as_u64().unwrap();
    assert_eq!((count("quarantined"), count("declared_duplicates")), (1, 1));
    assert_eq!(count("read"), count("accepted") + 2);
    let lines = fs::read_to_string(world.path("inbox/health.csv")).unwrap().lines().count() as u64;
    assert_eq!(lines - 1, count("accepted"));
    assert_eq!(world.crosswalk("health").len() as u64, count("accepted"));
    assert_eq!(files_below(&world.path("inbox")), ["health.csv", "health.toml"].map(Path::new));
    let quarantine = world.path("holder/health/quarantine/health.csv");
    assert!(fs::read_to_string(quarantine).unwrap().contains("2O25"));
}

#[test]
fn payload_and_own_identifiers_stay_at_home() {
    let world = World::new();
    let file = changed(&world, "education", |text| {
        // Every payload cell of the second row is a canary; its pupil number has two of its own.
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        let cells: Vec<&str> = lines[1].split(',').collect();
        let mut cells: Vec<String> = cells.into_iter().map(String::from).collect();
        cells[0] = "CANARYPUPIL".into();
        cells[13] = "CANARYYEAR".into();
        lines[1] = cells.join(",");
        lines.join("\n") + "\n"
    });
    world.prepare(&file, "education", "inbox", &[]);
    let leaves = fs::read_to_string(world.path("inbox/education.csv")).unwrap();
    assert!(!leaves.contains("CANARY"));
    assert!(leaves.starts_with("transport_id,nhs_number,upn,given_name,"), "{leaves:.90}");
    assert!(world.crosswalk("education").values().any(|record| record == "CANARYPUPIL"));
    for record in world.crosswalk("education").values() {
        assert!(!leaves.contains(record.as_str()));
    }
    // Only what was asked for leaves.
    let few = ["--attributes", "date_of_birth,postcode"];
    world.prepare(&file, "education", "few", &few);
    let leaves = fs::read_to_string(world.path("few/education.csv")).unwrap();
    assert!(leaves.starts_with("transport_id,date_of_birth,postcode"), "{leaves:.90}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| fs::metadata(world.path(path)).unwrap().permissions().mode();
        let private = ["holder/education/crosswalk.csv", "inbox/education.csv"];
        assert_eq!(private.map(|path| mode(path) & 0o777), [0o600; 2]);
        assert_eq!(mode("holder") & 0o777, 0o700);
    }
}

#[test]
fn records_keep_their_transport_identifiers_and_the_order_of_the_file_is_not_told() {
    let world = World::new();
    let file = PathBuf::from(format!("{DATA}/police.csv"));
    world.prepare(&file, "police", "first", &[]);
    let before = world.crosswalk("police");
    let more = changed(&world, "police", |text| {
        let (header, rows) = text.split_once('\n').unwrap();
        let last = rows.lines().last().unwrap();
        format!("{header}\n{last}\n{}\n", rows.lines().next().unwrap().replacen("PO", "PX", 1))
    });
    let said = world.prepare(&more, "police", "second", &[]);
    assert_eq!((said["known"].as_u64(), said["new"].as_u64()), (Some(1), Some(1)));
    let after = world.crosswalk("police");
    assert!(before.iter().all(|(id, record)| after[id] == *record), "none is forgotten");
    assert_eq!(after.len(), before.len() + 1);
    // In the order of identifiers that are random, rows tell nothing of the file's own order.
    let leaves = fs::read_to_string(world.path("first/police.csv")).unwrap();
    let ids: Vec<&str> = leaves.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len());
    // What was handed over is not replaced.
    let again: Vec<String> = world.asked(&file, "police", "first");
    let output = run(&again.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn tokens_show_no_value_and_link_where_values_are_equal() {
    let world = World::new();
    let secret = world.path("secret");
    fs::write(&secret, "Qm9v-the-holders-of-a-test-agreed\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let tokens = ["--tokens", "attendance_2026", "--secret-file", text(&secret)];
    let mut settings = String::from(
        "version = 1\nlink = \"between\"\n[attributes]\nnhs_number = \"KIND\"\n\n[decide]\n\
         strategy = \"exact_key\"\ncluster = \"components\"\nexact_key = [\"nhs_number\"]\n",
    );
    let mut clear = settings.clone();
    for agency in ["health", "education"] {
        let file = PathBuf::from(format!("{DATA}/{agency}.csv"));
        let number = ["--attributes", "nhs_number"];
        world.prepare(&file, agency, "clear", &number);
        let said = world.prepare(&file, agency, "tokens", &[&number[..], &tokens].concat());
        assert_eq!(said["canon"], "canon/1");
        for (folder, settings) in [("tokens", &mut settings), ("clear", &mut clear)] {
            let table = world.path(folder).join(format!("{agency}.toml"));
            *settings += &fs::read_to_string(table).unwrap();
        }
        let values = fs::read_to_string(world.path("clear").join(format!("{agency}.csv"))).unwrap();
        let hidden =
            fs::read_to_string(world.path("tokens").join(format!("{agency}.csv"))).unwrap();
        let numbers = values.lines().skip(1).filter_map(|row| row.split(',').nth(1));
        let numbers: Vec<&str> = numbers.filter(|number| !number.is_empty()).collect();
        assert!(numbers.len() > 20 && numbers.iter().all(|number| !hidden.contains(number)));
        assert!(hidden.matches("mt1_").count() >= numbers.len());
    }
    let link = |folder: &str, settings: &str, kind: &str| {
        let config = world.path(folder).join("cci.toml");
        fs::write(&config, settings.replace("KIND", kind)).unwrap();
        let out = world.path(&format!("{folder}-run"));
        let said = ok(&["link", "--config", text(&config), "--out", text(&out)]);
        (said["links"].as_u64().unwrap(), said["entities"].as_u64().unwrap())
    };
    let by_value = link("clear", &clear, "nhs_number");
    assert!(by_value.0 > 20);
    assert_eq!(link("tokens", &settings, "match_token"), by_value);
}

#[test]
fn a_crosswalk_that_was_tampered_with_prepares_nothing() {
    let world = World::new();
    let file = PathBuf::from(format!("{DATA}/police.csv"));
    world.prepare(&file, "police", "first", &[]);
    let path = world.path("holder/police/crosswalk.csv");
    let good = fs::read_to_string(&path).unwrap();
    let rows: Vec<&str> = good.lines().collect();
    let (id, record) = rows[1].split_once(',').unwrap();
    let (other, _) = rows[2].split_once(',').unwrap();
    for (bad, words) in [
        (good.clone() + &format!("{other},{record}\n"), "a record has two rows"),
        (good.clone() + &format!("{id},PO1\n"), "an identifier stands for two records"),
        (good.replacen("tr1_", "mt1_", 1), "row 2"),
    ] {
        fs::write(&path, bad).unwrap();
        let asked = world.asked(&file, "police", "second");
        let output = run(&asked.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!output.status.success(), "{words}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(!stderr(&output).contains(record) && !world.path("second").exists());
    }
}
