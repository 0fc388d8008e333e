//! `cci init`: settings guessed from files of any layout, which `cci link` then reads.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::io::Read;
use std::path::Path;
use std::process::Output;

use cci::schema::{ColumnUse, guess_columns, survey};
use command::{cci, stderr, stdout, text, write};
use common::assert_golden;
use proptest::prelude::*;
use serde_json::Value;

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    cci().current_dir(folder).args(arguments).output().unwrap()
}

/// Writes settings for files and returns them with what was said about each column.
fn init(folder: &Path, files: &[&str]) -> (String, Value) {
    let arguments = [&["init", "--json", "--quiet", "--from"], files].concat();
    let output = in_folder(folder, &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let found = serde_json::from_slice(&output.stdout).unwrap();
    (std::fs::read_to_string(folder.join("cci.toml")).unwrap(), found)
}

/// Links by the settings just written and returns the summary.
fn link(folder: &Path) -> Value {
    let output = in_folder(folder, &["link", "--json", "--quiet", "--config", "cci.toml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn column<'a>(found: &'a Value, name: &str) -> &'a Value {
    let columns = found["files"][0]["columns"].as_array().unwrap();
    columns.iter().find(|column| column["column"] == name).unwrap()
}

/// Returns the attribute that a column is used for.
fn fed(found: &Value, name: &str) -> String {
    let column = column(found, name);
    match column["use"].as_str().unwrap() {
        "attribute" => column["ways"][0]["attribute"].as_str().unwrap().to_string(),
        other => other.to_string(),
    }
}

const GIVEN: [&str; 12] = [
    "Amelia", "Bilal", "Chidi", "Dana", "Ewa", "Farah", "Gareth", "Hana", "Ilir", "Joan", "Kofi",
    "Lena",
];
const FAMILY: [&str; 11] = [
    "Ahmed", "Brown", "Clarke", "Dobson", "Evans", "Fox", "Green", "Hughes", "Iqbal", "Jones",
    "Khan",
];

/// Number of the test range with its check digit, as the NHS Data Dictionary computes it.
fn nhs_number(id: usize) -> Option<String> {
    let body = format!("999{id:06}");
    let sum: u32 = body.chars().zip((2..=10).rev()).map(|(d, w)| d.to_digit(10).unwrap() * w).sum();
    match 11 - sum % 11 {
        10 => None,
        check => Some(format!("{body}{}", check % 11)),
    }
}

/// Child number `id`: given name, family name, birth as year, month and day, postcode, number.
fn child(id: usize) -> (&'static str, &'static str, [usize; 3], String, String) {
    let born = [2005 + id % 13, 1 + id % 12, 1 + id % 28];
    let letter = |n: usize| char::from(b"ABDEFGHJLN"[n % 10]);
    let postcode = format!("AB{} {}{}{}", 1 + id % 9, id % 10, letter(id / 10), letter(id));
    (GIVEN[id % 12], FAMILY[id % 11], born, postcode, nhs_number(id).unwrap_or_default())
}

#[test]
fn generated_agencies_are_known_by_their_schemas_and_link_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let generated =
        in_folder(folder.path(), &["generate", "--children", "300", "--out", "data", "--quiet"]);
    assert!(generated.status.success(), "{}", stderr(&generated));
    let files =
        ["health", "education", "social_care", "police"].map(|name| format!("data/{name}.csv"));
    let (settings, found) = init(folder.path(), &files.each_ref().map(String::as_str));
    let schemas: Vec<&Value> = (0..4).map(|file| &found["files"][file]["schema"]).collect();
    assert_eq!(schemas, ["health", "education", "social_care", "police"]);
    assert_eq!((&found["choices"], &found["complete"]), (&0.into(), &true.into()));
    assert!(settings.contains("sources = [\"health\", \"education\"]"), "{settings}");
    let linked = link(folder.path());
    assert_eq!(linked["strategy"], "key_then_probabilistic");
    assert!(linked["links"].as_u64().unwrap() > 300, "{linked}");
}

#[test]
fn febrl_set_links_as_well_as_by_settings_made_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let packed = std::fs::read("tests/data/febrl4.csv.gz").unwrap();
    let mut rows = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut rows).unwrap();
    // A part of the set, both halves of it, keeps the test quick.
    let some: Vec<&str> =
        rows.lines().enumerate().filter(|(n, _)| n % 10 == 0).map(|l| l.1).collect();
    write(folder.path(), &[("people.csv", &(some.join("\n") + "\n"))]);
    let (_, found) = init(folder.path(), &["people.csv"]);
    for (name, expected) in [
        ("source_dataset", "source"),
        ("unique_id", "identifier"),
        ("cluster", "entity"),
        ("first_name", "given_name"),
        ("surname", "family_name"),
        ("dob", "date_of_birth"),
        ("address", "address"),
        ("city", "suburb"),
        ("national_id", "national_id"),
    ] {
        assert_eq!(fed(&found, name), expected, "{name}");
    }
    assert_eq!(column(&found, "postcode")["ways"][0]["kind"], "number", "no UK postcodes");
    assert_eq!(found["complete"], true);
    let linked = link(folder.path());
    assert!(linked["links"].as_u64().unwrap() > 0, "{linked}");
}

