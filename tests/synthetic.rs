//! Claims about synthetic worlds, from outside: what is written, what is true, what is logged.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicU64;

use cci::code::{NhsNumber, Upn};
use cci::error::ErrorKind;
use cci::record::Agency;
use cci::schema::read_table;
use cci::synthetic::{
    FileFormat, Override, Profile, Settings, Table, World, corruption_names, generate,
    generate_without_errors, write,
};

fn settings(children: u32, seed: u64, profile: &str) -> Settings {
    let profile = Profile::find(profile).unwrap();
    Settings { children, seed, profile, overrides: vec![] }
}

fn with(children: u32, overrides: &[&str]) -> Settings {
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    Settings { overrides, ..settings(children, 7, "typical") }
}

/// Returns every file of a folder and its folders, by relative path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(
                files(&path).into_iter().map(|(file, text)| (format!("{name}/{file}"), text)),
            );
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

/// Returns the values of one column.
fn column<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = &'a str> {
    let place = table.column(name).unwrap_or_else(|| panic!("no column {name}"));
    (0..table.len()).map(move |row| table.cell(row, place))
}

/// Columns whose every difference from the truth is logged, with the attribute of the log.
fn logged_columns(agency: Agency) -> &'static [(&'static str, &'static [&'static str])] {
    match agency {
        Agency::Health => &[
            ("NHS_NO", &["nhs_number"]),
            ("FAMILY_NAME", &["family_name"]),
            ("GIVEN_NAME", &["given_name"]),
            ("OTHER_GIVEN_NAME", &["other_given_name"]),
            ("GENDER", &["sex"]),
            ("DATE_OF_BIRTH", &["date_of_birth"]),
            ("ADDRESS_LINE1", &["address"]),
            ("POSTCODE", &["postcode"]),
            ("ETHNIC_CATEGORY", &["ethnicity"]),
            ("NHS_NO_STATUS", &["nhs_number"]),
            ("GP_PRACTICE_CODE", &[]),
        ],
        Agency::Education => &[
            ("UPN", &["upn"]),
            ("NHSNumber", &["nhs_number"]),
            ("Surname", &["family_name"]),
            ("Forename", &["given_name"]),
            ("MiddleNames", &["other_given_name"]),
            ("PreferredSurname", &["family_name"]),
            ("Sex", &["sex"]),
            ("DOB", &["date_of_birth"]),
            ("AddressLine1", &["address"]),
            ("Postcode", &["postcode"]),
            ("Ethnicity", &["ethnicity"]),
            ("URN", &[]),
            ("NCyearActual", &[]),
        ],
        Agency::SocialCare => &[
            ("la_code", &[]),
            ("unique_pupil_number", &["upn"]),
            ("unique_pupil_number_unknown_reason", &["upn"]),
            ("common_child_id", &["nhs_number"]),
            ("first_name", &["given_name"]),
            ("surname", &["family_name"]),
            ("date_of_birth", &["date_of_birth"]),
            ("expected_date_of_birth", &["date_of_birth"]),
            ("sex", &["sex"]),
            ("ethnicity", &["ethnicity"]),
            ("postcode", &["postcode"]),
            ("uasc_flag", &[]),
        ],
        Agency::Police => &[
            ("force_code", &[]),
            ("PNCID", &[]),
            ("surname", &["family_name"]),
            ("forenames", &["given_name", "other_given_name"]),
            ("date_of_birth", &["date_of_birth"]),
            ("sex", &["sex"]),
            ("self_defined_ethnicity", &["ethnicity"]),
            ("officer_perceived_ethnicity", &[]),
            ("address", &["address"]),
            ("postcode", &["postcode"]),
            ("role", &[]),
            ("event_date", &[]),
        ],
    }
}

