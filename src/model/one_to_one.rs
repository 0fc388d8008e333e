//! The one-to-one posterior: what rivals say about a pair where a source holds each child once.
//!
//! If everybody else of a household has found his record, the two that are left over are probably
//! each other; and of two candidates for one record at most one is right. A weight that looks at
//! a pair alone knows neither.

/// Half sweeps after which messages are taken as they are.
const MOST_SWEEPS: u32 = 60;
/// Times that the number of matches is found anew, at most.
const MOST_ROUNDS: u32 = 40;
/// Matches that the prior of all sources is worth beside what two of them show.
const PRIOR_MATCHES: f64 = 1.0;
/// Change of a message, in natural logarithms, that counts as settled.
const SETTLED: f64 = 1e-6;
/// Natural logarithm beyond which more evidence is not told apart.
const MOST_EVIDENCE: f64 = 160.0;

/// Candidate pair between two sources, as a posterior over assignments sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contest {
    /// Record of the first source, counted from 0.
    pub row: u32,
    /// Record of the second source, counted from 0.
    pub column: u32,
    /// Natural logarithm of the likelihood ratio: the weight without its prior.
    pub evidence: f64,
}

/// One source of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Records of the source.
    pub records: usize,
    /// Whether no child has two records in it.
    pub duplicate_free: bool,
}

/// Two sources whose pairs are weighed together, or one with itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contestants {
    rows: Side,
    columns: Side,
    /// Comparable pairs.
    pairs: f64,
}

/// What the pairs of two sources say together.
#[derive(Debug, Clone, PartialEq)]
pub struct OneToOne {
    /// Match weight of each contest, in bits, in the order given.
    pub weights: Vec<f64>,
    /// Number of matches that the weights add up to.
    pub matches: f64,
    /// Bits by which a pair without rivals counts for more than under the prior given.
    pub gain: f64,
}

impl Contestants {
    /// Takes two sources.
    pub fn between(rows: Side, columns: Side) -> Self {
        Self { rows, columns, pairs: rows.records as f64 * columns.records as f64 }
    }

    /// Takes one source that may hold a child several times.
    pub fn within(records: usize) -> Self {
        let side = Side { records, duplicate_free: false };
        let pairs = records as f64 * records.saturating_sub(1) as f64 / 2.0;
        Self { rows: side, columns: side, pairs }
    }

    /// Returns by how many bits evidence counts for more than under the prior of any pair.
    pub fn gain(self, prior: f64) -> f64 {
        (self.log_prior(prior * self.pairs) - prior.ln()) / std::f64::consts::LN_2
    }

    /// Returns the natural logarithm of θ.
    fn log_prior(self, matches: f64) -> f64 {
        let (rows, columns) = (self.rows.records as f64, self.columns.records as f64);
        // A record whose partners come from a source free of duplicates has one at most.
        let (most, left): (f64, &dyn Fn(f64) -> f64) =
            match (self.rows.duplicate_free, self.columns.duplicate_free) {
                (true, true) => (rows.min(columns), &|n| (rows - n) * (columns - n)),
                (true, false) => (columns, &|n| rows * (columns - n)),
                (false, true) => (rows, &|n| (rows - n) * columns),
                (false, false) => (self.pairs, &|n| self.pairs - n),
            };
        let matches = matches.clamp(1e-6, (most - 0.5).max(1e-6));
        matches.ln() - left(matches).max(1e-6).ln()
    }
}

/// Weighs candidate pairs of two sources together.
///
/// Each pair is given once, in any order; `prior` is the share of matches among all comparable
/// pairs, of whatever sources.
///
/// # Formula
/// `P(assignment) ∝ Π θ LR_ij` over assignments in which no record has two partners in a source
/// free of duplicates; `θ = N / ((n_A − N)(n_B − N))` where both are, `N / (n_A (n_B − N))` where
/// only A is, `N / (pairs − N)` where none is. `N = (Σ p + κ) / (1 + κ / (λ pairs))` with κ = 1
/// match's worth of the prior λ. The marginals by belief propagation, with `o = θ LR`:
/// `α_ij = 1 / (1 + Σ_{k≠j} o_ik β_ik)`, `β_ij = 1 / (1 + Σ_{l≠i} o_lj α_lj)`,
/// `p = o α β / (1 + o α β)`; exact where candidates form no circle. Messages move by half, in
/// logarithms. Source: Pearl (1988) for the propagation; the prior is that of a random one-to-one
/// assignment of N pairs.
pub fn one_to_one(contests: &[Contest], between: Contestants, prior: f64) -> OneToOne {
    let mut graph = Graph::new(contests, between);
    let usual = prior * between.pairs;
    let mut expected = usual;
    for _ in 0..MOST_ROUNDS {
        graph.settle(between.log_prior(expected));
        let found = (graph.matches() + PRIOR_MATCHES) / (1.0 + PRIOR_MATCHES / usual.max(1e-9));
        let moved = (found - expected).abs();
        expected = found;
        if moved <= 1e-4 * found.max(1.0) {
            break;
        }
    }
    let weights = graph.log_odds().map(|log| log / std::f64::consts::LN_2).collect();
    let gain = (graph.log_prior - prior.ln()) / std::f64::consts::LN_2;
    OneToOne { weights, matches: graph.matches(), gain }
}

