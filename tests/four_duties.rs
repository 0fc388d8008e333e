//! The four duties as four folders, by the commands of `examples/four_duties.sh`: that the whole
//! way works, and that no folder holds a byte of what is another duty's.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]
#![cfg(unix)]

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cci::identifier::{Pseudonym, Scope};
use cci::schema::parquet::{self, ColumnData};
use command::{files_below, run, stderr, stdout, text};
use serde_json::Value;

const AGENCIES: [&str; 4] = ["health", "education", "social_care", "police"];
const DATA: &str = "synthetic_data/small";
const PROJECT: &str = "research/attendance";
const EDUCATION: &str = "LocalPupilID,UPN,NHSNumber,Surname,Forename,MiddleNames,PreferredSurname,\
Sex,DOB,AddressLine1,Postcode,Ethnicity,URN,NCyearActual";

/// What the script left, made once for all tests of this file.
fn world() -> &'static Path {
    static WORLD: OnceLock<PathBuf> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("four_duties");
        let _ = fs::remove_dir_all(&folder); // of an earlier run of these tests
        let data = folder.join("data");
        fs::create_dir_all(&data).unwrap();
        for file in files_below(Path::new(DATA)) {
            if file.parent() == Some(Path::new("")) {
                fs::copy(Path::new(DATA).join(&file), data.join(file)).unwrap();
            }
        }
        plant(&data.join("education.csv"));
        let output = std::process::Command::new("examples/four_duties.sh")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CCI", assert_cmd::cargo::cargo_bin("cci"))
            .args([&folder.join("out"), &data])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let told = stdout(&output);
        assert!(told.contains("children whom 4 of the extracts have: 1"), "{told}");
        fs::create_dir(folder.join("told")).unwrap();
        fs::write(folder.join("told/words"), [output.stdout, output.stderr].concat()).unwrap();
        folder
    })
}

/// Puts canaries into the first pupil's record: a name, and what no duty but its holder needs.
fn plant(education: &Path) {
    let text = fs::read_to_string(education).unwrap();
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    assert_eq!(lines[0], EDUCATION);
    let mut cells: Vec<String> = lines[1].split(',').map(String::from).collect();
    for (place, canary) in
        [(3, "Quetzalcourt"), (4, "Zyxwvutia"), (5, "Canarymiddle"), (13, "Canaryyear")]
    {
        cells[place] = canary.into();
    }
    lines[1] = cells.join(",");
    fs::write(education, lines.join("\n") + "\n").unwrap();
}

fn out(path: &str) -> PathBuf {
    world().join("out").join(path)
}

/// Reads a table without quotes into its rows, each by column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn column(path: &Path, name: &str) -> Vec<String> {
    rows(path).into_iter().map(|mut row| row.remove(name).unwrap()).collect()
}

/// Texts or bytes that must stay where they belong.
struct Secret {
    kind: String,
    /// Folders that may hold them; one of them does.
    homes: Vec<String>,
    needles: BTreeSet<Vec<u8>>,
}

fn secret(kind: &str, homes: &[&str], needles: impl IntoIterator<Item = Vec<u8>>) -> Secret {
    let homes = homes.iter().map(|home| home.to_string()).collect();
    let needles = needles.into_iter().map(|needle| needle.to_ascii_lowercase());
    // Shorter ones turn up in hashes by chance.
    let needles: BTreeSet<_> = needles.filter(|needle| needle.len() >= 6).collect();
    assert!(!needles.is_empty(), "{kind}");
    Secret { kind: kind.into(), homes, needles }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let byte = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Returns hexadecimal digits as text and as the bytes that they stand for.
fn both(hex: &str) -> [Vec<u8>; 2] {
    [hex.as_bytes().to_vec(), bytes_of(hex)]
}

fn texts(values: Vec<String>) -> impl Iterator<Item = Vec<u8>> {
    values.into_iter().map(String::into_bytes)
}

/// Returns everything that one duty knows and another must not, and where it belongs.
fn secrets() -> &'static [Secret] {
    static SECRETS: OnceLock<Vec<Secret>> = OnceLock::new();
    SECRETS.get_or_init(gathered)
}

