//! Claims about the histories of synthetic worlds: what agencies held before, and what they may not.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap too")]

use std::collections::{BTreeMap, BTreeSet};

use cci::record::Agency;
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};
use cci::synthetic::{
    FileFormat, Override, Profile, Settings, Table, World, generate, generate_without_errors, write,
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

/// The errors of today's row are the record's own and logged with it; all others are logged here.
#[test]
fn every_value_of_a_history_that_is_not_true_is_logged_and_nothing_else() {
    let settings = Settings { profile: Profile::find("poor").unwrap(), ..lively(2_000) };
    let (world, truth) =
        (generate(&settings).unwrap(), generate_without_errors(&settings).unwrap());
    let log = &world.truth.histories;
    let logged: BTreeSet<(&str, &str, &str, &str)> = (0..log.len())
        .map(|row| (log.cell(row, 0), log.cell(row, 1), log.cell(row, 2), log.cell(row, 3)))
        .collect();
    let mut explained: BTreeSet<&(&str, &str, &str, &str)> = BTreeSet::new();
    let numbers: Vec<String> = (1..100).map(|number| number.to_string()).collect();
    for (agency, name, columns) in [
        (
            Agency::Health,
            "addresses",
            &[("address_line", "address"), ("address_postalCode", "postcode")][..],
        ),
        (Agency::Health, "names", &[("name_family", "family_name"), ("name_given", "given_name")]),
        (Agency::Health, "numbers", &[("replacementOf", "nhs_number")]),
        (Agency::SocialCare, "episodes", &[("HOME_POST", "postcode"), ("PL_POST", "postcode")]),
    ] {
        let file = match name {
            "addresses" => "health_addresses",
            "names" => "health_names",
            "numbers" => "health_numbers",
            _ => "social_care_episodes",
        };
        let (made, clean) = (history(&world, agency, name), history(&truth, agency, name));
        let (made, clean) = (by_record(made), by_record(clean));
        let unaware = ["stale_address", "previous_surname"].map(|c| struck(&world, agency, c));
        let mut compared = 0;
        for (id, rows) in made {
            // Where a change was missed the last row is of another period.
            if unaware.iter().any(|records| records.contains(id)) {
                explained.extend(logged.iter().filter(|key| key.0 == file && key.1 == id));
                continue;
            }
            let clean = &clean[id];
            assert_eq!(rows.len(), clean.len(), "{file}");
            for (place, (row, true_row)) in rows.iter().zip(clean).enumerate() {
                let today = place + 1 == rows.len() && name != "numbers";
                for (column, attribute) in columns {
                    if row[column] == true_row[column] {
                        continue;
                    }
                    let key = (file, id, numbers[place].as_str(), *attribute);
                    assert!(logged.contains(&key) || today, "{file}, {column}: not logged");
                    explained.extend(logged.get(&key));
                }
                compared += 1;
            }
        }
        assert!(compared > 100, "{file}: {compared}");
    }
    assert!(logged.len() > 100, "{}", logged.len());
    assert_eq!(explained.len(), logged.len(), "logged, and yet as it was");
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
    assert!(with.histories.iter().all(|history| !history.table.is_empty()));
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
}

#[test]
fn every_row_is_accepted_beside_its_records_in_both_formats() {
    for (profile, format) in [("typical", FileFormat::Csv), ("poor", FileFormat::Parquet)] {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { profile: Profile::find(profile).unwrap(), ..lively(1_000) };
        let written = write(&settings, folder.path(), format).unwrap();
        let files: Vec<_> = Agency::ALL
            .iter()
            .map(|&agency| {
                let name = format!("{}.{}", agency.name(), format.name());
                AgencySchema::of(agency).unwrap().file(folder.path().join(name))
            })
            .collect();
        let reading = read(&files, &linkage_attributes(), &ReadOptions::allowing(0.0)).unwrap();
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
