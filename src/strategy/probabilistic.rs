//! Scoring: blocking, patterns, training, weights, threshold; used by strategies that score.

use hashbrown::HashMap;

use super::block_counts::count_by_block;
use super::source_pairs::{Shift, SourcePairs};
use super::{Assignment, Household, Link, LinkInput, Linkage, Links, Method, Plan, Vetoes};
use crate::blocking::{Blocking, BlockingRule, Blocks};
use crate::comparison::ComparisonEngine;
use crate::error::Result;
use crate::model::{
    Blocked, Explanation, HouseholdPairs, Label, MatchWeight, Model, PatternCounts, PatternWeights,
    Promise, TermFrequencies, TrainingInput, bootstrap, choose_threshold, train, train_from_starts,
    train_on_labels,
};
use crate::record::{AttributeKind, RecordId, Records};

/// Weight under which a candidate pair is not kept, in bits.
pub(super) const FLOOR: f64 = -12.0;
/// Most records at one address that are taken for a household; more is an institution.
const LARGEST_HOUSEHOLD: usize = 12;
/// Fewest same-address pairs from which the household class is learnt.
const FEWEST_HOUSEHOLD_PAIRS: u64 = 100;

/// Candidate pairs scored by a trained model.
#[derive(Debug)]
pub struct Scoring {
    /// Trained model.
    pub model: Model,
    /// Threshold at or above which a pair is linked.
    pub threshold: MatchWeight,
    /// What the model promises at the threshold.
    pub promise: Promise,
    /// Pairs at or above the floor, sorted by records.
    pub kept: Vec<Link>,
    /// What each pair of sources adds; none where one prior serves all.
    pub shifts: Vec<Shift>,
    /// What forbids a link.
    pub vetoes: Vetoes,
    /// Candidate pairs, each counted once.
    pub candidate_pairs: u64,
    /// Pairs that each rule makes by itself, and those no earlier rule makes.
    pub rule_pairs: Vec<(u64, u64)>,
}

impl Scoring {
    /// Returns the bits that their sources and their rivals add to the weight of two records.
    ///
    /// `alone` is the weight of the pair by itself. Pairs that were not kept have no rivals to
    /// speak of where sources hold each child once, and nothing is added.
    pub fn by_sources(
        &self,
        records: &Records,
        a: RecordId,
        b: RecordId,
        alone: MatchWeight,
    ) -> Option<(f64, f64)> {
        let sources = (records.source_of(a), records.source_of(b));
        let shift = self.shifts.iter().find(|shift| shift.sources == sources)?;
        if !shift.contested {
            return Some((shift.bits, 0.0));
        }
        let place = self.kept.binary_search_by_key(&(a, b), |link| (link.a, link.b)).ok()?;
        let all = f64::from(self.kept[place].weight) - alone.bits();
        Some((shift.bits, all - shift.bits))
    }

    /// Returns the bits that vetoes take from the weight of a pattern; 0 if none is against it.
    pub fn vetoed_bits(&self, pattern: u32) -> f64 {
        self.vetoes.bits(self.model.space(), pattern)
    }

    /// Explains the weight of a pair, sources and rivals included.
    pub fn explain(
        &self,
        records: &Records,
        frequencies: &TermFrequencies<'_>,
        pattern: u32,
        (a, b): (RecordId, RecordId),
    ) -> Explanation {
        let mut alone = Explanation::of_pair(&self.model, frequencies, pattern, a, b);
        let space = self.model.space();
        if let Some(veto) = self.vetoes.against(space, pattern) {
            alone = alone.and(&veto.name, &veto.outcome(), self.vetoed_bits(pattern));
        }
        let Some((sources, rivals)) = self.by_sources(records, a, b, alone.weight) else {
            return alone;
        };
        let matches = if sources >= 0.0 { "share more children" } else { "share fewer children" };
        let explained = alone.and("these two sources", matches, sources);
        match rivals {
            0.0 => explained,
            rivals => explained.and("one to one", "another candidate is better", rivals),
        }
    }
}

/// Adds to the links of a key those whose match weight reaches the threshold.
pub(super) fn link_the_rest(input: &LinkInput<'_>, assignment: Assignment) -> Result<Linkage> {
    let Some(scoring) = score(input, input.engine()?, &assignment.links)? else {
        let links = Links { by_key: assignment.links, by_probability: Vec::new() };
        return Ok(Linkage { links, candidate_pairs: 0, scoring: None });
    };
    let by_key = assignment.links;
    let decided = |link: &Link| {
        by_key.binary_search_by_key(&(link.a, link.b), |(_, known)| (known.a, known.b)).is_ok()
    };
    let threshold = scoring.threshold.bits();
    let by_probability = scoring
        .kept
        .iter()
        .copied()
        .filter(|link| f64::from(link.weight) >= threshold && !decided(link))
        .collect();
    Ok(Linkage {
        links: Links { by_key, by_probability },
        candidate_pairs: scoring.candidate_pairs,
        scoring: Some(scoring),
    })
}