#[test]
fn same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    let mut first = None;
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(3_000, 7, "typical");
        let written = pool.install(|| {
            write(&settings, folder.path(), FileFormat::Csv, &AtomicU64::new(0)).unwrap()
        });
        assert_eq!(written.files.len(), 17);
        let bytes = files(folder.path());
        assert_eq!(
            bytes.keys().map(String::as_str).collect::<Vec<_>>(),
            [
                "education.csv",
                "education_censuses.csv",
                "health.csv",
                "health_addresses.csv",
                "health_names.csv",
                "health_numbers.csv",
                "police.csv",
                "police_aliases.csv",
                "social_care.csv",
                "social_care_episodes.csv",
                "social_care_referrals.csv",
                "social_care_uasc.csv",
                "truth/children.csv",
                "truth/corruptions.csv",
                "truth/histories.csv",
                "truth/prohibited.csv",
                "truth/records.csv"
            ]
        );
        assert!(bytes.values().all(|text| !text.contains(&b'\r') && text.ends_with(b"\n")));
        assert_eq!(first.get_or_insert_with(|| bytes.clone()), &bytes, "{threads} threads");
    }
}

#[test]
fn parquet_holds_the_cells_of_csv_and_its_bytes_are_the_same_again() {
    let settings = settings(1_000, 7, "poor");
    let [csv, parquet, again] = [0; 3].map(|_| tempfile::tempdir().unwrap());
    write(&settings, csv.path(), FileFormat::Csv, &AtomicU64::new(0)).unwrap();
    write(&settings, parquet.path(), FileFormat::Parquet, &AtomicU64::new(0)).unwrap();
    write(&settings, again.path(), FileFormat::Parquet, &AtomicU64::new(0)).unwrap();
    let made = files(parquet.path());
    assert!(made == files(again.path()));
    let truth = |folder: &Path| files(&folder.join("truth"));
    assert_eq!(truth(csv.path()), truth(parquet.path()));
    let histories = ["health_addresses", "health_names", "social_care_episodes"];
    for name in Agency::ALL.map(Agency::name).into_iter().chain(histories) {
        assert!(made[&format!("{name}.parquet")].starts_with(b"PAR1"));
        let texts = read_table(&csv.path().join(format!("{name}.csv"))).unwrap();
        let columns = read_table(&parquet.path().join(format!("{name}.parquet"))).unwrap();
        assert_eq!((texts.header(), texts.rows()), (columns.header(), columns.rows()));
        for row in 0..texts.rows() {
            let same = |column| texts.cell(row, column) == columns.cell(row, column);
            assert!((0..texts.header().len()).all(same), "{name}, row {row}");
        }
    }
}

#[test]
fn another_seed_gives_another_world() {
    let (one, other) =
        (generate(&settings(200, 7, "typical")), generate(&settings(200, 8, "typical")));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(one.truth.children, other.truth.children);
    assert_ne!(one.agencies[0].table, other.agencies[0].table);
}

#[test]
fn no_children_give_files_with_headers_only() {
    let folder = tempfile::tempdir().unwrap();
    write(&settings(0, 7, "typical"), folder.path(), FileFormat::Csv, &AtomicU64::new(0)).unwrap();
    for (name, text) in files(folder.path()) {
        assert_eq!(text.iter().filter(|&&byte| byte == b'\n').count(), 1, "{name}");
    }
}

#[test]
fn numbers_in_the_truth_are_valid_unique_and_nhs_numbers_are_of_the_test_range() {
    let world = generate_without_errors(&settings(5_000, 7, "typical")).unwrap();
    let mut child_of: BTreeMap<String, &str> = BTreeMap::new();
    let owners: BTreeMap<(&str, &str), &str> = owners(&world);
    let mut check = |agency: Agency, name: &str, valid: &dyn Fn(&str) -> bool| {
        let table = &world.agencies[agency as usize].table;
        let mut seen = 0;
        for (row, number) in
            column(table, name).enumerate().filter(|(_, number)| !number.is_empty())
        {
            assert!(valid(number), "a number in {name} is not valid");
            let owner = owners[&(agency.name(), table.cell(row, 0))];
            assert_eq!(*child_of.entry(number.into()).or_insert(owner), owner, "shared number");
            seen += 1;
        }
        assert!(seen > 300, "{name}: {seen}");
    };
    let nhs_number = |text: &str| NhsNumber::parse(text).is_ok_and(|number| number.is_test_range());
    let upn = |text: &str| Upn::parse(text).is_ok();
    check(Agency::Health, "NHS_NO", &nhs_number);
    check(Agency::Education, "NHSNumber", &nhs_number);
    check(Agency::SocialCare, "common_child_id", &nhs_number);
    check(Agency::Education, "UPN", &upn);
    check(Agency::SocialCare, "unique_pupil_number", &upn);
}

