//! Rules chosen from the data, where the settings give none.

use std::cmp::Reverse;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::stream::MOST_RULES;
use super::{BlockingKey, BlockingRule, FORMS, Form, LinkMask};
use crate::record::{
    AttributeKind, Column, DictionaryBuilder, MISSING, RecordId, Records, SourceId,
};

/// Candidate pairs that a rule may make for each record.
const PAIRS_A_RECORD: f64 = 5.0;
/// Records that are looked at to count the pairs of a rule: of a rule at the limit among a
/// million they make five thousand pairs, which tells it to within a few parts in a hundred.
const LOOKED_AT: usize = 1 << 15;
/// Matches that are simulated where more rules keep within the limit than may be chosen.
const SIMULATED: usize = 1 << 13;

/// Chooses blocking rules for records that nobody has written rules for.
///
/// Any two attributes may be the two that survived, so every two are asked for, each as loosely
/// as a limit of pairs allows; an attribute that keeps within the limit by itself is asked for
/// alone. Year and day of a date count as two attributes, since one of them is often right
/// where the other is not. What is chosen depends on how often values occur, never on truth.
///
/// No more than [`MOST_RULES`] are chosen, those that together catch most of simulated matches;
/// those that make fewest pairs come first.
pub fn choose_rules(records: &Records, mask: &LinkMask) -> Vec<BlockingRule> {
    let sample = Sample::of(records, mask);
    let parts = parts(records, &sample);
    let limit = PAIRS_A_RECORD * records.len() as f64;
    let mut chosen: Vec<Choice> = Vec::new();
    // An attribute that is enough by itself leaves its looser forms to be joined with others.
    let mut open: Vec<Vec<&Candidate>> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let (enough, too_loose): (Vec<_>, Vec<_>) =
            part.iter().partition(|candidate| candidate.pairs <= limit);
        if let Some(best) = enough.iter().max_by(|x, y| y.distinct.cmp(&x.distinct)) {
            chosen.push(Choice { pairs: best.pairs, of: vec![(place, best)] });
        }
        open.push(too_loose);
    }
    let joins: Vec<(usize, usize)> =
        (0..open.len()).flat_map(|x| (0..x).map(move |y| (y, x))).collect();
    let joined: Vec<Option<Choice>> = joins
        .into_par_iter()
        .map(|(x, y)| {
            let all =
                open[x].iter().flat_map(|first| open[y].iter().map(move |next| (*first, *next)));
            all.filter(|(first, next)| first.key.attribute != next.key.attribute)
                .map(|(first, next)| {
                    let pairs = sample.pairs_on_both(first, next);
                    Choice { pairs, of: vec![(x, first), (y, next)] }
                })
                .filter(|choice| choice.pairs <= limit)
                .max_by(|x, y| x.pairs.total_cmp(&y.pairs))
        })
        .collect();
    chosen.extend(joined.into_iter().flatten().filter(|choice| choice.pairs > 0.0));
    chosen.sort_by(|x, y| x.pairs.total_cmp(&y.pairs));
    if chosen.len() > MOST_RULES {
        chosen = sample.matches(&parts).most_caught(chosen);
    }
    let keys = |choice: Choice| choice.of.iter().map(|(_, form)| form.key.clone()).collect();
    chosen.into_iter().map(|choice| BlockingRule::of(keys(choice))).collect()
}

/// Rule that may be chosen.
struct Choice<'a> {
    /// Pairs it makes, about.
    pairs: f64,
    /// What it asks for, each with the place of its part.
    of: Vec<(usize, &'a Candidate)>,
}

/// Matches that nobody has seen, to tell which rules catch what others do not.
struct SimulatedMatches {
    pairs: usize,
    /// Of each part and pair: 3 if alike as it stands, 2 if in looser forms only.
    alike: Vec<Vec<u64>>,
    /// Of each part, how many values its strictest form tells apart.
    most_distinct: Vec<usize>,
}

