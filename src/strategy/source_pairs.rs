//! What two sources know of each other: how many matches they share, and whether pairs are rivals.

use rayon::prelude::*;

use super::probabilistic::FLOOR;
use super::{Link, LinkInput, Method};
use crate::model::{Contest, Contestants, Model, Side, one_to_one};
use crate::record::{RecordId, Records, SourceId};

/// Most records of one source linked to one record that are compared with each other.
const MOST_LINKED: usize = 32;
/// Bits below the floor down to which a pair is kept for what its sources may add, at most.
const MOST_GAIN: f64 = 16.0;

/// Pairs of sources whose records are weighed together.
pub(super) struct SourcePairs<'a> {
    records: &'a Records,
    prior: f64,
    pairs: Vec<(SourceId, SourceId)>,
    /// Sources not linked within themselves that may hold a child several times all the same.
    only_between: Vec<SourceId>,
}

/// What two sources add to the weight of their pairs, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The two sources, in order; the same one twice for pairs within it.
    pub sources: (SourceId, SourceId),
    /// Bits that their own share of matches adds to a pair that has no rival.
    pub bits: f64,
    /// Whether a source holds each child once, so that pairs are rivals.
    pub contested: bool,
}

impl<'a> SourcePairs<'a> {
    /// Lists the pairs of sources that may be linked, unless one prior and no rivals serve all.
    pub(super) fn new(input: &LinkInput<'a>, model: &Model) -> Self {
        let (records, mask) = (input.records, &input.plan.mask);
        let sources = 0..records.sources().len() as SourceId;
        let pairs: Vec<(SourceId, SourceId)> = sources
            .clone()
            .flat_map(|s| sources.clone().map(move |t| (s, t)))
            .filter(|&(s, t)| s <= t && mask.allows(s, t))
            .collect();
        let mut all = Self { records, prior: model.prior.get(), pairs, only_between: Vec::new() };
        let only_between = |&s: &SourceId| !mask.allows(s, s) && !all.is_unique(s);
        all.only_between = sources.filter(only_between).collect();
        if let &[(s, t)] = all.pairs.as_slice()
            && !all.contested(s, t)
        {
            all.pairs.clear();
        }
        all
    }

    /// Says whether one prior serves all pairs and none is another's rival.
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Returns the weight in bits from which a pair may come to matter.
    pub(super) fn floor(&self) -> f64 {
        let gain = |&(s, t)| self.contestants(s, t).gain(self.prior);
        FLOOR - self.pairs.iter().map(gain).fold(0.0, f64::max).min(MOST_GAIN)
    }