#[test]
#[ignore = "links the whole of febrl4, slow without optimisation; figures in docs/results.md"]
fn whole_febrl4_reaches_the_quality_of_its_own_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy("tests/data/febrl4.csv.gz", folder.path().join("febrl4.csv.gz")).unwrap();
    init(folder.path(), &["febrl4.csv.gz"]);
    link(folder.path());
    let gate = ["evaluate", "--json", "--quiet", "--data", ".", "--fail-under", "0.995"];
    let scored = in_folder(folder.path(), &gate);
    assert!(scored.status.success(), "{}{}", stdout(&scored), stderr(&scored));
}

/// Two files of one set of children, under headers and in forms of their own.
fn renamed(folder: &Path) {
    let mut school = String::from(
        "\u{feff}Ref;Pupil Legal Surname;Preferred Surname;Forename1;PupilDateOfBirth;Gender Code;Home Post Code;Mother Surname;NHS_NO_STATUS\r\n",
    );
    let mut clinic = String::from("record no,LNAME,FNAME,Birth Dt,SEX,pcode,NHSNo\n");
    for id in 0..400 {
        let (given, family, [year, month, day], postcode, number) = child(id);
        let sex = ["M", "F"][id % 2];
        let other = if id % 20 == 0 { ["Smith", "Patel"][id / 20 % 2] } else { "" };
        school += &format!(
            "S{id};{family};{other};{given};{day:02}/{month:02}/{year};{sex};{postcode};{family};01\r\n"
        );
        if id % 3 > 0 {
            let postcode = postcode.to_lowercase();
            clinic += &format!(
                "{},{},{given},{year}{month:02}{day:02},{},{postcode},{number}\n",
                9000 + id,
                family.to_uppercase(),
                1 + id % 2
            );
        }
    }
    write(folder, &[("school.txt", &school), ("clinic.csv", &clinic)]);
}

#[test]
fn renamed_files_are_mapped_by_header_and_content_and_link_at_once() {
    let folder = tempfile::tempdir().unwrap();
    renamed(folder.path());
    let (settings, found) = init(folder.path(), &["school.txt", "clinic.csv"]);
    assert_golden("schema/init_renamed.toml", &settings);
    assert_eq!((&found["choices"], &found["complete"]), (&0.into(), &true.into()));
    let linked = link(folder.path());
    // 266 of the 400 children are in both files.
    let links = linked["links"].as_u64().unwrap();
    assert!((260..=275).contains(&links), "{linked}");
}

