//! Rules chosen from the data, where the settings give none.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::stream::MOST_RULES;
use super::{BlockingKey, BlockingRule, FORMS, LinkMask};
use crate::record::{
    AttributeKind, Column, DictionaryBuilder, MISSING, RecordId, Records, SourceId,
};

/// Candidate pairs that a rule may make for each record.
const PAIRS_A_RECORD: f64 = 5.0;
/// Records that are looked at to count the pairs of a rule: of a rule at the limit among a
/// million they make five thousand pairs, which tells it to within a few parts in a hundred.
const LOOKED_AT: usize = 1 << 15;

/// Chooses blocking rules for records that nobody has written rules for.
///
/// Any two attributes may be the two that survived, so every two are asked for, each as loosely
/// as a limit of pairs allows; an attribute that keeps within the limit by itself is asked for
/// alone. Year and day of a date count as two attributes, since one of them is often right
/// where the other is not. What is chosen depends on how often values occur, never on truth.
///
/// No more than [`MOST_RULES`] are chosen; those that make fewest pairs come first.
pub fn choose_rules(records: &Records, mask: &LinkMask) -> Vec<BlockingRule> {
    let sample = Sample::of(records, mask);
    let parts = parts(records, &sample);
    let limit = PAIRS_A_RECORD * records.len() as f64;
    let mut chosen: Vec<(f64, Vec<BlockingKey>)> = Vec::new();
    // An attribute that is enough by itself leaves its looser forms to be joined with others.
    let mut open: Vec<Vec<&Candidate>> = Vec::new();
    for part in &parts {
        let (enough, too_loose): (Vec<_>, Vec<_>) =
            part.iter().partition(|candidate| candidate.pairs <= limit);
        if let Some(best) = enough.iter().max_by(|x, y| y.distinct.cmp(&x.distinct)) {
            chosen.push((best.pairs, vec![best.key.clone()]));
        }
        open.push(too_loose);
    }
    let joins: Vec<(usize, usize)> =
        (0..open.len()).flat_map(|x| (0..x).map(move |y| (y, x))).collect();
    let joined: Vec<Option<(f64, Vec<BlockingKey>)>> = joins
        .into_par_iter()
        .map(|(x, y)| {
            let all =
                open[x].iter().flat_map(|first| open[y].iter().map(move |next| (first, next)));
            all.filter(|(first, next)| first.key.attribute != next.key.attribute)
                .map(|(first, next)| {
                    let codes = first.codes.iter().zip(&next.codes);
                    let keys = codes.map(|(&a, &b)| if a == 0 || b == 0 { 0 } else { a << 32 | b });
                    let pairs = sample.pairs(&keys.collect::<Vec<u64>>());
                    (pairs, vec![first.key.clone(), next.key.clone()])
                })
                .filter(|(pairs, _)| *pairs <= limit)
                .max_by(|x, y| x.0.total_cmp(&y.0))
        })
        .collect();
    chosen.extend(joined.into_iter().flatten().filter(|(pairs, _)| *pairs > 0.0));
    chosen.sort_by(|x, y| x.0.total_cmp(&y.0));
    chosen.truncate(MOST_RULES);
    chosen.into_iter().map(|(_, keys)| BlockingRule::of(keys)).collect()
}

/// One form of one attribute, with the code of each record looked at; 0 is missing.
struct Candidate {
    key: BlockingKey,
    codes: Vec<u64>,
    distinct: usize,
    /// Pairs of all records that agree on it, about.
    pairs: f64,
}

/// Returns the forms of each attribute, or part of one, that tell records apart at all; of the
/// values that occur in the records looked at.
fn parts(records: &Records, sample: &Sample) -> Vec<Vec<Candidate>> {
    let of_column = |column: &Column| {
        let kind = column.attribute().kind();
        let values: Vec<u32> =
            sample.records.iter().map(|&record| column.codes()[record as usize]).collect();
        let mut occurring = vec![false; column.dictionary().codes()];
        values.iter().for_each(|&value| occurring[value as usize] = true);
        let forms = FORMS.iter().filter(|form| (form.suits)(kind));
        let mut candidates: Vec<Candidate> = forms
            .map(|form| {
                let mut builder = DictionaryBuilder::default();
                let mut derived = vec![MISSING; occurring.len()];
                for (code, value) in column.dictionary().iter() {
                    if occurring[code as usize] {
                        let text = (form.derive)(value).unwrap_or_default();
                        derived[code as usize] = builder.code(&text);
                    }
                }
                let codes: Vec<u64> =
                    values.iter().map(|&value| u64::from(derived[value as usize])).collect();
                Candidate {
                    key: BlockingKey { attribute: column.attribute().name().to_string(), form },
                    pairs: sample.pairs(&codes),
                    codes,
                    distinct: builder.finish().codes() - 1,
                }
            })
            .filter(|candidate| candidate.distinct > 1)
            .collect();
        let mut parts: Vec<Vec<Candidate>> = Vec::new();
        if kind == AttributeKind::Date {
            let year = |c: &Candidate| c.key.form.name == "year";
            parts.push(candidates.extract_if(.., |c| year(c)).collect());
            let day = |c: &Candidate| c.key.form.name == "month_day";
            parts.push(candidates.extract_if(.., |c| day(c)).collect());
        }
        parts.push(candidates);
        parts
    };
    let of_columns: Vec<Vec<Vec<Candidate>>> =
        records.columns().par_iter().map(of_column).collect();
    of_columns.into_iter().flatten().collect()
}

/// Records looked at, and how to count pairs among them.
struct Sample {
    records: Vec<RecordId>,
    sources: Vec<SourceId>,
    mask: LinkMask,
    /// Pairs of all records for each pair of the sample.
    scale: f64,
}

impl Sample {
    /// Takes all records, or those with the smallest hashes where there are many.
    fn of(records: &Records, mask: &LinkMask) -> Self {
        let mut chosen: Vec<RecordId> = (0..records.len() as RecordId).collect();
        if chosen.len() > LOOKED_AT {
            let hasher = FixedState::with_seed(2);
            let hash = |record| (hasher.hash_one(record), record);
            let mut hashed: Vec<(u64, RecordId)> = chosen.into_iter().map(hash).collect();
            hashed.select_nth_unstable(LOOKED_AT);
            hashed.truncate(LOOKED_AT);
            chosen = hashed.into_iter().map(|(_, record)| record).collect();
            chosen.sort_unstable();
        }
        let all = records.source_ids();
        let rate = chosen.len() as f64 / records.len().max(1) as f64;
        Self {
            sources: chosen.iter().map(|&record| all[record as usize]).collect(),
            scale: 1.0 / (rate * rate).max(f64::MIN_POSITIVE),
            records: chosen,
            mask: mask.clone(),
        }
    }

    /// Returns how many pairs of all records that may be linked agree on a key, about.
    fn pairs(&self, codes: &[u64]) -> f64 {
        let present = codes.iter().zip(&self.sources).filter(|(code, _)| **code != 0);
        let mut sorted: Vec<(u64, SourceId)> = present.map(|(&code, &s)| (code, s)).collect();
        sorted.sort_unstable();
        let blocks = sorted.chunk_by(|x, y| x.0 == y.0);
        let sources = blocks.map(|block| block.chunk_by(|x, y| x.1 == y.1));
        let pairs: u64 = sources
            .map(|sources| {
                let counts: Vec<(SourceId, u64)> =
                    sources.map(|same| (same[0].1, same.len() as u64)).collect();
                self.mask.pairs(&counts)
            })
            .sum();
        pairs as f64 * self.scale
    }
}
