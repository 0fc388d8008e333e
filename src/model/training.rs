//! Training: m by joint expectation–maximisation over overlapping sessions, u by calculation.

use super::bound::{shares_of, shares_within};
use super::class_logs::ClassLogs;
use super::dependence::dependence;
use super::household::{HouseholdPairs, HouseholdTable};
use super::parameters::{
    ComparisonParameters, HouseholdsBetween, Model, TrainingFacts, TrainingMethod, log_sum,
};
use super::priors::Priors;
use super::sessions::{Blocked, Session, sessions};
use super::starts::{Start, falling_m, starting_m};
use super::{PatternCounts, Probability};
use crate::comparison::{Comparison, PatternSpace, RandomAgreement};
use crate::error::{Error, ErrorKind, Result};

/// Iterations of one round of expectation–maximisation, at most.
pub(super) const MOST_ITERATIONS: u32 = 300;
/// Rounds: between them u gives up its matches and households give up their duplicates.
const MOST_ROUNDS: u32 = 12;
/// Change of any m between iterations that counts as settled.
const SETTLED: f64 = 1e-7;
/// Change of any m in the last iteration from which a model is refused.
const UNSETTLED: f64 = 1e-3;
/// Pairs that the starting values of a comparison are worth.
const PRIOR_PAIRS: f64 = 1.0;
/// Least share of the random agreement that is left to unrelated pairs.
const LEAST_UNRELATED: f64 = 0.02;

/// Everything that training sees.
pub struct TrainingInput<'a> {
    /// Comparisons, in pattern order.
    pub comparisons: &'a [Comparison],
    /// Numbering of the patterns.
    pub space: &'a PatternSpace,
    /// How often random pairs reach each outcome, one entry a comparison.
    pub random: &'a [RandomAgreement],
    /// Counts of candidate pairs.
    pub counts: &'a PatternCounts,
    /// What each rule says about each comparison.
    pub blocked: &'a [Vec<Blocked>],
    /// Pairs that share an address inside one agency, if there are enough to learn from.
    pub households: Option<&'a HouseholdPairs>,
    /// Comparable pairs, candidates or not, of each two sources that have priors of their own.
    pub comparable: &'a [ComparablePairs],
}

/// Comparable pairs of two sources, or of one with itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComparablePairs {
    /// Names of the sources; of several twos where they are too many to be told apart.
    pub sources: Vec<[String; 2]>,
    /// Number of the pairs, candidates or not.
    pub pairs: u64,
    /// Most of them that can be matches.
    pub most_matches: u64,
}

impl TrainingInput<'_> {
    /// Returns the number of comparable pairs of all sources.
    pub(super) fn pairs(&self) -> f64 {
        self.comparable.iter().map(|of| of.pairs).sum::<u64>() as f64
    }
}

/// Parameters while they are being learnt.
struct State {
    parameters: Vec<ComparisonParameters>,
    /// Matches, household pairs and unrelated pairs among each session's pairs.
    shares: Vec<[f64; 3]>,
    /// What each session's patterns of persons look like in a household, as logarithms.
    persons: Vec<Option<Vec<f64>>>,
    whole: Option<HouseholdTable>,
    /// Shares of all comparable pairs.
    priors: Priors,
    /// The same of each two sources.
    by_sources: Vec<Priors>,
    /// Share of household pairs that blocking proposes: most siblings agree on no rule.
    household_coverage: f64,
}

