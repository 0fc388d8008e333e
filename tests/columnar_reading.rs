//! Typed columns are read column by column, many rows at a time: the records, accounts and faults
//! are those of the same rows read one by one from a CSV file.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use std::path::Path;
use std::sync::Arc;

use cci::record::{Agency, AttributeKind};
use cci::schema::{
    AgencySchema, AsAt, ColumnName, ColumnRequest, Delimiter, HiddenCharacters, Presence,
    ReadOptions, Reading, SourceFile, Split, TableWriter, TestNumbers, TextEncoding,
    linkage_attributes, read,
};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Rows of seven steps of reading and a part of one, and of several batches.
const ROWS: usize = 5_000;

const HEADER: [&str; 9] = [
    "LocalPupilID",
    "NHSNumber",
    "Surname",
    "Forename",
    "PreferredSurname",
    "Sex",
    "DOB",
    "Postcode",
    "Holder",
];

/// Returns a number that looks random, the same one for the same arguments.
fn number(row: usize, column: usize, below: usize) -> usize {
    let mixed = (row * 31 + column + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) % below
}

fn nhs_number(row: usize) -> String {
    let digits = format!("{}{:06}", ["999", "943"][row % 2], number(row, 1, 900) * 7);
    let sum: usize =
        digits.bytes().zip((2..=10).rev()).map(|(d, w)| usize::from(d - b'0') * w).sum();
    match 11 - sum % 11 {
        11 => digits + "0",
        10 => String::new(),
        check => digits + &check.to_string(),
    }
}

/// Cells of a row; some rows repeat another or take its identifier, many cells are no values.
fn cells(row: usize) -> [String; 9] {
    let given = ["Asha", "Teddy", "José", "unknown", "Mary-Jane", "Zo\u{200b}e", "ZoÃ«", "Liam"];
    let family = ["Khan", "O'Brien", "Müller-Shah", "MacDonald", "van der Berg", "", "Lee", "Ó Sé"];
    let day = ["2012-03-04", "31/02/2012", "", "12/25/2014", "1890-01-01", "2014-12-25", "45000"];
    if row % 97 == 5 {
        return cells(row - 3);
    }
    let one_in = |column: usize, rare: usize| number(row, column, rare) == 0;
    let id = match row {
        _ if row % 101 == 7 => format!("P{:05}", row - 4),
        _ if row % 211 == 9 => " ".into(),
        _ if row % 503 == 11 => format!("A{row}"),
        _ => format!("P{row:05}"),
    };
    let own = |column: usize| format!("Name {}", &"abcdefgh".repeat(2)[number(row, column, 8)..]);
    let text = |one: &str| one.to_string();
    [
        id,
        if one_in(10, 9) { text("9434765910") } else { nhs_number(row) },
        if one_in(11, 3) { own(12) } else { text(family[number(row, 13, family.len())]) },
        if one_in(14, 3) { own(15) } else { text(given[number(row, 16, given.len())]) },
        if one_in(17, 5) { text(family[number(row, 18, family.len())]) } else { text("") },
        text(["M", "F", "U", "", "x"][number(row, 19, 5)]),
        match one_in(20, 8) {
            true => text(day[number(row, 21, day.len())]),
            false => {
                format!("20{:02}-0{}-1{}", number(row, 22, 16), number(row, 23, 8) + 1, row % 9)
            }
        },
        match one_in(24, 6) {
            true => text(["ZZ", "", "AB1 2CD"][number(row, 25, 3)]),
            false => format!("AB{} {}CD", number(row, 26, 90) + 1, row % 10),
        },
        text(["health", "school", "x/y", "police", ""][number(row, 27, 40).min(row % 4)]),
    ]
}

fn write_csv(path: &Path) {
    let mut table = TableWriter::create(path, &HEADER).unwrap();
    (0..ROWS).for_each(|row| table.row(cells(row).each_ref().map(String::as_str)).unwrap());
    table.finish().unwrap();
}

