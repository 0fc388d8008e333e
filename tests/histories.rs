//! Histories: further values with periods reach records, blocking, comparison and explanation,
//! and no row of a history is lost.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod agency_files;
mod command;

use std::path::Path;

use agency_files::{row, schema, write};
use cci::blocking::{BlockingRule, LinkMask};
use cci::comparison::{Comparison, ComparisonEngine};
use cci::model::ThresholdPolicy;
use cci::record::{Records, SourceId};
use cci::schema::{
    Delimiter, FIRST_ROWS, MOST_ROWS_OF_A_RECORD, ReadOptions, Reading, SourceFile, TextEncoding,
    linkage_attributes, read, read_with_quarantine,
};
use cci::strategy::{LinkInput, Plan, Progress};
use command::{run, stderr, stdout, text};
use proptest::prelude::*;

const ANY_SHARE: ReadOptions = ReadOptions::allowing(1.0);
/// Valid numbers of the range that is never issued (reference: domain vectors).
const NUMBERS: [&str; 3] = ["9990000018", "9990000026", "9990123454"];

/// Writes one file of an agency, or one of its histories.
fn file(folder: &Path, name: &str, rows: &[&[(&str, &str)]]) {
    let schema = schema(name);
    let rows: Vec<String> = rows.iter().map(|cells| row(&schema, cells)).collect();
    write(folder, &schema, &rows);
}

fn health(folder: &Path, rows: &[&[(&str, &str)]]) -> SourceFile {
    file(folder, "health", rows);
    schema("health").file(folder.join("health.csv"))
}

fn reading(files: &[SourceFile]) -> Reading {
    read(files, &linkage_attributes(), &ANY_SHARE).unwrap()
}

fn values<'a>(records: &'a Records, attribute: &str, record: u32) -> Vec<(&'a str, Vec<String>)> {
    let column = records.column(attribute).unwrap();
    let value = |code: u32| {
        let periods = column.periods_of(record, code).map(|period| period.to_string());
        (column.dictionary().value(code), periods.collect())
    };
    column.codes_of(record).map(value).collect()
}

fn texts<'a>(records: &'a Records, attribute: &str, record: u32) -> Vec<&'a str> {
    values(records, attribute, record).into_iter().map(|(value, _)| value).collect()
}

const PATIENT: &[(&str, &str)] = &[
    ("LOCAL_PATIENT_ID", "H1"),
    ("NHS_NO", NUMBERS[0]),
    ("FAMILY_NAME", "Khan"),
    ("GIVEN_NAME", "Asha"),
    ("DATE_OF_BIRTH", "20120304"),
    ("ADDRESS_DATE", "20200101"),
    ("POSTCODE", "AB1 2CD"),
];

#[test]
fn values_of_every_history_join_the_record_the_current_one_first() {
    let folder = tempfile::tempdir().unwrap();
    let name = |family, from, to| {
        [
            ("LOCAL_PATIENT_ID", "H1"),
            ("name_family", family),
            ("name_given", "Asha"),
            ("name_period_start", from),
            ("name_period_end", to),
        ]
    };
    file(
        folder.path(),
        "health_names",
        &[
            &name("Smith", "2012-03-04", "2014-05-06"),
            &name("Begum", "2014-05-07", "2019-12-31"),
            &name("Khan", "2020-01-01", ""),
        ],
    );
    let address = |postcode, from, to| {
        [
            ("LOCAL_PATIENT_ID", "H1"),
            ("address_postalCode", postcode),
            ("address_period_start", from),
            ("address_period_end", to),
        ]
    };
    file(
        folder.path(),
        "health_addresses",
        &[&address("AB3 4EF", "2012-03-04", "2019-12-31"), &address("ZZ99 3VZ", "2012-01-01", "")],
    );
    let number = [
        ("LOCAL_PATIENT_ID", "H1"),
        ("replacementOf", NUMBERS[1]),
        ("replacementOf_reason", "superseded"),
    ];
    file(folder.path(), "health_numbers", &[&number]);
    let reading = reading(&[health(folder.path(), &[PATIENT])]);
    let records = &reading.records;
    assert_eq!(
        values(records, "family_name", 0),
        [
            ("khan", vec!["from 2020-01-01".to_string()]),
            ("begum", vec!["2014-05-07 to 2019-12-31".into()]),
            ("smith", vec!["2012-03-04 to 2014-05-06".into()]),
        ]
    );
    assert_eq!(
        values(records, "postcode", 0),
        [
            ("AB1 2CD", vec!["from 2020-01-01".to_string()]),
            ("AB3 4EF", vec!["2012-03-04 to 2019-12-31".into()]),
        ]
    );
    assert_eq!(texts(records, "nhs_number", 0), [NUMBERS[0], NUMBERS[1]]);
    assert!(reading.quarantine.is_empty() && reading.absent_histories.is_empty());
    let counts: Vec<_> = reading.histories.iter().map(|h| (h.read, h.accepted)).collect();
    assert_eq!(counts, [(3, 3), (2, 2), (1, 1)]);
    assert_eq!(reading.accounts.len(), 1, "a history makes no source");
}