/// Trains a model on counts of agreement patterns.
///
/// # Formula
/// In session r (all pairs that satisfy rule r), over comparisons c that r leaves free:
/// `ζ(g, k) ∝ λ(r, k) Π_c θ_k,c(g_c)` for the classes k of same child, household, unrelated;
/// `m_c(l) ∝ Σ_r Σ_g N(g, r) ζ(g, same) [g_c = l] + prior`, missing values left out;
/// of comparisons of place the household class has no shares of its own, it takes m. Leaving the
/// blocked comparisons out divides each class by the chance that the rule fires, class by class.
/// `u_c = (U_c − λM m_c − λS s_c) / (1 − λM − λS)`, with U_c calculated and λ global.
/// `λ(r, same) ≤ M Π_c m_c(rule r) / N_r`: of the M matches that there can be, those on which the
/// rule fires. Where families outnumber matches, or the attributes of a rule foretell another one
/// (a given name the sex), a class of more pairs than there are records explains the pairs better.
/// Source: Dempster, Laird and Rubin (1977), JRSS B 39(1), for the iteration.
///
/// A household class that turns out to hold records of one child, or hardly any pair, is left out.
///
/// # Errors
/// `BadValue` if there are no candidate pairs, if no blocking rule leaves a comparison to learn
/// from, or if training does not settle. No other model is put in its place.
pub fn train(input: &TrainingInput<'_>) -> Result<Model> {
    train_within(input, MOST_ITERATIONS)
}

/// Trains as [`train`] does, with a limit of its own to the iterations of a round.
///
/// # Errors
/// As [`train`].
pub fn train_within(input: &TrainingInput<'_>, most_iterations: u32) -> Result<Model> {
    train_from(input, Start::usual(input.households.is_some()), most_iterations)
}

/// Trains a model from a start of one's choice.
pub(super) fn train_from(
    input: &TrainingInput<'_>,
    start: Start,
    most_iterations: u32,
) -> Result<Model> {
    if input.counts.pairs() == 0 {
        let message = "there are no candidate pairs, so there is nothing to learn from";
        return Err(Error::new(ErrorKind::BadValue, message)
            .help("add a blocking rule, or check that the columns feed the right attributes"));
    }
    let sessions = sessions(input.space, input.counts, input.blocked);
    let mut state = State::start(input, &sessions, start);
    let (mut iterations, mut last) = (0, 0.0);
    if !sessions.is_empty() {
        for _ in 0..MOST_ROUNDS {
            let before = state.parameters.clone();
            let (taken, step) = state.settle(input, &sessions, most_iterations);
            iterations += taken;
            last = step;
            state.update_priors(input);
            state.update_unrelated(input);
            state.update_households(input, &sessions);
            if change(&before, &state.parameters) < 1e-5 {
                break;
            }
        }
    } else {
        return Err(Error::new(
            ErrorKind::BadValue,
            "every blocking rule touches every comparison, so nothing can be learnt",
        )
        .help("add a comparison that no rule uses, or a rule on other attributes"));
    }
    // A small step left over changes no decision; a large one means that there is no model.
    if last > UNSETTLED {
        let message = format!("training did not settle in {iterations} iterations");
        return Err(Error::new(ErrorKind::BadValue, message)
            .note(format!("the last one still changed an m probability by {last:.3}"))
            .help("add a comparison or a blocking rule on other attributes, or more records"));
    }
    let logs = state.logs();
    let log_likelihood = (!sessions.is_empty()).then(|| state.log_likelihood(&logs, &sessions));
    let dependence = dependence(input.space, &sessions, |place, session, at| {
        state.posterior(&logs, place, session, at)
    });
    let household_prior = state.priors.household.filter(|_| state.whole.is_some());
    let shared_name = |c: usize| input.households.is_some_and(|h| h.told_by[c] && !h.location[c]);
    for (c, parameters) in state.parameters.iter_mut().enumerate() {
        parameters.s = state.whole.as_ref().map(|table| match shared_name(c) {
            true => parameters.m.clone(),
            false => table.shares()[c].clone(),
        });
        parameters.u_sampled = input.random[c].errors.clone();
    }
    let households_between = state.households_between(input)?;
    let model = Model {
        comparisons: state.parameters,
        prior: Probability::new(state.priors.same)?,
        household_prior: household_prior.map(Probability::new).transpose()?,
        households_between,
        training: TrainingFacts {
            method: TrainingMethod::ExpectationMaximisation,
            toolkit: env!("CARGO_PKG_VERSION").to_string(),
            blocking: Vec::new(),
            sessions: Vec::new(),
            pairs: input.counts.pairs(),
            starts: 1,
            agreeing: 1,
            iterations,
            converged: last < SETTLED,
            log_likelihood,
            unlearnt: unlearnt(input, &sessions),
            dependence,
        },
        space: input.space.clone(),
        household: state.whole,
    };
    let learnt = model.household.as_ref().is_none_or(HouseholdTable::is_learnt);
    if !learnt || model.households_hold_matches() {
        let without = TrainingInput { households: None, ..*input };
        return train_from(&without, start, most_iterations);
    }
    Ok(model)
}

