//! What the keys promise: made private, moved forward only, gone when destroyed, never shown.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use std::fs;
use std::path::Path;

use command::{run, stderr, stdout, text};
use serde_json::Value;

const SCOPE: &str = "education/attendance";

/// Runs a command of `keys` on an issuer's folder; it must succeed.
fn keys(folder: &Path, arguments: &[&str]) -> String {
    let output = run(&with(folder, arguments));
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// Runs a command of `keys` that must fail with an exit status; returns what it says.
fn refused(folder: &Path, status: i32, arguments: &[&str]) -> String {
    let output = run(&with(folder, arguments));
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stdout(&output));
    stderr(&output)
}

fn with<'a>(folder: &'a Path, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["keys"], arguments, &["--issuer", text(folder)]].concat()
}

/// Epoch, state and secret of every epoch, as listed.
fn states(folder: &Path) -> Vec<(u64, String, String)> {
    let listed: Value = serde_json::from_str(&keys(folder, &["states", "--json"])).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_string();
    let epochs = listed.as_array().unwrap().iter();
    epochs.map(|e| (e["epoch"].as_u64().unwrap(), word(&e["state"]), word(&e["secret"]))).collect()
}

fn expect(folder: &Path, expected: &[(u64, &str, &str)]) {
    let found = states(folder);
    let found: Vec<_> = found.iter().map(|(n, state, secret)| (*n, &**state, &**secret)).collect();
    assert_eq!(found, expected);
}

fn issuer() -> (tempfile::TempDir, std::path::PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    keys(&folder, &["new"]);
    (parent, folder)
}