#[test]
fn history_fills_what_the_record_itself_lacks_with_the_most_recent_value() {
    let folder = tempfile::tempdir().unwrap();
    let census = |day, upn, surname| {
        [("LocalPupilID", "E1"), ("ReferenceDate", day), ("UPN", upn), ("Surname", surname)]
    };
    file(
        folder.path(),
        "education_censuses",
        &[
            &census("2021-01-21", "P207000016049", "Ali"),
            &census("2023-01-19", "A950000178301", "Ahmed"),
            &census("2022-01-20", "", "Ahmed"),
        ],
    );
    let pupil = [("LocalPupilID", "E1"), ("FormerUPN", "D80112000001A")];
    file(folder.path(), "education", &[&pupil]);
    let education = schema("education").file(folder.path().join("education.csv"));
    let reading = reading(&[education]);
    let records = &reading.records;
    assert_eq!(texts(records, "family_name", 0), ["ahmed", "ali"]);
    let column = records.column("family_name").unwrap();
    assert_eq!(column.value(0), Some("ahmed"));
    // What stands in the record as it is now comes before what an earlier census held.
    let expected = ["D80112000001A", "A950000178301", "P207000016049"];
    assert_eq!(texts(records, "upn", 0), expected);
    let of_ahmed = &values(records, "family_name", 0)[0].1;
    assert_eq!(of_ahmed, &["on 2022-01-20", "on 2023-01-19"]);
}

#[test]
fn home_and_placement_of_an_episode_are_both_kept() {
    let folder = tempfile::tempdir().unwrap();
    let child = [("la_child_id", "S1"), ("postcode", "AB1 2CD")];
    file(folder.path(), "social_care", &[&child]);
    let episode = |from, to, placement| {
        [
            ("CHILD", "S1"),
            ("DECOM", from),
            ("DEC", to),
            ("LS", "C2"),
            ("HOME_POST", "AB1 2CD"),
            ("PL_POST", placement),
        ]
    };
    file(
        folder.path(),
        "social_care_episodes",
        &[
            &episode("01/02/2021", "30/06/2022", "AB3 4EF"),
            &episode("30/06/2022", "", "AB5 6GH"),
            &episode("01/01/2019", "31/01/2021", ""),
        ],
    );
    let social_care = schema("social_care").file(folder.path().join("social_care.csv"));
    let reading = reading(&[social_care]);
    assert_eq!(texts(&reading.records, "postcode", 0), ["AB1 2CD", "AB5 6GH", "AB3 4EF"]);
    let home = &values(&reading.records, "postcode", 0)[0].1;
    assert_eq!(home.len(), 3);
    let absent: Vec<_> = reading
        .absent_histories
        .iter()
        .map(|path| Path::new(path).file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(absent, ["social_care_referrals.csv", "social_care_uasc.csv"]);
}

/// Says what became of each row of a history of numbers beside records H1 and H2.
fn numbers_of(rows: &[&str]) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    let header: Vec<String> =
        schema("health_numbers").columns.iter().map(|c| c.name().to_string()).collect();
    let file_text = format!("{}\n{}", header.join(","), rows.concat());
    std::fs::write(folder.path().join("health_numbers.csv"), file_text).unwrap();
    let second: Vec<_> =
        PATIENT.iter().map(|&(n, c)| (n, if c == "H1" { "H2" } else { c })).collect();
    let files = [health(folder.path(), &[PATIENT, &second])];
    let reading =
        read_with_quarantine(&files, &linkage_attributes(), &ANY_SHARE, folder.path()).unwrap();
    if !reading.quarantine.is_empty() {
        assert_eq!(reading.quarantine_files, [folder.path().join("quarantine/health_numbers.csv")]);
    }
    reading
}

