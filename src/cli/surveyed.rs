//! What `cci blocking` found: as JSON, and in words.

use serde::Serialize;

use super::data::Data;
use crate::blocking::{Blocking, BlockingRule, MissedEstimate, Oversize, RuleOverlap};
use crate::record::{RecordId, Records, SourceId};
use crate::report::text;
use crate::schema::pattern_of;

/// Most rules whose overlap is printed as a table; JSON has it for any number.
const MOST_PRINTED: usize = 12;

/// What blocking rules make of records.
#[derive(Serialize)]
pub(in crate::cli) struct Surveyed {
    schema_version: u32,
    records: usize,
    /// Where the rules come from: `settings`, or `data` where the settings have none.
    rules_from: &'static str,
    /// Pairs of records that may be linked at all.
    allowed_pairs: u64,
    /// Pairs that some rule makes, each once; none if they were not counted.
    candidate_pairs: Option<u64>,
    /// Whether these are more pairs than the settings let a linkage make.
    beyond_settings: bool,
    most_pairs_of_settings: u64,
    rules: Vec<RuleSurvey>,
    /// Pairs that both of two rules make; none if they were not counted.
    overlap: Option<Vec<Vec<u64>>>,
    sources: Vec<SourceSurvey>,
    /// What blocking missed; none if that was not asked for.
    pub(in crate::cli) missed: Option<Missed>,
}

/// What one rule makes.
#[derive(Serialize)]
struct RuleSurvey {
    rule: String,
    /// Pairs it makes by itself.
    pairs: u64,
    /// Whether that is exact: from block sizes, records that share several values count for each,
    /// and so do pairs that filters leave out.
    exact: bool,
    /// Pairs that share its keys, by block sizes, where filters leave some of them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs_before_filters: Option<u64>,
    /// What it leaves out for the size of blocks, if it has a largest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    oversize: Option<Oversize>,
    /// Pairs that no earlier rule makes.
    new_pairs: Option<u64>,
    /// Pairs of this rule and those before it, each once.
    cumulative_pairs: Option<u64>,
    /// Pairs that no other rule makes.
    only_pairs: Option<u64>,
    largest_blocks: Vec<LargeBlock>,
}

/// Large block of a rule.
#[derive(Serialize)]
struct LargeBlock {
    records: usize,
    pairs: u64,
    /// Pattern of the value of each key.
    patterns: Vec<String>,
}

/// Records of a source that take no part.
#[derive(Serialize)]
struct SourceSurvey {
    source: String,
    records: u64,
    without_key: u64,
    without_candidate: u64,
    /// Whether that is exact: filters may leave further records without a candidate.
    exact: bool,
}

/// What blocking missed, as groups of rules tell.
#[derive(Serialize)]
pub(in crate::cli) struct Missed {
    /// Why it is not known, if so.
    unknown: Option<String>,
    /// Expected matches among the candidate pairs.
    matches_found: Option<f64>,
    groups: Vec<Group>,
    estimates: Vec<Estimate>,
}

/// Rules without an attribute in common with others.
#[derive(Serialize)]
struct Group {
    /// Numbers of the rules, from 1.
    rules: Vec<usize>,
    attributes: Vec<String>,
    matches: f64,
}

/// Matches in all, by one formula.
#[derive(Serialize)]
struct Estimate {
    formula: &'static str,
    /// Numbers of the groups, from 1.
    groups: Vec<usize>,
    both_caught: Option<f64>,
    matches_in_all: f64,
    standard_error: Option<f64>,
    missed: f64,
    /// Share of all matches that are among the candidate pairs.
    caught: Option<f64>,
}

