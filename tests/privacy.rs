//! The canary test: unmistakable personal values go in, and come out nowhere but to their owner.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::path::Path;
use std::process::Output;

use command::{files_below, run, stderr, text, two_files};

/// Values that no name list, place list or word of ours contains.
const CANARIES: [&str; 6] =
    ["zzyzxgiven", "zzyzxfamily", "ZZYZXGIVEN", "ZZYZXFAMILY", "1907-07-17", "17/07/1907"];

fn assert_silent(what: &str, bytes: &[u8]) {
    for canary in CANARIES {
        let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "{canary} stands in {what}");
    }
}

fn assert_silent_output(what: &str, output: &Output) {
    assert_silent(&format!("{what}: standard output"), &output.stdout);
    assert_silent(&format!("{what}: standard error"), &output.stderr);
}

/// Checks every file of a run but the quarantine, which goes back to the holder.
fn assert_silent_run(out: &Path) {
    for path in files_below(out) {
        if !path.starts_with("quarantine") && !path.starts_with("data") {
            let bytes = std::fs::read(out.join(&path)).unwrap();
            assert_silent(&path.display().to_string(), &bytes);
        }
    }
}

#[test]
fn linking_scoring_and_explaining_show_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |side: &str| -> String {
        let ordinary = (0..80).map(|n| {
            format!(
                "{side}{n},anna{},smith{},2010-{:02}-{:02},c{n}\n",
                n % 9,
                n % 7,
                n % 12 + 1,
                n % 28 + 1
            )
        });
        let canary = format!("{side}x,Zzyzxgiven,Zzyzxfamily,1907-07-17,cx\n").to_lowercase();
        ordinary.chain([canary]).collect()
    };
    let settings = two_files(folder.path(), &rows("l"), &rows("r"));
    let out = folder.path().join("out");
    let config = ["--config", text(&settings)];
    let output = run(&[&["link", "--out", text(&out)], &config[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_silent_output("link", &output);
    assert_silent_run(&out);
    let data = ["--run", text(&out), "--data", text(folder.path())];
    for arguments in [
        [&["evaluate"], &data[..]].concat(),
        [&["evaluate", "--json"], &data[..]].concat(),
        [&["compare"], &data[..]].concat(),
        [&["compare", "--json"], &data[..]].concat(),
        [&["blocking"], &data[..]].concat(),
        [&["blocking", "--json"], &data[..]].concat(),
        [&["explain", "pair", "left:lx", "right:rx"], &data[..]].concat(),
        [&["explain", "record", "left:lx"], &data[..]].concat(),
        [&["explain", "entity", "left:lx"], &data[..]].concat(),
        [&["explain", "record", "left:lx", "--json"], &data[..]].concat(),
        [&["explain", "pair", "left:lx", "right:r1", "--json"], &data[..]].concat(),
    ] {
        let output = run(&arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_silent_output(&arguments.join(" "), &output);
    }
}

#[test]
fn errors_about_bad_cells_show_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let header = "person_record_id,PNCID,surname,forenames,date_of_birth,sex,self_defined_ethnicity,\
                  officer_perceived_ethnicity,address,postcode,role,event_date\n";
    for row in [
        // A date in the name's place and a name in the date's, a short row, a long row, a stray
        // quote, a bad code, a second row with the same identifier.
        "P1,,17/07/1907,ZZYZXGIVEN,ZZYZXFAMILY,F,W1,IC1,1 High Street,AB1 2CD,victim,2025-01-01\n",
        "P1,,ZZYZXFAMILY,ZZYZXGIVEN,17/07/1907\n",
        "P1,,ZZYZXFAMILY,ZZYZXGIVEN,17/07/1907,F,W1,IC1,a,AB1 2CD,victim,2025-01-01,x,y\n",
        "P1,,\"ZZYZXFAMILY\"x,ZZYZXGIVEN,17/07/1907,F,W1,IC1,a,AB1 2CD,victim,2025-01-01\n",
        "P1,,\"ZZYZXFAMILY,ZZYZXGIVEN,17/07/1907,F,W1,IC1,a,AB1 2CD,victim,2025-01-01\n",
        "P1,ZZYZXGIVEN,a,b,17/07/1907,ZZYZXFAMILY,ZZYZXFAMILY,IC1,a,ZZYZXGIVEN,ZZYZXGIVEN,ZZYZXFAMILY\n",
        "P1,,a,ZZYZXGIVEN,01/02/2011,F,W1,IC1,a,AB1 2CD,victim,2025-01-01\nP1,,b,ZZYZXFAMILY,01/02/2011,F,W1,IC1,a,AB1 2CD,victim,2025-01-01\n",
    ] {
        let path = folder.path().join("police.csv");
        std::fs::write(&path, format!("{header}{row}")).unwrap();
        for json in [false, true] {
            let mut arguments = vec!["check", text(&path)];
            if json {
                arguments.push("--json");
            }
            assert_silent_output("check", &run(&arguments));
        }
        let settings = folder.path().join("agencies.toml");
        let agencies = std::fs::read_to_string("schemas/linkage/agencies.toml").unwrap();
        std::fs::write(&settings, agencies).unwrap();
        let out = folder.path().join("out");
        assert_silent_output(
            "link",
            &run(&["link", "--config", text(&settings), "--out", text(&out)]),
        );
    }
}

#[test]
fn e66_a_run_shows_no_name_number_or_postcode_of_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&["run", "--children", "400", "--out", text(&out)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let health = std::fs::read_to_string(out.join("data/health.csv")).unwrap();
    let mut lines = health.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name| header.iter().position(|column| *column == name).unwrap();
    let (number, postcode, family) = (place("NHS_NO"), place("POSTCODE"), place("FAMILY_NAME"));
    // Plain rows only: a quoted comma would shift the cells.
    let rows: Vec<Vec<&str>> =
        lines.filter(|l| !l.contains('"')).map(|l| l.split(',').collect()).collect();
    assert!(rows.len() > 200);
    let shown: Vec<(String, Vec<u8>)> = files_below(&out)
        .into_iter()
        .filter(|path| !path.starts_with("data") && !path.starts_with("quarantine"))
        .map(|path| (path.display().to_string(), std::fs::read(out.join(&path)).unwrap()))
        .chain([("stdout".into(), output.stdout), ("stderr".into(), output.stderr)])
        .collect();
    let contains = |bytes: &[u8], value: &str| {
        bytes.windows(value.len()).any(|window| window == value.as_bytes())
    };
    for row in &rows {
        for column in [number, postcode, family] {
            let value = row[column];
            // Short names stand inside ordinary words.
            if value.len() < 7 {
                continue;
            }
            for (name, bytes) in &shown {
                assert!(
                    !contains(bytes, value),
                    "a value of column {} stands in {name}",
                    header[column]
                );
            }
        }
    }
}