#[test]
fn bad_row_of_a_history_goes_to_quarantine_with_its_place() {
    let cases = [
        (
            "H3,9990000026,superseded,,\n",
            "3:1: column \"LOCAL_PATIENT_ID\": expected the identifier of a record of health.csv, \
             found 2 characters (value withheld)",
            "unknown_record",
        ),
        (
            ",9990000026,superseded,,\n",
            "3:1: column \"LOCAL_PATIENT_ID\": expected an identifier, found an empty cell",
            "no_identifier",
        ),
        (
            "H1,9990000026,superseded,2020-01-02,2020-01-01\n",
            "3:37: column \"replacementOf_period_end\": expected a day no earlier than the \
             period's first, found an earlier one",
            "backward_period",
        ),
        (
            "H1,9990000026,superseded,2020-02-30,\n",
            "3:26: column \"replacementOf_period_start\": expected a calendar date in the \
             column's format, found a day that no calendar has, or a year before 1900 (or earliest_year) or after 2099 \
             (value withheld)",
            "bad_cell",
        ),
        (
            "H2,999 012 3454,superseded,,\n",
            "3:1: column \"LOCAL_PATIENT_ID\": expected a value and period not given before, \
             found those of line 2",
            "repeated_value",
        ),
        ("H1,9990000026\n", "3:1: expected 5 cells, found 2", "short_row"),
        // An adopted child's former number must not lead back to the child.
        (
            "H1,9990000026,invalidated,,\n",
            "3:15: column \"replacementOf_reason\": expected one of superseded, \
             found 11 characters (value withheld)",
            "bad_cell",
        ),
    ];
    for (bad, fault, code) in cases {
        let reading = numbers_of(&["H2,9990123454,superseded,,\n", bad]);
        let account = &reading.histories[0];
        let counts = (account.read, account.accepted, account.quarantined);
        assert_eq!(counts, (2, 1, 1), "{code}");
        let row = &reading.quarantine[0];
        let (_, shown) = row
            .fault
            .to_string()
            .split_once("health_numbers.csv:")
            .map(|(a, b)| (a.to_string(), b.to_string()))
            .unwrap();
        let folder = &row.fault.file[..row.fault.file.len() - "health_numbers.csv".len()];
        assert_eq!(shown.replace(folder, ""), fault);
        assert_eq!((row.fault.code.name(), row.line), (code, 3));
        assert_eq!(row.original.reveal().as_slice(), bad.trim_end().as_bytes());
        assert_eq!(texts(&reading.records, "nhs_number", 0), [NUMBERS[0]]);
        assert_eq!(texts(&reading.records, "nhs_number", 1), [NUMBERS[0], NUMBERS[2]]);
    }
}

