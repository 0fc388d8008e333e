//! The report as a reader gets it: its whole text, its markup, what it never holds.

mod common;

use cci::evaluate::{
    Calibration, CalibrationBin, Evaluation, FalseLinks, GroupQuality, GroupingQuality,
    MethodCount, Misses, PairQuality, Partners, Rate, RecordQuality, largest_gap,
};
use cci::report::{
    Block, LevelFacts, ModelFacts, Profile, ReportInput, RuleFacts, RunFacts, SECTIONS,
    SourceAccount, StrategyRow, View, render, text,
};
use common::assert_golden;

/// Counts of one group: records, linkable, linked, linked of linkable, missed, partly, false.
fn group(label: &str, counts: [u64; 7], methods: &[(&str, u64)]) -> GroupQuality {
    let [records, linkable, linked, linked_of_linkable, missed, partly, falsely] = counts;
    GroupQuality {
        label: label.into(),
        quality: RecordQuality {
            linked: Rate::new(linked, records),
            linked_of_linkable: Rate::new(linked_of_linkable, linkable),
            missed: Rate::new(missed, linkable),
            partly_missed: Rate::new(partly, linkable),
            falsely_linked: Rate::new(falsely, linked),
            merged_unlinked: 0,
        },
        methods: methods
            .iter()
            .map(|&(method, records)| MethodCount { method: method.into(), records })
            .collect(),
    }
}

fn sum(groups: &[GroupQuality]) -> RecordQuality {
    let mut all = RecordQuality::default();
    for quality in groups.iter().map(|group| group.quality) {
        for (sum, part) in [
            (&mut all.linked, quality.linked),
            (&mut all.linked_of_linkable, quality.linked_of_linkable),
            (&mut all.missed, quality.missed),
            (&mut all.partly_missed, quality.partly_missed),
            (&mut all.falsely_linked, quality.falsely_linked),
        ] {
            *sum = Rate::new(sum.numerator + part.numerator, sum.denominator + part.denominator);
        }
    }
    all
}

/// Invented counts, in the proportions that a small run gives.
fn evaluation() -> Evaluation {
    let by_source = vec![
        group(
            "Health",
            [987, 902, 890, 885, 17, 12, 1],
            &[("nhs_number", 640), ("probability", 250)],
        ),
        group(
            "Education",
            [896, 861, 830, 824, 37, 20, 2],
            &[("nhs_number", 585), ("probability", 245)],
        ),
        group(
            "Social care",
            [120, 119, 109, 108, 11, 6, 0],
            &[("nhs_number", 61), ("probability", 48)],
        ),
        group("Police", [64, 60, 52, 51, 9, 5, 1], &[("nhs_number", 0), ("probability", 52)]),
    ];
    let ethnicity = vec![
        group("Asian", [310, 290, 270, 268, 22, 9, 1], &[]),
        group("Black", [160, 150, 138, 137, 13, 5, 0], &[]),
        group("Mixed", [130, 122, 117, 116, 6, 4, 0], &[]),
        group("White", [1430, 1345, 1325, 1316, 29, 24, 3], &[]),
        group("Not known", [37, 35, 31, 31, 4, 1, 0], &[]),
    ];
    let deprivation = (1..=5u64)
        .map(|quintile| {
            let missed = 20 - 2 * quintile;
            let [records, linkable] = if quintile == 5 { [415, 390] } else { [413, 388] };
            let linked = linkable - missed;
            group(&quintile.to_string(), [records, linkable, linked + 3, linked, missed, 8, 1], &[])
        })
        .collect::<Vec<_>>();
    let records = sum(&by_source);
    let gaps = by_source.iter().map(|source| ("source", source));
    let gaps = gaps.map(|(name, g)| (name, g.label.as_str(), g.quality.linked_of_linkable));
    Evaluation {
        partners: Partners::OtherSources,
        links: PairQuality::new(1500, 1560, 1497),
        pairs: PairQuality::new(1512, 1560, 1508),
        records,
        largest_gap: largest_gap(records.linked_of_linkable, gaps),
        by_grouping: vec![
            GroupingQuality { name: "ethnicity".into(), groups: ethnicity },
            GroupingQuality { name: "imd_quintile".into(), groups: deprivation },
        ],
        by_source,
        by_mistake: vec![
            group("keyboard_typo", [120, 110, 100, 99, 11, 4, 0], &[]),
            group("stale_address", [610, 580, 548, 545, 35, 14, 1], &[]),
            group("nothing wrong", [900, 860, 855, 851, 9, 3, 0], &[]),
        ],
        misses: Some(Misses { blocking: 12, below_threshold: 38, separated: 2 }),
        false_links: Some(FalseLinks { multiple_birth: 2, household: 1, unrelated: 0 }),
        calibration: Some(calibration()),
        entities: serde_json::from_str(
            r#"{"b_cubed_precision": 0.998, "b_cubed_recall": 0.971, "b_cubed_f1": 0.984,
                "exact": {"numerator": 951, "denominator": 1000},
                "exact_of_several": {"numerator": 842, "denominator": 890}}"#,
        )
        .expect("the example is well formed"),
    }
}