impl State {
    fn start(input: &TrainingInput<'_>, sessions: &[Session], start: Start) -> Self {
        let parameters = input
            .comparisons
            .iter()
            .zip(input.random)
            .map(|(comparison, random)| {
                let m = falling_m(start.agreement, comparison.outcomes());
                ComparisonParameters::declared(comparison, m, random.shares.clone())
            })
            .collect();
        let household = input.households.is_some();
        // With households what is left is two of them to four unrelated ones.
        let others = 1.0 - start.matches;
        let near = if household { others / 3.0 } else { 0.0 };
        let share = [start.matches, near, others - near];
        let prior = 0.1 * input.counts.pairs() as f64 / input.pairs().max(1.0);
        let priors = Priors {
            same: prior.clamp(1e-12, 0.5),
            household: household.then(|| prior.clamp(1e-12, 0.25)),
        };
        let mut state = Self {
            parameters,
            shares: vec![share; sessions.len()],
            persons: sessions.iter().map(|_| None).collect(),
            whole: None,
            priors,
            by_sources: vec![priors; input.comparable.len()],
            household_coverage: 1.0,
        };
        state.update_households(input, sessions);
        state
    }

    /// Iterates until m settles; returns the iterations taken and how far the last one went.
    fn settle(&mut self, input: &TrainingInput<'_>, sessions: &[Session], most: u32) -> (u32, f64) {
        let mut step = f64::INFINITY;
        for iteration in 1..=most {
            let before = self.parameters.clone();
            self.iterate(input, sessions);
            step = change(&before, &self.parameters);
            if step < SETTLED {
                return (iteration, step);
            }
        }
        (most, step)
    }

    fn iterate(&mut self, input: &TrainingInput<'_>, sessions: &[Session]) {
        let mut sums: Vec<Vec<f64>> = self
            .parameters
            .iter()
            .map(|p| starting_m(p.m.len()).iter().map(|share| share * PRIOR_PAIRS).collect())
            .collect();
        let logs = self.logs();
        for (place, session) in sessions.iter().enumerate() {
            let mut totals = [0.5; 3];
            if self.persons[place].is_none() {
                totals[1] = 0.0;
            }
            let classes: Vec<(f64, [f64; 3])> = (0..session.patterns.len())
                .map(|at| (session.patterns[at].1, self.class_logs(&logs, place, session, at)))
                .collect();
            let posteriors = shares_within(self.most_matches(input, session), &classes);
            for (at, (count, posterior)) in posteriors.into_iter().enumerate() {
                for (total, share) in totals.iter_mut().zip(posterior) {
                    *total += count * share;
                }
                for (sums, &outcome) in sums.iter_mut().zip(session.outcomes(at)) {
                    if outcome > 0 {
                        sums[usize::from(outcome) - 1] += count * posterior[0];
                    }
                }
            }
            let all: f64 = totals.iter().sum();
            self.shares[place] = totals.map(|total| total / all);
        }
        for (parameters, sums) in self.parameters.iter_mut().zip(sums) {
            let total: f64 = sums.iter().sum();
            parameters.m = sums.into_iter().map(|sum| sum / total).collect();
        }
    }

