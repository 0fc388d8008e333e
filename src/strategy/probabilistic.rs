//! Scoring: candidate pairs, patterns, weights, threshold; used by strategies that score.

use hashbrown::HashMap;
use rayon::prelude::*;

use super::models_of_sources::ModelsOfSources;
use super::source_pairs::{Shift, SourcePairs};
use super::training::train_for_linkage;
use super::{Assignment, EarlierLinkage, Link, LinkInput, Linkage, Links, Method, Vetoes};
use crate::blocking::{Blocking, Oversize};
use crate::comparison::{ComparisonEngine, RowPatterns};
use crate::error::Result;
use crate::model::{
    Explanation, MatchWeight, Model, PatternWeights, Promise, TermFrequencies, choose_threshold,
};
use crate::record::{RecordId, Records};

/// Weight under which a candidate pair is not kept, in bits.
pub(super) const FLOOR: f64 = -12.0;

/// Bits to which a weight may be off where it was kept in four bytes.
const ROUNDED: f64 = 1e-4;

/// Candidate pairs scored by a trained model.
#[derive(Debug)]
pub struct Scoring {
    /// Trained model.
    pub model: Model,
    /// The same as it is for the pairs of any two sources.
    pub(super) models: ModelsOfSources,
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
    /// What each rule leaves out for the size of blocks.
    pub oversize: Vec<Option<Oversize>>,
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

    /// Returns the model of the pairs of two records' sources.
    pub fn model_of(&self, records: &Records, a: RecordId, b: RecordId) -> &Model {
        self.models.of(records.source_of(a), records.source_of(b))
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
        let alone = Explanation::of_pair(self.model_of(records, a, b), frequencies, pattern, a, b);
        let alone = self.vetoes.explain(self.model.space(), pattern, alone);
        let Some((sources, rivals)) = self.by_sources(records, a, b, alone.weight) else {
            return alone;
        };
        let explained = with_sources(alone, sources);
        match rivals.abs() < ROUNDED {
            true => explained,
            false => explained.and("one to one", "another candidate is better", rivals),
        }
    }
}

/// Adds to an explanation the bits of the two sources.
pub(super) fn with_sources(explanation: Explanation, bits: f64) -> Explanation {
    let matches = if bits >= 0.0 { "share more children" } else { "share fewer children" };
    explanation.and("these two sources", matches, bits)
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

/// Scores the candidate pairs with the plan's model, or with one trained on these records.
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
    let blocking = input.blocking()?;
    blocking.check_size(plan.most_pairs)?;
    let by_rule = blocking.pairs_by_rule();
    if by_rule.iter().all(|&pairs| pairs == 0) {
        return Ok(None);
    }
    let model = match &plan.model {
        Some(model) => model.clone(),
        None => train_for_linkage(input)?,
    };

    input.progress.start(by_rule.iter().sum());
    let pairs = SourcePairs::new(input, &model);
    let vetoes = Vetoes::new(&plan.vetoes, engine)?;
    let frequencies = TermFrequencies::new(input.records, engine, &model);
    let (frequencies, floor) = (&frequencies, pairs.floor());
    let models = ModelsOfSources::new(input.records, &model);
    let keeping = Keeping { models: &models, frequencies, vetoes: &vetoes, floor };
    let mut scored = score_pairs(input, engine, blocking, &keeping);
    let alone = |a, b, pattern| {
        let model = models.of(input.records.source_of(a), input.records.source_of(b));
        model.pattern_weight(pattern).weight(frequencies.rarity(pattern, a, b)).bits()
    };
    let mut shifts = match input.earlier {
        Some(earlier) if !pairs.is_empty() => {
            let weighed = |link: &Link| {
                let pattern = engine.pattern(link.a, link.b);
                Link { pattern, weight: alone(link.a, link.b, pattern) as f32, ..*link }
            };
            weigh_beside(&pairs, &mut scored.kept, by_key, earlier, weighed)
        }
        _ => pairs.weigh(&mut scored.kept, by_key),
    };
    let weights: Vec<f32> = scored.kept.iter().map(|link| link.weight).collect();
    let (threshold, promise) = choose_threshold(plan.threshold, &weights, scored.matches_below);
    let linked = scored.kept.iter().filter(|link| f64::from(link.weight) >= threshold.bits());
    let earlier = input.earlier.iter().flat_map(|earlier| &earlier.links().by_probability);
    let linked = linked.chain(earlier).chain(by_key.iter().map(|(_, link)| link));
    let pairs_of_linked = linked.map(|link| (link.a, link.b));
    shifts.extend(pairs.within(pairs_of_linked, |a, b| alone(a, b, engine.pattern(a, b))));
    let candidate_pairs = scored.new_pairs.iter().sum();
    let rule_pairs = by_rule.iter().copied().zip(scored.new_pairs).collect();
    let kept = scored.kept;
    Ok(Some(Scoring {
        model,
        models,
        threshold,
        promise,
        kept,
        shifts,
        vetoes,
        candidate_pairs,
        rule_pairs,
        oversize: (0..plan.rules.len()).map(|rule| blocking.oversize(rule)).collect(),
    }))
}

