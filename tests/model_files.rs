//! Model files: written and read to the last bit, refused when damaged, untrue or unfitting.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod common;

use std::path::Path;

use cci::model::ModelFile;
use command::{TWO_FILES, files_below, run, stderr, stdout, text, two_files, write};
use sha2::{Digest, Sha256};

/// Model of two comparisons, as a person might type it; its checksum is put before it.
const MODEL: &str = r#"format = 1
cci = "0.1.0"
canon = "canon/1"
comparisons_sha256 = "3b9e"
blocking_sha256 = "3b9e"
prior = 0.001

[training]
method = "expectation_maximisation"
pairs = 1000
starts = 3
agreeing = 2
iterations = 7
converged = true
blocking = ["family_name"]

[[comparison]]
attribute = "family_name"
kind = "family_name"
levels = ["exact", "jaro_winkler >= 0.92", "else"]
m = [0.9, 0.06, 0.04]
u = [0.01, 0.02, 0.97]
term_frequency = { share = "own_source", power = 1.0, least = 0.0 }

[[comparison]]
attribute = "sex"
kind = "sex"
levels = ["exact", "else"]
m = [0.98, 0.02]
u = [0.5, 0.5]
"#;

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts hashes and checksum into the text of a model, as the toolkit would.
fn sealed(body: &str) -> String {
    let comparisons = "family_name\tfamily_name\tterm frequency\texact\tjaro_winkler >= 0.92\telse\n\
                       sex\tsex\t\texact\telse\n";
    let body = body
        .replace(
            "comparisons_sha256 = \"3b9e\"",
            &format!("comparisons_sha256 = \"{}\"", sha256(comparisons)),
        )
        .replace(
            "blocking_sha256 = \"3b9e\"",
            &format!("blocking_sha256 = \"{}\"", sha256("family_name")),
        );
    format!("checksum = \"{}\"\n{body}", sha256(&body))
}

fn refusal(model: &str) -> String {
    ModelFile::read(model.as_bytes(), "model.toml").unwrap_err().to_string() + "\n"
}

/// Returns what is said of the model with one text replaced, its checksum made right again.
fn refusal_with(right: &str, wrong: &str) -> String {
    let changed = MODEL.replacen(right, wrong, 1);
    assert_ne!(changed, MODEL, "{right} stands in the model");
    refusal(&sealed(&changed))
}

#[test]
fn a_model_reads_back_to_the_last_bit() {
    let file = ModelFile::read(sealed(MODEL).as_bytes(), "model.toml").unwrap();
    let again = ModelFile::read(file.text().as_bytes(), "again").unwrap();
    assert_eq!(file, again);
    assert_eq!(file.text(), again.text());
    let unlearnt = MODEL.replace("converged = true", "converged = true\nunlearnt = [\"sex\"]");
    let unlearnt = ModelFile::read(sealed(&unlearnt).as_bytes(), "model.toml").unwrap();
    assert_eq!(unlearnt.model.training.unlearnt, ["sex"]);
    assert!(unlearnt.text().contains("unlearnt = [\"sex\"]"));
    // By hand: log2(0.9 / 0.01) = 6.492 bits.
    assert!((file.model.comparisons[0].weight(1) - 6.4919).abs() < 1e-4);
}

#[test]
fn numbers_that_cannot_be_true_are_refused_by_name() {
    for (name, right, wrong) in [
        ("zero", "m = [0.9, 0.06, 0.04]", "m = [0.96, 0.0, 0.04]"),
        ("one", "u = [0.5, 0.5]", "u = [1.0, 0.5]"),
        ("not_a_number", "u = [0.01, 0.02, 0.97]", "u = [0.01, nan, 0.97]"),
        ("infinite", "u = [0.01, 0.02, 0.97]", "u = [0.01, inf, 0.97]"),
        ("sum", "m = [0.9, 0.06, 0.04]", "m = [0.9, 0.6, 0.04]"),
        ("too_few", "m = [0.9, 0.06, 0.04]", "m = [0.96, 0.04]"),
        ("prior", "prior = 0.001", "prior = 1.0"),
        ("level", "\"jaro_winkler >= 0.92\"", "\"jaro_winkler >= 9.2\""),
        ("method", "\"expectation_maximisation\"", "\"expectation_maximization\""),
        ("newer", "format = 1", "format = 2"),
        (
            "households_between",
            "prior = 0.001\n",
            "prior = 0.001\n[[households_between]]\nsources = [\"a\", \"b\"]\nprior = 0.01\n",
        ),
        ("key", "prior = 0.001", "prior = 0.001\nposterior = 0.5"),
        ("hash", "kind = \"sex\"", "kind = \"category\""),
    ] {
        let message = refusal_with(right, wrong);
        assert!(message.starts_with("error[E"), "{name}: {message}");
        common::assert_golden(&format!("model/{name}.txt"), &message);
    }
}