    /// Returns the most pairs of a session that can be matches: those of all matches on which its
    /// rule fires, going by m.
    fn most_matches(&self, input: &TrainingInput<'_>, session: &Session) -> f64 {
        let fires = |(parameters, blocked): (&ComparisonParameters, &Blocked)| match blocked {
            Blocked::Free => 1.0,
            Blocked::Equal => parameters.m[0],
            // Values that are alike in some form are mostly those of some level.
            Blocked::Alike => parameters.m.iter().rev().skip(1).sum(),
        };
        let fires: f64 = self.parameters.iter().zip(&session.blocked).map(fires).product();
        (input.comparable[session.sources].most_matches as f64 * fires).max(0.5)
    }

    /// Takes the logarithms that an iteration asks for again and again.
    fn logs(&self) -> ClassLogs {
        let location = self.whole.as_ref().map(HouseholdTable::location);
        ClassLogs::of(&self.parameters, &self.shares, location)
    }

    /// Returns the class probabilities of a session's reduced pattern, given by its place.
    fn posterior(&self, logs: &ClassLogs, place: usize, session: &Session, at: usize) -> [f64; 3] {
        shares_of(self.class_logs(logs, place, session, at))
    }

    /// Returns the logarithm of the likelihood of every session's pairs.
    ///
    /// Sessions overlap, so this is a composite likelihood: good for comparing starts on the
    /// same pairs, not for tests of fit.
    fn log_likelihood(&self, logs: &ClassLogs, sessions: &[Session]) -> f64 {
        let of = |(place, session): (usize, &Session)| -> f64 {
            let of_pattern = |(at, &(_, count)): (usize, &(u32, f64))| {
                let classes = self.class_logs(logs, place, session, at);
                count * classes.into_iter().fold(f64::NEG_INFINITY, log_sum)
            };
            session.patterns.iter().enumerate().map(of_pattern).sum()
        };
        sessions.iter().enumerate().map(of).sum()
    }

    fn class_logs(&self, logs: &ClassLogs, place: usize, session: &Session, at: usize) -> [f64; 3] {
        let persons = self.persons[place].as_ref().map(|persons| persons[at]);
        logs.classes(place, session.outcomes(at), persons)
    }

    /// Sets the shares of each two sources, and so of all, to the fixed point of the posterior
    /// over their candidate pairs.
    fn update_priors(&mut self, input: &TrainingInput<'_>) {
        let with_households = self.whole.is_some();
        let settled = |(sources, comparable): (usize, &ComparablePairs)| {
            let likelihoods = |(pattern, n)| (n as f64, self.likelihoods(input.space, pattern));
            let candidates: Vec<(f64, [f64; 3])> =
                input.counts.between(sources as u32).map(likelihoods).collect();
            let before = self.by_sources[sources];
            let start =
                Priors { household: before.household.filter(|_| with_households), ..before };
            let pairs = (comparable.pairs as f64).max(1.0);
            let found = start.settle(&candidates, pairs, self.household_coverage);
            let most = comparable.most_matches as f64 / pairs;
            Priors { same: found.same.min(most), ..found }
        };
        let mut found: Vec<Priors> = input.comparable.iter().enumerate().map(settled).collect();
        self.priors = Priors::of_all(&found, input.comparable);
        if found.len() > 1 {
            let all = self.priors;
            let drawn = found.iter_mut().zip(input.comparable);
            drawn.for_each(|(of, comparable)| *of = of.drawn_to(all, comparable.pairs as f64));
        }
        self.by_sources = found;
    }

    /// Returns the household priors of each two sources, if they are told apart.
    fn households_between(&self, input: &TrainingInput<'_>) -> Result<Vec<HouseholdsBetween>> {
        let mut found = Vec::new();
        for (priors, comparable) in self.by_sources.iter().zip(input.comparable) {
            let Some(prior) = priors.household.filter(|_| input.comparable.len() > 1) else {
                break;
            };
            let prior = Probability::new(prior)?;
            let of = |sources: &[String; 2]| HouseholdsBetween { sources: sources.clone(), prior };
            found.extend(comparable.sources.iter().map(of));
        }
        Ok(found)
    }

