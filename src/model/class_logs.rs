//! What each class makes of a session's patterns, in logarithms that are taken once an iteration.

use super::parameters::ComparisonParameters;

/// Logarithms of the parameters of an iteration.
pub(super) struct ClassLogs {
    comparisons: Vec<ComparisonLogs>,
    /// Matches, household pairs and unrelated pairs among each session's pairs.
    shares: Vec<[f64; 3]>,
}

struct ComparisonLogs {
    m: Vec<f64>,
    u: Vec<f64>,
    /// Whether the household class takes m for it.
    of_place: bool,
}

impl ClassLogs {
    /// Takes the logarithms; `location` says which comparisons are of place, if there are
    /// households.
    pub(super) fn of(
        parameters: &[ComparisonParameters],
        shares: &[[f64; 3]],
        location: Option<&[bool]>,
    ) -> Self {
        let logs = |shares: &[f64]| shares.iter().map(|share| share.ln()).collect();
        let comparison = |(c, parameters): (usize, &ComparisonParameters)| ComparisonLogs {
            m: logs(&parameters.m),
            u: logs(&parameters.u),
            of_place: location.is_some_and(|location| location[c]),
        };
        Self {
            comparisons: parameters.iter().enumerate().map(comparison).collect(),
            shares: shares.iter().map(|shares| shares.map(f64::ln)).collect(),
        }
    }

    /// Returns the logarithms of share times likelihood of a pattern's outcomes in a session,
    /// those that its rule touches missing.
    ///
    /// `persons` is what the comparisons of persons make in a household; none without them.
    pub(super) fn classes(
        &self,
        session: usize,
        outcomes: &[u8],
        persons: Option<f64>,
    ) -> [f64; 3] {
        let [mut same, household, mut unrelated] = self.shares[session];
        let mut place = 0.0;
        for (comparison, &outcome) in self.comparisons.iter().zip(outcomes) {
            if outcome > 0 {
                let m = comparison.m[usize::from(outcome) - 1];
                same += m;
                unrelated += comparison.u[usize::from(outcome) - 1];
                if comparison.of_place {
                    place += m;
                }
            }
        }
        let household = persons.map_or(f64::NEG_INFINITY, |persons| household + (persons + place));
        [same, household, unrelated]
    }
}