/// Returns the child of every record, by source and record.
fn owners(world: &World) -> BTreeMap<(&str, &str), &str> {
    let records = &world.truth.records;
    (0..records.len())
        .map(|row| ((records.cell(row, 0), records.cell(row, 1)), records.cell(row, 2)))
        .collect()
}

#[test]
fn multiple_births_are_about_fourteen_in_a_thousand_maternities() {
    let world = generate(&settings(40_000, 7, "typical")).unwrap();
    let births: Vec<&str> = column(&world.truth.children, "multiple_birth_id").collect();
    let single = births.iter().filter(|id| id.is_empty()).count();
    let multiple = births.iter().filter(|id| !id.is_empty()).collect::<BTreeSet<_>>().len();
    let maternities = (single + multiple) as f64;
    let share = multiple as f64 / maternities;
    // Binomial with p 0.014; four standard errors either side.
    let error = (0.014 * 0.986 / maternities).sqrt();
    assert!((share - 0.014).abs() < 4.0 * error, "{multiple} of {maternities}: {share}");
}

#[test]
fn every_corruption_occurs_and_is_logged_by_name() {
    // What befalls few children is made common, so that a small world shows every corruption.
    let common = ["unaccompanied", "disputed_age", "superseded_number", "adopted"];
    let common = common.map(|key| format!("population.{key}=0.9"));
    let overrides = common.iter().map(|text| Override::parse(text).unwrap()).collect();
    let world = generate(&Settings { overrides, ..settings(8_000, 7, "poor") }).unwrap();
    let logged: BTreeSet<&str> = column(&world.truth.corruptions, "corruption").collect();
    assert_eq!(logged, corruption_names().collect::<BTreeSet<_>>());
}

#[test]
fn every_cell_that_is_not_true_is_logged_and_every_logged_cell_is_not_true() {
    for profile in ["typical", "poor"] {
        let settings = settings(4_000, 11, profile);
        let world = generate(&settings).unwrap();
        let truth = generate_without_errors(&settings).unwrap();
        assert_eq!(world.truth.records, truth.truth.records);
        assert_eq!(world.truth.children, truth.truth.children);
        let corruptions = &world.truth.corruptions;
        let log: BTreeSet<(&str, &str, &str)> = (0..corruptions.len())
            .map(|row| {
                (corruptions.cell(row, 0), corruptions.cell(row, 1), corruptions.cell(row, 2))
            })
            .collect();
        let logged = log.len();
        let mut explained: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
        for (made, true_file) in world.agencies.iter().zip(&truth.agencies) {
            let (agency, table, clean) = (made.agency, &made.table, &true_file.table);
            let mut covered: Vec<&str> =
                logged_columns(agency).iter().map(|column| column.0).collect();
            let mut columns = table.header()[1..].to_vec();
            covered.sort_unstable();
            columns.sort_unstable();
            assert_eq!(covered, columns);
            for row in 0..table.len() {
                let id = table.cell(row, 0);
                assert_eq!(id, clean.cell(row, 0));
                for (name, attributes) in logged_columns(agency) {
                    let place = table.column(name).unwrap();
                    if table.cell(row, place) == clean.cell(row, place) {
                        continue;
                    }
                    let causes: Vec<_> = attributes
                        .iter()
                        .map(|&attribute| (agency.name(), id, attribute))
                        .filter(|key| log.contains(key))
                        .collect();
                    assert!(!causes.is_empty(), "{} {name} of {id} is not logged", agency.name());
                    explained.extend(causes);
                }
            }
        }
        let unexplained: Vec<_> =
            log.difference(&explained).filter(|(_, _, attribute)| *attribute != "record").collect();
        assert!(unexplained.is_empty(), "{profile}: {} of {logged}", unexplained.len());
    }
}

#[test]
fn four_agencies_hold_about_two_records_a_child() {
    let world = generate(&settings(10_000, 7, "typical")).unwrap();
    let records = world.truth.records.len();
    assert!((19_500..25_000).contains(&records), "{records}");
    let known = |agency: Agency| {
        let sources = column(&world.truth.records, "source");
        sources
            .zip(column(&world.truth.records, "child_id"))
            .filter(|(source, _)| *source == agency.name())
            .map(|(_, child)| child)
            .collect::<BTreeSet<_>>()
            .len()
    };
    // Shares of typical.toml, with room for families that share their need.
    assert!((9_850..=9_950).contains(&known(Agency::Health)));
    assert!((6_550..=6_950).contains(&known(Agency::Education)));
    // With the unborn, children before adoption and care leavers besides.
    assert!((930..=1_350).contains(&known(Agency::SocialCare)));
    assert!((480..=720).contains(&known(Agency::Police)));
}