impl SimulatedMatches {
    /// Keeps [`MOST_RULES`] choices, in their order: again and again the one that catches most
    /// of what none before it catches, of equal ones the first.
    fn most_caught<'a>(&self, choices: Vec<Choice<'a>>) -> Vec<Choice<'a>> {
        let catches = |choice: &Choice, pair: usize| {
            let least = |part: usize, form: &Candidate| {
                if form.distinct == self.most_distinct[part] { 3 } else { 2 }
            };
            choice.of.iter().all(|&(part, form)| self.alike[part][pair] >= least(part, form))
        };
        let mut missed: Vec<usize> = (0..self.pairs).collect();
        let mut left: Vec<(usize, Choice)> = choices.into_iter().enumerate().collect();
        let mut kept = Vec::with_capacity(MOST_RULES);
        while kept.len() < MOST_RULES && !left.is_empty() {
            let caught = |choice: &Choice| missed.iter().filter(|&&p| catches(choice, p)).count();
            let gains: Vec<usize> = left.par_iter().map(|(_, choice)| caught(choice)).collect();
            let best = (0..gains.len()).max_by_key(|&place| (gains[place], Reverse(place)));
            let (place, choice) = left.remove(best.expect("some are left"));
            missed.retain(|&pair| !catches(&choice, pair));
            kept.push((place, choice));
        }
        kept.sort_by_key(|&(place, _)| place);
        kept.into_iter().map(|(_, choice)| choice).collect()
    }
}

/// One form of one attribute, with the codes of each record looked at.
struct Candidate {
    key: BlockingKey,
    /// Codes of the first record looked at, then of the next, each once; what is missing left out.
    codes: Vec<u32>,
    /// Where the codes of each record begin, and last where they all end.
    from: Vec<u32>,
    /// Each code with the places of the records that have it, in order.
    by_code: Vec<(u32, u32)>,
    distinct: usize,
    /// Pairs of all records that agree on it, about.
    pairs: f64,
}

impl Candidate {
    /// Returns the codes of a record looked at, given by its place.
    fn codes_at(&self, place: u32) -> &[u32] {
        let [from, to] = [0, 1].map(|after| self.from[place as usize + after] as usize);
        &self.codes[from..to]
    }
}

