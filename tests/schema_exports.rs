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
    find_exporter(form).unwrap().export(&AgencySchema::of(agency).unwrap()).unwrap()
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
    for agency in Agency::ALL {
        for (form, ending) in ENDINGS {
            let exported = export(agency, form);
            assert_eq!(exported, export(agency, form), "{form} is not deterministic");
            assert_golden(&format!("schema/{}.{ending}", agency.name()), &exported);
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
        let insert = format!("INSERT INTO {} VALUES ({places})", agency.name());
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
    let python = std::env::var("CCI_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_it = Command::new(&python).args(["-c", "import frictionless"]).output();
    if !has_it.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {python} has no package frictionless");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    for agency in Agency::ALL {
        let name = agency.name();
        std::fs::write(folder.path().join("schema.json"), export(agency, "frictionless")).unwrap();
        let script = format!(
            "from frictionless import Resource, Schema\n\
             report = Resource('{name}.csv', schema=Schema.from_descriptor('schema.json')).validate()\n\
             print(report.flatten(['rowNumber', 'fieldName', 'type'])[:5])\n\
             assert report.valid\n"
        );
        let output = Command::new(&python)
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn csvw_regular_expressions_and_dates_are_of_the_standard() {
    // Date formats that every CSVW processor must know (Tabular Data Model, section 6.4.4).
    let dates = ["yyyy-MM-dd", "yyyyMMdd", "dd/MM/yyyy"];
    for agency in Agency::ALL {
        let metadata: Value = serde_json::from_str(&export(agency, "csvw")).unwrap();
        let schema = AgencySchema::of(agency).unwrap();
        let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
        assert_eq!(columns.len(), schema.columns.len());
        for column in columns {
            let (base, format) = (&column["datatype"]["base"], &column["datatype"]["format"]);
            if base == "date" {
                assert!(dates.contains(&format.as_str().unwrap()), "{column}");
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
