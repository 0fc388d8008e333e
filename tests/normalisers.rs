//! The contract that every normaliser keeps, and known answers from `tests/cases/normalisers`.

use std::collections::BTreeSet;
use std::fs;

use cci::normalise::{CANON_VERSION, CellRules, NORMALISERS, Normalised, find, is_date_format};
use cci::settings;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn cases<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/cases/normalisers/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the case file is in the repository");
    settings::parse(&text, name).expect("the case file is well formed")
}

/// Normalises into a buffer that holds something else before.
fn normalise(name: &str, cell: &str, rules: &CellRules) -> (Normalised, String) {
    let mut output = "left from the last cell".to_string();
    let outcome = find(name).expect("the name is in the list").normalise(cell, rules, &mut output);
    (outcome, output)
}

/// Row of `names.csv`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    language: String,
    /// `given` or `family`.
    kind: String,
    /// Cell, with characters that an editor hides written as `\u{200B}`.
    input: String,
    /// Primary form, `(missing)` or `(invalid)`.
    primary: String,
    /// Alternates in their order, between vertical bars.
    alternates: String,
}

fn golden_names() -> Vec<Name> {
    let path = format!("{}/tests/cases/normalisers/names.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'%')).from_path(path).expect("a file");
    reader.deserialize().map(|row| row.expect("the golden file is well formed")).collect()
}

fn unescaped(input: &str) -> String {
    let mut parts = input.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (code, rest) = part.split_once('}').expect("an escape is closed");
        let code = u32::from_str_radix(code, 16).expect("an escape is hexadecimal");
        text.push(char::from_u32(code).expect("an escape is a character"));
        text.push_str(rest);
    }
    text
}

