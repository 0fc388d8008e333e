//! Claims about the histories of synthetic worlds: what agencies held before, and what they may not.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;

use cci::record::Agency;
use cci::schema::{AgencySchema, AsAt, ReadOptions, linkage_attributes, read};
use cci::synthetic::{
    FileFormat, Override, Profile, REFERENCE, Settings, Table, World, generate,
    generate_without_errors, write,
};

fn settings(children: u32, profile: &str, overrides: &[&str]) -> Settings {
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    Settings { children, seed: 7, profile: Profile::find(profile).unwrap(), overrides }
}

/// A world in which whatever is rare in histories is common.
fn lively(children: u32) -> Settings {
    let common = [
        "population.adopted=0.2",
        "population.superseded_number=0.2",
        "population.surname_change=0.5",
        "population.looked_after=0.1",
        "population.unaccompanied=0.9",
        "population.preferred_surname=0.3",
        "social_care.record.known=0.2",
    ];
    settings(children, "typical", &common)
}

fn history<'a>(world: &'a World, agency: Agency, name: &str) -> &'a Table {
    let own = |table: &&cci::synthetic::HistoryTable| table.agency == agency && table.name == name;
    &world.histories.iter().find(own).unwrap().table
}

/// Returns the rows of every record, in the order of the file, with cells by column.
fn by_record(table: &Table) -> BTreeMap<&str, Vec<BTreeMap<&'static str, &str>>> {
    let mut rows: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for row in 0..table.len() {
        let cells = table.header().iter().copied().zip(table.row(row)).collect();
        rows.entry(table.cell(row, 0)).or_default().push(cells);
    }
    rows
}

fn records(world: &World, agency: Agency) -> BTreeMap<&str, BTreeMap<&'static str, &str>> {
    let rows = by_record(&world.agencies[agency as usize].table);
    rows.into_iter().map(|(id, mut rows)| (id, rows.remove(0))).collect()
}

/// Returns the records of an agency that a corruption struck.
fn struck<'a>(world: &'a World, agency: Agency, corruption: &str) -> BTreeSet<&'a str> {
    let log = &world.truth.corruptions;
    (0..log.len())
        .filter(|&row| log.cell(row, 0) == agency.name() && log.cell(row, 3) == corruption)
        .map(|row| log.cell(row, 1))
        .collect()
}

/// Returns the identity that each record of an agency is about.
fn owners(world: &World, agency: Agency) -> BTreeMap<&str, &str> {
    let records = &world.truth.records;
    (0..records.len())
        .filter(|&row| records.cell(row, 0) == agency.name())
        .map(|row| (records.cell(row, 1), records.cell(row, 2)))
        .collect()
}

fn day(text: &str) -> jiff::civil::Date {
    let (format, text) = if text.contains('/') { ("%d/%m/%Y", text) } else { ("%Y-%m-%d", text) };
    jiff::civil::Date::strptime(format, text).unwrap()
}

#[test]
fn periods_follow_each_other_from_birth_and_the_last_is_the_record_itself() {
    let world = generate(&lively(3_000)).unwrap();
    let health = records(&world, Agency::Health);
    let owners = owners(&world, Agency::Health);
    let children = by_record(&world.truth.children);
    for (name, start, end, columns) in [
        (
            "addresses",
            "address_period_start",
            "address_period_end",
            [("address_line", "ADDRESS_LINE1"), ("address_postalCode", "POSTCODE")],
        ),
        (
            "names",
            "name_period_start",
            "name_period_end",
            [("name_family", "FAMILY_NAME"), ("name_given", "GIVEN_NAME")],
        ),
    ] {
        let rows = by_record(history(&world, Agency::Health, name));
        assert!(rows.len() > 300, "{name}: {}", rows.len());
        for (id, rows) in &rows {
            let born = children[owners[id]][0]["date_of_birth"];
            assert!(rows.len() > 1, "{name}: what never changed needs no history");
            assert!(day(rows[0][start]) >= day(born), "{name} before birth");
            for pair in rows.windows(2) {
                let next = day(pair[0][end]).tomorrow().unwrap();
                assert_eq!(next, day(pair[1][start]), "{name}: a gap or an overlap");
                assert!(day(pair[0][start]) <= day(pair[0][end]), "{name}");
            }
            let last = rows.last().unwrap();
            assert_eq!(last[end], "");
            for (column, main) in columns {
                assert_eq!(last[column], health[id][main], "{name} of today is not the record's");
            }
        }
    }
}

