//! What the command survives, and what it says: wrong input gets a clear error and no output.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;

use command::{cci, run, stderr, stdout, text, two_files, write};

#[test]
fn the_main_job_writes_its_run_folder_and_says_six_stages() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&["run", "--children", "300", "--out", text(&out)]);
    let errors = stderr(&output);
    assert!(output.status.success(), "{errors}");
    for name in [
        "report.html",
        "metrics.json",
        "links.parquet",
        "scores.parquet",
        "entities.parquet",
        "manifest.json",
        "settings.toml",
        "model.toml",
        "data/health.csv",
        "data/truth/records.csv",
        "issuer/vault.sqlite",
    ] {
        assert!(out.join(name).metadata().is_ok_and(|file| file.len() > 0), "{name}");
    }
    for stage in
        ["1/6 Generate", "2/6 Check", "3/6 Assign", "4/6 Match", "5/6 Evaluate", "6/6 Report"]
    {
        assert_eq!(errors.matches(stage).count(), 1, "{stage} in {errors}");
    }
    let table = stdout(&output);
    for label in ["Health", "Education", "Social care", "Police", "Precision"] {
        assert!(table.contains(label), "{label} in {table}");
    }
    assert!(!out.join(".partial").exists());
}

#[test]
fn json_is_all_that_stands_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&["run", "--children", "200", "--json", "--quiet", "--out", text(&out)]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
    let metrics: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&metrics["schema_version"], &metrics["canon"]), (&1.into(), &"canon/1".into()));
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains("\"canon\": \"canon/1\""), "{manifest}");
    assert_eq!(
        stdout(&output).trim(),
        std::fs::read_to_string(out.join("metrics.json")).unwrap().trim()
    );
    for arguments in [
        vec!["evaluate", "--run", text(&out), "--json"],
        vec!["compare", "--run", text(&out), "--json"],
    ] {
        let output = run(&arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    }
}

#[test]
fn compare_puts_three_strategies_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    assert!(run(&["run", "--children", "300", "--quiet", "--out", text(&out)]).status.success());
    let output = run(&["compare", "--run", text(&out)]);
    let table = stdout(&output);
    for word in [
        "nhs_number",
        "exact_key",
        "key_then_probabilistic",
        "Missed per 1,000",
        "False per 1,000",
        "Largest gap",
        "Time",
    ] {
        assert!(table.contains(word), "{word} in {table}");
    }
    let report = std::fs::read_to_string(out.join("report.html")).unwrap();
    for word in ["nhs_number", "exact_key", "key_then_probabilistic"] {
        assert!(report.contains(word), "{word} in the report");
    }
}

#[test]
fn evaluate_gives_the_figures_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&["run", "--children", "300", "--json", "--out", text(&out)]);
    let metrics: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let output = run(&["evaluate", "--run", text(&out), "--json"]);
    let evaluation: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(metrics["evaluation"], evaluation);
}

#[test]
fn metrics_say_which_mistakes_cost_links_and_the_page_shows_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&["run", "--children", "1000", "--quiet", "--json", "--out", text(&out)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let metrics: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let by_mistake = metrics["evaluation"]["by_mistake"].as_array().unwrap();
    let of = |name: &str, part: &str| {
        let group = by_mistake.iter().find(|group| group["label"] == name);
        group.unwrap_or_else(|| panic!("{name}"))["quality"]["missed"][part].as_u64().unwrap()
    };
    // Of records in which nothing went wrong fewer are missed than of those under a former surname.
    let share = |name| of(name, "numerator") as f64 / of(name, "denominator") as f64;
    assert!(of("nothing wrong", "denominator") > 500);
    assert!(share("nothing wrong") < share("previous_surname"));
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Which mistakes cost links") && page.contains("Previous surname"));
}