#[test]
fn names_of_many_languages_have_their_forms() {
    assert_eq!(CANON_VERSION, "canon/1", "another version needs forms of its own");
    let rules = CellRules::default();
    let mut wrong = Vec::new();
    for name in golden_names() {
        let cell = unescaped(&name.input);
        let kind = format!("{}_name", name.kind);
        let (outcome, value) = normalise(&kind, &cell, &rules);
        let mut alternates = Vec::new();
        let normaliser = find(&kind).expect("the kind is given or family");
        if outcome == Normalised::Value {
            let emit = &mut |form: &str| alternates.push(form.to_string());
            normaliser.alternates(&cell, &value, &rules, emit);
        }
        let primary = match outcome {
            Normalised::Value => value,
            Normalised::Missing => "(missing)".into(),
            Normalised::Invalid => "(invalid)".into(),
        };
        let found = (primary, alternates.join("|"));
        if found != (name.primary, name.alternates) {
            wrong.push(format!("{} {} {}: {found:?}", name.language, name.kind, name.input));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_golden_file_holds_500_names_of_the_languages_of_english_schools() {
    let names = golden_names();
    let cells: BTreeSet<(&str, &str, &str)> = names
        .iter()
        .map(|name| (name.language.as_str(), name.kind.as_str(), name.input.as_str()))
        .collect();
    assert_eq!(cells.len(), names.len(), "no row comes twice");
    let languages: BTreeSet<&str> = names.iter().map(|name| name.language.as_str()).collect();
    assert!(names.len() >= 500 && languages.len() >= 30, "{} {}", names.len(), languages.len());
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeholders {
    missing: Vec<Missing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Missing {
    kinds: Vec<String>,
    cells: Vec<String>,
}

#[test]
fn placeholders_are_missing() {
    let placeholders: Placeholders = cases("placeholders.toml");
    for group in placeholders.missing {
        for kind in &group.kinds {
            for cell in &group.cells {
                let found = normalise(kind, cell, &CellRules::default());
                assert_eq!(found, (Normalised::Missing, String::new()), "{cell:?} as {kind}");
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cells {
    cell: Vec<Cell>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cell {
    kind: String,
    text: String,
    #[serde(default)]
    date_format: String,
    earliest_year: Option<i16>,
    form: Option<String>,
    #[serde(default)]
    why: String,
}

#[test]
fn cells_have_their_known_answers() {
    let cells: Cells = cases("cells.toml");
    for cell in cells.cell {
        let (date_format, earliest_year) = (cell.date_format, cell.earliest_year);
        let rules = CellRules { date_format, earliest_year, ..CellRules::default() };
        let expected = match cell.form {
            Some(form) => (Normalised::Value, form),
            None => (Normalised::Invalid, String::new()),
        };
        let found = normalise(&cell.kind, &cell.text, &rules);
        assert_eq!(found, expected, "{} as {}: {}", cell.text, cell.kind, cell.why);
    }
}

#[test]
fn names_are_unique_and_every_normaliser_says_what_it_expects() {
    let names: BTreeSet<&str> = NORMALISERS.iter().map(|normaliser| normaliser.name()).collect();
    assert_eq!(names.len(), NORMALISERS.len());
    for normaliser in NORMALISERS {
        let expects = normaliser.expects();
        assert!(!expects.is_empty() && !expects.ends_with('.'), "{}", normaliser.name());
    }
}

#[test]
fn a_placeholder_of_the_column_is_missing_in_every_kind() {
    let placeholders = vec![" Holder Of The Place ".to_string(), "É".to_string()];
    let rules = CellRules { placeholders, ..CellRules::default() };
    for normaliser in NORMALISERS {
        for cell in ["holder of the place", "  HOLDER OF THE PLACE", "é"] {
            let found = normalise(normaliser.name(), cell, &rules);
            assert_eq!(found, (Normalised::Missing, String::new()), "{}", normaliser.name());
        }
    }
}

#[test]
fn a_health_column_can_say_that_its_x_means_not_known() {
    let rules = CellRules { placeholders: vec!["X".into()], ..CellRules::default() };
    assert_eq!(normalise("sex", "X", &rules).0, Normalised::Missing);
    assert_eq!(normalise("sex", "9", &rules), (Normalised::Value, "X".into()));
}

#[test]
fn an_unknown_normaliser_is_answered_with_the_nearest() {
    let error = find("postcod").err().expect("no normaliser has that name");
    assert!(error.to_string().contains("nearest: \"postcode\""), "{error}");
}

#[test]
fn date_formats_are_checked_before_any_row_is_read() {
    for format in ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y", "%d %m %Y"] {
        assert!(is_date_format(format), "{format}");
    }
    for format in ["%d/%m/%y", "%d-%b-%Y", "%b %d %y", "%d%b%Y", "%d/%m/%Y %T", "%Y-%m-%dT%T"] {
        assert!(is_date_format(format), "{format}");
    }
    let refused = [
        "",
        "%Y-%m",
        "%Y-%m-%d %H",
        "%Y-%m-%d-%d",
        "dd/mm/yyyy",
        "%",
        "%T",
        " %T",
        "%d/%m/%Y%y",
        "%b/%m/%Y",
        "%Y-%m-%d%T",
        "%Y-%m-%d/%T",
        "%T %Y-%m-%d",
        "%d/%m %T",
    ];
    for format in refused {
        assert!(!is_date_format(format), "{format}");
    }
}

#[test]
fn dates_of_systems_that_write_them_otherwise_are_read() {
    let rules = |format: &str| CellRules { date_format: format.into(), ..CellRules::default() };
    for (format, cell, expected) in [
        ("%d-%b-%y", "05-JUN-18", "2018-06-05"),
        ("%d-%b-%y", "5-jun-99", "1999-06-05"),
        ("%d/%m/%y", "31/12/68", "2068-12-31"),
        ("%d/%m/%y", "01/01/69", "1969-01-01"),
        ("%d %b %Y", "3 Sept 2011", "2011-09-03"),
        ("%b %d %Y", "September 03 2011", "2011-09-03"),
        ("%d%b%Y", "03MAY2011", "2011-05-03"),
        ("%Y-%m-%d %T", "2011-03-13 00:00:00.000", "2011-03-13"),
        ("%Y-%m-%d %T", "2011-03-13", "2011-03-13"),
        ("%Y-%m-%dT%T", "2011-03-13T23:59", "2011-03-13"),
        ("%d %b %Y %T", "13 Mar 2011 12:00 AM", "2011-03-13"),
    ] {
        let found = normalise("date", cell, &rules(format));
        assert_eq!(found, (Normalised::Value, expected.into()), "{format}: {cell}");
    }
    for (format, cell) in [
        ("%d-%b-%y", "05-JUNK-18"),
        ("%d-%b-%y", "05-06-18"),
        ("%d/%m/%y", "05/06/2018"),
        ("%d/%m/%Y", "05/06/18"),
        ("%d/%m/%Y", "05/06/2018 00:00"),
        ("%Y-%m-%dT%T", "2011-03-13T00:00:00Z"),
        ("%Y-%m-%dT%T", "2011-03-13T00:00:00+01:00"),
        ("%Y-%m-%dT%T", "2011-03-13 00:00"),
        ("%Y-%m-%d %T", "2011-03-13 24:00"),
        ("%Y-%m-%d %T", "2011-03-13 noon"),
        ("%Y-%m-%d %T", "2011-02-30 00:00"),
    ] {
        assert_eq!(
            normalise("date", cell, &rules(format)).0,
            Normalised::Invalid,
            "{format}: {cell}"
        );
    }
    let filler = normalise("date", "00/00/0000 00:00:00", &rules("%d/%m/%Y %T"));
    assert_eq!(filler.0, Normalised::Missing);
}

/// Cells of every sort: clean values, damaged ones, and anything at all.
fn any_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,24}",
        ".{0,12}",
        "[ \\t\u{a0}\u{200b}]{0,3}(mr|miss|baby of|twin|b/o|o'|st|unknown|n/a|#n/a)?[ .,-]{0,2}[A-Za-zÀ-žʼ’ '.,-]{0,12}",
        "[0-9]{1,4}[ ,/-]{0,2}[A-Za-z]{0,6} (st|rd|ave|dr|cl|pl),? ?[a-z]{0,5}",
        "(18|19|20|99)[0-9]{2}-[0-1][0-9]-[0-3][0-9]",
        "[0-3]?[0-9]/[0-1]?[0-9]/(19|20)[0-9]{2}",
        "[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}",
        "[A-HJ-NP-RT-Z][0-9]{12}",
        "[A-Za-z]{1,2}[0-9]{1,2} ?[0-9][A-Za-z]{2}",
        "[MFXUmfxu0-9]",
        "[A-Z.]{1,8}@[a-z]{1,8}\\.[a-z]{2,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn normalising_a_value_gives_the_same_value(cell in any_cell(), format in 0usize..3) {
        let date_format = ["", "%d/%m/%Y", "%Y%m%d"][format].to_string();
        let rules = CellRules { date_format, ..CellRules::of_any_year() };
        for normaliser in NORMALISERS {
            let (outcome, value) = normalise(normaliser.name(), &cell, &rules);
            if outcome == Normalised::Value {
                // A date's value is in the default format, whatever the column's was.
                let again = normalise(normaliser.name(), &value, &CellRules::of_any_year());
                prop_assert_eq!(again, (Normalised::Value, value), "{}", normaliser.name());
            }
        }
    }

    #[test]
    fn a_value_has_no_stray_space_and_anything_else_has_no_output(cell in any_cell()) {
        for normaliser in NORMALISERS {
            let (outcome, output) = normalise(normaliser.name(), &cell, &CellRules::default());
            let name = normaliser.name();
            if outcome == Normalised::Value {
                prop_assert!(!output.is_empty(), "{}", name);
                prop_assert_eq!(output.trim(), output.as_str(), "{}", name);
                prop_assert!(!output.contains("  "), "{}", name);
                prop_assert!(!output.chars().any(char::is_control), "{}", name);
            } else {
                prop_assert!(output.is_empty(), "{}", name);
            }
        }
    }

    #[test]
    fn outer_spaces_never_change_the_outcome(cell in any_cell()) {
        let spaced = format!(" \t{cell}\u{a0} ");
        for normaliser in NORMALISERS {
            let rules = CellRules::default();
            prop_assert_eq!(
                normalise(normaliser.name(), &cell, &rules),
                normalise(normaliser.name(), &spaced, &rules),
                "{}", normaliser.name()
            );
        }
    }

    #[test]
    fn names_are_ascii_letters_and_single_spaces(cell in any_cell()) {
        for kind in ["given_name", "family_name"] {
            let (_, output) = normalise(kind, &cell, &CellRules::default());
            prop_assert!(output.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b' ')));
        }
    }

    #[test]
    fn the_short_way_for_ascii_equals_the_long_way(name in "[ -~]{1,20}") {
        // A zero-width space sends the same text through the Unicode path.
        let hidden = format!("{name}\u{200b}");
        for kind in ["given_name", "family_name", "address", "number", "text"] {
            let rules = CellRules::default();
            let plain = normalise(kind, &name, &rules);
            if plain.0 == Normalised::Value {
                prop_assert_eq!(plain, normalise(kind, &hidden, &rules), "{}", kind);
            }
        }
    }
}
