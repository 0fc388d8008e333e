//! Exports of the agencies' schemas, checked by the validators of each form on generated rows.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::Path;
use std::process::Command;

use cci::record::Agency;
use cci::schema::{AgencySchema, EXPORTERS, Table, find_exporter, read_table};
use command::{run, stderr, stdout, text};
use common::assert_golden;
use serde_json::{Map, Value};

/// Endings of the golden files, in the order of the forms.
const ENDINGS: [(&str, &str); 5] = [
    ("table", "txt"),
    ("frictionless", "frictionless.json"),
    ("csvw", "csv-metadata.json"),
    ("json-schema", "schema.json"),
    ("sql", "sql"),
];

fn export(agency: Agency, form: &str) -> String {
    export_of(&AgencySchema::of(agency).unwrap(), form)
}

fn export_of(schema: &AgencySchema, form: &str) -> String {
    find_exporter(form).unwrap().export(schema).unwrap()
}

/// Returns the schemas of the four agencies, each followed by those of its histories.
fn schemas() -> Vec<AgencySchema> {
    let of = |agency| {
        let schema = AgencySchema::of(agency).unwrap();
        [vec![schema.clone()], schema.histories].concat()
    };
    Agency::ALL.into_iter().flat_map(of).collect()
}

/// Generates a world whose records are poor, so that odd cells are among them.
fn generated(folder: &Path) {
    let arguments = ["generate", "--children", "3000", "--profile", "poor", "--force", "--quiet"];
    let output = run(&[&arguments[..], &["--out", text(folder)]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

fn rows_of(folder: &Path, agency: Agency) -> Table {
    let table = read_table(&folder.join(format!("{}.csv", agency.name()))).unwrap();
    assert!(table.rows() > 100, "{}", agency.name());
    table
}

/// Returns a row as an object, null for an empty cell.
fn object(table: &Table, row: usize) -> Value {
    let cells = table.header().iter().enumerate().map(|(column, name)| {
        let cell = table.cell(row, column);
        (name.clone(), if cell.is_empty() { Value::Null } else { Value::from(cell) })
    });
    Value::Object(cells.collect::<Map<String, Value>>())
}

#[test]
fn every_export_is_its_golden_file() {
    assert_eq!(EXPORTERS.iter().map(|e| e.name()).collect::<Vec<_>>(), ENDINGS.map(|e| e.0));
    for schema in schemas() {
        for (form, ending) in ENDINGS {
            let exported = export_of(&schema, form);
            assert_eq!(exported, export_of(&schema, form), "{form} is not deterministic");
            assert_golden(&format!("schema/{}.{ending}", schema.name), &exported);
        }
    }
}

#[test]
fn json_schema_accepts_every_generated_row() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    for agency in Agency::ALL {
        let schema: Value = serde_json::from_str(&export(agency, "json-schema")).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let table = rows_of(folder.path(), agency);
        for row in 0..table.rows() {
            let errors: Vec<String> = validator
                .iter_errors(&object(&table, row))
                .map(|error| error.instance_path().to_string())
                .collect();
            assert!(errors.is_empty(), "{}, row {}: {errors:?}", agency.name(), row + 1);
        }
    }
}

#[test]
fn json_schema_refuses_wrong_cells_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    let schema: Value = serde_json::from_str(&export(Agency::Police, "json-schema")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let good = object(&rows_of(folder.path(), Agency::Police), 0);
    assert!(validator.is_valid(&good));
    for (column, cell) in [
        ("person_record_id", ""),
        ("date_of_birth", "2011-03-09"),
        ("sex", "W"),
        ("role", "bystander"),
        ("NHS_NO", "9990123456"),
    ] {
        let mut bad = good.clone();
        bad[column] = Value::from(cell);
        assert!(!validator.is_valid(&bad), "{column} = {cell}");
    }
    let mut short = good;
    short.as_object_mut().unwrap().remove("surname");
    assert!(!validator.is_valid(&short));
}

#[test]
fn sqlite_takes_the_tables_and_every_generated_row() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    let store = rusqlite::Connection::open_in_memory().unwrap();
    for agency in Agency::ALL {
        store.execute_batch(&export(agency, "sql")).unwrap();
        let table = rows_of(folder.path(), agency);
        let places = vec!["?"; table.header().len()].join(", ");
        let columns = table.header().join(", ");
        let insert = format!("INSERT INTO {} ({columns}) VALUES ({places})", agency.name());
        let mut insert = store.prepare(&insert).unwrap();
        for row in 0..table.rows() {
            let cells = (0..table.header().len())
                .map(|column| Some(table.cell(row, column)).filter(|cell| !cell.is_empty()));
            insert.execute(rusqlite::params_from_iter(cells)).unwrap();
        }
        let count = format!("SELECT count(*) FROM {}", agency.name());
        let kept: u32 = store.query_row(&count, [], |row| row.get(0)).unwrap();
        assert_eq!(kept as usize, table.rows());
    }
    for (column, cell) in
        [("sex", "'W'"), ("date_of_birth", "'2011-03-09'"), ("person_record_id", "NULL")]
    {
        let change = format!("UPDATE police SET {column} = {cell}");
        assert!(store.execute(&change, []).is_err(), "{column} = {cell}");
    }
}

/// Needs Python's `frictionless`; `CCI_PYTHON` may name the interpreter that has it.
#[test]
fn frictionless_accepts_descriptors_and_generated_files() {
    let Some(python) = python_with("frictionless") else { return };
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    for agency in Agency::ALL {
        let name = agency.name();
        std::fs::write(folder.path().join("schema.json"), export(agency, "frictionless")).unwrap();
        let script = format!(
            // Generated files lack optional columns, so that fields are found by their names.
            "from frictionless import Detector, Resource, Schema\n\
             schema = Schema.from_descriptor('schema.json')\n\
             detector = Detector(schema_sync=True)\n\
             report = Resource('{name}.csv', schema=schema, detector=detector).validate()\n\
             print(report.flatten(['rowNumber', 'fieldName', 'type'])[:5])\n\
             assert report.valid\n"
        );
        run_python(&python, &script, folder.path());
    }
}

/// Rows of the histories, in the order of their columns, and a file of records for each.
const HISTORIES: [(&str, &str, &str); 8] = [
    ("health", "health_names", "HE1,old,Green,May,2015-02-01,2019-12-31\nHE1,,Khan,May,,\n"),
    ("health", "health_addresses", "HE1,home,1 The Lane,AB1 2CD,2015-02-01,\n"),
    ("health", "health_numbers", "HE1,9990000026,superseded,,2016-01-31\n"),
    ("education", "education_censuses", "HE1,2021-01-21,P207000016049,Green,May,,AB1 2CD\n"),
    (
        "social_care",
        "social_care_referrals",
        "HE1,,,UN1,,2026-03-01,U,WBRI,2025-12-24,\nHE1,,,,2015-02-01,,F,,2019-01-02,2019-06-07\n",
    ),
    ("social_care", "social_care_episodes", "HE1,01/02/2021,S,C2,U1,,,AB1 2CD,AB3 4EF,\n"),
    ("social_care", "social_care_uasc", "HE1,1,15/06/2008,\n"),
    ("police", "police_aliases", "HE1,2024-05-06,Green,Maisie,01/02/2014\n"),
];

/// Writes each history, and a file with record HE1 for it to be about.
fn write_histories(folder: &Path) {
    for (records, history, rows) in HISTORIES {
        for (name, rows) in [(records, "HE1\n"), (history, rows)] {
            let schema = AgencySchema::find(name).unwrap();
            let names: Vec<&str> = schema.columns.iter().map(|column| column.name()).collect();
            let commas = if name == records { names.len() - 1 } else { 0 };
            let rows = rows.replace('\n', &format!("{}\n", ",".repeat(commas)));
            let text = format!("{}\n{rows}", names.join(","));
            std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
        }
    }
}

#[test]
fn rows_of_histories_fit_their_exports_and_wrong_ones_do_not() {
    assert_eq!(HISTORIES.len(), schemas().len() - Agency::ALL.len());
    let folder = tempfile::tempdir().unwrap();
    write_histories(folder.path());
    let store = rusqlite::Connection::open_in_memory().unwrap();
    store.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    for schema in schemas() {
        store.execute_batch(&export_of(&schema, "sql")).unwrap();
        let row_schema: Value = serde_json::from_str(&export_of(&schema, "json-schema")).unwrap();
        jsonschema::meta::validate(&row_schema).unwrap();
        let validator = jsonschema::draft202012::new(&row_schema).unwrap();
        let table = read_table(&folder.path().join(format!("{}.csv", schema.name))).unwrap();
        let places = vec!["?"; table.header().len()].join(", ");
        let insert = format!("INSERT INTO {} VALUES ({places})", schema.name);
        for row in 0..table.rows() {
            let object = object(&table, row);
            assert!(validator.is_valid(&object), "{}: {object}", schema.name);
            let cells = (0..table.header().len())
                .map(|column| Some(table.cell(row, column)).filter(|cell| !cell.is_empty()));
            store.execute(&insert, rusqlite::params_from_iter(cells)).unwrap();
        }
        if schema.history_of.is_some() {
            let stranger = format!("UPDATE {} SET {} = 'HE2'", schema.name, schema.identifier);
            assert!(store.execute(&stranger, []).is_err(), "{}: an unknown record", schema.name);
        }
    }
}

/// Returns whether Python has a package, and says if it has not.
fn python_with(package: &str) -> Option<String> {
    let python = std::env::var("CCI_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_it = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    if has_it.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("skipped: {python} has no package {package}");
    None
}

fn run_python(python: &str, script: &str, folder: &Path) {
    let output = Command::new(python).args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
}

/// Needs Python's `frictionless`; `CCI_PYTHON` may name the interpreter that has it.
#[test]
fn frictionless_accepts_histories_with_their_records_and_refuses_unknown_records() {
    let Some(python) = python_with("frictionless") else { return };
    let folder = tempfile::tempdir().unwrap();
    write_histories(folder.path());
    for schema in schemas() {
        let name = folder.path().join(format!("{}.schema.json", schema.name));
        std::fs::write(name, export_of(&schema, "frictionless")).unwrap();
    }
    let pairs: Vec<String> = HISTORIES
        .iter()
        .map(|(records, history, _)| format!("('{records}', '{history}')"))
        .collect();
    let script = format!(
        "from frictionless import Package, Resource, Schema\n\
         def resource(name, path):\n    \
             schema = Schema.from_descriptor(name + '.schema.json')\n    \
             return Resource(name=name, path=path, schema=schema)\n\
         def report(records, history, path):\n    \
             files = [resource(records, records + '.csv'), resource(history, path)]\n    \
             return Package(resources=files).validate()\n\
         for records, history in [{}]:\n    \
             found = report(records, history, history + '.csv')\n    \
             assert found.valid, found.flatten(['rowNumber', 'fieldName', 'type', 'note'])[:5]\n    \
             text = open(history + '.csv').read().replace('HE1', 'HE2')\n    \
             open('wrong.csv', 'w').write(text)\n    \
             wrong = report(records, history, 'wrong.csv').flatten(['type'])\n    \
             assert ['foreign-key'] in wrong, wrong\n",
        pairs.join(", ")
    );
    run_python(&python, &script, folder.path());
}

/// Needs Python's `csvw`; `CCI_PYTHON` may name the interpreter that has it.
#[test]
fn csvw_library_reads_every_file_by_its_metadata_and_refuses_wrong_cells() {
    let Some(python) = python_with("csvw") else { return };
    let folder = tempfile::tempdir().unwrap();
    write_histories(folder.path());
    generated(folder.path());
    let mut names = Vec::new();
    for schema in schemas() {
        let file = folder.path().join(format!("{}.csv-metadata.json", schema.name));
        std::fs::write(&file, export_of(&schema, "csvw")).unwrap();
        names.push(format!("'{}'", schema.name));
    }
    // Reading checks each cell by its datatype. Generated files lack optional columns, so that
    // files are read by the columns that they have.
    let script = format!(
        "import csv, json, warnings\n\
         from csvw.metadata import Table\n\
         warnings.simplefilter('error')\n\
         def rows(name, lines):\n    \
             there = next(csv.reader(lines))\n    \
             open(name + '.csv', 'w').writelines(lines)\n    \
             metadata = json.load(open(name + '.csv-metadata.json'))\n    \
             columns = metadata['tableSchema']['columns']\n    \
             metadata['tableSchema']['columns'] = [c for c in columns if c['name'] in there]\n    \
             json.dump(metadata, open('there.csv-metadata.json', 'w'))\n    \
             return list(Table.from_file('there.csv-metadata.json'))\n\
         for name in [{}]:\n    \
             lines = open(name + '.csv').readlines()[:300]\n    \
             assert len(rows(name, lines)) == len(lines) - 1, name\n\
         try:\n    \
             rows('police', ['person_record_id,sex\\n', 'P1,W\\n'])\n\
         except ValueError:\n    \
             pass\n\
         else:\n    \
             raise SystemExit('a sex of W was accepted')\n",
        names.join(", ")
    );
    run_python(&python, &script, folder.path());
}

/// What the metadata vocabulary requires of one table's description (W3C Recommendation
/// "Metadata Vocabulary for Tabular Data", sections 5.1 to 5.6 and 5.11).
#[test]
fn csvw_metadata_has_what_the_vocabulary_requires() {
    // Date formats that every CSVW processor must know (Tabular Data Model, section 6.4.4).
    let dates = ["yyyy-MM-dd", "yyyyMMdd", "dd/MM/yyyy"];
    for schema in schemas() {
        let metadata: Value = serde_json::from_str(&export_of(&schema, "csvw")).unwrap();
        assert_eq!(metadata["@context"][0], "http://www.w3.org/ns/csvw");
        let context = metadata["@context"][1].as_object().unwrap();
        assert!(context.keys().all(|key| key == "@language" || key == "@base"), "5.2");
        assert_eq!(metadata["url"], format!("{}.csv", schema.name), "5.4.2: a table has a url");
        for (name, value) in metadata.as_object().unwrap() {
            let own = ["@context", "url", "tableSchema"].contains(&name.as_str());
            // 5.8: other properties are prefixed names of a known vocabulary.
            assert!(own || name.starts_with("dc:") && value.is_string(), "{name}");
        }
        let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
        assert_eq!(columns.len(), schema.columns.len());
        let mut names = std::collections::BTreeSet::new();
        for column in columns {
            let name = column["name"].as_str().unwrap();
            // 5.6: names are variables of a URI template and do not begin with "_".
            let sign = |c: char| c.is_ascii_alphanumeric() || c == '_';
            assert!(name.chars().all(sign) && !name.starts_with('_'), "{name}");
            assert!(names.insert(name), "5.5: names are unique: {name}");
            assert!(column["titles"].is_string() && column["required"].is_boolean());
            let (base, format) = (&column["datatype"]["base"], &column["datatype"]["format"]);
            match base.as_str() {
                Some("date") => assert!(dates.contains(&format.as_str().unwrap()), "{column}"),
                Some("string") => assert!(format.is_null() || format.is_string(), "{column}"),
                _ => panic!("5.11: not a datatype we use: {column}"),
            }
        }
        let key = &metadata["tableSchema"]["primaryKey"];
        match &schema.history_of {
            None => assert!(names.contains(key.as_str().unwrap()), "5.5: the key is a column"),
            Some(of) => {
                assert!(key.is_null(), "a record has several rows");
                assert_eq!(metadata["dc:relation"], format!("{}.csv", of.schema));
            }
        }
    }
}

#[test]
fn command_shows_exports_and_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let shown = run(&["schema", "show", "police"]);
    assert_eq!(stdout(&shown), export(Agency::Police, "table"));
    let printed = run(&["schema", "export", "health", "--format", "sql"]);
    assert_eq!(stdout(&printed), export(Agency::Health, "sql"));
    let shown = run(&["schema", "show", "police", "--json"]);
    serde_json::from_slice::<Value>(&shown.stdout).unwrap();

    let file = folder.path().join("health.json");
    let export_to = ["schema", "export", "health", "--format", "csvw", "--out", text(&file)];
    assert!(run(&export_to).status.success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), export(Agency::Health, "csvw"));
    assert_eq!(run(&export_to).status.code(), Some(4), "an existing file is left alone");

    let unknown = run(&["schema", "show", "polise"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("nearest: \"police\""), "{}", stderr(&unknown));
    let unknown = run(&["schema", "export", "police", "--format", "frictionles"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("nearest: \"frictionless\""), "{}", stderr(&unknown));
}

#[test]
fn pattern_of_a_column_is_exported_with_the_placeholders_that_pass_it() {
    let column = "name = \"nominal_reference\"\n";
    let pattern =
        "pattern = '[A-Z]{2}[0-9]+|x'\non_invalid = \"missing\"\nplaceholders = [\"N/K\"]\n";
    let text = include_str!("../schemas/agencies/police.toml");
    let text = text.replacen(column, &format!("{column}{pattern}"), 1);
    let schema = AgencySchema::parse(&text, "police.toml").unwrap();
    let anchored = "^(?:[A-Z]{2}[0-9]+|x|N/K)$";
    let json = |form| serde_json::from_str::<Value>(&export_of(&schema, form)).unwrap();
    let property = &json("json-schema")["properties"]["nominal_reference"];
    assert_eq!(property["pattern"], anchored);
    let of = |list: &Value| {
        let column = list.as_array().unwrap().iter().find(|c| c["name"] == "nominal_reference");
        column.unwrap().clone()
    };
    assert_eq!(of(&json("frictionless")["fields"])["constraints"]["pattern"], anchored);
    assert_eq!(of(&json("csvw")["tableSchema"]["columns"])["datatype"]["format"], anchored);
    assert!(export_of(&schema, "table").contains("; matches [A-Z]{2}[0-9]+|x"));
    let validator = jsonschema::draft202012::new(property).unwrap();
    for (cell, fits) in [("AB12", true), ("N/K", true), ("AB12 ", false), ("xx", false)] {
        assert_eq!(validator.is_valid(&Value::from(cell)), fits, "{cell}");
    }
    assert!(validator.is_valid(&Value::Null));
}