fn gathered() -> Vec<Secret> {
    let mut secrets = Vec::new();
    let (mut names, mut dates, mut postcodes, mut numbers) = (vec![], vec![], vec![], vec![]);
    let (mut handles, mut pseudonyms) = (Vec::new(), Vec::new());
    let scope: Scope = PROJECT.parse().unwrap();
    for agency in AGENCIES {
        let home = format!("holder/{agency}");
        let file = out(&format!("{home}/own/{agency}.csv"));
        let header = csv::Reader::from_path(&file).unwrap().headers().unwrap().clone();
        for name in &header {
            let list = match name {
                "Surname" | "surname" | "FAMILY_NAME" | "Forename" | "first_name" | "forenames"
                | "GIVEN_NAME" => &mut names,
                "DOB" | "DATE_OF_BIRTH" | "date_of_birth" => &mut dates,
                "Postcode" | "POSTCODE" | "postcode" => &mut postcodes,
                "UPN" | "NHSNumber" | "NHS_NO" | "unique_pupil_number" | "common_child_id" => {
                    &mut numbers
                }
                _ => continue,
            };
            list.extend(column(&file, name));
        }
        let own = column(&file, &header[0]);
        secrets.push(secret(&format!("{agency}: own identifiers"), &[&home], texts(own)));
        let ids = column(&out(&format!("{home}/crosswalk.csv")), "transport_id");
        let ids = ids.iter().flat_map(|id| both(id.strip_prefix("tr1_").unwrap()));
        let kind = format!("{agency}: transport identifiers");
        secrets.push(secret(&kind, &[&home, "custodian", "issuer"], ids));
        handles.extend(column(&out(&format!("custodian/store/handles/{agency}.csv")), "handle"));
        for printed in column(&out(&format!("issuer/outbox/{agency}.csv")), "pseudonym") {
            let value = *Pseudonym::parse(&printed, &scope).unwrap().value();
            pseudonyms.extend([printed.replace('-', "").into_bytes(), value.to_vec()]);
            pseudonyms.push(printed.into_bytes());
        }
    }
    let linkage = ["holder", "custodian"];
    let long = names.iter().flat_map(|name| name.split([' ', '-'])).filter(|word| word.len() > 6);
    secrets.push(secret("names", &linkage, texts(long.map(String::from).collect())));
    // As written, and as the canonical form writes them: 21/10/2014 and 2014-10-21.
    dates.extend(column(&out("custodian/inbox/health.csv"), "date_of_birth"));
    dates.retain(|date| date.len() == 10);
    secrets.push(secret("dates of birth", &linkage, texts(dates)));
    postcodes.extend(postcodes.clone().iter().map(|code| code.replace(' ', "")));
    secrets.push(secret("postcodes", &linkage, texts(postcodes)));
    secrets.push(secret("national numbers", &linkage, texts(numbers)));
    let home = ["Canarymiddle", "Canaryyear"].map(|canary| canary.as_bytes().to_vec());
    secrets.push(secret("what nobody else needs", &["holder/education"], home));
    let payload = column(&out("holder/health/own/health.csv"), "GP_PRACTICE_CODE");
    secrets.push(secret("payload", &["holder/health", "researcher"], texts(payload)));
    let hex = handles.iter().flat_map(|handle| both(handle));
    secrets.push(secret("handles", &["custodian", "issuer"], hex));
    secrets.push(secret("pseudonyms", &["issuer", "holder", "researcher"], pseudonyms));
    // A copy: opening the vault itself would leave files beside it while others look there.
    let copy = world().join("vault.sqlite");
    fs::copy(out("issuer/store/vault.sqlite"), &copy).unwrap();
    let vault = rusqlite::Connection::open(copy).unwrap();
    let mut keys = vault.prepare("SELECT person_key FROM person").unwrap();
    let keys: Vec<Vec<u8>> =
        keys.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let hex = |key: &Vec<u8>| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let keys = keys.iter().flat_map(|key| [key.clone(), hex(key).into_bytes()]);
    secrets.push(secret("person keys", &["issuer/store"], keys));
    for home in ["issuer/store", "custodian/store"] {
        let files = files_below(&out(home));
        let keys = files.iter().filter(|file| file.extension().is_some_and(|end| end == "key"));
        let digits = keys.flat_map(|file| {
            let line = fs::read_to_string(out(home).join(file)).unwrap();
            both(line.trim_end().rsplit(' ').next().unwrap())
        });
        secrets.push(secret(&format!("keys of {home}"), &[home], digits));
    }
    secrets
}

