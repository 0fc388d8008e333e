//! Training: which pairs the model learns from, whatever pairs are to be scored.
//!
//! Sessions are rules of their own, chosen from the data, so that m, u and the priors do not
//! follow from the blocking rules that somebody happened to write.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::linked_sources::LinkedSources;
use super::{Household, LinkInput, Plan};
use crate::blocking::{BlockSample, BlockingRule, Blocks, SampledPair, choose_rules};
use crate::comparison::{Comparison, ComparisonEngine};
use crate::error::Result;
use crate::model::{
    Blocked, CountsOfPart, HouseholdPairs, Label, Model, PairsCounted, PatternCounts,
    TrainingInput, bootstrap, train, train_from_starts, train_on_labels,
};
use crate::record::{Attribute, RecordId, Records, SourceId};

/// Pairs of one session that training looks at, about, at most.
const PAIRS_A_SESSION: u64 = 1 << 15;
/// Groups that blocks are dealt to by hash: enough to draw from, few enough to hold.
const GROUPS: usize = 64;
/// Most pairs that one address counts for: those of twelve people. A street, an institution and
/// a block of flats have many pairs and few households.
const PAIRS_AN_ADDRESS: f64 = 66.0;
/// Most records of one address that are looked at.
const MOST_AT_AN_ADDRESS: usize = 128;
/// Pairs inside households that are looked at, about, at most.
const HOUSEHOLD_PAIRS: usize = 1 << 18;
/// Pairs that are compared together.
const PAIRS_TOGETHER: usize = 512;
/// Fewest same-address pairs from which the household class is learnt.
const FEWEST_HOUSEHOLD_PAIRS: f64 = 100.0;

/// Pairs that somebody has labelled.
pub type LabelledPairs = [(RecordId, RecordId, Label)];

/// How a model is trained that links nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrainingChoice<'a> {
    /// Labelled pairs to learn from, if there are any.
    pub labels: Option<&'a LabelledPairs>,
    /// Replicates of the bootstrap for standard errors; 0 for none.
    pub replicates: u32,
}

/// Trains a model and links nothing: on labels if there are any, else from several starts.
///
/// # Errors
/// What training refuses.
pub fn train_model(input: &LinkInput<'_>, choice: TrainingChoice<'_>) -> Result<Model> {
    let engine = input.engine()?;
    let sessions = Sessions::new(input)?;
    let Some(labels) = choice.labels else {
        let groups = sessions.count(input, engine, GROUPS);
        let counts = PatternCounts::weighted(&groups, &[1; GROUPS]);
        return sessions.train(input, engine, &counts, true, |training| {
            let mut model = train_from_starts(training)?;
            if choice.replicates > 0 {
                let errors = bootstrap(training, &groups, choice.replicates)?;
                for (comparison, errors) in model.comparisons.iter_mut().zip(errors) {
                    comparison.errors = Some(errors);
                }
            }
            Ok(model)
        });
    };
    let pattern = |&(a, b, label)| (engine.pattern(a, b), label);
    let labelled: Vec<(u32, Label)> = labels.iter().map(pattern).collect();
    let counts = sessions.counts(input, engine);
    sessions.train(input, engine, &counts, false, |training| train_on_labels(training, &labelled))
}

/// Trains the model that a linkage scores with.
///
/// # Errors
/// What training refuses.
pub(super) fn train_for_linkage(input: &LinkInput<'_>) -> Result<Model> {
    let engine = input.engine()?;
    let sessions = Sessions::new(input)?;
    let counts = sessions.counts(input, engine);
    sessions.train(input, engine, &counts, true, train)
}

/// Rules whose pairs are learnt from, and the pairs that are looked at.
struct Sessions<'a> {
    rules: Cow<'a, [BlockingRule]>,
    sample: BlockSample<'a>,
    sources: LinkedSources,
}