    fn likelihoods(&self, space: &PatternSpace, pattern: u32) -> [f64; 3] {
        let (mut same, mut unrelated) = (0.0, 0.0);
        for (c, parameters) in self.parameters.iter().enumerate() {
            let outcome = space.outcome(pattern, c) as usize;
            if outcome > 0 {
                same += parameters.m[outcome - 1].ln();
                unrelated += parameters.u[outcome - 1].ln();
            }
        }
        let household = self
            .whole
            .as_ref()
            .map_or(f64::NEG_INFINITY, |table| table.log_likelihood(pattern, &self.parameters));
        [same, household, unrelated]
    }

    /// Takes matches and household pairs out of the agreement of random pairs.
    fn update_unrelated(&mut self, input: &TrainingInput<'_>) {
        for (c, (parameters, random)) in self.parameters.iter_mut().zip(input.random).enumerate() {
            let household = match (&self.whole, input.households) {
                (Some(_), Some(h)) if h.location[c] || h.told_by[c] => Some(&parameters.m),
                (Some(table), _) => Some(&table.shares()[c]),
                _ => None,
            };
            let mut u: Vec<f64> = random
                .shares
                .iter()
                .enumerate()
                .map(|(place, &all)| {
                    let same = self.priors.same * parameters.m[place];
                    let household_prior = self.priors.household.unwrap_or(0.0);
                    let near = household.map_or(0.0, |s| household_prior * s[place]);
                    (all - same - near).max(LEAST_UNRELATED * all)
                })
                .collect();
            let total: f64 = u.iter().sum();
            u.iter_mut().for_each(|share| *share /= total);
            parameters.u = u;
        }
    }

    /// Rebuilds the household tables, leaving out pairs that are probably one child twice.
    fn update_households(&mut self, input: &TrainingInput<'_>, sessions: &[Session]) {
        let Some(households) = input.households else { return };
        let of_matches = |pattern| self.likelihoods(input.space, pattern)[0];
        let unrelated = self.parameters.iter().map(|p| p.u.clone()).collect();
        let weights = households.of_different_children(input.space, of_matches, unrelated);
        let of_pattern = households.patterns.iter().zip(&weights);
        let pairs: Vec<(u32, f64)> =
            of_pattern.map(|(&(pattern, count), weight)| (pattern, count * weight)).collect();
        let all: f64 = pairs.iter().map(|(_, count)| count).sum();
        let candidates = households.candidates.iter().zip(&weights);
        let proposed: f64 = candidates.map(|(count, weight)| count * weight).sum();
        self.household_coverage = ((proposed + 0.5) / (all + 1.0)).clamp(1e-6, 1.0);
        let shared = households.shared();
        let build = |session: Option<&Session>| {
            HouseholdTable::build(input.space, &shared, &pairs, session)
        };
        let persons = |session: &Session| {
            let table = build(Some(session));
            session.patterns.iter().map(|&(pattern, _)| table.persons_log(pattern)).collect()
        };
        self.persons = sessions.iter().map(|session| Some(persons(session))).collect();
        self.whole = Some(build(None));
    }
}

/// Returns the attributes that no session leaves free.
fn unlearnt(input: &TrainingInput<'_>, sessions: &[Session]) -> Vec<String> {
    let all = input.comparisons.iter().enumerate();
    all.filter(|(c, _)| !sessions.iter().any(|session| session.is_free(*c)))
        .map(|(_, comparison)| comparison.attribute().to_string())
        .collect()
}

/// Returns the largest change of an m or u.
fn change(before: &[ComparisonParameters], after: &[ComparisonParameters]) -> f64 {
    let all = |p: &ComparisonParameters| p.m.iter().chain(&p.u).copied().collect::<Vec<f64>>();
    before
        .iter()
        .zip(after)
        .flat_map(|(x, y)| all(x).into_iter().zip(all(y)))
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, f64::max)
}