/// Returns a file's bytes, and of a table that packs its texts the texts.
fn readable(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|end| end == "parquet") {
        for (_, column) in parquet::read(path).unwrap() {
            if let ColumnData::Text(values) = column {
                bytes.extend(values.join("\n").into_bytes());
            }
        }
    }
    bytes.to_ascii_lowercase()
}

/// Returns the files below a folder that hold a needle, letter case aside.
fn found(folder: &Path, needles: &BTreeSet<Vec<u8>>) -> Vec<PathBuf> {
    let start = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
    let mut by_start: Vec<Vec<&[u8]>> = vec![Vec::new(); 1 << 16];
    needles.iter().for_each(|needle| by_start[start(needle)].push(needle));
    let holds = |file: &PathBuf| {
        let bytes = readable(&folder.join(file));
        let mut places = 0..bytes.len().saturating_sub(1);
        places.any(|at| by_start[start(&bytes[at..])].iter().any(|n| bytes[at..].starts_with(n)))
    };
    files_below(folder).into_iter().filter(holds).collect()
}

/// Returns what lies outside its homes, as "kind in file".
fn astray(root: &Path, secrets: &[Secret]) -> Vec<String> {
    let mut astray = Vec::new();
    for secret in secrets {
        let homes: Vec<&Path> = secret.homes.iter().map(Path::new).collect();
        let mut at_home = false;
        for file in found(root, &secret.needles) {
            match homes.iter().any(|home| file.starts_with(home)) {
                true => at_home = true,
                false => astray.push(format!("{} in {}", secret.kind, file.display())),
            }
        }
        assert!(at_home, "the scan is blind to {}", secret.kind);
    }
    astray
}