impl<'a> Sessions<'a> {
    /// Takes the plan's training rules or, if it has none, rules chosen from the data; the
    /// blocking rules where those make no pair.
    fn new(input: &'a LinkInput<'_>) -> Result<Self> {
        let (records, plan) = (input.records, input.plan);
        let of = |rules: Cow<'a, [BlockingRule]>| -> Result<Self> {
            let sample = BlockSample::new(records, &rules, &plan.mask, PAIRS_A_SESSION)?;
            let sources = LinkedSources::new(records, &plan.mask);
            Ok(Self { rules, sample, sources })
        };
        let sessions = match plan.training_rules.as_slice() {
            [] => of(choose_rules(records, &plan.mask).into())?,
            rules => of(rules.into())?,
        };
        if sessions.sample.is_empty() { of(plan.rules.as_slice().into()) } else { Ok(sessions) }
    }

    /// Counts the patterns of the sessions' pairs.
    fn counts(&self, input: &LinkInput<'_>, engine: &ComparisonEngine<'_>) -> PatternCounts {
        self.count(input, engine, 1).pop().expect("one group was asked for")
    }

    /// Counts the patterns of the sessions' pairs in groups of whole blocks.
    ///
    /// A pair's block is that of its first rule, so that it is in one group whatever sessions
    /// it is in.
    fn count(
        &self,
        input: &LinkInput<'_>,
        engine: &ComparisonEngine<'_>,
        groups: usize,
    ) -> Vec<PatternCounts> {
        input.progress.start(self.sample.pairs());
        let parts = self.sample.visit(
            || Counting { waiting: Vec::new(), groups: vec![CountsOfPart::default(); groups] },
            |counting, pair| {
                counting.waiting.push(pair);
                if counting.waiting.len() == PAIRS_TOGETHER {
                    counting.compare(engine, &self.sources);
                }
            },
            input.progress.counter(),
        );
        let counted = parts.into_par_iter().map(|mut counting| {
            counting.compare(engine, &self.sources);
            counting.groups
        });
        let mut of_group: Vec<Vec<CountsOfPart>> = vec![Vec::new(); groups];
        for part in counted.collect::<Vec<_>>() {
            for (group, counts) in of_group.iter_mut().zip(part) {
                group.push(counts);
            }
        }
        of_group.into_iter().map(PatternCounts::merge_samples).collect()
    }

    /// Puts together what training sees, trains as told and notes the rules.
    fn train(
        &self,
        input: &LinkInput<'_>,
        engine: &ComparisonEngine<'_>,
        counts: &PatternCounts,
        with_households: bool,
        train: impl FnOnce(&TrainingInput<'_>) -> Result<Model>,
    ) -> Result<Model> {
        input.progress.start(0);
        let (records, plan) = (input.records, input.plan);
        let allowed = |s, t| plan.mask.allows(s, t);
        let households = || match &plan.household {
            Some(household) if with_households => self.household_pairs(records, engine, household),
            _ => Ok(None),
        };
        let random = || engine.random_agreement(records, &allowed);
        // Each has stretches that keep one core alone busy.
        let (households, random) = rayon::join(households, random);
        let households = households?;
        let comparisons: Vec<_> = engine.comparisons().cloned().collect();
        let mut model = train(&TrainingInput {
            comparisons: &comparisons,
            space: engine.space(),
            random: &random,
            counts,
            blocked: &self.blocked(plan),
            households: households.as_ref(),
            comparable: &self.sources.comparable(records, &plan.mask),
        })?;
        let labels = |rules: &[BlockingRule]| rules.iter().map(BlockingRule::label).collect();
        model.training.blocking = labels(&plan.rules);
        model.training.sessions = labels(&self.rules);
        Ok(model)
    }

    /// Says for each rule what it fixes of each comparison.
    fn blocked(&self, plan: &Plan) -> Vec<Vec<Blocked>> {
        let state = |rule: &BlockingRule, attribute: &str| {
            let mut keys = rule.equal_keys().iter().filter(|key| key.attribute == attribute);
            if keys.any(|key| key.form.whole) {
                return Blocked::Equal;
            }
            // A filter touches its attribute as a form of it does, whatever it asks, and so does
            // a window: values near each other in order begin alike.
            let touched = rule.attributes().any(|asked| asked == attribute);
            if touched { Blocked::Alike } else { Blocked::Free }
        };
        // Of attributes that are compared jointly a rule fixes the outcome if it fixes them all.
        let of_comparison = |rule: &BlockingRule, comparison: &Comparison| {
            let mut states = comparison.attributes().iter().map(|a| state(rule, a.name()));
            let first = states.next().unwrap_or(Blocked::Free);
            states.fold(first, |all, one| if all == one { all } else { Blocked::Alike })
        };
        let row = |rule| plan.comparisons.iter().map(|c| of_comparison(rule, c)).collect();
        self.rules.iter().map(row).collect()
    }

    /// Counts the patterns of pairs inside one source that share an address; where they are
    /// many, those of some homes stand for all.
    fn household_pairs(
        &self,
        records: &Records,
        engine: &ComparisonEngine<'_>,
        household: &Household,
    ) -> Result<Option<HouseholdPairs>> {
        let blocks = Blocks::build(records, &BlockingRule::parse(&household.attributes)?)?;
        let homes = homes(records, &blocks, &household.sources);
        let all: usize = homes.iter().map(|home| home.len() * (home.len() - 1) / 2).sum();
        let one_in = all.div_ceil(HOUSEHOLD_PAIRS).max(1);
        let taken: Vec<&[RecordId]> = homes.into_iter().step_by(one_in).collect();
        let parts: Vec<HashMap<u32, [f64; 2]>> = taken
            .par_chunks(1 << 12)
            .map(|homes| {
                let mut counts: HashMap<u32, [f64; 2]> = HashMap::new();
                let pairs_of = |home: &'_ [RecordId]| -> Vec<(RecordId, RecordId, f64)> {
                    let pairs = (home.len() * (home.len() - 1) / 2) as f64;
                    let counts = one_in as f64 * (PAIRS_AN_ADDRESS / pairs).min(1.0);
                    let later =
                        |(place, &a)| home[place + 1..].iter().map(move |&b| (a, b, counts));
                    home.iter().enumerate().flat_map(later).collect()
                };
                let all: Vec<_> = homes.iter().flat_map(|home| pairs_of(home)).collect();
                for some in all.chunks(PAIRS_TOGETHER) {
                    let pairs: Vec<_> = some.iter().map(|&(a, b, _)| (a, b)).collect();
                    for (&(a, b, count), pattern) in some.iter().zip(engine.patterns(&pairs)) {
                        let [pairs, proposed] = counts.entry(pattern).or_default();
                        *pairs += count;
                        *proposed += if self.sample.agree(a, b) { count } else { 0.0 };
                    }
                }
                counts
            })
            .collect();
        // Sums of a pattern are taken part by part, whatever the order of patterns.
        let mut counts: BTreeMap<u32, [f64; 2]> = BTreeMap::new();
        for (pattern, part) in parts.into_iter().flatten() {
            let sums = counts.entry(pattern).or_default();
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        let patterns: Vec<(u32, f64)> =
            counts.iter().map(|(&pattern, &[pairs, _])| (pattern, pairs)).collect();
        let candidates = counts.values().map(|&[_, proposed]| proposed).collect();
        if patterns.iter().map(|(_, count)| count).sum::<f64>() < FEWEST_HOUSEHOLD_PAIRS {
            return Ok(None);
        }
        let of_address = |attribute: &Attribute| {
            household.attributes.iter().any(|name| name == attribute.name())
        };
        let tells = |comparison: &Comparison| comparison.attributes().iter().all(of_address);
        Ok(Some(HouseholdPairs {
            patterns,
            candidates,
            location: engine.comparisons().map(Comparison::is_of_place).collect(),
            told_by: engine.comparisons().map(tells).collect(),
        }))
    }
}