#[test]
fn agreement_may_count_against_a_match_where_that_was_learnt_here() {
    let against = MODEL.replace("m = [0.98, 0.02]", "m = [0.02, 0.98]");
    let file = ModelFile::read(sealed(&against).as_bytes(), "model.toml").unwrap();
    let names: Vec<&str> = file.model.against().map(|c| c.attribute.as_str()).collect();
    assert_eq!(names, ["sex"]);
    // Of another tool's numbers it is likelier that two lists were exchanged.
    let of_splink = against.replace("\"expectation_maximisation\"", "\"splink\"");
    let error = ModelFile::read(sealed(&of_splink).as_bytes(), "model.toml").unwrap_err();
    common::assert_golden("model/m_below_u.txt", &(error.to_string() + "\n"));
}

#[test]
fn a_column_that_never_varies_makes_a_usable_model() {
    // Everybody agrees, so m and u of agreement are both 1 but for the pseudo-counts.
    let constant = MODEL
        .replace("m = [0.98, 0.02]", "m = [0.9995, 0.0005]")
        .replace("u = [0.5, 0.5]", "u = [0.999999, 0.000001]");
    ModelFile::read(sealed(&constant).as_bytes(), "model.toml").unwrap();
}

#[test]
fn a_flipped_byte_anywhere_is_refused() {
    let whole = sealed(MODEL).into_bytes();
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << (place % 8);
        assert!(ModelFile::read(&damaged, "model.toml").is_err(), "byte {place}");
    }
    let mut damaged = whole;
    let last = damaged.len() - 2;
    damaged[last] ^= 1;
    let error = ModelFile::read(&damaged, "model.toml").unwrap_err();
    common::assert_golden("model/flipped.txt", &(error.to_string() + "\n"));
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let whole = sealed(MODEL).into_bytes();
    for length in 0..whole.len() {
        assert!(ModelFile::read(&whole[..length], "model.toml").is_err(), "{length} bytes");
    }
    let error = ModelFile::read(&whole[..whole.len() / 2], "model.toml").unwrap_err();
    common::assert_golden("model/cut_short.txt", &(error.to_string() + "\n"));
    common::assert_golden("model/no_model.txt", &refusal("attributes = 3\n"));
}

fn link(config: &Path, data: &Path, out: &Path, more: &[&str]) -> std::process::Output {
    let fixed = ["link", "--quiet", "--config", text(config), "--data", text(data)];
    run(&[&fixed[..], &["--out", text(out)], more].concat())
}

#[test]
fn an_exported_model_gives_the_bytes_of_the_run_that_trained_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let generated = run(&["generate", "--quiet", "--children", "500", "--out", text(&data)]);
    assert!(generated.status.success(), "{}", stderr(&generated));
    // The same folder name for both, since it is no part of the result.
    let (first, second) = (folder.path().join("1/out"), folder.path().join("2/out"));
    let config = Path::new("schemas/linkage/agencies.toml");
    let trained = link(config, &data, &first, &[]);
    assert!(trained.status.success(), "{}", stderr(&trained));
    let model = folder.path().join("exported.toml");
    let exported = run(&["model", "export", text(&first), "--out", text(&model)]);
    assert!(exported.status.success(), "{}", stderr(&exported));
    assert!(std::fs::read_to_string(&model).unwrap().contains("[household]"), "three classes");
    let scored = link(config, &data, &second, &["--model", text(&model)]);
    assert!(scored.status.success(), "{}", stderr(&scored));
    assert_eq!(stdout(&trained), stdout(&scored));
    let names = files_below(&first);
    assert_eq!(names, files_below(&second));
    for name in names {
        let bytes = [&first, &second].map(|out| std::fs::read(out.join(&name)).unwrap());
        assert!(bytes[0] == bytes[1], "{} differs", name.display());
    }
}