#[test]
fn row_repeated_to_the_letter_is_a_declared_duplicate() {
    let row = "H1,9990123454,superseded,2019-01-01,2020-01-01\n";
    // The same number at another time is another row; one without a value repeats none.
    let other_time = "H1,9990123454,superseded,2021-01-01,\n";
    let (empty, also_empty) = ("H1,,superseded,,\n", "H1,0000000000,superseded,,\n");
    let reading = numbers_of(&[row, row, other_time, empty, empty, also_empty]);
    let account = &reading.histories[0];
    assert_eq!((account.read, account.accepted), (6, 4));
    assert_eq!((account.quarantined, account.declared_duplicates), (0, 2));
    let expected = vec!["2019-01-01 to 2020-01-01".to_string(), "from 2021-01-01".to_string()];
    assert_eq!(values(&reading.records, "nhs_number", 0)[1], (NUMBERS[2], expected));
}

#[test]
fn record_with_more_rows_than_a_history_may_have_keeps_the_first() {
    let row = |n: usize| format!("H1,,superseded,20{:02}-01-01,\n", n);
    let rows: Vec<String> = (0..MOST_ROWS_OF_A_RECORD + 2).map(row).collect();
    let reading = numbers_of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let account = &reading.histories[0];
    assert_eq!((account.accepted, account.quarantined), (MOST_ROWS_OF_A_RECORD as u64, 2));
    assert_eq!(reading.quarantine[1].fault.code.name(), "too_many_values");
}

#[test]
fn history_with_too_many_bad_rows_stops_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let number = [("LOCAL_PATIENT_ID", "H9"), ("replacementOf_reason", "superseded")];
    file(folder.path(), "health_numbers", &[&number]);
    let files = [health(folder.path(), &[PATIENT])];
    let error = read(&files, &linkage_attributes(), &ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind().code(), "E024");
    assert!(error.to_string().contains("health_numbers.csv: 1 of 1 rows"), "{error}");
}

#[test]
fn history_with_dates_in_several_formats_stops_linkage_and_is_said_by_check() {
    let folder = tempfile::tempdir().unwrap();
    let number = |from| {
        [
            ("LOCAL_PATIENT_ID", "H1"),
            ("replacementOf", "9990000027"),
            ("replacementOf_reason", "superseded"),
            ("replacementOf_period_start", from),
        ]
    };
    let rows = ["2015-04-03", "25/12/2014", "26/12/2014", "27/12/2014"].map(number);
    file(folder.path(), "health_numbers", &rows.each_ref().map(|row| &row[..]));
    let files = [health(folder.path(), &[PATIENT])];
    let error = read(&files, &linkage_attributes(), &ANY_SHARE).unwrap_err().to_string();
    assert!(error.contains("health_numbers.csv: column \"replacementOf_period_start\": 3 of 4"));
    let shown = stdout(&run(&["check", text(&folder.path().join("health.csv"))]));
    let shown = shown.replace(text(folder.path()), "DIR");
    for line in [
        "wrong_check in replacementOf of DIR/health_numbers.csv: 4 of 4 records",
        "mixed_date_formats in replacementOf_period_start of DIR/health_numbers.csv: 3 of 4 records",
        "other_date_format in replacementOf_period_start: 3 rows",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
}

#[test]
fn history_may_be_compressed_as_its_records_are() {
    let folder = tempfile::tempdir().unwrap();
    let number = [
        ("LOCAL_PATIENT_ID", "H1"),
        ("replacementOf", NUMBERS[2]),
        ("replacementOf_reason", "superseded"),
    ];
    file(folder.path(), "health_numbers", &[&number]);
    health(folder.path(), &[PATIENT]);
    for name in ["health", "health_numbers"] {
        let path = folder.path().join(format!("{name}.csv"));
        let packed = std::fs::File::create(path.with_extension("csv.gz")).unwrap();
        let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
        std::io::copy(&mut std::fs::File::open(path).unwrap(), &mut packed).unwrap();
        packed.finish().unwrap();
    }
    let reading = reading(&[schema("health").file(folder.path().join("health.csv.gz"))]);
    assert_eq!(texts(&reading.records, "nhs_number", 0), [NUMBERS[0], NUMBERS[2]]);
}

#[test]
fn last_day_before_the_first_is_set_aside_in_a_record_s_own_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema = schema("police");
    let postcode = schema.columns.iter_mut().find(|column| column.name() == "postcode").unwrap();
    // As another force might send it: valid from the event to a day of its own.
    postcode.request.period.as_mut().unwrap().to = Some("date_of_birth".into());
    let cells = [
        ("person_record_id", "P1"),
        ("postcode", "AB1 2CD"),
        ("event_date", "2024-05-06"),
        ("role", "victim"),
        ("date_of_birth", "01/02/2015"),
    ];
    let born = schema.columns.iter_mut().find(|column| column.name() == "date_of_birth").unwrap();
    born.request.on_invalid = cci::schema::OnInvalid::Missing;
    let path = write(folder.path(), &schema, &[row(&schema, &cells)]);
    let reading = reading(&[schema.file(path)]);
    let account = &reading.accounts[0];
    let set_aside = account.columns.iter().filter(|c| c.set_aside == 1).map(|c| c.column.as_str());
    assert_eq!(set_aside.collect::<Vec<_>>(), ["date_of_birth"]);
    assert_eq!(values(&reading.records, "postcode", 0), [("AB1 2CD", vec![])]);
}