    /// Gives every pair the weight that it has between its sources and among its rivals.
    ///
    /// `kept` must be sorted by records and hold weights of pairs by themselves. What a key has
    /// decided is certain, and leaves nothing to its rivals.
    pub(super) fn weigh(&self, kept: &mut [Link], by_key: &[(Method, Link)]) -> Vec<Shift> {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); self.pairs.len()];
        let sources = self.records.sources().len();
        let mut pair_of = vec![usize::MAX; sources * sources];
        for (place, &(s, t)) in self.pairs.iter().enumerate() {
            pair_of[s as usize * sources + t as usize] = place;
        }
        let source_of = self.records.source_ids();
        let pair = |link: &Link| {
            let (s, t) = (source_of[link.a as usize], source_of[link.b as usize]);
            pair_of[s as usize * sources + t as usize]
        };
        for (place, link) in kept.iter().enumerate() {
            if let Some(places) = places.get_mut(pair(link)) {
                places.push(place as u32);
            }
        }
        let mut certain: Vec<Vec<(RecordId, RecordId)>> = vec![Vec::new(); self.pairs.len()];
        for (_, link) in by_key {
            if let Some(certain) = certain.get_mut(pair(link)) {
                certain.push((link.a, link.b));
            }
        }
        let all = self.pairs.iter().zip(places.iter().zip(&certain));
        all.map(|(&(s, t), (places, certain))| self.weigh_pair(s, t, places, certain, kept))
            .collect()
    }

    fn weigh_pair(
        &self,
        s: SourceId,
        t: SourceId,
        places: &[u32],
        certain: &[(RecordId, RecordId)],
        kept: &mut [Link],
    ) -> Shift {
        let (rows, columns) = (self.records.of_source(s).start, self.records.of_source(t).start);
        let contest = |(a, b), evidence| Contest { row: a - rows, column: b - columns, evidence };
        let decided = |link: &Link| certain.binary_search(&(link.a, link.b)).is_ok();
        let (closed, open): (Vec<u32>, Vec<u32>) =
            places.iter().partition(|&&place| decided(&kept[place as usize]));
        let weighed = open.iter().map(|&place| {
            let link = &kept[place as usize];
            let weight = f64::from(link.weight) * std::f64::consts::LN_2;
            contest((link.a, link.b), weight - self.prior.ln())
        });
        let contests: Vec<Contest> =
            weighed.chain(certain.iter().map(|&pair| contest(pair, f64::INFINITY))).collect();
        let found = one_to_one(&contests, self.contestants(s, t), self.prior);
        for (&place, bits) in open.iter().zip(found.weights) {
            kept[place as usize].weight = bits as f32;
        }
        // What is decided has no rivals; its sources share what they share.
        closed.into_iter().for_each(|place| kept[place as usize].weight += found.gain as f32);
        Shift { sources: (s, t), bits: found.gain, contested: self.contested(s, t) }
    }

    /// Returns what each source that is not linked within itself, nor declared free of
    /// duplicates, adds to its own pairs: how many records of one child it holds is told by those
    /// that are linked to the same record. `alone` gives the weight of a pair by itself.
    pub(super) fn within(
        &self,
        links: impl Iterator<Item = (RecordId, RecordId)>,
        alone: impl Fn(RecordId, RecordId) -> f64 + Sync,
    ) -> Vec<Shift> {
        if self.only_between.is_empty() {
            return Vec::new();
        }
        let source_of = self.records.source_ids();
        // A record, and one that it is linked to: those of a source stand together.
        let mut partners: Vec<(RecordId, RecordId)> =
            links.flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        partners.par_sort_unstable();
        let alike = |x: &(RecordId, RecordId), y: &(RecordId, RecordId)| {
            x.0 == y.0 && source_of[x.1 as usize] == source_of[y.1 as usize]
        };
        let mut several: Vec<(RecordId, RecordId)> = partners
            .chunk_by(alike)
            .filter(|linked| linked.len() <= MOST_LINKED)
            .flat_map(|linked| {
                let pairs = linked.iter().enumerate();
                pairs.flat_map(|(x, &(_, a))| linked[x + 1..].iter().map(move |&(_, b)| (a, b)))
            })
            .collect();
        several.par_sort_unstable();
        several.dedup();
        let shift = |&s: &SourceId| {
            let of_source = self.records.of_source(s);
            let own: Vec<(RecordId, RecordId)> =
                several.iter().copied().filter(|(a, _)| of_source.contains(a)).collect();
            let contest = |&(a, b): &(RecordId, RecordId)| Contest {
                row: a - of_source.start,
                column: b - of_source.start,
                evidence: alone(a, b) * std::f64::consts::LN_2 - self.prior.ln(),
            };
            let contests: Vec<Contest> = own.par_iter().map(contest).collect();
            let found = one_to_one(&contests, self.contestants(s, s), self.prior);
            Shift { sources: (s, s), bits: found.gain, contested: false }
        };
        self.only_between.iter().map(shift).collect()
    }

    fn contestants(&self, s: SourceId, t: SourceId) -> Contestants {
        let side = |source: SourceId| Side {
            records: self.records.of_source(source).len(),
            duplicate_free: self.is_unique(source),
        };
        match s == t {
            true => Contestants::within(side(s).records),
            false => Contestants::between(side(s), side(t)),
        }
    }

    fn contested(&self, s: SourceId, t: SourceId) -> bool {
        s != t && (self.is_unique(s) || self.is_unique(t))
    }

    fn is_unique(&self, source: SourceId) -> bool {
        self.records.sources()[source as usize].duplicate_free
    }
}