/// Returns the forms of each attribute, or part of one, that tell records apart at all; of the
/// values that occur in the records looked at.
fn parts(records: &Records, sample: &Sample) -> Vec<Vec<Candidate>> {
    let of_column = |column: &Column| {
        let kind = column.attribute().kind();
        let values_of = |&record: &RecordId| column.codes_of(record);
        let mut occurring: Vec<u32> = sample.records.iter().flat_map(values_of).collect();
        occurring.sort_unstable();
        occurring.dedup();
        occurring.retain(|&value| value != MISSING);
        let forms: Vec<&Form> = FORMS.iter().filter(|form| (form.suits)(kind)).collect();
        let mut candidates: Vec<Candidate> = forms
            .into_par_iter()
            .map(|form| {
                let mut builder = DictionaryBuilder::default();
                let mut derived = vec![MISSING; column.dictionary().codes()];
                for &value in &occurring {
                    let text = (form.derive)(column.dictionary().value(value));
                    derived[value as usize] = builder.code(&text.unwrap_or_default());
                }
                let (mut codes, mut from) = (Vec::new(), vec![0]);
                for record in &sample.records {
                    let begins = codes.len();
                    for code in values_of(record).map(|value| derived[value as usize]) {
                        if code != MISSING && !codes[begins..].contains(&code) {
                            codes.push(code);
                        }
                    }
                    from.push(codes.len() as u32);
                }
                let distinct = builder.finish().codes() - 1;
                let key = BlockingKey { attribute: column.attribute().name().to_string(), form };
                let mut candidate =
                    Candidate { key, codes, from, by_code: Vec::new(), distinct, pairs: 0.0 };
                let places = (0..sample.records.len() as u32).map(|place| (0, place));
                candidate.by_code = in_order_of(&candidate, places, |code, _, place| (code, place));
                candidate.pairs = sample.pairs_on(&candidate);
                candidate
            })
            .filter(|candidate| candidate.distinct > 1)
            .collect();
        let mut parts: Vec<Vec<Candidate>> = Vec::new();
        if kind == AttributeKind::Date {
            let year = |c: &Candidate| c.key.form.name == "year";
            parts.push(candidates.extract_if(.., |c| year(c)).collect());
            // What a date begins with is its year, or less.
            let begins = |c: &Candidate| ["initial", "first3", "first5"].contains(&c.key.form.name);
            candidates.retain(|c| !begins(c));
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

    /// Simulates matches: two records looked at that may be linked, so that what either lacks
    /// catches nothing. What both have is wrong in half of them, alike in its looser forms in
    /// another quarter, and alike as it stands in the last.
    fn matches(&self, parts: &[Vec<Candidate>]) -> SimulatedMatches {
        let hasher = foldhash::quality::FixedState::with_seed(3);
        let any = |chance: (usize, usize)| hasher.hash_one(chance) as usize % self.records.len();
        let pairs = (0..16 * SIMULATED).map(|tried| (any((tried, 0)), any((tried, 1))));
        let may =
            |&(x, y): &(usize, usize)| x != y && self.mask.allows(self.sources[x], self.sources[y]);
        let pairs: Vec<(usize, usize)> = pairs.filter(may).take(SIMULATED).collect();
        let alike = parts.iter().enumerate().map(|(place, part)| {
            let has =
                |record: usize| part.iter().any(|form| !form.codes_at(record as u32).is_empty());
            let luck = |pair: usize| hasher.hash_one((pair, place, "alike")) % 4;
            let luck = |(pair, &(x, y))| if has(x) && has(y) { luck(pair) } else { 0 };
            pairs.iter().enumerate().map(luck).collect()
        });
        let most = |part: &Vec<Candidate>| part.iter().map(|form| form.distinct).max();
        SimulatedMatches {
            pairs: pairs.len(),
            alike: alike.collect(),
            most_distinct: parts.iter().map(|part| most(part).unwrap_or(0)).collect(),
        }
    }

    /// Returns how many pairs of all records that may be linked agree on a key, about; those that
    /// share several codes count with each.
    fn pairs_on(&self, candidate: &Candidate) -> f64 {
        self.pairs(&candidate.by_code)
    }

    /// Returns how many pairs of all records that may be linked agree on both of two keys, about.
    fn pairs_on_both(&self, first: &Candidate, next: &Candidate) -> f64 {
        // What is in the order of the one and is then put in that of the other is in that of both.
        let places = next.by_code.iter().copied();
        let ordered = in_order_of(first, places, |of_first, of_next, place| {
            (u64::from(of_first) << 32 | u64::from(of_next), place)
        });
        self.pairs(&ordered)
    }

    /// Returns how many pairs of all records that may be linked are of the same key, about, given
    /// keys and places among the records looked at, those of a key side by side and in order.
    fn pairs<K: PartialEq>(&self, keys: &[(K, u32)]) -> f64 {
        let blocks = keys.chunk_by(|x, y| x.0 == y.0).filter(|block| block.len() > 1);
        let pairs_in = |block: &[(K, u32)]| {
            let places = block.iter().map(|&(_, place)| place);
            self.mask.pairs_in(places, &self.sources)
        };
        blocks.map(pairs_in).sum::<u64>() as f64 * self.scale
    }
}

/// Puts places, and what comes with them, in the order of their codes, those of one code as they
/// come; places without a code are left out and those of several codes come with each.
fn in_order_of<T: Copy + Default>(
    candidate: &Candidate,
    places: impl Iterator<Item = (u32, u32)> + Clone,
    entry: impl Fn(u32, u32, u32) -> T,
) -> Vec<T> {
    let mut next = vec![0u32; candidate.distinct + 2];
    for (_, place) in places.clone() {
        candidate.codes_at(place).iter().for_each(|&code| next[code as usize + 1] += 1);
    }
    for code in 1..next.len() {
        next[code] += next[code - 1];
    }
    let mut ordered = vec![T::default(); next.last().map_or(0, |&all| all as usize)];
    for (with, place) in places {
        for &code in candidate.codes_at(place) {
            ordered[next[code as usize] as usize] = entry(code, with, place);
            next[code as usize] += 1;
        }
    }
    ordered
}