impl Surveyed {
    /// Says what block sizes tell; each rule with so many of its largest blocks.
    pub(in crate::cli) fn of(data: &Data, blocking: &Blocking<'_>, blocks: usize) -> Self {
        let records = &data.reading.records;
        let by_rule = blocking.pairs_by_rule();
        let rule = |(place, (rule, &pairs)): (usize, (&BlockingRule, &u64))| {
            let patterns = |block| {
                let values = blocking.shared_values(records, place, block);
                values.iter().map(|value| pattern_of(value)).collect()
            };
            let largest = blocking.largest_blocks(place, blocks).into_iter();
            RuleSurvey {
                rule: rule.label(),
                pairs,
                exact: blocking.sizes_are_exact(place),
                oversize: blocking.oversize(place),
                pairs_before_filters: (!rule.filters().is_empty()).then_some(pairs),
                new_pairs: None,
                cumulative_pairs: None,
                only_pairs: None,
                largest_blocks: largest
                    .map(|block| LargeBlock {
                        records: block.records,
                        pairs: block.pairs,
                        patterns: patterns(block.place),
                    })
                    .collect(),
            }
        };
        let sources = blocking.left_out().into_iter().map(|left| SourceSurvey {
            source: records.sources()[left.source as usize].name.clone(),
            records: left.records,
            without_key: left.without_key,
            without_candidate: left.without_candidate,
            exact: !blocking.is_filtered(),
        });
        let mask = &data.plan.mask;
        Self {
            schema_version: 1,
            records: records.len(),
            rules_from: if data.settings.has_rules() { "settings" } else { "data" },
            allowed_pairs: records.comparable_pairs(|s, t| mask.allows(s, t)),
            candidate_pairs: None,
            beyond_settings: by_rule.iter().sum::<u64>() > data.plan.most_pairs,
            most_pairs_of_settings: data.plan.most_pairs,
            rules: blocking.rules().iter().zip(by_rule).enumerate().map(rule).collect(),
            overlap: None,
            sources: sources.collect(),
            missed: None,
        }
    }

    /// Adds what counting each pair tells.
    pub(in crate::cli) fn count(&mut self, records: &Records, overlap: &RuleOverlap) {
        for (source, of) in self.sources.iter_mut().enumerate() {
            let alone = |&record: &RecordId| !overlap.is_paired(record);
            of.without_candidate =
                records.of_source(source as SourceId).filter(alone).count() as u64;
            of.exact = true;
        }
        let mut cumulative = 0;
        for (place, rule) in self.rules.iter_mut().enumerate() {
            cumulative += overlap.new_pairs(place);
            (rule.pairs, rule.exact) = (overlap.shared(place, place), true);
            rule.new_pairs = Some(overlap.new_pairs(place));
            rule.cumulative_pairs = Some(cumulative);
            rule.only_pairs = Some(overlap.only(place));
        }
        let rules = 0..self.rules.len();
        let row = |rule| rules.clone().map(|other| overlap.shared(rule, other)).collect();
        self.overlap = Some(rules.clone().map(row).collect());
        self.candidate_pairs = Some(overlap.total());
    }

    /// Describes it all in tables.
    pub(in crate::cli) fn describe(&self) -> String {
        let from = match self.rules_from {
            "settings" => "blocking rules of the settings",
            _ => "blocking rules chosen from the data, since the settings have none",
        };
        let (records, rules) = (text::count(self.records as u64), self.rules.len());
        let mut parts = vec![format!("{records} records, {rules} {from}\n"), self.rule_table()];
        parts.extend(self.oversize_table());
        parts.push(self.totals());
        parts.extend(self.block_table());
        parts.extend(self.overlap_table());
        parts.push(self.source_table());
        parts.extend(self.missed.as_ref().map(Missed::describe));
        parts.join("\n")
    }