/// Trains a model on the candidate pairs, unless the plan brings one, and scores them.
///
/// Returns `None` if there is no pair to score.
///
/// # Errors
/// `TooLarge` if the rules make too many pairs; what training refuses.
pub(super) fn score(
    input: &LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
    by_key: &[(Method, Link)],
) -> Result<Option<Scoring>> {
    let plan = input.plan;
    let Counted { blocking, counts, rule_pairs } = count_patterns(input, engine)?;
    if counts.pairs() == 0 {
        return Ok(None);
    }
    input.progress.start(0);
    let model = match &plan.model {
        Some(model) => model.clone(),
        None => with_training_input(input, engine, blocking, &counts, true, train)?,
    };

    input.progress.start(rule_pairs.iter().map(|(pairs, _)| pairs).sum());
    let pairs = SourcePairs::new(input, &model);
    let vetoes = Vetoes::new(&plan.vetoes, engine)?;
    let keeping = Keeping { model: &model, vetoes: &vetoes, floor: pairs.floor() };
    let (mut kept, matches_below) = keep(input, engine, blocking, &counts, &keeping);
    let shifts = pairs.weigh(&mut kept, by_key);
    let weights: Vec<f32> = kept.iter().map(|link| link.weight).collect();
    let (threshold, promise) = choose_threshold(plan.threshold, &weights, matches_below);
    let candidate_pairs = counts.pairs();
    Ok(Some(Scoring {
        model,
        threshold,
        promise,
        kept,
        shifts,
        vetoes,
        candidate_pairs,
        rule_pairs,
    }))
}

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
/// `TooLarge` if the rules make too many pairs; what training refuses.
pub fn train_model(input: &LinkInput<'_>, choice: TrainingChoice<'_>) -> Result<Model> {
    let engine = input.engine()?;
    let Counted { blocking, counts, .. } = count_patterns(input, engine)?;
    input.progress.start(0);
    with_training_input(input, engine, blocking, &counts, choice.labels.is_none(), |training| {
        let Some(labels) = choice.labels else {
            let mut model = train_from_starts(training)?;
            if choice.replicates > 0 {
                let groups = count_by_block(input, engine, blocking)?;
                let errors = bootstrap(training, &groups, choice.replicates)?;
                for (comparison, errors) in model.comparisons.iter_mut().zip(errors) {
                    comparison.errors = Some(errors);
                }
            }
            return Ok(model);
        };
        let pattern = |&(a, b, label)| (engine.pattern(a, b), label);
        train_on_labels(training, &labels.iter().map(pattern).collect::<Vec<_>>())
    })
}

/// Candidate pairs, counted.
struct Counted<'a> {
    blocking: &'a Blocking,
    counts: PatternCounts,
    /// Pairs that each rule makes by itself, and those that no earlier rule makes.
    rule_pairs: Vec<(u64, u64)>,
}

/// Blocks the records and counts the patterns of all candidate pairs.
fn count_patterns<'a>(
    input: &'a LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
) -> Result<Counted<'a>> {
    let plan = input.plan;
    let blocking = input.blocking()?;
    blocking.check_size(plan.most_pairs)?;
    let by_rule = blocking.pairs_by_rule();
    input.progress.start(by_rule.iter().sum());
    let parts = blocking.visit(
        || (HashMap::new(), vec![0u64; plan.rules.len()]),
        |(counts, first), a, b, rule| {
            *counts.entry((engine.pattern(a, b), blocking.rules_of(a, b))).or_insert(0) += 1;
            first[rule] += 1;
        },
        input.progress.counter(),
    );
    let mut rule_pairs: Vec<(u64, u64)> = by_rule.into_iter().map(|pairs| (pairs, 0)).collect();
    for (_, first) in &parts {
        for (rule, count) in rule_pairs.iter_mut().zip(first) {
            rule.1 += count;
        }
    }
    let counts = PatternCounts::merge(parts.into_iter().map(|(counts, _)| counts));
    Ok(Counted { blocking, counts, rule_pairs })
}