#[test]
fn an_epoch_goes_from_pending_to_destroyed_and_its_secret_with_it() {
    let (_parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    expect(&folder, &[(0, "pending", "there")]);
    keys(&folder, &["move", SCOPE, "0", "active"]);
    keys(&folder, &["new", "--scope", SCOPE]);
    keys(&folder, &["move", SCOPE, "1", "active"]);
    expect(&folder, &[(0, "accept_only", "there"), (1, "active", "there")]);
    keys(&folder, &["move", SCOPE, "0", "retired"]);
    let secret = folder.join("education.attendance.epoch-0.key");
    assert!(secret.exists());
    keys(&folder, &["move", SCOPE, "0", "destroyed"]);
    assert!(!secret.exists());
    expect(&folder, &[(0, "destroyed", "deleted"), (1, "active", "there")]);
    // Each state has its date, and every move is an event.
    let listed: Value = serde_json::from_str(&keys(&folder, &["states", "--json"])).unwrap();
    assert!(listed[0]["since"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn no_epoch_goes_back_even_if_its_secret_is_brought_back() {
    let (_parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    let secret = folder.join("education.attendance.epoch-0.key");
    let kept = fs::read(&secret).unwrap();
    keys(&folder, &["move", SCOPE, "0", "active"]);
    // A key that leaked skips the window in which it is accepted.
    keys(&folder, &["move", SCOPE, "0", "retired"]);
    let said = refused(&folder, 4, &["move", SCOPE, "0", "active"]);
    assert!(said.contains("is retired, expected pending"), "{said}");
    let said = refused(&folder, 4, &["move", SCOPE, "0", "accept_only"]);
    assert!(said.contains("from here it may become destroyed"), "{said}");
    keys(&folder, &["move", SCOPE, "0", "destroyed"]);
    let said = refused(&folder, 4, &["move", SCOPE, "0", "active"]);
    assert!(said.contains("no such file"), "{said}");
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&secret).unwrap(), &kept).unwrap();
    for state in ["active", "accept_only", "retired"] {
        let said = refused(&folder, 4, &["move", SCOPE, "0", state]);
        assert!(said.contains("is destroyed"), "{said}");
    }
    // As after a stop before the secret was deleted: the command finishes what is left to do.
    expect(&folder, &[(0, "destroyed", "there")]);
    keys(&folder, &["move", SCOPE, "0", "destroyed"]);
    expect(&folder, &[(0, "destroyed", "deleted")]);
    let said = refused(&folder, 4, &["move", SCOPE, "0", "destroyed"]);
    assert!(said.contains("it cannot become destroyed"), "{said}");
}

#[test]
fn b42_a_vault_restored_from_before_a_rotation_is_refused() {
    let (parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    keys(&folder, &["move", SCOPE, "0", "active"]);
    for name in ["vault.sqlite", "audit.sqlite"] {
        fs::copy(folder.join(name), parent.path().join(name)).unwrap();
    }
    keys(&folder, &["new", "--scope", SCOPE]);
    keys(&folder, &["move", SCOPE, "1", "active"]);
    // With its log, and without the checkpoint that would tell: the keys tell still.
    for name in ["vault.sqlite", "audit.sqlite"] {
        fs::copy(parent.path().join(name), folder.join(name)).unwrap();
    }
    fs::remove_file(folder.join("audit.checkpoint")).unwrap();
    expect(&folder, &[(0, "active", "there")]);
    for arguments in [&["new", "--scope", SCOPE][..], &["move", SCOPE, "0", "accept_only"]] {
        let said = refused(&folder, 4, arguments);
        assert!(said.contains("hold epoch 1 of education/attendance"), "{said}");
    }
    // Another scope is not concerned.
    keys(&folder, &["new", "--scope", "health/direct_care"]);
}

#[test]
fn root_key_and_epochs_are_never_made_twice() {
    let (_parent, folder) = issuer();
    let root = fs::read(folder.join("root.key")).unwrap();
    let said = refused(&folder, 4, &["new"]);
    assert!(said.contains("a key is never replaced"), "{said}");
    assert_eq!(fs::read(folder.join("root.key")).unwrap(), root);
    for _ in 0..32 {
        keys(&folder, &["new", "--scope", SCOPE]);
    }
    let said = refused(&folder, 2, &["new", "--scope", SCOPE]);
    assert!(said.contains("epoch 32: expected a number from 0 to 31"), "{said}");
}

#[test]
fn a_wrong_scope_state_or_epoch_gets_a_plain_answer() {
    let (_parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    let said = refused(&folder, 2, &["new", "--scope", "education"]);
    assert!(said.contains("expected an agency and a purpose"), "{said}");
    let said = refused(&folder, 2, &["move", SCOPE, "0", "activ"]);
    assert!(said.contains("nearest: \"active\""), "{said}");
    let said = refused(&folder, 2, &["move", SCOPE, "0", "pending"]);
    assert!(said.contains("with its key only"), "{said}");
    let said = refused(&folder, 4, &["move", SCOPE, "7", "retired"]);
    assert!(said.contains("epoch 7 is unknown here"), "{said}");
    let said = refused(&folder.join("elsewhere"), 4, &["states"]);
    assert!(said.contains("no such file"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_unfit_key_file_is_named_with_its_reason_and_fails_the_command() {
    use std::os::unix::fs::PermissionsExt;
    let (_parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let listed = keys(&folder, &["show"]);
    assert!(listed.contains("epoch:education/attendance:0"), "{listed}");
    let secret = folder.join("education.attendance.epoch-0.key");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
    let output = run(&with(&folder, &["show"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("its group or others may read or write it"));
    assert!(stderr(&output).contains("1 of 3 key files would not be used"));
    expect(&folder, &[(0, "pending", "not used")]);
}

#[test]
fn e65_no_command_says_or_stores_a_key() {
    let (_parent, folder) = issuer();
    keys(&folder, &["new", "--scope", SCOPE]);
    keys(&folder, &["move", SCOPE, "0", "active"]);
    let digits: Vec<String> = ["root.key", "education.attendance.epoch-0.key"]
        .iter()
        .map(|name| fs::read_to_string(folder.join(name)).unwrap())
        .map(|line| line.trim_end().rsplit(' ').next().unwrap().to_string())
        .collect();
    let mut said = String::new();
    for arguments in [&["show"][..], &["show", "--json"], &["states"], &["states", "--json"]] {
        said += &keys(&folder, arguments);
    }
    said += &refused(&folder, 4, &["new"]);
    said += &refused(&folder, 2, &["move", SCOPE, "0", "activ"]);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "key") {
            let bytes = fs::read(&path).unwrap();
            for digits in &digits {
                let raw: Vec<u8> = (0..32)
                    .map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap())
                    .collect();
                assert!(!bytes.windows(8).any(|window| window == &raw[..8]), "{path:?}");
                assert!(!bytes.windows(16).any(|w| w == &digits.as_bytes()[..16]), "{path:?}");
            }
        }
    }
    for digits in digits {
        assert!(!said.contains(&digits[..16]) && !said.contains(&digits[48..]));
    }
}

#[test]
fn e68_no_two_issuers_share_a_key_and_none_is_open_before_it_has_its_own() {
    let secrets = |folder: &Path| -> Vec<String> {
        let names = ["root.key", "education.attendance.epoch-0.key"];
        let text = names.map(|name| fs::read_to_string(folder.join(name)).unwrap());
        text.iter().map(|line| line.trim_end().rsplit(' ').next().unwrap().to_string()).collect()
    };
    let mut known = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let (_parent, folder) = issuer();
        keys(&folder, &["new", "--scope", SCOPE]);
        for secret in secrets(&folder) {
            assert!(secret.len() >= 64 && known.insert(secret), "a key that was there before");
        }
    }
    // Without keys of its own nothing is resolved, issued or told.
    let parent = tempfile::tempdir().unwrap();
    let nobody = text(parent.path());
    let pseudonym = ["id", "resolve", "0000-0000-0000-0000-0000", "--scope", SCOPE];
    for arguments in [&pseudonym[..], &["audit", "verify"], &["keys", "move", SCOPE, "0", "active"]]
    {
        let output = run(&[arguments, &["--issuer", nobody]].concat());
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {}", stdout(&output));
    }
    assert!(fs::read_dir(parent.path()).unwrap().next().is_none(), "nothing was made either");
}

/// Runs `id validate` on the published pseudonym of education and direct care.
fn validate(scope: &str, states: &Path, status: i32) -> Value {
    let arguments =
        ["id", "validate", PRINTED, "--scope", scope, "--states", text(states), "--json"];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
    assert!(!stderr(&output).contains("055J") && !stdout(&output).contains("055J"));
    serde_json::from_slice(&output.stdout).unwrap()
}

const PRINTED: &str = "C0MR-055J-BMB8-PJBD-TWKG";

#[test]
fn a_pseudonym_is_judged_by_the_list_that_the_issuer_publishes() {
    let (_parent, folder) = issuer();
    let list = folder.join("states.json");
    for scope in ["education/direct_care", "police/direct_care"] {
        keys(&folder, &["new", "--scope", scope]);
        keys(&folder, &["move", scope, "0", "active"]);
    }
    fs::write(&list, keys(&folder, &["states", "--json"])).unwrap();
    let found = validate("education/direct_care", &list, 0);
    assert_eq!((&found["valid"], &found["pseudonyms"][0]["epoch"]), (&1.into(), &0.into()));
    let found = validate("police/direct_care", &list, 1);
    assert_eq!(found["pseudonyms"][0]["verdict"], "wrong_scope");
    assert_eq!(found["pseudonyms"][0]["right_in"], "education/direct_care");
    keys(&folder, &["move", "education/direct_care", "0", "retired"]);
    fs::write(&list, keys(&folder, &["states", "--json"])).unwrap();
    let found = validate("education/direct_care", &list, 1);
    assert_eq!(found["pseudonyms"][0]["verdict"], "retired_epoch");

    // Without the list, and from standard input.
    let mut command = command::cci();
    command.args(["id", "validate", "-", "--scope", "education/direct_care"]);
    let output = command.write_stdin("C0MR-055J-BMB8-PJBD-TWKG\nC0MR-055J-BMB8-PJBD-TWKH\n");
    let output = output.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    assert!(said.contains("1  valid") && said.contains("2  mistyped"), "{said}");
    for (content, reason) in [("{}", "expected a list of scopes"), ("[]", "does not know")] {
        fs::write(&list, content).unwrap();
        let scope = "education/direct_care";
        let output = run(&["id", "validate", PRINTED, "--scope", scope, "--states", text(&list)]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(reason), "{}", stderr(&output));
    }
}

const PASSPHRASE: &str = "amber lantern orbit";

/// Writes a file that is its owner's alone.
fn private(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// An issuer whose root key another tool of the age format wrapped, and the passphrase's file.
fn wrapped_issuer() -> (tempfile::TempDir, std::path::PathBuf, String) {
    let (parent, folder) = issuer();
    let mut recipient = age::scrypt::Recipient::new(PASSPHRASE.to_string().into());
    recipient.set_work_factor(2);
    let root = folder.join("root.key");
    let wrapped = age::encrypt(&recipient, &fs::read(&root).unwrap()).unwrap();
    private(&root, &wrapped);
    let file = parent.path().join("passphrase");
    private(&file, format!("{PASSPHRASE}\n").as_bytes());
    let file = text(&file).to_string();
    (parent, folder, file)
}

#[test]
fn a_wrapped_root_key_does_what_one_in_clear_does_if_its_passphrase_is_given() {
    let (_parent, folder, file) = wrapped_issuer();
    let with =
        |arguments: &[&str]| keys(&folder, &[arguments, &["--passphrase-file", &file]].concat());
    with(&["new", "--scope", SCOPE]);
    with(&["move", SCOPE, "0", "active"]);
    let list = folder.join("handles.csv");
    private(&list, b"record,handle\nr1,0123456789abcdef0123456789abcdef\n");
    let out = folder.join("issued.csv");
    let issue = |more: &[&str]| {
        let arguments = ["id", "issue", "--scope", SCOPE, "--handles", text(&list), "--out"];
        run(&[&arguments[..], &[text(&out), "--issuer", text(&folder)], more].concat())
    };
    let refused = issue(&[]);
    assert_eq!(refused.status.code(), Some(4), "{}", stdout(&refused));
    assert!(stderr(&refused).contains("no terminal to ask for it"), "{}", stderr(&refused));
    let issued = issue(&["--passphrase-file", &file]);
    assert!(issued.status.success(), "{}", stderr(&issued));
    assert!(fs::read_to_string(&out).unwrap().starts_with("record,pseudonym,state\nr1,"));
    with(&["new", "--scope", SCOPE]);
    // The list of states is published: nobody is asked for a passphrase to make it.
    expect(&folder, &[(0, "active", "not checked"), (1, "pending", "not checked")]);
    assert!(with(&["states"]).contains("there"));
    assert!(with(&["show"]).contains("wrapped"));
    // From standard input, and back in clear.
    let mut command = command::cci();
    command.args(["keys", "unwrap", "--issuer", text(&folder), "--passphrase-file", "-"]);
    let output = command.write_stdin(format!("{PASSPHRASE}\n")).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    expect(&folder, &[(0, "active", "there"), (1, "pending", "there")]);
    assert!(fs::read_to_string(folder.join("root.key")).unwrap().starts_with("CCIKEY1 root "));
}

#[test]
fn a_wrong_passphrase_opens_nothing_changes_nothing_and_is_logged() {
    let (parent, folder, file) = wrapped_issuer();
    let wrong = parent.path().join("wrong");
    private(&wrong, b"amber lantern orbits\n");
    let before = fs::read(folder.join("root.key")).unwrap();
    let given = ["--passphrase-file", text(&wrong)];
    for arguments in [&["new", "--scope", SCOPE][..], &["wrap"], &["unwrap"]] {
        let said = refused(&folder, 4, &[arguments, &given].concat());
        assert!(said.contains("root.key: the passphrase does not open it"), "{said}");
        assert!(!said.contains("orbit"), "{said}");
    }
    assert_eq!(fs::read(folder.join("root.key")).unwrap(), before);
    expect(&folder, &[]);
    let verified = run(&["audit", "verify", "--issuer", text(&folder)]);
    // One entry of making the issuer, of `wrap` and `unwrap` two each, of the scope one.
    assert!(
        stdout(&verified).starts_with("6 entries as they were written"),
        "{}",
        stdout(&verified)
    );
    drop(file);
}

#[cfg(unix)]
#[test]
fn a_passphrase_is_taken_from_no_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_parent, folder, file) = wrapped_issuer();
    let given = ["new", "--scope", SCOPE, "--passphrase-file", &file];
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refused(&folder, 4, &given);
    assert!(said.contains("its group or others may read or write it"), "{said}");
    let named = folder.join("linked");
    std::os::unix::fs::symlink(&file, &named).unwrap();
    let said = refused(&folder, 4, &["new", "--scope", SCOPE, "--passphrase-file", text(&named)]);
    assert!(said.contains("it is a symbolic link"), "{said}");
    for (content, reason) in [(&b""[..], "is empty"), (b"two\nlines\n", "control characters")] {
        private(Path::new(&file), content);
        let said = refused(&folder, 4, &given);
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn a_new_issuer_is_wrapped_under_a_passphrase_fit_for_it() {
    let parent = tempfile::tempdir().unwrap();
    let (folder, file) = (parent.path().join("issuer"), parent.path().join("passphrase"));
    private(&file, b"too short\n");
    let said = refused(&folder, 4, &["new", "--passphrase", "--passphrase-file", text(&file)]);
    assert!(said.contains("too easy to guess"), "{said}");
    assert!(!folder.exists());
    let said = refused(&folder, 4, &["new", "--passphrase"]);
    assert!(said.contains("no terminal to ask for it"), "{said}");
    assert!(!folder.exists());
    private(&file, format!("{PASSPHRASE}\r\n").as_bytes());
    keys(&folder, &["new", "--passphrase-file", text(&file)]);
    let wrapped = fs::read(folder.join("root.key")).unwrap();
    // The work of a guess is that of the format's own tools: N = 2^18.
    let header = String::from_utf8_lossy(&wrapped[..60]).into_owned();
    let stanza = header.lines().nth(1).unwrap();
    assert!(stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"), "{header}");
    assert!(keys(&folder, &["show", "--passphrase-file", text(&file)]).contains("wrapped"));
}