#[test]
fn no_folder_holds_a_byte_of_what_is_another_dutys() {
    let secrets = secrets();
    assert_eq!(secrets.len(), 19);
    assert_eq!(astray(&out(""), secrets), Vec::<String>::new());
    for secret in secrets {
        assert!(found(&world().join("told"), &secret.needles).is_empty(), "said: {}", secret.kind);
    }
    // Each file is its owner's alone.
    use std::os::unix::fs::PermissionsExt;
    for file in files_below(&out("")) {
        let mode = fs::metadata(out("").join(&file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}

#[test]
fn the_scan_finds_each_kind_wherever_it_does_not_belong() {
    let folder = tempfile::tempdir().unwrap();
    for secret in secrets() {
        // In the middle of other bytes, in either case, raw or written out.
        let needle = secret.needles.iter().next_back().unwrap();
        for (place, needle) in [needle.clone(), needle.to_ascii_uppercase()].iter().enumerate() {
            let path = folder.path().join(format!("planted-{place}"));
            fs::write(&path, [b"\xff\0,", needle.as_slice(), b"\n"].concat()).unwrap();
        }
        assert_eq!(found(folder.path(), &secret.needles).len(), 2, "{}", secret.kind);
    }
    // A table packs its texts: only what is unpacked shows them.
    let path = folder.path().join("packed.parquet");
    let ids = column(&out("holder/health/crosswalk.csv"), "transport_id");
    parquet::write(&path, &[("record_id", ColumnData::Text(ids.clone()))]).unwrap();
    let needles = ids.iter().map(|id| id.as_bytes().to_vec()).collect();
    assert_eq!(found(folder.path(), &needles), [PathBuf::from("packed.parquet")]);
}

#[test]
fn equal_pseudonyms_are_what_the_custodian_linked() {
    let columns = parquet::read(&out("custodian/run/entities.parquet")).unwrap();
    let (ColumnData::Text(ids), ColumnData::Count(entities)) = (&columns[1].1, &columns[2].1)
    else {
        panic!("records and entities")
    };
    let lists = AGENCIES.map(|agency| rows(&out(&format!("issuer/outbox/{agency}.csv"))));
    let pseudonym_of: BTreeMap<&str, &str> = lists
        .iter()
        .flatten()
        .map(|row| (row["record"].as_str(), row["pseudonym"].as_str()))
        .collect();
    assert_eq!(pseudonym_of.len(), ids.len());
    let mut of_entity = BTreeMap::new();
    for (id, entity) in ids.iter().zip(entities) {
        let pseudonym = pseudonym_of[id.as_str()];
        assert_eq!(*of_entity.entry(entity).or_insert(pseudonym), pseudonym);
    }
    let distinct: BTreeSet<&&str> = of_entity.values().collect();
    assert_eq!(distinct.len(), of_entity.len());
    // What the researcher has are those pseudonyms, with the payload that each holder's file has.
    for agency in AGENCIES {
        let extract = out(&format!("researcher/{agency}.csv"));
        let own = rows(&out(&format!("holder/{agency}/own/{agency}.csv")));
        let released = rows(&extract);
        assert_eq!(released.len(), own.len(), "nobody is lost");
        assert!(released.iter().all(|row| distinct.contains(&&row["pseudonym"].as_str())));
    }
    let mut asked = column(&out("holder/health/own/health.csv"), "GP_PRACTICE_CODE");
    let mut got = column(&out("researcher/health.csv"), "GP_PRACTICE_CODE");
    asked.sort();
    got.sort();
    assert_eq!(asked, got);
}

/// Releases from the education folder of the world, with some words changed.
fn release(changes: &[(&str, &str)], folder: &Path) -> std::process::Output {
    let holder = out("holder");
    let of = |name: &str| out(&format!("holder/education/{name}")).display().to_string();
    let (file, list, classes) = (of("own/education.csv"), of("pseudonyms.csv"), of("classes.csv"));
    let extract = folder.join("extract.csv");
    let mut options = BTreeMap::from([
        ("file", file.as_str()),
        ("--schema", "education"),
        ("--holder", text(&holder)),
        ("--scope", PROJECT),
        ("--pseudonyms", &list),
        ("--classes", &classes),
        ("--columns", "Sex"),
        ("--out", text(&extract)),
    ]);
    options.extend(changes.iter().copied());
    let file = options.remove("file").unwrap();
    let words = options.iter().flat_map(|(option, value)| [*option, *value]);
    run(&["release", file, "--json"].into_iter().chain(words).collect::<Vec<_>>())
}

#[test]
fn columns_that_can_lead_to_a_person_are_not_released() {
    let folder = tempfile::tempdir().unwrap();
    for name in EDUCATION.split(',').chain(["ULN", "FormerUPN", "UPRN"]) {
        let output = release(&[("--columns", name)], folder.path());
        if ["Sex", "Ethnicity", "URN"].contains(&name) {
            assert!(output.status.success(), "{name}: {}", stderr(&output));
            fs::remove_file(folder.path().join("extract.csv")).unwrap();
            continue;
        }
        assert_eq!(output.status.code(), Some(2), "{name}");
        let said = stderr(&output);
        assert!(said.contains("is not payload: it can lead to a person"), "{said}");
        assert!(said.contains("education.toml, line ") && said.contains("Ethnicity"), "{said}");
        assert!(!folder.path().join("extract.csv").exists());
    }
    for (columns, words) in [("Ethnicty", "nearest: \"Ethnicity\""), ("Sex,Sex", "twice")] {
        let output = release(&[("--columns", columns)], folder.path());
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn what_is_no_code_is_not_released_and_nobody_is_lost_uncounted() {
    let folder = tempfile::tempdir().unwrap();
    let own = fs::read_to_string(out("holder/education/own/education.csv")).unwrap();
    let mut lines: Vec<String> = own.lines().map(String::from).collect();
    let mut cells: Vec<&str> = lines[2].split(',').collect();
    cells[11] = "Zebedee Quill";
    lines[2] = cells.join(",");
    // A pupil who came after the file was prepared.
    lines.push(lines[3].replacen("ED", "EX", 1));
    let file = folder.path().join("education.csv");
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    // A pupil who objects has no pseudonym in the list.
    let list = fs::read_to_string(out("holder/education/pseudonyms.csv")).unwrap();
    let shorter = folder.path().join("list.csv");
    fs::write(&shorter, list.lines().take(60).collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let changes = [
        ("file", text(&file)),
        ("--pseudonyms", text(&shorter)),
        ("--columns", "Ethnicity,Sex,URN"),
    ];
    let output = release(&changes, folder.path());
    let said: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let count = |key: &str| said[key].as_u64().unwrap();
    assert_eq!((count("released"), count("withheld"), count("not_prepared")), (59, 10, 1));
    assert_eq!(said["rows"]["accepted"], 70);
    assert_eq!(count("set_aside"), 1);
    let extract = fs::read_to_string(folder.path().join("extract.csv")).unwrap();
    assert!(extract.starts_with("pseudonym,state,identifier_class,confidence,Ethnicity,Sex,URN\n"));
    assert!(!extract.contains("Zebedee") && !extract.contains("Quill"));
    let pseudonyms = column(&folder.path().join("extract.csv"), "pseudonym");
    assert!(pseudonyms.is_sorted(), "the order of the file is not told");
}

#[test]
fn lists_of_another_scope_or_of_other_things_release_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let list = fs::read_to_string(out("holder/education/pseudonyms.csv")).unwrap();
    let other = out("holder/health/classes.csv");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let first = list.lines().nth(1).unwrap();
    let (id, rest) = first.split_once(',').unwrap();
    let (pseudonym, _) = rest.split_once(',').unwrap();
    let token = "mt1_3f0c2a91_00112233445566778899aabbccddeeff";
    let tokens = file("tokens.csv", &list.replacen(pseudonym, token, 1));
    let state = file("state.csv", &list.replacen(",provisional", ",Ada", 1));
    let own = file("own.csv", &list.replacen(id, "ED1", 1));
    let twice = file("twice.csv", &format!("{list}{first}\n"));
    let prepared = out("custodian/inbox/education.csv").display().to_string();
    let names =
        file("classes.csv", &format!("record,identifier_class,confidence\n{id},Ada,high\n"));
    for (option, value, words) in [
        ("--scope", "research/exclusions", "mistyped, or from another scope"),
        ("--pseudonyms", &tokens, "a match token, which stands for a value"),
        ("--pseudonyms", &own, "expected tr1_ and 32 hexadecimal digits"),
        ("--pseudonyms", &twice, "given before"),
        ("--pseudonyms", &state, "choose one of: provisional, one_time, confirmed"),
        ("--pseudonyms", &prepared, "no column \"record\""),
        ("--classes", text(&other), "does not have every record"),
        ("--classes", &names, "no identifier class"),
        ("--holder", text(folder.path()), "no record of it has a pseudonym"),
    ] {
        let output = release(&[(option, value)], folder.path());
        let said = stderr(&output);
        assert!(!output.status.success() && said.contains(words), "{option} {value}: {said}");
        assert!(!said.contains(pseudonym) && !said.contains(id) && !said.contains("Ada"), "{said}");
        assert!(!folder.path().join("extract.csv").exists());
    }
}