/// Puts together what training sees, trains as told and notes the blocking rules.
fn with_training_input(
    input: &LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
    blocking: &Blocking,
    counts: &PatternCounts,
    with_households: bool,
    train: impl FnOnce(&TrainingInput<'_>) -> Result<Model>,
) -> Result<Model> {
    let (records, plan) = (input.records, input.plan);
    let allowed = |s, t| plan.mask.allows(s, t);
    let households = match &plan.household {
        Some(household) if with_households => {
            household_pairs(records, engine, blocking, household)?
        }
        _ => None,
    };
    let comparisons: Vec<_> = engine.comparisons().cloned().collect();
    let mut model = train(&TrainingInput {
        comparisons: &comparisons,
        space: engine.space(),
        random: &engine.random_agreement(records, &allowed),
        counts,
        blocked: &blocked(plan),
        households: households.as_ref(),
        pairs: records.comparable_pairs(allowed),
    })?;
    model.training.blocking = plan.rules.iter().map(BlockingRule::label).collect();
    Ok(model)
}

/// What decides whether a pair is kept.
struct Keeping<'a> {
    model: &'a Model,
    vetoes: &'a Vetoes,
    floor: f64,
}

/// Scores every candidate pair again, keeps those above the floor that no veto is against, sums
/// the matches that the model sees among the rest.
fn keep(
    input: &LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
    blocking: &Blocking,
    counts: &PatternCounts,
    &Keeping { model, vetoes, floor }: &Keeping<'_>,
) -> (Vec<Link>, f64) {
    let vetoed = |pattern| vetoes.against(engine.space(), pattern).is_some();
    let frequencies = TermFrequencies::new(input.records, engine, model);
    let patterns = counts.by_pattern();
    let weights =
        PatternWeights::new(model, &frequencies, patterns.iter().map(|&(pattern, _)| pattern));
    let parts = blocking.visit(
        Vec::new,
        |kept, a, b, _| {
            let pattern = engine.pattern(a, b);
            let rarity = || frequencies.rarity(pattern, a, b);
            if let Some(weight) = weights.weight_above(floor, pattern, rarity)
                && !vetoed(pattern)
            {
                kept.push(Link { a, b, pattern, weight: weight.bits() as f32 });
            }
        },
        input.progress.counter(),
    );
    let mut kept = parts.concat();
    kept.sort_unstable_by_key(|link| (link.a, link.b));
    // Pairs below the floor hold few matches; without term frequency is near enough for them.
    let matches_below = patterns
        .iter()
        .map(|&(pattern, count)| (pattern, model.pattern_weight(pattern).weight(0.0), count))
        .filter(|&(pattern, weight, _)| weight.bits() < floor || vetoed(pattern))
        .map(|(_, weight, count)| weight.probability().get() * count as f64)
        .sum();
    (kept, matches_below)
}

/// Says for each rule what it fixes of each comparison.
fn blocked(plan: &Plan) -> Vec<Vec<Blocked>> {
    let state = |rule: &BlockingRule, attribute: &str| {
        let keys = rule.keys().iter().filter(|key| key.attribute == attribute);
        keys.fold(Blocked::Free, |state, key| match (state, key.form.whole) {
            (Blocked::Equal, _) | (_, true) => Blocked::Equal,
            _ => Blocked::Alike,
        })
    };
    let row = |rule| plan.comparisons.iter().map(|c| state(rule, c.attribute())).collect();
    plan.rules.iter().map(row).collect()
}

/// Counts the patterns of pairs inside one source that share an address.
fn household_pairs(
    records: &Records,
    engine: &ComparisonEngine<'_>,
    blocking: &Blocking,
    household: &Household,
) -> Result<Option<HouseholdPairs>> {
    let blocks = Blocks::build(records, &BlockingRule::parse(&household.attributes)?)?;
    let mut counts: HashMap<u32, (u64, u64)> = HashMap::new();
    for block in blocks.iter() {
        for &source in &household.sources {
            let range = records.of_source(source);
            let residents: Vec<RecordId> =
                block.iter().copied().filter(|record| range.contains(record)).collect();
            if residents.len() > LARGEST_HOUSEHOLD {
                continue;
            }
            for (place, &a) in residents.iter().enumerate() {
                for &b in &residents[place + 1..] {
                    let (pairs, proposed) = counts.entry(engine.pattern(a, b)).or_default();
                    *pairs += 1;
                    *proposed += u64::from(blocking.rules_of(a, b) != 0);
                }
            }
        }
    }
    let mut sorted: Vec<(u32, (u64, u64))> = counts.into_iter().collect();
    sorted.sort_unstable();
    let patterns: Vec<(u32, u64)> = sorted.iter().map(|&(p, (pairs, _))| (p, pairs)).collect();
    let candidates = sorted.iter().map(|&(_, (_, proposed))| proposed).collect();
    if patterns.iter().map(|(_, count)| count).sum::<u64>() < FEWEST_HOUSEHOLD_PAIRS {
        return Ok(None);
    }
    let is_place = |name: &str| {
        let kind = records.column(name).map(|column| column.attribute().kind());
        matches!(kind, Some(AttributeKind::Postcode | AttributeKind::Address))
    };
    let location = engine.comparisons().map(|c| is_place(c.attribute())).collect();
    Ok(Some(HouseholdPairs { patterns, candidates, location }))
}