/// Returns what pairs were stated to be, a few of them in the middle.
fn calibration() -> Calibration {
    let counts = [(1900, 3), (40, 6), (0, 0), (0, 0), (12, 5), (0, 0), (0, 0), (20, 14), (30, 26)];
    let counts = counts.into_iter().chain([(1480, 1471)]).enumerate();
    let bins = counts.map(|(place, (pairs, matches))| CalibrationBin {
        from: place as f64 / 10.0,
        to: (place + 1) as f64 / 10.0,
        stated: (pairs > 0).then_some(place as f64 / 10.0 + 0.05),
        matches: Rate::new(matches, pairs),
    });
    let bins = bins.collect();
    Calibration { pairs: 3482, expected_error: 0.046, sure: Rate::new(1460, 1462), bins }
}

fn strategy(
    name: &str,
    linked: u64,
    missed: u64,
    falsely: u64,
    gap: u64,
    pairs: u64,
) -> StrategyRow {
    let overall = Rate::new(1942 - missed, 1942);
    StrategyRow {
        name: name.into(),
        linked: Rate::new(linked, 2067),
        missed: Rate::new(missed, 1942),
        falsely_linked: Rate::new(falsely, linked),
        largest_gap: largest_gap(overall, [("source", "Police", Rate::new(60 - gap, 60))]),
        pairs_scored: pairs,
        seconds: None,
    }
}

fn level(comparison: &str, level: &str, m: f64, u: f64) -> LevelFacts {
    LevelFacts { comparison: comparison.into(), level: level.into(), m, u, weight: (m / u).log2() }
}

fn account(label: &str, accepted: u64, quarantined: u64, missing: &[(&str, u64)]) -> SourceAccount {
    SourceAccount {
        label: label.into(),
        accepted,
        quarantined,
        duplicates: 0,
        missing: missing.iter().map(|&(name, count)| (name.to_string(), count)).collect(),
        remarks: vec![("an error value of a spreadsheet".into(), quarantined)],
    }
}

fn input() -> ReportInput {
    ReportInput {
        run: RunFacts {
            run_id: "1a2b3c4d5e6f".into(),
            version: "0.1.0".into(),
            date: None,
            synthetic: true,
            children: Some(1000),
            seed: Some(20_260_401),
            strategy: "key_then_probabilistic".into(),
            settings_digest: "5e".repeat(32),
            inputs: vec![
                ("health.csv".into(), "0a".repeat(32)),
                ("police.csv".into(), "0b".repeat(32)),
            ],
            tuned: false,
            reviewed_pairs: None,
        },
        accounts: vec![
            account("Health", 987, 2, &[("nhs_number", 21), ("family_name", 0), ("postcode", 40)]),
            account(
                "Education",
                896,
                0,
                &[("nhs_number", 301), ("upn", 12), ("family_name", 0), ("postcode", 31)],
            ),
            account(
                "Social care",
                120,
                3,
                &[("nhs_number", 55), ("upn", 30), ("family_name", 1), ("postcode", 14)],
            ),
            account("Police", 64, 1, &[("family_name", 0), ("postcode", 22)]),
        ],
        evaluation: evaluation(),
        strategies: vec![
            strategy("nhs_number", 1286, 656, 0, 60, 0),
            strategy("exact_key", 1703, 239, 2, 30, 0),
            strategy("key_then_probabilistic", 1881, 74, 4, 9, 41_200),
        ],
        model: Some(ModelFacts {
            levels: vec![
                level("Given name", "same", 0.82, 0.0051),
                level("Given name", "similar", 0.11, 0.0102),
                level("Given name", "differs", 0.07, 0.9847),
                level("Date of birth", "same", 0.95, 0.000_182),
                level("Date of birth", "day and month swapped", 0.01, 0.000_171),
                level("Date of birth", "differs", 0.04, 0.999_647),
            ],
            threshold: 12.0,
            prior: 0.000_98,
        }),
        blocking: vec![
            RuleFacts {
                rule: "date_of_birth + sex".into(),
                new_pairs: 30_100,
                oversize_pairs: None,
            },
            RuleFacts {
                rule: "family_name + postcode".into(),
                new_pairs: 11_100,
                oversize_pairs: Some(4_200),
            },
        ],
    }
}

fn page(input: &ReportInput, profile: Profile) -> String {
    render(input, profile).expect("the fixture may be shown under the profile")
}