#[test]
fn explained_steps_add_up_to_the_match_weight() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |file: &str| -> String {
        (0..60)
            .map(|n| format!("{file}{n},anna{n},smith{},2010-01-{:02},c{n}\n", n % 7, n % 28 + 1))
            .collect()
    };
    let settings = two_files(folder.path(), &rows("l"), &rows("r"));
    let output =
        run(&["explain", "pair", "left:l3", "right:r3", "--json", "--config", text(&settings)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let explained: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let sum: f64 =
        explained["steps"].as_array().unwrap().iter().map(|s| s["bits"].as_f64().unwrap()).sum();
    let weight = explained["match_weight"].as_f64().unwrap();
    assert!((sum - weight).abs() < 1e-9, "{sum} {weight}");
    let output = run(&["explain", "pair", "left:l3", "right:none", "--config", text(&settings)]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[test]
fn missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), "", "");
    std::fs::remove_file(folder.path().join("right.csv")).unwrap();
    let out = folder.path().join("out");
    let output = run(&["link", "--config", text(&settings), "--out", text(&out)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("right.csv: no such file"), "{}", stderr(&output));
    assert!(!out.exists());
}

#[test]
fn wrong_column_names_file_column_line_and_nearest() {
    let folder = tempfile::tempdir().unwrap();
    two_files(folder.path(), "", "");
    let wrong = command::TWO_FILES.replacen("\"first\"", "\"frist\"", 1);
    write(folder.path(), &[("settings.toml", &wrong)]);
    let settings = folder.path().join("settings.toml");
    let out = folder.path().join("out");
    let output = run(&["link", "--quiet", "--config", text(&settings), "--out", text(&out)]);
    let errors = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.lines().count() <= 8, "{errors}");
    for part in ["left.csv", "\"frist\"", "settings.toml, line 14", "nearest: \"first\""] {
        assert!(errors.contains(part), "{part} in {errors}");
    }
    assert!(!out.exists());
}

#[test]
fn bad_cells_are_placed_withheld_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let header = "person_record_id,PNCID,surname,forenames,date_of_birth,sex,self_defined_ethnicity,\
                  officer_perceived_ethnicity,address,postcode,role,event_date\n";
    let good: String = (0..40)
        .map(|n| {
            format!(
                "P{n},,Smith,Anna,0{}/03/2011,F,W1,IC1,1 High Street,AB1 2CD,victim,2025-01-01\n",
                n % 9 + 1
            )
        })
        .collect();
    let bad =
        "P99,,Verysecretname,Anna,31/02/2011,F,W1,IC1,1 High Street,AB1 2CD,victim,2025-01-01\n";
    write(folder.path(), &[("police.csv", &format!("{header}{good}{bad}"))]);
    let output = run(&["check", text(&folder.path().join("police.csv"))]);
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        table.contains("read 41 = accepted 40 + quarantined 1 + declared duplicates 0"),
        "{table}"
    );
    assert!(table.contains("police.csv:42:"), "{table}");
    assert!(table.contains("date_of_birth") && table.contains("value withheld"), "{table}");
    assert!(!table.contains("31/02/2011") && !table.contains("Verysecretname"), "{table}");
}