/// Candidate pairs as a graph between rows and columns, with the messages along them.
struct Graph {
    evidence: Vec<f64>,
    /// Contests of each row, as ranges of places.
    by_row: Groups,
    by_column: Groups,
    log_prior: f64,
    /// Logarithm of the chance that nothing else claims the row, and the column.
    row_free: Vec<f64>,
    column_free: Vec<f64>,
}

/// Contests grouped by a side, if records of that side may have one partner only.
struct Groups {
    order: Vec<u32>,
    ends: Vec<u32>,
}

impl Groups {
    /// Groups contests by a key; those that have no rival are in no group.
    fn new(contests: &[Contest], key: impl Fn(&Contest) -> u32, one_partner: bool) -> Self {
        let mut order: Vec<u32> =
            if one_partner { (0..contests.len() as u32).collect() } else { Vec::new() };
        order.sort_by_key(|&place| key(&contests[place as usize]));
        let (mut kept, mut ends) = (Vec::new(), Vec::new());
        let same = |x: &u32, y: &u32| key(&contests[*x as usize]) == key(&contests[*y as usize]);
        for group in order.chunk_by(same).filter(|group| group.len() > 1) {
            kept.extend_from_slice(group);
            ends.push(kept.len() as u32);
        }
        Self { order: kept, ends }
    }

    /// Sends every contest the logarithm of the chance that none of its rivals holds.
    ///
    /// `claims` are the logarithms of the rivals' odds. Returns the largest change.
    fn send(&self, claims: impl Fn(usize) -> f64, free: &mut [f64]) -> f64 {
        let (mut start, mut moved) = (0, 0.0f64);
        // Odds of each contest of a group, and the sum of those before it.
        let mut before: Vec<(f64, f64)> = Vec::new();
        for &end in &self.ends {
            let group = &self.order[start as usize..end as usize];
            // Sums of all others without subtraction, which would lose the small beside the large.
            before.clear();
            let mut sum = 1.0;
            for &place in group {
                let odds = claims(place as usize).exp();
                before.push((odds, sum));
                sum += odds;
            }
            let mut after = 0.0;
            for (&place, &(odds, before)) in group.iter().zip(&before).rev() {
                let place = place as usize;
                let step = (-(before + after).ln() - free[place]) / 2.0;
                after += odds;
                free[place] += step;
                moved = moved.max(step.abs());
            }
            start = end;
        }
        moved
    }
}

impl Graph {
    fn new(contests: &[Contest], between: Contestants) -> Self {
        let Contestants { rows, columns, .. } = between;
        let bounded = |contest: &Contest| contest.evidence.clamp(-MOST_EVIDENCE, MOST_EVIDENCE);
        Self {
            evidence: contests.iter().map(bounded).collect(),
            by_row: Groups::new(contests, |contest| contest.row, columns.duplicate_free),
            by_column: Groups::new(contests, |contest| contest.column, rows.duplicate_free),
            log_prior: 0.0,
            row_free: vec![0.0; contests.len()],
            column_free: vec![0.0; contests.len()],
        }
    }

    /// Exchanges messages until they settle.
    fn settle(&mut self, log_prior: f64) {
        self.log_prior = log_prior;
        for _ in 0..MOST_SWEEPS {
            let (evidence, column_free) = (&self.evidence, &self.column_free);
            let claims = |place: usize| log_prior + evidence[place] + column_free[place];
            let mut moved = self.by_row.send(claims, &mut self.row_free);
            let row_free = &self.row_free;
            let claims = |place: usize| log_prior + evidence[place] + row_free[place];
            moved = moved.max(self.by_column.send(claims, &mut self.column_free));
            if moved < SETTLED {
                break;
            }
        }
    }

    /// Returns the natural log odds of each contest.
    fn log_odds(&self) -> impl Iterator<Item = f64> + '_ {
        let messages = self.row_free.iter().zip(&self.column_free);
        let all = self.evidence.iter().zip(messages);
        all.map(|(evidence, (row, column))| self.log_prior + evidence + row + column)
    }

    /// Returns the number of matches that the odds add up to.
    fn matches(&self) -> f64 {
        self.log_odds().map(|log| 1.0 / (1.0 + (-log).exp())).sum()
    }
}

#[cfg(test)]
mod tests;