fn view(input: &ReportInput) -> View<'_> {
    View::new(input, Profile::Synthetic).expect("the fixture is synthetic")
}

#[test]
fn report_is_as_agreed() {
    assert_golden("report/synthetic.html", &page(&input(), Profile::Synthetic));
    assert_golden("report/publish.html", &page(&input(), Profile::Publish));
}

#[test]
fn printed_tables_are_as_agreed() {
    let input = input();
    let view = view(&input);
    let mut rows = input.strategies.clone();
    rows[2].seconds = Some(2.94);
    let printed = [
        text::per_source(&view),
        text::quality(&view) + "\n",
        text::strategies(&input.strategies, Profile::Synthetic),
        text::strategies(&rows, Profile::Publish),
    ]
    .join("\n");
    assert!(!printed.contains('\u{1b}'), "no colours");
    assert_golden("report/tables.txt", &printed);
}

/// Elements that HTML closes by itself.
const VOID: [&str; 3] = ["meta", "link", "br"];

/// Checks that tags nest and attributes are quoted; returns the names in order.
fn check_markup(html: &str) -> Vec<String> {
    let mut open: Vec<String> = vec![];
    let mut seen = vec![];
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("the page names its type");
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "stray > before {}", &rest[start..][..20]);
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "tag within a tag: {tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "unbalanced quotes: {tag}");
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closing {name}");
            continue;
        }
        let name = tag.split([' ', '/']).next().expect("a tag has a name").to_string();
        seen.push(name.clone());
        if name == "style" {
            rest = &rest[rest.find("</style>").expect("the style ends")..];
        }
        if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "all elements are closed");
    seen
}

fn attribute<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start)
        .map(|(place, _)| {
            let value = &html[place + start.len()..];
            &value[..value.find('"').expect("the value ends")]
        })
        .collect()
}

#[test]
fn markup_is_well_formed_and_names_are_unique() {
    let html = page(&input(), Profile::Synthetic);
    let seen = check_markup(&html);
    assert_eq!(seen.iter().filter(|name| *name == "h1").count(), 1);
    assert!(html.contains("<html lang=\"en-GB\">"));
    let mut ids = attribute(&html, "id");
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "every id once");
    for target in attribute(&html, "aria-labelledby").iter().flat_map(|names| names.split(' ')) {
        assert!(ids.binary_search(&target).is_ok(), "{target} is nowhere");
    }
    for link in attribute(&html, "href") {
        let inside = link.strip_prefix('#').is_some_and(|id| ids.binary_search(&id).is_ok());
        assert!(inside || link.starts_with("data:text/csv;"), "{link} leads nowhere");
    }
}

#[test]
fn page_is_small_and_loads_nothing() {
    let html = page(&input(), Profile::Synthetic);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    for never in ["http", "<script", "<link", "<img", "<iframe", "@import", "url(", " src=", " on"]
    {
        let found = html.match_indices(never).find(|(place, _)| {
            // Words such as " on" are fine in prose; as an attribute they are followed by =.
            never != " on"
                || html[*place..].split(['>', ' ']).nth(1).is_some_and(|w| w.contains("=\""))
        });
        assert_eq!(found.map(|(place, _)| &html[place..place + 40]), None, "{never}");
    }
}