#[test]
fn what_an_agency_has_not_heard_of_is_in_no_history() {
    let world = generate(&lively(3_000)).unwrap();
    let truth = generate_without_errors(&lively(3_000)).unwrap();
    let clean = records(&truth, Agency::Health);
    for (name, corruption, column, main) in [
        ("addresses", "stale_address", "address_line", "ADDRESS_LINE1"),
        ("names", "previous_surname", "name_family", "FAMILY_NAME"),
    ] {
        let unaware = struck(&world, Agency::Health, corruption);
        let rows = by_record(history(&world, Agency::Health, name));
        let told: Vec<_> = unaware.iter().filter_map(|id| Some((id, rows.get(id)?))).collect();
        for (id, rows) in &told {
            assert!(rows.iter().all(|row| row[column] != clean[**id][main]), "{name}");
        }
        // Who moved twice and told of the first move only; nobody changes surname twice here.
        assert_eq!(told.len() > 50, name == "addresses", "{name}: {}", told.len());
        let aware = rows.keys().filter(|id| !unaware.contains(*id)).count();
        assert!(aware > 100, "{name}: {aware}");
    }
    let unaware = struck(&world, Agency::Health, "superseded_nhs_number");
    let rows = by_record(history(&world, Agency::Health, "numbers"));
    assert!(unaware.len() > 50 && rows.len() > 200);
    assert!(unaware.iter().all(|id| !rows.contains_key(id)));
}