#[test]
fn quarantined_rows_are_kept_with_their_bytes_and_the_counts_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String =
        (0..50).map(|n| format!("l{n},anna,smith,2010-01-{:02},c{n}\n", n % 28 + 1)).collect();
    let broken = "l50,anna,smith,2010-01-01\n";
    let settings = two_files(folder.path(), &format!("{rows}{broken}"), &rows);
    let out = folder.path().join("out");
    let output = run(&["link", "--config", text(&settings), "--out", text(&out)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let line = "left: read 51 = accepted 50 + quarantined 1 + declared duplicates 0";
    assert!(stdout(&output).contains(line), "{}", stdout(&output));
    let quarantine = std::fs::read_to_string(out.join("quarantine/left.csv")).unwrap();
    assert!(quarantine.contains("l50,anna,smith,2010-01-01"), "{quarantine}");
}

#[test]
fn unknown_option_and_unknown_command_get_a_suggestion() {
    for (arguments, suggestion) in [
        (vec!["run", "--sed", "1"], "--seed"),
        (vec!["run", "--childern", "1"], "--children"),
        (vec!["evalute"], "evaluate"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(suggestion), "{}", stderr(&output));
    }
}

#[test]
fn unknown_names_get_the_nearest_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (arguments, nearest) in [
        (vec!["run", "--profile", "typicl"], "typical"),
        (vec!["run", "--strategy", "nhs_numbr"], "nhs_number"),
    ] {
        let output = cci().args(&arguments).args(["--out", text(&out)]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(
            stderr(&output).contains(&format!("nearest: \"{nearest}\"")),
            "{}",
            stderr(&output)
        );
        assert!(!out.exists(), "nothing is made before names are right");
    }
}

#[test]
fn unknown_settings_key_gets_line_and_suggestion() {
    for (right, wrong, line, nearest) in [
        ("[decide]\n", "[decide]\nacept = 12.0\n", 35, "accept"),
        ("keys = [\"family_name\"]", "kesy = [\"family_name\"]", 29, "keys"),
        ("id = \"id\"\n", "idd = \"id\"\n", 10, "id"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings.toml");
        write(folder.path(), &[("settings.toml", &command::TWO_FILES.replacen(right, wrong, 1))]);
        let out = folder.path().join("out");
        let output = run(&["link", "--config", text(&settings), "--out", text(&out)]);
        let errors = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(&format!("line {line}")), "line {line} in {errors}");
        assert!(errors.contains(&format!("nearest: \"{nearest}\"")), "{nearest} in {errors}");
    }
}

#[test]
fn wrong_values_in_settings_name_their_line() {
    for (right, wrong, part) in [
        ("keys = [\"family_name\"]", "keys = [\"famly_name\"]", "nearest: \"family_name\""),
        ("keys = [\"family_name\"]", "keys = [\"sond(family_name)\"]", "nearest: \"sound\""),
        (
            "strategy = \"probabilistic\"",
            "strategy = \"probablistic\"",
            "nearest: \"probabilistic\"",
        ),
        ("cluster = \"components\"", "cluster = \"componets\"", "nearest: \"components\""),
        ("date_of_birth = \"date\"", "date_of_birth = \"dat\"", "nearest: \"date\""),
        ("[decide]\n", "[decide]\nfalse_links = 2.0\n", "expected a share from 0 to below 1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings.toml");
        write(folder.path(), &[("settings.toml", &command::TWO_FILES.replacen(right, wrong, 1))]);
        let output =
            run(&["link", "--config", text(&settings), "--out", text(&folder.path().join("out"))]);
        let errors = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(
            errors.contains(part) && errors.contains("settings.toml, line "),
            "{part} in {errors}"
        );
    }
}

#[test]
fn existing_output_is_refused_without_force_and_replaced_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["run", "--children", "50", "--quiet", "--out", text(&out)];
    assert!(run(&arguments).status.success());
    let before = std::fs::read(out.join("report.html")).unwrap();
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("--force"), "{}", stderr(&output));
    assert_eq!(std::fs::read(out.join("report.html")).unwrap(), before);
    let output = cci().args(arguments).args(["--force", "--seed", "5"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_ne!(std::fs::read(out.join("report.html")).unwrap(), before);
}

#[test]
fn no_colours_without_a_terminal_or_with_no_color() {
    let folder = tempfile::tempdir().unwrap();
    for (place, no_color) in [("a", false), ("b", true)] {
        let out = folder.path().join(place);
        let mut command = cci();
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let output =
            command.args(["run", "--children", "60", "--out", text(&out)]).output().unwrap();
        assert!(output.status.success());
        for bytes in [&output.stdout, &output.stderr] {
            assert!(!bytes.contains(&0x1b), "an escape sequence was written");
        }
    }
}

#[test]
fn no_children_and_one_child_are_runs_like_any_other() {
    for children in ["0", "1", "2"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let output = run(&["run", "--children", children, "--out", text(&out)]);
        assert!(output.status.success(), "{children} children: {}", stderr(&output));
        assert!(out.join("report.html").exists());
    }
}

#[test]
fn zero_rows_one_row_and_no_overlap_link_to_nothing() {
    for (left, right) in [
        ("", ""),
        ("l1,anna,smith,2010-01-01,a\n", ""),
        ("l1,anna,smith,2010-01-01,a\n", "r1,ben,jones,2012-05-05,b\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let settings = two_files(folder.path(), left, right);
        let out = folder.path().join("out");
        let output = run(&["link", "--config", text(&settings), "--out", text(&out)]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains(" 0 links"), "{}", stdout(&output));
        let output = run(&["evaluate", "--run", text(&out), "--data", text(folder.path())]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("not defined"), "{}", stdout(&output));
    }
}

#[test]
fn evaluate_refuses_data_that_were_not_linked() {
    let folder = tempfile::tempdir().unwrap();
    let settings = two_files(folder.path(), "l1,anna,smith,2010-01-01,a\n", "");
    let out = folder.path().join("out");
    assert!(run(&["link", "--config", text(&settings), "--out", text(&out)]).status.success());
    two_files(folder.path(), "l1,anna,smith,2010-01-02,a\n", "");
    let output = run(&["evaluate", "--run", text(&out), "--data", text(folder.path())]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("not those that were linked"), "{}", stderr(&output));
}

#[test]
fn help_fits_a_screen_and_shows_an_example() {
    for command in ["run", "generate", "check", "link", "evaluate", "compare"] {
        let output = run(&[command, "-h"]);
        let help = stdout(&output);
        assert!(output.status.success() && help.lines().count() <= 30, "{help}");
        assert!(help.contains("Example: cci "), "{help}");
    }
}

#[test]
fn the_readme_names_commands_that_exist() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let lines = readme.lines().filter(|line| line.starts_with("cci "));
    let mut seen = 0;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = run(&[words[1], "--help"]);
        assert!(output.status.success(), "{line}");
        seen += 1;
    }
    assert!(seen >= 5, "the README shows the commands");
}

#[test]
fn a_gate_that_no_run_can_meet_is_refused() {
    let output = cci().args(["evaluate", "--fail-under", "99"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("expected a share from 0 to 1"), "{}", stderr(&output));
}