    fn rule_table(&self) -> String {
        let shown = |count: Option<u64>| count.map_or("not counted".into(), text::count);
        let filtered = self.rules.iter().any(|rule| rule.pairs_before_filters.is_some());
        let rows = self.rules.iter().enumerate().map(|(place, rule)| {
            let at_most = if rule.exact { "" } else { "at most " };
            let before = rule.pairs_before_filters.map_or("as many".into(), text::count);
            let mut row = vec![format!("{} {}", place + 1, rule.rule)];
            row.extend(filtered.then_some(before));
            row.extend([
                format!("{at_most}{}", text::count(rule.pairs)),
                shown(rule.new_pairs),
                shown(rule.cumulative_pairs),
                shown(rule.only_pairs),
            ]);
            row
        });
        let mut header = vec!["Rule"];
        header.extend(filtered.then_some("Before filters"));
        header.extend(["Pairs", "New", "So far", "Of this rule only"]);
        text::aligned(&header, rows)
    }

    fn oversize_table(&self) -> Option<String> {
        let row = |(place, rule): (usize, &RuleSurvey)| {
            let Oversize { blocks, records, pairs } = rule.oversize?;
            let counts = [blocks, records, pairs].map(text::count);
            Some([format!("{} {}", place + 1, rule.rule)].into_iter().chain(counts).collect())
        };
        let rows: Vec<Vec<String>> = self.rules.iter().enumerate().filter_map(row).collect();
        let header = ["Left out for the size of blocks", "Blocks", "Records", "Pairs"];
        (!rows.is_empty()).then(|| text::aligned(&header, rows.into_iter()))
    }

    fn totals(&self) -> String {
        let allowed = text::count(self.allowed_pairs);
        let mut lines = match self.candidate_pairs {
            Some(pairs) if self.allowed_pairs > 0 => {
                let share = 100.0 * pairs as f64 / self.allowed_pairs as f64;
                let pairs = text::count(pairs);
                format!("Candidate pairs: {pairs} of {allowed} that may be linked ({share:.3} %)\n")
            }
            Some(_) => "No two of these records may be linked\n".into(),
            None => format!("Candidate pairs: not counted; {allowed} pairs may be linked\n"),
        };
        if self.beyond_settings {
            let most = text::count(self.most_pairs_of_settings);
            lines += &format!("A linkage would refuse these rules: its limit is {most} pairs\n");
        }
        lines
    }

    fn block_table(&self) -> Option<String> {
        let of_rule = |(place, rule): (usize, &RuleSurvey)| {
            let heading =
                vec![format!("{} {}", place + 1, rule.rule), String::new(), String::new()];
            let blocks = rule.largest_blocks.iter().map(|block| {
                vec![
                    format!("    {}", block.patterns.join(" + ")),
                    text::count(block.records as u64),
                    text::count(block.pairs),
                ]
            });
            let heading = (!rule.largest_blocks.is_empty()).then_some(heading);
            heading.into_iter().chain(blocks).collect::<Vec<_>>()
        };
        let rows: Vec<Vec<String>> = self.rules.iter().enumerate().flat_map(of_rule).collect();
        let header = ["Largest blocks, by the pattern of their value", "Records", "Pairs"];
        (!rows.is_empty()).then(|| text::aligned(&header, rows.into_iter()))
    }

    fn overlap_table(&self) -> Option<String> {
        let overlap = self.overlap.as_ref().filter(|overlap| overlap.len() > 1)?;
        if overlap.len() > MOST_PRINTED {
            return Some(format!(
                "Pairs that two rules share: {} rules are too many to print; --json has them\n",
                overlap.len()
            ));
        }
        let numbers: Vec<String> = (1..=overlap.len()).map(|n| n.to_string()).collect();
        let mut header = vec!["Pairs that two rules share: rule"];
        header.extend(numbers.iter().map(String::as_str));
        let rows = numbers.iter().zip(overlap).map(|(number, row)| {
            let counts = row.iter().map(|&pairs| text::count(pairs));
            [number.clone()].into_iter().chain(counts).collect()
        });
        Some(text::aligned(&header, rows))
    }

