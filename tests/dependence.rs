//! Comparisons that depend on each other are found, with the bits that they tell of each other.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use cci::comparison::{Comparison, Level, PatternSpace, RandomAgreement};
use cci::model::{
    Among, Blocked, ComparablePairs, Dependence, Model, ModelFile, PatternCounts, TrainingInput,
    train,
};
use cci::record::{Attribute, AttributeKind};

/// Shares of (b, c) among matches: both agree, b alone, c alone, neither.
const DEPENDENT: [f64; 4] = [0.80, 0.05, 0.05, 0.10];
/// The same margins, .85 and .15, without dependence.
const INDEPENDENT: [f64; 4] = [0.7225, 0.1275, 0.1275, 0.0225];

/// Trains on exact expected counts of four yes-or-no comparisons; of those b and c may depend.
fn trained(b_and_c: [f64; 4]) -> Model {
    let comparisons = ["a", "b", "c", "d"].map(|name| {
        let attribute = Attribute::new(name, AttributeKind::Text);
        Comparison::new(&attribute, vec![Level::parse("exact").unwrap()], false).unwrap()
    });
    let space = PatternSpace::new([2; 4]).unwrap();
    let (matches, others) = (1e9, 1e12);
    let (agree, by_chance) = (0.95, 1e-4);
    let share = |outcome: u8, agree: f64| if outcome == 1 { agree } else { 1.0 - agree };
    let mut counts = hashbrown::HashMap::new();
    for pattern in 0..space.size() {
        let outcomes = space.outcomes(pattern);
        if outcomes.contains(&0) {
            continue;
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|place: usize| outcomes[place]);
        let both = b_and_c[usize::from(2 * (b - 1) + c - 1)];
        let same = matches * share(a, agree) * share(d, agree) * both;
        let unrelated = others * outcomes.iter().map(|&o| share(o, by_chance)).product::<f64>();
        // The rules ask for a and for d.
        let rules = u32::from(a == 1) | u32::from(d == 1) << 1;
        if rules > 0 {
            counts.insert((pattern, rules), (same + unrelated).round() as u64);
        }
    }
    let shares = |agree: f64| vec![agree, 1.0 - agree];
    let random = [0.95, 0.85, 0.85, 0.95].map(|m| RandomAgreement {
        shares: shares((matches * m + others * by_chance) / (matches + others)),
        pairs: matches + others,
        enumerated: 1.0,
        errors: None,
    });
    let fixes = |place| {
        let state = |c| if c == place { Blocked::Equal } else { Blocked::Free };
        (0..4).map(state).collect::<Vec<_>>()
    };
    let pairs = (matches + others) as u64;
    let comparable = ComparablePairs { pairs, most_matches: pairs, ..Default::default() };
    train(&TrainingInput {
        comparisons: &comparisons,
        space: &space,
        random: &random,
        counts: &PatternCounts::merge([counts]),
        blocked: &[fixes(0), fixes(3)],
        households: None,
        comparable: &[comparable],
    })
    .unwrap()
}

fn of(model: &Model, among: Among) -> Vec<&Dependence> {
    model.training.dependence.iter().filter(|found| found.among == among).collect()
}

#[test]
fn two_comparisons_that_fail_together_are_named_with_their_bits() {
    let model = trained(DEPENDENT);
    let most = of(&model, Among::Matches)[0];
    assert_eq!(most.comparisons, [1, 2]);
    // .8 log2(.8/.7225) + 2 · .05 log2(.05/.1275) + .1 log2(.1/.0225) = .1176 − .1351 + .2152.
    // The model, which knows no dependence, takes some matches that fail on both for unrelated.
    assert!((most.bits - 0.1977).abs() < 0.02, "{most:?}");
    assert!((most.observed - most.expected).abs() > 0.06, "{most:?}");
    let others = &of(&model, Among::Matches)[1..];
    assert!(others.iter().all(|found| found.bits < 0.01), "{others:?}");
    // Those that no session leaves free together are not looked at.
    assert!(others.iter().all(|found| found.comparisons != [0, 3]));
}

#[test]
fn comparisons_that_do_not_depend_have_no_bits() {
    let model = trained(INDEPENDENT);
    for among in Among::ALL {
        let all = of(&model, among);
        assert_eq!(all.len(), 5);
        assert!(all.iter().all(|found| found.bits < 0.002), "{all:?}");
    }
}

#[test]
fn a_model_file_keeps_the_dependence_and_shows_it() {
    let file = ModelFile { canon: "canon/1".into(), model: trained(DEPENDENT) };
    let text = file.text();
    let read = ModelFile::read(text.as_bytes(), "model.toml").unwrap();
    assert_eq!(read.model.training.dependence, file.model.training.dependence);
    let shown = cci::report::text::model_dependence(&read.model);
    assert!(shown.starts_with("Most dependent among matches: b and c"), "{shown}");
    assert!(shown.contains("attributes = [\"b\", \"c\"]"), "what to join is said: {shown}");
    assert!(shown.contains("If independent"), "{shown}");
}