#[test]
fn what_the_cells_do_not_settle_is_left_as_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("id,forename,surname,dob,nhs,joined\n");
    for id in 0..60 {
        let (given, family, [year, month, day], ..) = child(id);
        // No day is above 12, and hardly a number is valid.
        rows += &format!(
            "{id},{given},{family},{:02}/{month:02}/{year},{},{:02}/03/2020\n",
            day % 12 + 1,
            9_990_000_000u64 + id as u64 * 7,
            day % 12 + 1
        );
    }
    write(folder.path(), &[("people.csv", &rows)]);
    let (settings, found) = init(folder.path(), &["people.csv"]);
    assert_golden("schema/init_choices.toml", &settings);
    assert_eq!(fed(&found, "dob"), "choice");
    assert_eq!(fed(&found, "nhs"), "choice");
    assert_eq!((fed(&found, "joined"), &found["choices"]), ("unused".into(), &2.into()));
    // A person decides: the chosen lines lose their sign, and the settings work.
    let chosen: Vec<String> = settings
        .lines()
        .map(|line| match line {
            "# CHOOSE, with the column below: date_of_birth = \"date\"" => {
                "date_of_birth = \"date\"".into()
            }
            "# CHOOSE, with the column below: date_format = \"%d/%m/%Y\"" => {
                "date_format = \"%d/%m/%Y\"".into()
            }
            "# date_of_birth = \"dob\"" => "date_of_birth = \"dob\"".into(),
            other => other.to_string(),
        })
        .collect();
    write(folder.path(), &[("cci.toml", &chosen.join("\n"))]);
    link(folder.path());
}

#[test]
fn dates_as_systems_export_them_are_read_and_link() {
    const MONTHS: [&str; 12] =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let folder = tempfile::tempdir().unwrap();
    let head = "ref,forename,surname,dob,postcode\n";
    let mut files = [head.to_string(), head.to_string()];
    for id in 0..240 {
        let (given, family, [year, month, day], postcode, _) = child(id);
        let name = MONTHS[month - 1];
        files[0] +=
            &format!("{id},{given},{family},{day:02}-{name}-{:02},{postcode}\n", year % 100);
        files[1] +=
            &format!("{id},{given},{family},{year}-{month:02}-{day:02} 00:00:00.000,{postcode}\n");
    }
    let [oracle, sql_server] = files;
    write(folder.path(), &[("a.csv", &oracle), ("b.csv", &sql_server)]);
    let (settings, found) = init(folder.path(), &["a.csv", "b.csv"]);
    assert_eq!((&found["choices"], &found["complete"]), (&0.into(), &true.into()), "{settings}");
    for format in ["%d-%b-%y", "%Y-%m-%d %T"] {
        assert!(settings.contains(&format!("date_format = \"{format}\"")), "{settings}");
    }
    let linked = link(folder.path());
    assert_eq!(linked["links"], 240, "{linked}");
}

#[test]
fn full_names_are_read_in_both_orders_and_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut by_comma = String::from("person id,Name,DOB\n");
    let mut by_place = String::from("ref,full name,born on,display name\n");
    let mut apart = String::from("key,forename,surname,date of birth,name\n");
    for id in 0..240 {
        let (given, family, [year, month, day], ..) = child(id);
        let born = format!("{year}-{month:02}-{day:02}");
        let (surname, title) = (family.to_uppercase(), ["", "Miss "][id % 2]);
        by_comma += &format!("{id},\"{surname}, {given} Rose\",{born}\n");
        by_place += &format!("{id},{title}{given} {family},{born},{given} {family}\n");
        apart += &format!("{id},{given},{family},{born},{given} {family}\n");
    }
    write(folder.path(), &[("a.csv", &by_comma), ("b.csv", &by_place), ("c.csv", &apart)]);
    for (file, name, expected) in [
        ("a.csv", "Name", "full_name"),
        ("b.csv", "full name", "full_name"),
        ("b.csv", "display name", "unused"),
        ("c.csv", "name", "unused"),
    ] {
        let (_, found) = init(folder.path(), &[file]);
        assert_eq!(fed(&found, name), expected, "{file}: {name}");
        std::fs::remove_file(folder.path().join("cci.toml")).unwrap();
    }
    let (settings, found) = init(folder.path(), &["a.csv", "b.csv", "c.csv"]);
    let evidence = column(&found, "Name")["evidence"].as_str().unwrap();
    assert!(
        evidence.contains("before a comma is the family name (100.0 % have one)"),
        "{evidence}"
    );
    assert_eq!((&found["choices"], &found["complete"]), (&0.into(), &true.into()), "{settings}");
    let linked = link(folder.path());
    assert_eq!(linked["links"], 720, "{linked}");
    assert_eq!(linked["entities"], 240, "{linked}");
}