    fn source_table(&self) -> String {
        let rows = self.sources.iter().map(|source| {
            vec![
                source.source.clone(),
                text::count(source.records),
                text::count(source.without_key),
                format!(
                    "{}{}",
                    if source.exact { "" } else { "at least " },
                    text::count(source.without_candidate)
                ),
            ]
        });
        let header =
            ["Records that rules leave out", "Records", "Without any key", "In no candidate pair"];
        text::aligned(&header, rows)
    }
}

impl Missed {
    /// Says why nothing is known.
    pub(in crate::cli) fn unknown(why: &str) -> Self {
        let (groups, estimates) = (Vec::new(), Vec::new());
        Self { unknown: Some(why.into()), matches_found: None, groups, estimates }
    }

    /// Takes a bound.
    pub(in crate::cli) fn of(bound: &MissedEstimate) -> Self {
        let estimate = |formula, groups, both, total: f64, error| Estimate {
            formula,
            groups,
            both_caught: both,
            matches_in_all: total.max(bound.found),
            standard_error: error,
            missed: (total - bound.found).max(0.0),
            caught: (bound.found > 0.0).then(|| (bound.found / total).min(1.0)),
        };
        let of_two = bound.two_groups.iter().map(|two| {
            let groups = two.groups.map(|place| place + 1).to_vec();
            estimate("chapman", groups, Some(two.both), two.total, Some(two.standard_error))
        });
        let of_all = bound.chao.map(|total| {
            let groups = (1..=bound.groups.len()).collect();
            estimate("chao", groups, None, total, None)
        });
        let groups = bound.groups.iter().map(|group| Group {
            rules: group.rules.iter().map(|rule| rule + 1).collect(),
            attributes: group.attributes.clone(),
            matches: group.matches,
        });
        Self {
            unknown: None,
            matches_found: Some(bound.found),
            groups: groups.collect(),
            estimates: of_two.chain(of_all).collect(),
        }
    }

    /// Returns the expected matches among candidate pairs, in words.
    pub(in crate::cli) fn found(&self) -> String {
        self.matches_found.map_or("no".into(), whole)
    }

    fn describe(&self) -> String {
        if let Some(why) = &self.unknown {
            return format!("What blocking missed is not known: {why}\n");
        }
        let rows = self.groups.iter().enumerate().map(|(place, group)| {
            vec![
                format!("{} {}", letter(place), group.attributes.join(", ")),
                group.rules.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
                whole(group.matches),
            ]
        });
        let groups = text::aligned(
            &["Groups of rules without a common attribute", "Rules", "Expected matches"],
            rows,
        );
        let rows = self.estimates.iter().map(|estimate| {
            let names: Vec<String> = estimate.groups.iter().map(|n| letter(n - 1)).collect();
            vec![
                format!("{} ({})", names.join(" and "), estimate.formula),
                estimate.both_caught.map_or(String::new(), whole),
                match estimate.standard_error {
                    Some(error) => {
                        format!("{} ± {}", whole(estimate.matches_in_all), whole(2.0 * error))
                    }
                    None => whole(estimate.matches_in_all),
                },
                whole(estimate.missed),
                estimate
                    .caught
                    .map_or("not defined".into(), |share| format!("{:.2} %", 100.0 * share)),
            ]
        });
        let header =
            ["What blocking missed, estimated", "Both catch", "Matches in all", "Missed", "Caught"];
        let estimates = text::aligned(&header, rows);
        let found = self.found();
        format!("{groups}\n{estimates}All rules together catch {found} matches. {ASSUMPTION}\n")
    }
}

/// What the estimates rest on, printed with them.
const ASSUMPTION: &str = "Matches are expected ones, as the model's\nprobabilities add up. \
    Chapman's figure is a lower bound on what was missed where matches that one group\nmisses are \
    likelier missed by the other too, as is usual; Chao's where groups also catch about equally\n\
    many: it overstates what was missed where they do not.";

/// Returns the letter of a group.
fn letter(place: usize) -> String {
    char::from(b'A' + (place % 26) as u8).to_string()
}

fn whole(count: f64) -> String {
    text::count(count.round() as u64)
}