/// Weighs new pairs beside the links of an earlier linkage.
///
/// Those say how many matches two sources share, and are the rivals of what is new. They are
/// given the weight of a pair by itself again for that, and are not among the kept afterwards.
fn weigh_beside(
    pairs: &SourcePairs<'_>,
    kept: &mut Vec<Link>,
    by_key: &[(Method, Link)],
    earlier: &EarlierLinkage,
    alone: impl Fn(&Link) -> Link + Sync + Send,
) -> Vec<Shift> {
    let links = earlier.links();
    let mut all: Vec<Link> = links.by_probability.par_iter().map(alone).collect();
    all.append(kept);
    all.sort_unstable_by_key(|link| (link.a, link.b));
    let mut certain = [by_key, links.by_key.as_slice()].concat();
    certain.sort_unstable_by_key(|(_, link)| (link.a, link.b));
    let shifts = pairs.weigh(&mut all, &certain);
    all.retain(|link| earlier.is_new(link.a) || earlier.is_new(link.b));
    *kept = all;
    shifts
}

/// Candidate pairs, weighed.
struct Scored {
    /// Pairs at or above the floor, sorted by records.
    kept: Vec<Link>,
    /// Matches expected among the pairs below it.
    matches_below: f64,
    /// Pairs of each rule that no earlier rule makes.
    new_pairs: Vec<u64>,
}

/// What decides whether a pair is kept.
struct Keeping<'a> {
    models: &'a ModelsOfSources,
    frequencies: &'a TermFrequencies<'a>,
    vetoes: &'a Vetoes,
    floor: f64,
}

/// Scores every candidate pair once: keeps those above the floor that no veto or constraint is against,
/// sums the matches that the model sees among the rest by pattern.
fn score_pairs(
    input: &LinkInput<'_>,
    engine: &ComparisonEngine<'_>,
    blocking: &Blocking<'_>,
    &Keeping { models, frequencies, vetoes, floor }: &Keeping<'_>,
) -> Scored {
    let constraints = input.constraints;
    let retiring = constraints.retires_any();
    let vetoed = |pattern| vetoes.against(engine.space(), pattern).is_some();
    let rules = input.plan.rules.len();
    let source_of = models.differ().then(|| input.records.source_ids());
    let weights_of_models = || -> Vec<PatternWeights<'_>> {
        models.all().iter().map(|model| PatternWeights::new(model, frequencies)).collect()
    };
    let parts = blocking.visit_rows(
        || (RowPatterns::new(engine), weights_of_models(), Vec::new(), vec![0u64; rules]),
        |(rows, weights, kept, new_pairs), row| {
            let a = row.record();
            if retiring && constraints.retires(a) {
                return;
            }
            let patterns = rows.of_row(row.of, row.records, row.place, row.others);
            let place = |b: RecordId| match &source_of {
                Some(source_of) => models.place(source_of[a as usize], source_of[b as usize]),
                None => 0,
            };
            for (b, &pattern) in row.others().zip(patterns) {
                if retiring && constraints.retires(b) {
                    continue;
                }
                new_pairs[row.of.0] += 1;
                let rarity = || frequencies.rarity(pattern, a, b);
                if let Some(weight) = weights[place(b)].weight_above(floor, pattern, rarity)
                    && !vetoed(pattern)
                    && !constraints.forbids(a, b)
                {
                    kept.push(Link { a, b, pattern, weight: weight.bits() as f32 });
                }
            }
        },
        |(_, weights, kept, new_pairs)| (weights, kept, new_pairs),
        input.progress.counter(),
    );
    let mut scored = Scored { kept: Vec::new(), matches_below: 0.0, new_pairs: vec![0; rules] };
    let mut patterns: HashMap<(usize, u32), u64> = HashMap::new();
    for (weights, kept, new_pairs) in parts {
        scored.kept.extend(kept);
        for (sum, pairs) in scored.new_pairs.iter_mut().zip(new_pairs) {
            *sum += pairs;
        }
        for (place, weights) in weights.iter().enumerate() {
            for (pattern, count) in weights.counts() {
                *patterns.entry((place, pattern)).or_default() += count;
            }
        }
    }
    scored.kept.par_sort_unstable_by_key(|link| (link.a, link.b));
    let mut patterns: Vec<((usize, u32), u64)> = patterns.into_iter().collect();
    patterns.sort_unstable();
    // Pairs below the floor hold few matches; without term frequency is near enough for them.
    scored.matches_below = patterns
        .into_iter()
        .map(|((place, pattern), count)| {
            (pattern, models.all()[place].pattern_weight(pattern).weight(0.0), count)
        })
        .filter(|&(pattern, weight, _)| weight.bits() < floor || vetoed(pattern))
        .map(|(_, weight, count)| weight.probability().get() * count as f64)
        .sum();
    scored
}