/// Pairs of a sample on the way to being counted.
struct Counting {
    /// Pairs not compared yet.
    waiting: Vec<SampledPair>,
    /// Counts of each group.
    groups: Vec<CountsOfPart>,
}

impl Counting {
    /// Compares and counts the pairs that wait.
    fn compare(&mut self, engine: &ComparisonEngine<'_>, sources: &LinkedSources) {
        let pairs: Vec<_> = self.waiting.iter().map(|pair| (pair.a, pair.b)).collect();
        for (pair, pattern) in self.waiting.drain(..).zip(engine.patterns(&pairs)) {
            // By the last bits of the hash, for blocks are left out by its first ones.
            let group = (pair.block % self.groups.len() as u64) as usize;
            let (of_rules, once) = &mut self.groups[group];
            let sources = sources.of(pair.a, pair.b);
            let counted = PairsCounted { sources, pattern, rules: 1 << pair.rule };
            *of_rules.entry(counted).or_default() += pair.stands_for;
            if pair.first == pair.rule {
                *once.entry((sources, pattern)).or_default() += pair.stands_for;
            }
        }
    }
}

/// Returns the records of each address that each source has there, the largest left out.
fn homes<'a>(records: &Records, blocks: &'a Blocks, sources: &[SourceId]) -> Vec<&'a [RecordId]> {
    // Records of a block are in order, and so those of one source stand together.
    let of_source = |block: &'a [RecordId], source: Range<RecordId>| {
        let start = block.partition_point(|&record| record < source.start);
        let end = block.partition_point(|&record| record < source.end);
        &block[start..end]
    };
    let sources = sources.iter().map(|&source| records.of_source(source));
    blocks
        .iter()
        .flat_map(|block| sources.clone().map(move |source| of_source(block, source)))
        .filter(|home| (2..=MOST_AT_AN_ADDRESS).contains(&home.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::LinkMask;
    use crate::comparison::Combination;
    use crate::model::ThresholdPolicy;
    use crate::record::{AttributeKind, RecordsBuilder, Source};
    use crate::strategy::Progress;

    /// Returns a plan of one rule to train on and to score by.
    fn plan(attributes: &[Attribute], rule: BlockingRule) -> Plan {
        Plan {
            mask: LinkMask::new(1, |_, _| true),
            rules: vec![rule.clone()],
            training_rules: vec![rule],
            comparisons: attributes.iter().map(Comparison::ready_made).collect(),
            exact_key: Vec::new(),
            vetoes: Vec::new(),
            household: None,
            threshold: ThresholdPolicy::ExpectedF1,
            most_pairs: 10_000,
            model: None,
        }
    }

    #[test]
    fn a_session_leaves_out_what_its_rule_asks_for_and_filters_by() {
        let kinds = [
            ("family_name", AttributeKind::FamilyName),
            ("given_name", AttributeKind::GivenName),
            ("date_of_birth", AttributeKind::Date),
            ("postcode", AttributeKind::Postcode),
        ];
        let attributes = kinds.map(|(name, kind)| Attribute::new(name, kind));
        let mut builder = RecordsBuilder::new(attributes.to_vec());
        builder.open_source(Source::new("a"));
        let values = ["smith", "anna", "2010-02-03", "AB1 2CD"];
        builder.push("1", |place| values[place]);
        builder.push("2", |place| values[place]);
        let records = builder.finish();
        let rule = BlockingRule::parse(&["family_name", "year(date_of_birth)"]).unwrap();
        let filters = ["not exact(postcode)", "damerau(family_name) <= 1"];
        let filters = filters.map(|text| Combination::parse_naming(text).unwrap()).to_vec();
        let plan = plan(&attributes, rule.with_filters(filters));
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let sessions = Sessions::new(&input).unwrap();
        let blocked = sessions.blocked(&plan);
        assert_eq!(
            blocked,
            [[Blocked::Equal, Blocked::Free, Blocked::Alike, Blocked::Alike]],
            "the filter leaves no pair of one postcode, so how alike they are is not learnt"
        );
        assert_eq!(sessions.counts(&input, input.engine().unwrap()).pairs(), 0, "one postcode");
    }

    #[test]
    fn a_session_of_a_window_leaves_out_what_it_sorts_by() {
        let kinds =
            [("family_name", AttributeKind::FamilyName), ("postcode", AttributeKind::Postcode)];
        let attributes = kinds.map(|(name, kind)| Attribute::new(name, kind));
        let mut builder = RecordsBuilder::new(attributes.to_vec());
        builder.open_source(Source::new("a"));
        for (number, name) in ["smith", "smyth", "snow", "snow"].iter().enumerate() {
            builder.push(&number.to_string(), |place| [name, "AB1 2CD"][place]);
        }
        let records = builder.finish();
        let rule = BlockingRule::parse(&["postcode", "family_name"]).unwrap();
        let plan = plan(&attributes, rule.with_window(2).unwrap());
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let sessions = Sessions::new(&input).unwrap();
        assert_eq!(sessions.blocked(&plan), [[Blocked::Alike, Blocked::Equal]]);
        // Smith and smyth, smyth and each snow, the two snows.
        assert_eq!(sessions.counts(&input, input.engine().unwrap()).pairs(), 4);
    }

    /// Counts the pairs of each group, of so many names that three records each have.
    fn pairs_of_groups(names: usize) -> Vec<u64> {
        let family = Attribute::new("family_name", AttributeKind::FamilyName);
        let mut builder = RecordsBuilder::new(vec![family.clone()]);
        builder.open_source(Source::new("a"));
        for n in 0..names {
            let name = format!("name {n}");
            for copy in 0..3 {
                builder.push(&format!("{n}-{copy}"), |_| &name);
            }
        }
        let records = builder.finish();
        let rule = BlockingRule::parse(&["family_name"]).unwrap();
        let plan = plan(&[family], rule);
        let progress = Progress::default();
        let input = LinkInput::new(&records, &plan, &progress);
        let sessions = Sessions::new(&input).unwrap();
        let groups = sessions.count(&input, input.engine().unwrap(), GROUPS);
        let pairs: Vec<u64> = groups.iter().map(PatternCounts::pairs).collect();
        let all = sessions.counts(&input, input.engine().unwrap()).pairs();
        assert_eq!(pairs.iter().sum::<u64>(), all, "no pair is lost");
        pairs
    }

    #[test]
    fn a_block_stands_in_one_group_and_no_pair_is_lost() {
        let pairs = pairs_of_groups(600);
        assert_eq!(pairs.iter().sum::<u64>(), 3 * 600, "three pairs a block");
        assert!(pairs.iter().all(|count| count % 3 == 0), "whole blocks: {pairs:?}");
        // 600 blocks in 64 groups are 9.4 a group; none is empty or holds a third of them.
        assert!(pairs.iter().all(|&count| (1..600).contains(&count)), "{pairs:?}");
    }

    #[test]
    fn groups_are_filled_alike_where_blocks_are_left_out_by_their_hash() {
        let names = 3 * PAIRS_A_SESSION as usize;
        let pairs = pairs_of_groups(names);
        let all = pairs.iter().sum::<u64>() as f64;
        assert!((all / (3.0 * names as f64) - 1.0).abs() < 0.1, "{all} pairs stood for");
        let mean = all / GROUPS as f64;
        let is_near = |&count: &u64| (count as f64 / mean - 1.0).abs() < 0.5;
        assert!(pairs.iter().all(is_near), "{pairs:?}");
    }
}