#[test]
fn layouts_that_are_not_supported_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("person id\tforename\tsurname\tDOB\tpost code\n");
    for id in 0..60 {
        let (given, family, [year, month, day], postcode, _) = child(id);
        let born = format!("{year}-{month:02}-{day:02}T00:00:00Z");
        rows += &format!("{id}\t{given}\t{family}\t{born}\t{postcode}\n");
    }
    write(folder.path(), &[("people.tsv", &rows)]);
    let (_, found) = init(folder.path(), &["people.tsv"]);
    assert_eq!(found["files"][0]["delimiter"], "\t");
    let why = |name: &str| column(&found, name)["evidence"].as_str().unwrap().to_string();
    assert_eq!(fed(&found, "DOB"), "unsupported");
    assert!(why("DOB").contains("may be the day before; write the date alone"), "{}", why("DOB"));
    assert_eq!(fed(&found, "post code"), "postcode");
    let output = in_folder(folder.path(), &["init", "--force", "--from", "people.tsv"]);
    assert!(stderr(&output).contains("column \"DOB\" takes no part: "), "{}", stderr(&output));
}

#[test]
fn cells_speak_where_headers_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("A1,A2,A3,A4,A5\n");
    for id in 0..200 {
        let (_, _, [year, month, day], postcode, number) = child(id);
        rows += &format!(
            "K{id},{number},{postcode},{},{year}-{month:02}-{day:02}\n",
            ["F", "M"][id % 2]
        );
    }
    write(folder.path(), &[("people.csv", &rows)]);
    let (_, found) = init(folder.path(), &["people.csv"]);
    let all = ["A1", "A2", "A3", "A4", "A5"].map(|name| fed(&found, name));
    // A date may be of birth or of anything, so a person says.
    assert_eq!(all, ["identifier", "nhs_number", "postcode", "sex", "choice"]);
}

#[test]
fn files_as_spreadsheets_save_them_link_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // Windows-1252, with two columns that nobody named; one row has a cell too many.
    let mut rows = b"ref,forename,surname,dob,postcode,,\n".to_vec();
    for id in 0..120 {
        let (given, family, [year, month, day], postcode, _) = child(id);
        let row = format!("{id},{given},{family},{day:02}/{month:02}/{year},{postcode},,\n");
        rows.extend(row.bytes());
        let again = format!("{},{given},", 500 + id);
        rows.extend(again.bytes());
        rows.extend(family.bytes().map(|byte| if byte == b'n' { 0xF1 } else { byte }));
        rows.extend(format!(",{day:02}/{month:02}/{year},{postcode},,\n").bytes());
    }
    rows.extend(b"900,a,b,c,d,,,,\n");
    std::fs::write(folder.path().join("people.csv"), rows).unwrap();
    let output = in_folder(folder.path(), &["init", "--from", "people.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("1 rows have a broken structure and will be in quarantine"), "{said}");
    assert!(said.contains("encoding windows-1252: "), "{said}");
    let settings = std::fs::read_to_string(folder.path().join("cci.toml")).unwrap();
    assert!(settings.contains("encoding = \"windows-1252\""), "{settings}");
    assert_eq!(link(folder.path())["links"], 120);
}

#[test]
fn settings_that_are_there_stay_unless_replacing_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    renamed(folder.path());
    write(folder.path(), &[("cci.toml", "mine")]);
    let arguments = ["init", "--quiet", "--from", "clinic.csv"];
    let refused = in_folder(folder.path(), &arguments);
    assert_eq!(refused.status.code(), Some(4), "{}", stderr(&refused));
    assert_eq!(std::fs::read_to_string(folder.path().join("cci.toml")).unwrap(), "mine");
    let forced = in_folder(folder.path(), &[&arguments[..], &["--force"]].concat());
    assert!(forced.status.success(), "{}", stderr(&forced));
    assert!(stdout(&forced).contains("Wrote cci.toml"), "{}", stdout(&forced));
}

#[test]
fn a_file_named_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    renamed(folder.path());
    let output = in_folder(folder.path(), &["init", "--from", "clinic.csv", "./clinic.csv"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("./clinic.csv: it is clinic.csv, named before"), "{said}");
    assert!(!folder.path().join("cci.toml").exists());
}