/// A girl whose health record has her present name and number; social care knew her before.
fn two_agencies(folder: &Path) -> Records {
    let number = [
        ("LOCAL_PATIENT_ID", "H1"),
        ("replacementOf", NUMBERS[2]),
        ("replacementOf_reason", "superseded"),
    ];
    file(folder, "health_numbers", &[&number]);
    let name = [
        ("LOCAL_PATIENT_ID", "H1"),
        ("name_family", "Okafor"),
        ("name_given", "Asha"),
        ("name_period_start", "2012-03-04"),
        ("name_period_end", "2016-01-01"),
    ];
    file(folder, "health_names", &[&name]);
    let child = [
        ("la_child_id", "S1"),
        ("common_child_id", NUMBERS[2]),
        ("first_name", "Asha"),
        ("surname", "Okafor"),
        ("date_of_birth", "04/03/2012"),
    ];
    file(folder, "social_care", &[&child]);
    let social_care = schema("social_care").file(folder.join("social_care.csv"));
    reading(&[health(folder, &[PATIENT]), social_care]).records
}

fn plan(records: &Records) -> Plan {
    Plan {
        mask: LinkMask::new(records.sources().len(), |s: SourceId, t: SourceId| s != t),
        rules: vec![BlockingRule::parse(&["family_name", "date_of_birth"]).unwrap()],
        training_rules: Vec::new(),
        comparisons: linkage_attributes().iter().map(Comparison::ready_made).collect(),
        exact_key: vec!["given_name".into(), "family_name".into(), "date_of_birth".into()],
        vetoes: Vec::new(),
        household: None,
        threshold: ThresholdPolicy::ExpectedF1,
        most_pairs: 1000,
        model: None,
    }
}

#[test]
fn superseded_number_and_former_name_block_compare_and_link() {
    let folder = tempfile::tempdir().unwrap();
    let records = two_agencies(folder.path());
    let plan = plan(&records);
    for (strategy, why) in [("nhs_number", "superseded number"), ("exact_key", "former surname")] {
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let linkage = cci::strategy::find(strategy).unwrap().link(&input).unwrap();
        let links: Vec<_> = linkage.links.iter().map(|(_, link)| (link.a, link.b)).collect();
        assert_eq!(links, [(0, 1)], "{why}");
    }
    let engine = ComparisonEngine::new(&records, &plan.comparisons).unwrap();
    let outcomes = engine.space().outcomes(engine.pattern(0, 1));
    for name in ["nhs_number", "family_name", "given_name", "date_of_birth"] {
        let place = linkage_attributes().iter().position(|a| a.name() == name).unwrap();
        assert_eq!(outcomes[place], 1, "{name} agrees exactly");
    }
    let place = linkage_attributes().iter().position(|a| a.name() == "family_name").unwrap();
    let column = engine.column(place);
    let (x, y) = engine.deciding_values(place, 0, 1).unwrap();
    assert_eq!([x, y].map(|code| column.dictionary().value(code)), ["okafor", "okafor"]);
}