#[test]
fn every_looked_after_child_is_known_to_social_care() {
    let world = generate(&settings(20_000, 7, "typical")).unwrap();
    let children = &world.truth.children;
    let looked_after: BTreeSet<&str> = column(children, "child_id")
        .zip(column(children, "looked_after"))
        .filter(|(_, looked_after)| *looked_after == "yes")
        .map(|(child, _)| child)
        .collect();
    // About 130, and as many before their adoption.
    assert!((130..330).contains(&looked_after.len()), "{}", looked_after.len());
    let known: BTreeSet<&str> = owners(&world)
        .iter()
        .filter(|((source, _), _)| *source == "social_care")
        .map(|(_, child)| *child)
        .collect();
    assert!(looked_after.is_subset(&known));
}

#[test]
fn brothers_and_sisters_never_share_a_given_name() {
    let world = generate_without_errors(&settings(10_000, 7, "typical")).unwrap();
    let children = &world.truth.children;
    let household: BTreeMap<&str, &str> =
        column(children, "child_id").zip(column(children, "household_id")).collect();
    let owners = owners(&world);
    let health = &world.agencies[0].table;
    let mut holder: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (row, name) in column(health, "GIVEN_NAME").enumerate() {
        let child = owners[&("health", health.cell(row, 0))];
        assert_eq!(*holder.entry((household[child], name)).or_insert(child), child);
    }
}

#[test]
fn names_are_those_of_their_years() {
    let world = generate_without_errors(&settings(10_000, 7, "typical")).unwrap();
    let health = &world.agencies[0].table;
    // Fell and rose most between 2001 and 2020 among names often given (ONS, Baby names).
    let share = |names: &[&str], years: std::ops::Range<u32>| {
        let rows = column(health, "GIVEN_NAME").zip(column(health, "DATE_OF_BIRTH"));
        let born: Vec<&str> = rows
            .filter(|(_, date)| years.contains(&date[..4].parse().unwrap()))
            .map(|(name, _)| name)
            .collect();
        born.iter().filter(|name| names.contains(name)).count() as f64 / born.len() as f64
    };
    let (before, after) = (2001..2011, 2016..2027);
    let falling = ["Chloe", "Callum", "Megan", "Joshua"];
    let rising = ["Noah", "Arthur", "Isla"];
    // Expected: about 2.1 % and 0.7 %, 0.6 % and 2.1 %, of 2,500 and 5,100 children.
    assert!(share(&falling, before.clone()) > 2.0 * share(&falling, after.clone()));
    assert!(share(&rising, after) > 2.0 * share(&rising, before));
}

#[test]
fn the_order_of_rows_and_of_identifiers_carries_no_truth() {
    let world = generate(&settings(10_000, 7, "typical")).unwrap();
    let owners = owners(&world);
    let health = &world.agencies[0].table;
    let number = |id: &str| {
        owners[&("health", id)].trim_matches(char::is_alphabetic).parse::<f64>().unwrap()
    };
    let by_row: Vec<f64> = column(health, "LOCAL_PATIENT_ID").map(number).collect();
    let mut ids: Vec<&str> = column(health, "LOCAL_PATIENT_ID").collect();
    ids.sort_unstable();
    let by_id: Vec<f64> = ids.into_iter().map(number).collect();
    for order in [by_row, by_id] {
        // Children of a family have neighbouring numbers; about 2 in 10,000 neighbours are expected.
        let near = order.windows(2).filter(|pair| (pair[0] - pair[1]).abs() <= 1.0).count();
        assert!(near < 15, "{near}");
    }
}

#[test]
fn an_override_changes_the_world() {
    let unknown = |settings: &Settings| {
        let world = generate(settings).unwrap();
        column(&world.agencies[Agency::Police as usize].table, "sex")
            .filter(|&sex| sex == "U")
            .count()
    };
    assert!(unknown(&with(3_000, &[])) > 0);
    assert_eq!(unknown(&with(3_000, &["police.sex.present=1.0"])), 0);
}