#[test]
fn every_chart_has_a_title_a_description_with_a_number_and_a_table() {
    for profile in Profile::ALL {
        let html = page(&input(), profile);
        let figures: Vec<&str> = html.split("<figure").skip(1).collect();
        assert!(figures.len() >= 5);
        for figure in figures {
            let figure = &figure[..figure.find("</figure>").expect("the figure ends")];
            let part = |open: &str, close: &str| -> Vec<String> {
                figure
                    .split(open)
                    .skip(1)
                    .map(|part| part[..part.find(close).expect("the part ends")].to_string())
                    .collect()
            };
            assert_eq!(part("<svg role=\"img\"", ">").len(), 2, "one for each page width");
            for description in part("<desc", "</desc>") {
                let text = description.split_once('>').expect("the tag ends").1;
                assert!(text.contains(|letter: char| letter.is_ascii_digit()), "{text}");
            }
            for title in part("<h3>", "</h3>") {
                assert!(title.split_whitespace().count() <= 15, "{title}");
            }
            assert_eq!(part("<caption", "</caption>").len(), 1);
            assert!(figure.contains("scope=\"col\"") && figure.contains("scope=\"row\""));
            assert!(figure.contains("data:text/csv"));
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "\"><script>alert(1)</script>&'{{ 7 * 7 }}";
    let mut input = input();
    input.run.run_id = hostile.into();
    input.run.strategy = hostile.into();
    input.run.version = hostile.into();
    input.run.date = Some(hostile.into());
    input.run.inputs[0].0 = hostile.into();
    input.accounts[0].label = hostile.into();
    input.accounts[0].missing[0].0 = hostile.into();
    input.strategies[0].name = hostile.into();
    input.blocking[0].rule = format!("</style>{hostile}");
    let model = input.model.as_mut().expect("the fixture has a model");
    model.levels[0].comparison = hostile.into();
    model.levels[1].level = hostile.into();
    input.evaluation.by_source[0].label = hostile.into();
    input.evaluation.by_grouping[0].name = hostile.into();
    input.evaluation.by_grouping[0].groups[0].label = hostile.into();
    let html = page(&input, Profile::Synthetic);
    check_markup(&html);
    assert!(!html.contains("<script") && !html.contains("49&"), "nothing ran");
    assert!(html.contains("&lt;script&gt;alert(1)"), "and the names are shown");
}

#[test]
fn same_input_gives_the_same_bytes_and_no_time() {
    let html = page(&input(), Profile::Synthetic);
    assert_eq!(html, page(&input(), Profile::Synthetic));
    assert!(!html.contains("Seconds"));
    let mut timed = input();
    timed.strategies[0].seconds = Some(0.4);
    assert!(page(&timed, Profile::Synthetic).contains("Seconds"));
}

#[test]
fn publish_shows_no_small_count() {
    let mut input = input();
    input.run.synthetic = false;
    let html = page(&input, Profile::Publish);
    assert!(html.contains("[c]") && html.contains("Not synthetic"));
    assert!(!html.contains("made-up records"));
    for table in html.split("<tbody>").skip(1) {
        let body = &table[..table.find("</tbody>").expect("the table ends")];
        for cell in body.split("<td class=\"number\">").skip(1) {
            let cell = &cell[..cell.find("</td>").expect("the cell ends")];
            if let Ok(count) = cell.replace(',', "").parse::<u64>() {
                assert!(count == 0 || count >= 10 && count % 5 == 0, "{cell}");
            }
        }
    }
}

#[test]
fn exact_counts_are_refused_for_records_that_are_not_synthetic() {
    let mut input = input();
    input.run.synthetic = false;
    let error = render(&input, Profile::Synthetic).unwrap_err();
    assert_eq!(error.kind(), cci::error::ErrorKind::BadValue);
}

#[test]
fn caveats_fire_by_their_rule_and_only_then() {
    let plain = input();
    let html = page(&plain, Profile::Synthetic);
    let tuned = "Expect slightly worse results on new records.";
    let gap =
        "Children in the group “Ethnicity: Asian” were linked less often (92.4% against 96.2%).";
    assert!(!html.contains(tuned));
    assert!(html.contains(gap));
    assert!(!html.contains("This run does not show that"));
    assert!(!html.contains("reviewed pair"));

    let mut planted = plain;
    planted.run.tuned = true;
    planted.run.reviewed_pairs = Some(400);
    planted.evaluation.by_grouping[0].groups[0].quality.linked_of_linkable = Rate::new(282, 290);
    planted.strategies.push(StrategyRow { name: "twin".into(), ..planted.strategies[2].clone() });
    let html = page(&planted, Profile::Synthetic);
    assert!(html.contains(tuned));
    assert!(!html.contains(gap));
    assert!(html.contains("does not show that key_then_probabilistic is better than twin."));
    assert!(html.contains("Based on 400 reviewed pairs, weighted to all pairs."));
}

#[test]
fn an_empty_run_still_makes_a_page() {
    let mut empty = input();
    empty.accounts.clear();
    empty.strategies.clear();
    empty.blocking.clear();
    empty.model = None;
    empty.evaluation = Evaluation {
        links: PairQuality::new(0, 0, 0),
        pairs: PairQuality::new(0, 0, 0),
        records: RecordQuality::default(),
        by_source: vec![],
        by_grouping: vec![],
        by_mistake: vec![],
        largest_gap: None,
        misses: None,
        false_links: None,
        ..empty.evaluation
    };
    let html = page(&empty, Profile::Synthetic);
    check_markup(&html);
    assert!(html.contains("[z]") && !html.contains("NaN"));
    let view = view(&empty);
    assert!(text::per_source(&view).starts_with("Source"));
}

#[test]
fn first_screen_holds_four_tiles_and_four_points_at_most() {
    let input = input();
    let view = view(&input);
    let points = SECTIONS.iter().find(|section| section.id() == "main-points").unwrap();
    for block in points.blocks(&view) {
        match block {
            Block::Tiles { tiles } => assert_eq!(tiles.len(), 4),
            Block::Bullets { items } => assert!((1..=4).contains(&items.len())),
            _ => {}
        }
    }
}