/// Column of a history, its attribute, the column of the record that holds the same.
type ComparedColumn = (&'static str, &'static str, &'static str);

/// Columns of each history whose values may be wrong.
const COLUMNS: [(Agency, &str, &[ComparedColumn]); 8] = [
    (
        Agency::Health,
        "addresses",
        &[
            ("address_line", "address", "ADDRESS_LINE1"),
            ("address_postalCode", "postcode", "POSTCODE"),
        ],
    ),
    (
        Agency::Health,
        "names",
        &[
            ("name_family", "family_name", "FAMILY_NAME"),
            ("name_given", "given_name", "GIVEN_NAME"),
        ],
    ),
    (Agency::Health, "numbers", &[("replacementOf", "nhs_number", "NHS_NO")]),
    (
        Agency::Education,
        "censuses",
        &[
            ("UPN", "upn", "UPN"),
            ("Surname", "family_name", "Surname"),
            ("Forename", "given_name", "Forename"),
            ("AddressLine1", "address", "AddressLine1"),
            ("Postcode", "postcode", "Postcode"),
        ],
    ),
    (
        Agency::SocialCare,
        "referrals",
        &[
            ("UPN", "upn", "unique_pupil_number"),
            ("PersonBirthDate", "date_of_birth", "date_of_birth"),
        ],
    ),
    (
        Agency::SocialCare,
        "episodes",
        &[("HOME_POST", "postcode", "postcode"), ("PL_POST", "postcode", "postcode")],
    ),
    (Agency::SocialCare, "uasc", &[("DOB", "date_of_birth", "date_of_birth")]),
    (
        Agency::Police,
        "aliases",
        &[
            ("alias_surname", "family_name", "surname"),
            ("alias_forenames", "given_name", "forenames"),
            ("alias_date_of_birth", "date_of_birth", "date_of_birth"),
        ],
    ),
];

/// Errors that the record has too are logged with it; all others are logged here.
#[test]
fn every_value_of_a_history_that_is_not_true_is_logged_and_nothing_else() {
    let settings = Settings { profile: Profile::find("poor").unwrap(), ..lively(3_000) };
    let files = COLUMNS.map(|(agency, name, _)| format!("{}_{name}", agency.name()));
    let (world, truth) =
        (generate(&settings).unwrap(), generate_without_errors(&settings).unwrap());
    let log = &world.truth.histories;
    let logged: BTreeSet<(&str, &str, &str, &str)> = (0..log.len())
        .map(|row| (log.cell(row, 0), log.cell(row, 1), log.cell(row, 2), log.cell(row, 3)))
        .collect();
    let mut explained: BTreeSet<&(&str, &str, &str, &str)> = BTreeSet::new();
    let numbers: Vec<String> = (1..100).map(|number| number.to_string()).collect();
    // Where a change was missed rows are fewer, or of other periods.
    let missed = ["stale_address", "previous_surname", "disputed_date"];
    let record_log = &world.truth.corruptions;
    let wrong: BTreeSet<(&str, &str)> = (0..record_log.len())
        .map(|row| (record_log.cell(row, 0), record_log.cell(row, 1)))
        .collect();
    for ((agency, name, columns), file) in COLUMNS.into_iter().zip(&files) {
        let own = |world| by_record(history(world, agency, name));
        let (records, clean) = (records(&world, agency), own(&truth));
        let unaware = missed.map(|corruption| struck(&world, agency, corruption));
        let mut compared = 0;
        for (id, rows) in own(&world) {
            let unaware = unaware.iter().any(|records| records.contains(id));
            let same = clean.get(id).filter(|clean| clean.len() == rows.len());
            let Some(clean) = same.filter(|_| !unaware) else {
                // What the record itself has wrong may be in no row, or in one that says it again.
                assert!(unaware || wrong.contains(&(agency.name(), id)), "{file}: {}", rows.len());
                explained.extend(logged.iter().filter(|key| key.0 == file && key.1 == id));
                continue;
            };
            for (place, (row, true_row)) in rows.iter().zip(clean).enumerate() {
                for &(column, attribute, main) in columns {
                    if row[column] == true_row[column] {
                        continue;
                    }
                    let key = (file.as_str(), id, numbers[place].as_str(), attribute);
                    let of_record = row[column].replace('-', "")
                        == records[id][main].replace('-', "")
                        || slashed(row[column]) == records[id][main];
                    assert!(logged.contains(&key) || of_record, "{file}, {column}: not logged");
                    explained.extend(logged.get(&key));
                }
                compared += 1;
            }
        }
        assert!(compared > 5, "{file}: {compared}");
    }
    assert!(logged.len() > 200, "{}", logged.len());
    let unexplained: Vec<_> = logged.iter().filter(|key| !explained.contains(key)).collect();
    assert!(unexplained.is_empty(), "logged, and yet as it was: {unexplained:?}");
}

/// Returns a date with the year first as one with the day first.
fn slashed(date: &str) -> String {
    match date.get(..10) {
        Some(_) => format!("{}/{}/{}", &date[8..10], &date[5..7], &date[..4]),
        None => String::new(),
    }
}

#[test]
fn an_earlier_census_is_of_a_pupil_on_the_roll_and_says_something_else() {
    let world = generate(&lively(4_000)).unwrap();
    let (owners, records) = (owners(&world, Agency::Education), records(&world, Agency::Education));
    let children = by_record(&world.truth.children);
    let rows = by_record(history(&world, Agency::Education, "censuses"));
    assert!(rows.len() > 300, "{}", rows.len());
    for (id, rows) in rows {
        let born = day(children[owners[id]][0]["date_of_birth"]);
        for row in &rows {
            let age =
                born.until((jiff::Unit::Year, day(row["ReferenceDate"]))).unwrap().get_years();
            assert!(
                (4..=18).contains(&age) || children[owners[id]][0]["age_band"] == "20-24",
                "{age}"
            );
            let columns = ["Surname", "AddressLine1", "Postcode"];
            assert!(columns.iter().any(|column| row[column] != records[id][column]));
            assert_eq!(row["UPN"], records[id]["UPN"]);
        }
        assert!(rows.windows(2).all(|pair| pair[0]["ReferenceDate"] < pair[1]["ReferenceDate"]));
    }
}

#[test]
fn a_referral_before_birth_has_an_expected_date_and_one_after_it_a_date_of_birth() {
    let settings = Settings { profile: Profile::find("clean").unwrap(), ..lively(4_000) };
    let world = generate(&settings).unwrap();
    let (owners, records) =
        (owners(&world, Agency::SocialCare), records(&world, Agency::SocialCare));
    let children = by_record(&world.truth.children);
    let missing = struck(&world, Agency::SocialCare, "missing_value");
    let (mut before, mut again) = (0, 0);
    for (id, rows) in by_record(history(&world, Agency::SocialCare, "referrals")) {
        let child = &children[owners[id]][0];
        let born = day(child["date_of_birth"]);
        for row in &rows {
            let referred = day(row["CINreferralDate"]);
            let unborn = referred < born;
            assert_eq!(!row["ExpectedPersonBirthDate"].is_empty(), unborn);
            assert!(!unborn || (row["PersonBirthDate"], row["Sex"], row["UPN"]) == ("", "U", ""));
            assert!(row["CINclosureDate"].is_empty() || day(row["CINclosureDate"]) >= referred);
            assert_eq!(row["UPN"].is_empty(), !row["UPNunknown"].is_empty());
            before += usize::from(unborn);
        }
        let last = rows.last().unwrap();
        let after = day(last["CINreferralDate"]) >= born && !missing.contains(id);
        if after && !records[id]["date_of_birth"].is_empty() {
            assert_eq!(slashed(last["PersonBirthDate"]), records[id]["date_of_birth"]);
        }
        again += usize::from(rows.len() > 1);
    }
    assert!(before > 30 && again > 100, "{before} {again}");
}

#[test]
fn a_disputed_age_gives_two_dates_of_birth_and_an_alias_is_not_the_record_again() {
    let world = generate(&lively(8_000)).unwrap();
    let children = by_record(&world.truth.children);
    let (owners, unaware) =
        (owners(&world, Agency::SocialCare), struck(&world, Agency::SocialCare, "disputed_date"));
    let mut two = 0;
    for (id, rows) in by_record(history(&world, Agency::SocialCare, "uasc")) {
        let events = children[owners[id]][0]["life_events"];
        assert!(events.contains("unaccompanied"));
        let disputed = events.contains("disputed_age") && !unaware.contains(id);
        assert!(rows.len() == 1 || disputed && rows[0]["DOB"] != rows[1]["DOB"]);
        two += usize::from(rows.len() == 2);
    }
    assert!(two > 5, "{two}");
    let police = records(&world, Agency::Police);
    let aliases = by_record(history(&world, Agency::Police, "aliases"));
    assert!(aliases.len() > 50, "{}", aliases.len());
    for (id, rows) in aliases {
        let (record, row) = (&police[id], &rows[0]);
        assert_eq!(row["recorded_date"], record["event_date"]);
        assert!(row["alias_surname"] != record["surname"]);
        let forenames = record["forenames"].split(' ').next().unwrap();
        assert!(row["alias_forenames"].is_empty() || row["alias_forenames"] != forenames);
    }
}

#[test]
fn histories_leave_the_agencies_files_and_their_truth_as_they_are() {
    let none = Agency::ALL.map(|agency| format!("{}.record.history_kept=0", agency.name()));
    let none: Vec<&str> = none.iter().map(String::as_str).collect();
    let without = generate(&settings(2_000, "typical", &none)).unwrap();
    let with = generate(&settings(2_000, "typical", &[])).unwrap();
    assert_eq!(with.agencies, without.agencies);
    assert_eq!(with.truth.records, without.truth.records);
    assert_eq!(with.truth.children, without.truth.children);
    assert_eq!(with.truth.corruptions, without.truth.corruptions);
    assert!(without.histories.iter().all(|history| history.table.is_empty()));
    // Children who came alone are few, and not in every small world.
    let empty = with.histories.iter().filter(|history| history.table.is_empty()).count();
    assert!(empty <= 1, "{empty}");
}

#[test]
fn nothing_leads_from_a_child_to_its_identity_before_adoption() {
    let world = generate_without_errors(&lively(4_000)).unwrap();
    let (owners, health) = (owners(&world, Agency::Health), records(&world, Agency::Health));
    let prohibited = &world.truth.prohibited;
    let adopted: BTreeSet<&str> =
        (0..prohibited.len()).map(|row| prohibited.cell(row, 1)).collect();
    let own: BTreeSet<&str> =
        owners.iter().filter(|(_, child)| adopted.contains(*child)).map(|(id, _)| *id).collect();
    assert!(own.len() > 300, "{}", own.len());
    for history in world.histories.iter().filter(|history| history.agency == Agency::Health) {
        let rows = by_record(&history.table);
        assert!(own.iter().all(|id| !rows.contains_key(id)), "{}", history.name);
    }
    // And no number that a record bears today is said to be replaced.
    let numbers = history(&world, Agency::Health, "numbers");
    let column = numbers.column("replacementOf").unwrap();
    let replaced: BTreeSet<&str> =
        (0..numbers.len()).map(|row| numbers.cell(row, column)).collect();
    assert!(health.values().all(|record| !replaced.contains(record["NHS_NO"])));
}

#[test]
fn episodes_of_care_are_without_gaps_and_end_where_the_child_lives() {
    let world = generate(&lively(4_000)).unwrap();
    let (owners, records) =
        (owners(&world, Agency::SocialCare), records(&world, Agency::SocialCare));
    let stale = struck(&world, Agency::SocialCare, "stale_address");
    let children = by_record(&world.truth.children);
    let (mut moved, mut unaware, mut adopted) = (0, 0, 0);
    for (id, rows) in by_record(history(&world, Agency::SocialCare, "episodes")) {
        let child = &children[owners[id]][0];
        assert!(day(rows[0]["DECOM"]) >= day(child["date_of_birth"]));
        assert!(rows.iter().enumerate().all(|(place, row)| (row["RNE"] == "S") == (place == 0)));
        assert!(rows.windows(2).all(|pair| pair[0]["DEC"] == pair[1]["DECOM"]));
        moved += usize::from(rows.len() > 1);
        let last = rows.last().unwrap();
        if child["entity_type"] == "identity_before_adoption" {
            assert_eq!(
                (last["REC"], last["PL_POST"]),
                ("E12", ""),
                "a placement to be kept secret"
            );
            adopted += 1;
        } else if child["looked_after"] == "yes" {
            assert_eq!(last["DEC"], "");
            // The person's page has the home still, the episode has the placement.
            let at_home = stale.contains(id);
            let column = if at_home { "HOME_POST" } else { "PL_POST" };
            assert_eq!(last[column], records[id]["postcode"]);
            unaware += usize::from(at_home && last["PL_POST"] != last["HOME_POST"]);
        }
    }
    assert!(moved > 50 && unaware > 20 && adopted > 200, "{moved} {unaware} {adopted}");
    // Children of one home share its postcode; foster families have one each.
    let mut homes: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let episodes = by_record(history(&world, Agency::SocialCare, "episodes"));
    for (id, rows) in &episodes {
        for row in rows.iter().filter(|row| !row["PL_POST"].is_empty()) {
            homes.entry((row["PLACE"], row["PL_POST"])).or_default().insert(owners[id]);
        }
    }
    let most = |kind: &str| {
        let of = homes.iter().filter(|((place, _), _)| *place == kind);
        of.map(|(_, children)| children.len()).max().unwrap()
    };
    assert!(most("K2") > 2 * most("U6"), "{} {}", most("K2"), most("U6"));
}

#[test]
fn every_row_is_accepted_beside_its_records_in_both_formats() {
    for (profile, format) in [("typical", FileFormat::Csv), ("poor", FileFormat::Parquet)] {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { profile: Profile::find(profile).unwrap(), ..lively(1_000) };
        let written = write(&settings, folder.path(), format, &AtomicU64::new(0)).unwrap();
        let files: Vec<_> = Agency::ALL
            .iter()
            .map(|&agency| {
                let name = format!("{}.{}", agency.name(), format.name());
                AgencySchema::of(agency).unwrap().file(folder.path().join(name))
            })
            .collect();
        let as_at = Some(AsAt::parse(&REFERENCE.to_string()).unwrap());
        let options = ReadOptions { as_at, ..ReadOptions::allowing(0.0) };
        let reading = read(&files, &linkage_attributes(), &options).unwrap();
        assert!(reading.quarantine.is_empty());
        let made = written.files.iter().map(|(path, rows)| (path.display().to_string(), *rows));
        let made: BTreeMap<String, usize> = made.collect();
        assert!(!reading.histories.is_empty());
        for account in &reading.histories {
            assert_eq!(account.accepted as usize, made[&account.file], "{}", account.file);
            assert!(account.accepted > 0, "{}", account.file);
        }
    }
}