#[test]
fn bad_settings_say_what_is_wrong_where_and_what_to_do() {
    let error = Profile::find("tipical").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownName);
    assert!(error.to_string().contains("nearest: \"typical\""), "{error}");

    let text = "inherits = \"typical\"\npurpose = \"x\"\n[health.sex]\n\
                wrong_sex = { rate = 1.5, source = \"assumption\" }\n";
    let error = Profile::parse(text, "mine.toml").unwrap_err();
    assert_eq!(
        error.to_string(),
        "error[E013]: wrong value: mine.toml, line 4: health.sex.wrong_sex: expected a rate from 0 \
         to 1, found 1.5\n  help: a rate is a share: write 0.05 for 5 %"
    );

    let text = text.replace("wrong_sex", "wrong_sax").replace("1.5", "0.1");
    let error = Profile::parse(&text, "mine.toml").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    assert!(
        error.to_string().contains("line 4") && error.to_string().contains("wrong_sex"),
        "{error}"
    );

    let error = Profile::parse("purpose = \"x\"\n", "mine.toml").unwrap_err();
    assert!(error.to_string().contains("inherits = \"typical\""), "{error}");

    for (text, expected) in [
        ("social_care.nhs_number.presnt=0.9", "nearest: \"social_care.nhs_number.present\""),
        ("social_care.nhs_number.present=1.9", "expected a rate from 0 to 1"),
        ("social_care.nhs_number.present=much", "expected a number"),
        ("gradients=maybe", "expected true or false"),
    ] {
        let error = generate(&with(10, &[text])).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(Override::parse("no equals sign").is_err());

    let error = generate(&settings(45_004_546, 7, "typical")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, "x").unwrap();
    let settings = settings(10, 7, "typical");
    let error = write(&settings, &in_the_way, FileFormat::Csv, &AtomicU64::new(0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    // A folder stands where a file should be: nothing of that file is left half written.
    let taken = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(taken.path().join("education.csv/x")).unwrap();
    assert_eq!(
        write(&settings, taken.path(), FileFormat::Csv, &AtomicU64::new(0)).unwrap_err().kind(),
        ErrorKind::Unwritable
    );
    assert!(files(taken.path()).keys().all(|name| !name.ends_with(".partial")));
}

/// Returns the rows of the children's table that a life event befell.
fn befallen(children: &Table, event: &str) -> Vec<usize> {
    let events = column(children, "life_events").enumerate();
    let of = events.filter(|(_, events)| events.split(' ').any(|name| name == event));
    of.map(|(row, _)| row).collect()
}

#[test]
fn an_adopted_child_has_two_identities_that_nobody_may_link() {
    let world = generate_without_errors(&with(6_000, &["population.adopted=0.1"])).unwrap();
    let (children, prohibited) = (&world.truth.children, &world.truth.prohibited);
    let id = |row: usize| children.cell(row, children.column("child_id").unwrap());
    let adopted: BTreeSet<&str> = befallen(children, "adopted").into_iter().map(id).collect();
    assert!(adopted.len() > 300, "{}", adopted.len());
    assert_eq!(column(prohibited, "other_child_id").collect::<BTreeSet<_>>(), adopted);
    let number_of: BTreeMap<&str, &str> = {
        let owners = owners(&world);
        let health = &world.agencies[0].table;
        let numbers = column(health, "NHS_NO").enumerate();
        numbers.map(|(row, number)| (owners[&("health", health.cell(row, 0))], number)).collect()
    };
    let before = column(prohibited, "child_id").zip(column(prohibited, "other_child_id"));
    let both: Vec<_> = before.filter_map(|(a, b)| number_of.get(a).zip(number_of.get(b))).collect();
    assert!(both.len() > 10, "{}", both.len());
    assert!(both.iter().all(|(a, b)| a != b));
    let household: BTreeMap<&str, &str> =
        column(children, "child_id").zip(column(children, "household_id")).collect();
    assert!(
        column(prohibited, "child_id")
            .zip(column(prohibited, "other_child_id"))
            .all(|(a, b)| household[a] != household[b])
    );
}

#[test]
fn the_unborn_have_an_expected_date_and_no_date_of_birth() {
    let world = generate_without_errors(&with(6_000, &["population.unborn_sibling=1"])).unwrap();
    let owners = owners(&world);
    let table = &world.agencies[Agency::SocialCare as usize].table;
    let mut unborn = 0;
    for (row, (born, expected)) in
        column(table, "date_of_birth").zip(column(table, "expected_date_of_birth")).enumerate()
    {
        let is_unborn = owners[&("social_care", table.cell(row, 0))].ends_with('U');
        assert_eq!(born.is_empty(), is_unborn);
        assert_eq!(expected.is_empty(), !is_unborn);
        unborn += u32::from(is_unborn);
    }
    assert!(unborn > 100, "{unborn}");
    let types: BTreeSet<&str> = column(&world.truth.children, "entity_type").collect();
    assert!(types.contains("unborn"));
}

#[test]
fn pupils_who_go_by_another_surname_have_it_beside_the_legal_one() {
    let world = generate_without_errors(&settings(10_000, 7, "typical")).unwrap();
    let education = &world.agencies[Agency::Education as usize].table;
    let pairs = column(education, "Surname").zip(column(education, "PreferredSurname"));
    let other = pairs.filter(|(legal, preferred)| legal != preferred).count() as f64;
    // 3 % of children from two years on; now and then the name drawn is the child's own. Binomial,
    // 7,000 pupils: standard error 0.2 points, four of them either side.
    let share = other / education.len() as f64;
    assert!((share - 0.03).abs() < 0.008, "{share}");
    assert!(column(education, "PreferredSurname").all(|name| !name.is_empty()));
}

#[test]
fn the_dead_are_on_no_school_roll_and_nothing_happens_to_them() {
    let settings = with(4_000, &["population.died=0.5"]);
    let world = generate(&settings).unwrap();
    let children = &world.truth.children;
    let dead: BTreeSet<&str> =
        befallen(children, "died").into_iter().map(|row| children.cell(row, 0)).collect();
    assert!(dead.len() > 1_500);
    let known = |agency: &str| {
        owners(&world).iter().any(|((of, _), child)| *of == agency && dead.contains(child))
    };
    assert!(known("health") && known("social_care"));
    assert!(!known("education"));
}

#[test]
fn those_who_left_england_are_on_no_school_roll_and_left_together() {
    let made = |rate: &str| generate(&with(4_000, &[rate])).unwrap();
    let (world, stayed) = (made("population.emigrated=0.5"), made("population.emigrated=0"));
    let children = &world.truth.children;
    let rows = befallen(children, "emigrated");
    assert!((1_600..2_100).contains(&rows.len()), "{}", rows.len());
    let gone: BTreeSet<&str> = rows.iter().map(|&row| children.cell(row, 0)).collect();
    let known = |world: &World, agency: &str| {
        let owners = owners(world);
        let of = owners.iter().filter(|((of, _), child)| *of == agency && gone.contains(*child));
        of.count()
    };
    // Practices and local authorities keep what they have; the police forget after three years.
    assert_eq!(known(&world, "education"), 0);
    assert!(known(&stayed, "education") > 1_000);
    assert!(known(&world, "health") as f64 > 0.95 * gone.len() as f64);
    assert!(known(&world, "social_care") > 50);
    let police = (known(&world, "police"), known(&stayed, "police"));
    assert!(0 < police.0 && police.0 < police.1, "{police:?}");
    // Of a household either all who could leave left or nobody: those in care, dead or under other
    // names since an adoption stay behind, and those above twenty.
    let mut left: BTreeMap<&str, [u32; 2]> = BTreeMap::new();
    for row in 0..children.len() {
        let cell = |name| children.cell(row, children.column(name).unwrap());
        let behind = ["adopted", "died", "unborn_sibling"];
        let events = cell("life_events");
        let stays = cell("looked_after") == "yes"
            || cell("age_band") == "20-24"
            || cell("entity_type") != "child"
            || behind.iter().any(|event| events.contains(event));
        if !stays {
            left.entry(cell("household_id")).or_default()
                [usize::from(gone.contains(cell("child_id")))] += 1;
        }
    }
    let torn = left.values().filter(|[stayed, gone]| *stayed > 0 && *gone > 0).count();
    assert_eq!(torn, 0, "of {} households", left.len());
}

#[test]
fn people_of_twenty_and_more_have_a_plan_or_are_care_leavers() {
    let world = generate(&with(4_000, &["population.known_to_25=1"])).unwrap();
    let children = &world.truth.children;
    // A pupil who died is on no roll, plan or not.
    let dead = befallen(children, "died");
    let adults: BTreeSet<&str> = column(children, "child_id")
        .zip(column(children, "age_band"))
        .enumerate()
        .filter(|(row, (_, band))| *band == "20-24" && !dead.contains(row))
        .map(|(_, (child, _))| child)
        .collect();
    assert!(adults.len() > 600, "{}", adults.len());
    let known = |agency: &str| {
        let owners = owners(&world);
        let of = owners.iter().filter(|((of, _), child)| *of == agency && adults.contains(*child));
        of.map(|(_, child)| *child).collect::<BTreeSet<_>>()
    };
    let (at_school, in_care) = (known("education"), known("social_care"));
    assert!(at_school.is_disjoint(&in_care));
    assert_eq!(at_school.len() + in_care.len(), adults.len());
}

/// A hundred children for a first look, in `synthetic_data/small`.
#[test]
fn the_small_world_of_the_repository_is_made_again_byte_for_byte() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("synthetic_data/small");
    let folder = tempfile::tempdir().unwrap();
    write(
        &settings(100, 20_260_401, "typical"),
        folder.path(),
        FileFormat::Csv,
        &AtomicU64::new(0),
    )
    .unwrap();
    let (kept, made) = (files(&kept), files(folder.path()));
    assert_eq!(made.len(), 17);
    for (name, bytes) in &made {
        assert!(
            kept.get(name) == Some(bytes),
            "{name} is not what `cci generate --children 100` writes"
        );
    }
}

#[test]
fn a_child_has_the_places_of_its_home() {
    let world = generate(&settings(3_000, 7, "typical")).unwrap();
    let (children, owners) = (&world.truth.children, owners(&world));
    let mut areas: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    let mut force_of = BTreeMap::new();
    for row in 0..children.len() {
        let cell = |name: &str| children.cell(row, children.column(name).unwrap());
        let decile: u8 = cell("imd_decile").parse().unwrap();
        assert_eq!(cell("imd_quintile"), decile.div_ceil(2).to_string());
        areas
            .entry(cell("local_authority"))
            .or_default()
            .insert((cell("icb"), cell("police_force")));
        force_of.insert(cell("child_id"), (cell("local_authority"), cell("police_force")));
    }
    assert!(areas.len() > 1 && areas.values().all(|area| area.len() == 1), "{areas:?}");
    let of = |agency: Agency, name: &'static str| {
        let table = &world.agencies[agency as usize].table;
        let column = table.column(name).unwrap();
        let owners = &owners;
        (0..table.len())
            .map(move |row| (owners[&(agency.name(), table.cell(row, 0))], table.cell(row, column)))
    };
    assert!(of(Agency::Police, "force_code").all(|(child, force)| force_of[child].1 == force));
    assert!(of(Agency::SocialCare, "la_code").all(|(child, code)| force_of[child].0 == code));
}

#[test]
fn children_who_came_alone_are_often_born_on_1_january_or_a_15th() {
    let world = generate(&with(20_000, &["population.unaccompanied=0.9"])).unwrap();
    let children = &world.truth.children;
    let rows = befallen(children, "unaccompanied");
    let born = children.column("date_of_birth").unwrap();
    let share = |ending: &str| {
        let of = rows.iter().filter(|&&row| children.cell(row, born).ends_with(ending)).count();
        of as f64 / rows.len() as f64
    };
    assert!(rows.len() > 50, "{}", rows.len());
    // One in seven, and of the others three in ten; of 50 children, standard errors of 0.05 and 0.06,
    // three of each. Of other children 1 in 365 and 12 in 365 are.
    assert!((share("-01-01") - 1.0 / 7.0).abs() < 0.13, "{}", share("-01-01"));
    assert!((share("-15") - 0.26).abs() < 0.18, "{}", share("-15"));
    let looked_after = children.column("looked_after").unwrap();
    assert!(rows.iter().all(|&row| children.cell(row, looked_after) == "yes"));
}