/// Writes row groups of different sizes; beyond so many bytes of a dictionary cells are plain. An
/// empty cell of every other column is null.
fn write_parquet(path: &Path, dictionary: usize) {
    let columns = HEADER.map(|name| format!("optional binary {name} (utf8);")).concat();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {columns} }}")).unwrap());
    let properties = WriterProperties::builder().set_dictionary_page_size_limit(dictionary);
    let properties = Arc::new(properties.set_write_batch_size(100).build());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
    for rows in [0..3_000, 3_000..3_300, 3_300..ROWS] {
        let table: Vec<[String; 9]> = rows.map(cells).collect();
        let mut group = writer.next_row_group().unwrap();
        for column in 0..HEADER.len() {
            let is_null = |cell: &str| column % 2 == 1 && cell.is_empty();
            let of = || table.iter().map(|row| row[column].as_str());
            let levels: Vec<i16> = of().map(|cell| i16::from(!is_null(cell))).collect();
            let values: Vec<ByteArray> =
                of().filter(|cell| !is_null(cell)).map(Into::into).collect();
            let mut writer = group.next_column().unwrap().unwrap();
            writer.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            writer.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

/// Says everything of a reading but where a row stands in a file with lines and what was null.
fn told(mut reading: Reading, file: &str) -> String {
    for account in reading.accounts.iter_mut() {
        account.file.clear();
        for column in &mut account.columns {
            column.nulls = 0;
            let place = column.first_set_aside.iter_mut();
            let first = column.remarks.iter_mut().filter_map(|remark| remark.first.as_mut());
            for place in place.chain(first) {
                (place.line, place.column) = (place.line - u64::from(file == "csv"), 0);
            }
        }
    }
    let lines: Vec<u64> =
        reading.lines.iter().map(|line| line - u64::from(file == "csv")).collect();
    let groups: Vec<_> =
        reading.fault_groups.iter().map(|group| (group.name, &group.column, group.count)).collect();
    let faults: Vec<_> = reading
        .faults
        .iter()
        .map(|fault| (fault.name(), fault.place.line - u64::from(file == "csv"), &fault.column))
        .collect();
    let columns: Vec<_> = reading
        .records
        .columns()
        .iter()
        .chain([reading.records.local_ids()])
        .map(|column| {
            let all: Vec<&str> = column.dictionary().iter().map(|(_, value)| value).collect();
            (all, column.codes().to_vec(), column.further().to_vec())
        })
        .collect();
    let formats: Vec<String> =
        reading.date_formats.iter().map(|formats| formats.counts()).collect();
    format!("{:#?}", (&reading.accounts, lines, groups, faults, columns, formats))
}

fn check(asked: &dyn Fn(&Path) -> SourceFile, options: &ReadOptions) {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("pupils.csv");
    write_csv(&csv);
    let expected = told(read(&[asked(&csv)], &linkage_attributes(), options).unwrap(), "csv");
    for dictionary in [1 << 20, 3_000, 1] {
        let typed = folder.path().join("pupils.parquet");
        write_parquet(&typed, dictionary);
        let found =
            told(read(&[asked(&typed)], &linkage_attributes(), options).unwrap(), "parquet");
        let differs = expected.lines().zip(found.lines()).enumerate().find(|(_, (a, b))| a != b);
        assert_eq!(differs, None, "dictionaries of {dictionary} bytes");
        assert_eq!(expected.len(), found.len());
    }
}

#[test]
fn an_agency_s_rows_are_read_by_columns_as_one_by_one() {
    let schema = AgencySchema::of(Agency::Education).unwrap();
    let asked = |path: &Path| {
        let mut file = schema.file(path.to_path_buf());
        file.columns.iter_mut().for_each(|column| column.presence = Presence::Optional);
        file
    };
    let all = ReadOptions::check();
    check(&asked, &all);
    let as_at = Some(AsAt::parse("2024-09-01").unwrap());
    check(&asked, &ReadOptions { as_at, test_numbers: TestNumbers::Refuse, ..all });
    check(&asked, &ReadOptions { hidden_characters: HiddenCharacters::Quarantine, ..all });
}

#[test]
fn rows_of_several_sources_are_read_by_columns_as_one_by_one() {
    let name = |name: &str| ColumnName::new(name, "cci.toml", 1);
    let feeding = |column, attribute, kind| ColumnRequest::feeding(name(column), attribute, kind);
    let asked = |path: &Path| SourceFile {
        path: path.to_path_buf(),
        delimiter: Delimiter::default(),
        encoding: TextEncoding::default(),
        id_column: name("LocalPupilID"),
        split: Split::ByColumn { column: name("Holder"), duplicate_free: false },
        columns: vec![
            feeding("PreferredSurname", "family_name", AttributeKind::FamilyName),
            feeding("Surname", "family_name", AttributeKind::FamilyName),
            feeding("Forename", "given_name", AttributeKind::GivenName),
            feeding("DOB", "date_of_birth", AttributeKind::Date),
            feeding("NHSNumber", "nhs_number", AttributeKind::NhsNumber),
        ],
        histories: Vec::new(),
    };
    check(&asked, &ReadOptions::check());
}