#[test]
fn files_elsewhere_are_named_from_their_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    renamed(folder.path());
    let own = tempfile::tempdir().unwrap();
    let path = folder.path().join("clinic.csv");
    let output = in_folder(own.path(), &["init", "--from", text(&path)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let settings = std::fs::read_to_string(own.path().join("cci.toml")).unwrap();
    assert!(settings.contains("file = \"clinic.csv\""), "{settings}");
    assert!(stderr(&output).contains("--data"), "{}", stderr(&output));
}

#[test]
fn no_value_is_shown_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    renamed(folder.path());
    let output = in_folder(folder.path(), &["init", "--from", "school.txt", "clinic.csv"]);
    let settings = std::fs::read_to_string(folder.path().join("cci.toml")).unwrap();
    let all = format!("{}{}{settings}", stdout(&output), stderr(&output));
    for value in ["Amelia", "Ahmed", "AB1 ", "9990", "2005", "S17"] {
        assert!(!all.contains(value), "{value} in {all}");
    }
}

#[test]
fn columns_of_one_value_are_left_out_and_rules_left_to_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("ref,forename,surname,dob,address,town\n");
    for id in 0..400 {
        let (given, family, [year, month, day], ..) = child(id);
        let street = ["High Street", "Mill Lane"][id % 2];
        rows += &format!("{id},{given},{family},{year}-{month:02}-{day:02},{street},Leeds\n");
    }
    write(folder.path(), &[("people.csv", &rows)]);
    let (settings, found) = init(folder.path(), &["people.csv"]);
    assert_eq!((fed(&found, "town"), fed(&found, "address")), ("unused".into(), "address".into()));
    // Each street stands in 200 records: a rule of its own would pair half of all records.
    assert!(!settings.contains("\n[[block]]"), "{settings}");
    let metrics = link(folder.path());
    let rules: Vec<&str> =
        metrics["rules"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect();
    assert!(!rules.contains(&"address"), "{rules:?}");
    assert!(rules.iter().any(|rule| rule.contains("date_of_birth")), "{rules:?}");
}

#[test]
fn what_a_census_asks_is_compared_and_a_year_beside_a_date_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("ref,forename,surname,year of birth,BirthPlace,Occupation\n");
    for id in 0..200 {
        let (given, family, [year, ..], ..) = child(id);
        let (place, work) = (["Leeds", "York"][id % 2], ["smith", "weaver", "clerk"][id % 3]);
        rows += &format!("{id},{given},{family},{year},{place},{work}\n");
    }
    write(folder.path(), &[("census.csv", &rows)]);
    let (settings, found) = init(folder.path(), &["census.csv"]);
    let columns = ["year of birth", "BirthPlace", "Occupation"];
    assert_eq!(columns.map(|c| fed(&found, c)), ["birth_year", "birthplace", "occupation"]);
    assert!(settings.contains("birth_year = \"quantity\""), "{settings}");
    let dated = rows.replace("BirthPlace", "DOB").replace("Leeds", "2001-02-03");
    write(folder.path(), &[("dated.csv", &dated.replace("York", "2002-03-04"))]);
    std::fs::remove_file(folder.path().join("cci.toml")).unwrap();
    let (_, found) = init(folder.path(), &["dated.csv"]);
    assert_eq!(["DOB", "year of birth"].map(|c| fed(&found, c)), ["date_of_birth", "unused"]);
}

#[test]
fn an_age_is_compared_by_its_size_where_nothing_says_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("ref,forename,surname,Age,age at review,age_band\n");
    for id in 0..200 {
        let (given, family, ..) = child(id);
        // A program that knows no empty whole numbers wrote the file.
        let age = if id % 20 == 0 { String::new() } else { format!("{}.0", 3 + id % 15) };
        rows += &format!("{id},{given},{family},{age},{},{}\n", id % 9, ["0-9", "10-19"][id % 2]);
    }
    write(folder.path(), &[("ages.csv", &rows)]);
    let (settings, found) = init(folder.path(), &["ages.csv"]);
    let columns = ["Age", "age at review", "age_band"];
    assert_eq!(columns.map(|c| fed(&found, c)), ["age", "unused", "unused"]);
    assert!(settings.contains("age = \"quantity\""), "{settings}");
    let dated = rows.replace("age_band", "yob").replace("0-9", "2001").replace("10-19", "2008");
    write(folder.path(), &[("dated.csv", &dated)]);
    std::fs::remove_file(folder.path().join("cci.toml")).unwrap();
    let (_, found) = init(folder.path(), &["dated.csv"]);
    assert_eq!(["Age", "yob"].map(|c| fed(&found, c)), ["unused", "birth_year"]);
}