/// Writes the agencies' settings without education and police.
fn settings_of_two(folder: &Path) -> std::path::PathBuf {
    let mut settings = std::fs::read_to_string("schemas/linkage/agencies.toml").unwrap();
    let household = settings.find("# What other children").unwrap();
    settings.replace_range(household..settings.find("[decide]").unwrap(), "");
    for name in ["education", "police"] {
        let of = format!("[[source]]\nschema = \"{name}\"\nfile = \"{name}.csv\"\n");
        assert!(settings.contains(&of));
        settings = settings.replace(&of, "");
    }
    let path = folder.join("settings.toml");
    std::fs::write(&path, settings).unwrap();
    path
}

#[test]
fn linkage_tells_of_histories_once_and_shows_no_value_of_theirs() {
    let folder = tempfile::tempdir().unwrap();
    two_agencies(folder.path());
    // More bad rows than good would stop the linkage: one in twenty-one does not.
    let good = (0..20).map(|n| format!("H1,,,zzyzxgiven,20{n:02}-01-01,\n"));
    let names: String = good.chain(["zzyzxid,,,zzyzxgiven,,\n".to_string()]).collect();
    let header =
        "LOCAL_PATIENT_ID,name_use,name_family,name_given,name_period_start,name_period_end";
    let path = folder.path().join("health_names.csv");
    std::fs::write(path, format!("{header}\n{names}")).unwrap();
    let settings = settings_of_two(folder.path());
    let out = folder.path().join("out");
    let output = run(&["link", "--config", text(&settings), "--out", text(&out), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = "Histories  read 22 = accepted 21 + quarantined 1 + duplicates 0; 4 absent";
    assert_eq!(stderr(&output).matches(said).count(), 1, "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("istories").count(), 1, "{}", stderr(&output));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["histories"][0]["source"], "health_names.csv");
    assert_eq!(summary["histories"][0]["quarantined"], 1);
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains("health_names.csv") && manifest.contains("health_numbers.csv"));
    let checked = run(&["check", text(&folder.path().join("health.csv"))]);
    assert!(stdout(&checked).contains("unknown_record"), "{}", stdout(&checked));
    for shown in [stdout(&output), stderr(&output), manifest, stdout(&checked), stderr(&checked)] {
        assert!(!shown.to_lowercase().contains("zzyzx"), "{shown}");
    }
    let quarantine = std::fs::read_to_string(out.join("quarantine/health_names.csv")).unwrap();
    assert!(quarantine.contains("unknown_record") && quarantine.contains("zzyzxid"));
}

#[test]
fn explanation_says_which_values_decided_and_when_they_were_held() {
    let folder = tempfile::tempdir().unwrap();
    two_agencies(folder.path());
    let settings = settings_of_two(folder.path());
    let pair = ["explain", "pair", "health:H1", "social_care:S1", "--config", text(&settings)];
    let output = run(&pair);
    assert!(output.status.success(), "{}", stderr(&output));
    let shown = stdout(&output);
    let expected = "health value 2 of 2 (2012-03-04 to 2016-01-01), social_care value 1 of 1";
    assert!(shown.contains(expected), "{shown}");
    assert!(shown.contains("health value 2 of 2, social_care value 1 of 1"), "{shown}");
    for value in ["okafor", "Okafor", NUMBERS[2], NUMBERS[0], "khan"] {
        assert!(!shown.contains(value), "{value} is shown");
    }
    let output = run(&[&pair[..], &["--json"]].concat());
    let explained: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = explained["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == "family_name").unwrap();
    assert_eq!(step["values"]["a"]["periods"][0], "2012-03-04 to 2016-01-01");
    assert!(step["values"]["at_one_time"].is_null(), "one side has no period");
}

#[test]
fn check_goes_through_the_histories_beside_a_file() {
    let folder = tempfile::tempdir().unwrap();
    health(folder.path(), &[PATIENT]);
    let number = [("LOCAL_PATIENT_ID", "H9"), ("replacementOf_reason", "superseded")];
    file(folder.path(), "health_numbers", &[&number]);
    let path = folder.path().join("health.csv");
    let output = run(&["check", text(&path)]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let shown = stdout(&output).replace(text(folder.path()), "DIR");
    for line in [
        "read 1 = accepted 1 + quarantined 0 + declared duplicates 0",
        "history DIR/health_numbers.csv: read 1 = accepted 0 + quarantined 1 + declared duplicates 0",
        "no history at DIR/health_names.csv, DIR/health_addresses.csv",
        "unknown_record in LOCAL_PATIENT_ID: 1 row",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    let alone = run(&["check", text(&folder.path().join("health_numbers.csv"))]);
    assert_eq!(alone.status.code(), Some(2), "{}", stderr(&alone));
    assert!(stderr(&alone).contains("checked with its records"), "{}", stderr(&alone));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]
    /// The history is damaged in ways that keep one row a line; then lines are what was read.
    #[test]
    fn whatever_the_damage_every_row_of_a_history_is_accounted_for(
        rows in prop::collection::vec((0u8..4, 0usize..3, 0u8..9, 0u8..9), 0..40),
    ) {
        let lines: Vec<String> = rows.iter().map(|&(id, number, year, damage)| {
            let number = NUMBERS[number];
            let last = if damage == 0 { "1999-01-01" } else { "" };
            let row = format!("H{id},{number},superseded,200{year}-01-01,{last}");
            match damage {
                1 => row.replace(number, "99\"9"),
                2 => row.replace(",superseded", ""),
                3 => row.replace("superseded", "adopted"),
                4 => format!("{row}\n"),
                _ => row,
            }
        }).map(|row| row + "\n").collect();
        let reading = numbers_of(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let account = &reading.histories[0];
        prop_assert_eq!(account.read, rows.len() as u64);
        prop_assert_eq!(
            account.read,
            account.accepted + account.quarantined + account.declared_duplicates
        );
        let kept = account.quarantined.min(FIRST_ROWS as u64);
        prop_assert_eq!(reading.quarantine.len() as u64, kept);
        let faults = reading.fault_groups.iter().map(|group| group.count);
        prop_assert!(faults.sum::<u64>() >= account.quarantined);
        let good = |&&(id, _, _, damage): &&(u8, usize, u8, u8)| matches!(id, 1 | 2) && damage > 3;
        let distinct: std::collections::BTreeSet<_> =
            rows.iter().filter(good).map(|&(id, number, year, _)| (id, number, year)).collect();
        prop_assert_eq!(account.accepted, distinct.len() as u64);
    }
}

#[test]
fn history_is_read_in_every_format_and_in_the_encoding_of_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let of_names = |encoding: &str, text: &[u8]| {
        let encoding = TextEncoding::parse(encoding).unwrap();
        let file = health(folder.path(), &[PATIENT]).written(encoding, Delimiter::default());
        std::fs::write(folder.path().join("health_names.csv"), text).unwrap();
        let reading = reading(&[file]);
        assert_eq!((reading.histories.len(), reading.quarantine.len()), (1, 0));
        let column = reading.records.column("family_name").unwrap();
        let names = column.codes_of(0).map(|code| column.dictionary().value(code).to_string());
        (names.collect::<Vec<_>>(), reading.histories[0].accepted)
    };
    let text = b"LOCAL_PATIENT_ID,name_family,name_given,name_period_start,name_period_end\n\
        H1,BRONT\xCB,,,\n";
    let (names, accepted) = of_names("windows-1252", text);
    assert_eq!((names.len(), accepted), (2, 1), "{names:?}");
    // The content says the format, whatever the name.
    let json = br#"{"LOCAL_PATIENT_ID":"H1","name_family":"BRONTE","name_given":null,"name_period_start":null,"name_period_end":null}"#;
    assert_eq!(of_names("utf-8", json), (names, 1));
}