const ROWS: &str = "1,anna,smith,2010-01-02,c1\n2,ben,jones,2011-05-06,c2\n\
                    3,zoe,khan,2012-03-04,c3\n4,ann,smith,2010-01-02,c4\n";

/// Links two small files, then again with the model so trained and settings changed.
fn linked_again(change: impl Fn(&str) -> String, model: impl Fn(String) -> String) -> String {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), ROWS, ROWS);
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let trained = link(&settings, folder.path(), &first, &[]);
    assert!(trained.status.success(), "{}", stderr(&trained));
    let path = folder.path().join("model.toml");
    let text_of_model = std::fs::read_to_string(first.join("model.toml")).unwrap();
    std::fs::write(&path, model(text_of_model)).unwrap();
    write(folder.path(), &[("settings.toml", &change(TWO_FILES))]);
    let again = link(&settings, folder.path(), &second, &["--model", text(&path)]);
    stderr(&again).replace(text(folder.path()), "DIR")
}

#[test]
fn a_model_of_other_values_or_comparisons_is_refused_and_the_difference_named() {
    let same = |model: String| model;
    let compare = "\n[[compare]]\nattribute = \"family_name\"\n\
                   [[compare]]\nattribute = \"given_name\"\n\
                   levels = [\"exact\", \"jaro_winkler >= 0.9\"]\n";
    let fewer = linked_again(|settings| format!("{settings}{compare}"), same);
    common::assert_golden("model/other_attributes.txt", &fewer);
    let compare = format!("[[compare]]\nattribute = \"date_of_birth\"\n{compare}");
    let levels = linked_again(|settings| format!("{settings}{compare}"), same);
    common::assert_golden("model/other_levels.txt", &levels);
    let kind = linked_again(
        |settings| settings.replace("given_name = \"given_name\"", "given_name = \"text\""),
        same,
    );
    common::assert_golden("model/other_kind.txt", &kind);
    let canon = linked_again(str::to_string, |model| {
        let body = model.split_once('\n').unwrap().1.replace("canon/1", "canon/0");
        format!("checksum = \"{}\"\n{body}", sha256(&body))
    });
    common::assert_golden("model/other_canon.txt", &canon);
    assert_eq!(linked_again(str::to_string, same), "", "the same settings are accepted");
}

#[test]
fn a_strategy_that_scores_nothing_takes_no_model() {
    let exact = |settings: &str| settings.replace("\"probabilistic\"", "\"exact_key\"");
    let message = linked_again(exact, |model| model);
    common::assert_golden("model/no_scoring.txt", &message);
}

#[test]
fn where_no_pair_is_a_candidate_no_model_is_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let other = "9,zoe,khan,2001-02-03,c9\n";
    let settings = two_files(folder.path(), "1,anna,smith,2010-01-02,c1\n", other);
    let (out, model) = (folder.path().join("out"), folder.path().join("model.toml"));
    let linked = link(&settings, folder.path(), &out, &[]);
    assert!(linked.status.success(), "{}", stderr(&linked));
    assert!(!out.join("model.toml").exists(), "starting values are no model");
    let train = ["model", "train", "--quiet", "--config", text(&settings), "--out", text(&model)];
    let said = stderr(&run(&train)).replace(text(folder.path()), "DIR");
    common::assert_golden("model/no_pairs.txt", &said);
    assert!(!model.exists());
}

#[test]
fn show_prints_every_level_with_its_weight() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("model.toml", &sealed(MODEL))]);
    let path = folder.path().join("model.toml");
    common::assert_golden("model/show.txt", &stdout(&run(&["model", "show", text(&path)])));
    let json = stdout(&run(&["model", "show", text(&path), "--json"]));
    common::assert_golden("model/show.json", &json);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["comparisons"][0]["levels"][0]["m"], 0.9);
}

#[test]
fn a_folder_without_a_model_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = stderr(&run(&["model", "show", text(folder.path())]));
    common::assert_golden("model/none.txt", &said.replace(text(folder.path()), "DIR"));
}