#[test]
fn parts_of_a_birth_date_are_compared_and_the_fuller_name_column_is_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("ref,fname_c1,fname_c2,lname_c1,by,bm,bd,recorded_by,ent_id\n");
    for id in 0..200 {
        let (given, family, [year, month, day], ..) = child(id);
        let second = ["Maria", "", "", "", "", "Rosa", "", "", "", "", ""][id % 11];
        let clerk = ["Ward", "Webb"][id % 2];
        rows += &format!("{id},{given},{second},{family},{year},{month},{day},{clerk},{id}\n");
    }
    write(folder.path(), &[("parts.csv", &rows)]);
    let (settings, found) = init(folder.path(), &["parts.csv"]);
    assert_eq!(
        ["fname_c1", "fname_c2", "by", "bm", "bd", "recorded_by", "ent_id"].map(|c| fed(&found, c)),
        ["given_name", "choice", "birth_year", "birth_month", "birth_day", "unused", "entity"]
    );
    assert!(settings.contains("birth_month = \"number\""), "{settings}");
    // A month of 13 is none, and whoever has the date needs no part of it.
    let other = rows.replace(",bm,", ",month of birth,").replacen(",1,", ",13,", 20);
    write(folder.path(), &[("other.csv", &other)]);
    std::fs::remove_file(folder.path().join("cci.toml")).unwrap();
    assert_eq!(fed(&init(folder.path(), &["other.csv"]).1, "month of birth"), "unused");
    let dated = rows.replace("recorded_by", "dob").replace("Ward", "2001-02-03");
    write(folder.path(), &[("dated.csv", &dated.replace("Webb", "2002-03-04"))]);
    std::fs::remove_file(folder.path().join("cci.toml")).unwrap();
    let (_, found) = init(folder.path(), &["dated.csv"]);
    assert_eq!(["by", "bm", "bd"].map(|c| fed(&found, c)), ["unused"; 3]);
}

/// Headers of every sort, and cells that may be anything.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let header = prop_oneof![
        "[A-Za-z_ ]{1,12}",
        "(old |Child_)?(surname|first name|DOB|postcode|nhs no|id|source|cluster|name)",
        "\\PC{1,6}",
    ];
    let cell = prop_oneof![
        "[ -~]{0,10}",
        "\\PC{0,6}",
        "[0-3]?[0-9]/[01]?[0-9]/(19|20)?[0-9]{2}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-9]{2}:00)?",
        "[0-9]{9,10}",
        "[A-Z]{1,2}[0-9]{1,2} [0-9][A-Z]{2}",
    ];
    (1usize..6).prop_flat_map(move |width| {
        let header = proptest::collection::vec(header.clone(), width);
        let rows = proptest::collection::vec(proptest::collection::vec(cell.clone(), width), 0..12);
        (header, rows).prop_map(|(header, rows)| [vec![header], rows].concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..Default::default() })]
    /// Whatever stands in a file, it is surveyed or refused, and each column has one use.
    #[test]
    fn any_table_is_guessed_about_or_refused(table in table()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let rows = table.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(";"));
        std::fs::write(&path, rows.collect::<Vec<_>>().join("\n")).unwrap();
        let Ok(survey) = survey(&path) else { return Ok(()) };
        let guesses = guess_columns(&survey);
        prop_assert_eq!(guesses.len(), survey.columns.len());
        let uses = |wanted: &ColumnUse| guesses.iter().filter(|g| g.purpose == *wanted).count();
        prop_assert!(uses(&ColumnUse::Identifier) <= 1);
        let mut fed: Vec<&str> = guesses.iter().filter_map(|g| Some(g.main()?.attribute)).collect();
        fed.sort_unstable();
        let all = fed.len();
        fed.dedup();
        prop_assert_eq!(all, fed.len(), "one column is the first for each attribute");
    }
}

#[test]
fn file_with_nothing_to_link_by_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("shoes.csv", "size,colour\n38,red\n39,blue\n")]);
    let output = in_folder(folder.path(), &["init", "--from", "shoes.csv"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("no column is known to be anything to link by"));
    assert!(!folder.path().join("cci.toml").exists());
}
