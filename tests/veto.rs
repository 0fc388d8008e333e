//! Vetoes: two records that one forbids are not linked by probability, nor in one entity.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod command;
mod worlds;

use cci::cluster;
use cci::comparison::ComparisonEngine;
use cci::model::{TermFrequencies, ThresholdPolicy};
use cci::record::{RecordId, Records};
use cci::strategy::{self, LinkInput, Linkage, Plan, Progress, Veto};
use command::{TWO_FILES, run, stderr, text, write};
use worlds::twins;

/// Links whatever is more likely than one in 64.
fn plan(records: &Records, vetoes: Vec<Veto>) -> Plan {
    Plan { vetoes, threshold: ThresholdPolicy::Weight(-6.0), ..worlds::plan(records, true) }
}

/// Tells by the values themselves whether the veto is against two records.
fn forbidden(records: &Records, engine: &ComparisonEngine<'_>, a: RecordId, b: RecordId) -> bool {
    let [given, family, birth] = [0, 1, 2].map(|place| &records.columns()[place]);
    let same = |column: &cci::record::Column| {
        column.value(a).is_some() && column.value(a) == column.value(b)
    };
    let held = given.value(a).is_some() && given.value(b).is_some();
    let pattern = engine.pattern(a, b);
    let unlike = engine.space().outcome(pattern, 0) == engine.space().outcome_count(0) as u8;
    same(family) && same(birth) && held && unlike
}

fn linked(input: &LinkInput<'_>) -> Linkage {
    strategy::find("probabilistic").unwrap().link(input).unwrap()
}

#[test]
fn no_link_and_no_entity_holds_two_records_that_a_veto_is_against() {
    let (mut without, mut with) = (0, 0);
    for seed in 0..6 {
        let records = worlds::records(seed, 150);
        for (vetoes, count) in [(vec![], &mut without), (vec![twins()], &mut with)] {
            let plan = plan(&records, vetoes);
            let progress = Progress::default();
            let input = LinkInput::new(&records, &plan, &progress);
            let linkage = linked(&input);
            let engine = input.engine().unwrap();
            let links = linkage.links.iter();
            *count += links.filter(|(_, l)| forbidden(&records, engine, l.a, l.b)).count();
            if plan.vetoes.is_empty() {
                continue;
            }
            let evidence = linkage.evidence(&input).unwrap();
            for name in ["merged", "correlation"] {
                let clusterer = cluster::find(name).unwrap();
                let entities = clusterer.cluster(&records, &linkage.links, &evidence);
                for members in entities.members() {
                    for (place, &a) in members.iter().enumerate() {
                        for &b in &members[place + 1..] {
                            assert!(!forbidden(&records, engine, a, b), "{name}, seed {seed}");
                        }
                    }
                }
            }
        }
    }
    assert!(without >= 5, "the worlds have {without} links to forbid");
    assert_eq!(with, 0);
}

#[test]
fn veto_is_a_step_of_the_explanation_which_adds_up() {
    let records = worlds::records(1, 150);
    let plan = plan(&records, vec![twins()]);
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    let linkage = linked(&input);
    let scoring = linkage.scoring.as_ref().unwrap();
    let engine = input.engine().unwrap();
    let frequencies = TermFrequencies::new(&records, engine, &scoring.model);
    let mut explained = 0;
    for a in 0..records.len() as RecordId {
        for b in a + 1..records.len() as RecordId {
            let pattern = engine.pattern(a, b);
            let explanation = scoring.explain(&records, &frequencies, pattern, (a, b));
            let sum: f64 = explanation.steps.iter().map(|step| step.bits).sum();
            assert!((sum - explanation.weight.bits()).abs() < 1e-9);
            let step = explanation.steps.iter().find(|step| step.name == "twins");
            assert_eq!(step.is_some(), forbidden(&records, engine, a, b));
            let outcome = step.map(|step| step.outcome.as_str());
            let said =
                outcome.is_none_or(|o| o == "same date_of_birth, family_name; other given_name");
            assert!(said, "{outcome:?}");
            explained += usize::from(step.is_some());
        }
    }
    assert!(explained > 0);
}

#[test]
fn veto_without_a_difference_or_of_what_is_not_compared_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    for (veto, expected) in [
        ("name = \"twins\"\ndiffer = []", "asks for no difference"),
        ("name = \"twins\"\ndiffer = [\"given_nam\"]", "given_name"),
        ("name = \"twins\"\nsame = [\"place\"]\ndiffer = [\"given_name\"]", "compared attribute"),
    ] {
        let settings = TWO_FILES.replace("[decide]", &format!("[[veto]]\n{veto}\n\n[decide]"));
        write(folder.path(), &[("settings.toml", &settings)]);
        let output =
            run(&["link", "--config", text(&path), "--out", text(&folder.path().join("o"))]);
        let said = stderr(&output);
        assert!(!output.status.success() && said.contains(expected), "{said}");
        assert!(said.contains("settings.toml, line 3"), "{said}");
    }
}
