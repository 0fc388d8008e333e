//! How many matches blocking missed, estimated: capture and recapture by groups of rules.

use super::BlockingRule;

/// Smallest share of the matches found that a group must catch; fewer tell little of overlap.
const LEAST_SHARE: f64 = 0.05;

/// Rules that have no attribute in common with those of any other group.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleGroup {
    /// Places of the rules.
    pub rules: Vec<usize>,
    /// Attributes that they ask for, in order of name.
    pub attributes: Vec<String>,
    /// Expected matches among the pairs that they make.
    pub matches: f64,
}

/// What two groups of rules say about the number of matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoGroups {
    /// Places of the groups.
    pub groups: [usize; 2],
    /// Expected matches that both catch.
    pub both: f64,
    /// Estimated matches in all, found or not, by Chapman's formula.
    pub total: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Estimates of the matches that blocking missed.
#[derive(Debug, Clone, PartialEq)]
pub struct MissedEstimate {
    /// Groups of rules without an attribute in common, the one that catches most first.
    pub groups: Vec<RuleGroup>,
    /// Expected matches among all candidate pairs, of every rule.
    pub found: f64,
    /// Matches in all by Chao's formula, where there are three groups at least.
    pub chao: Option<f64>,
    /// What every two groups say.
    pub two_groups: Vec<TwoGroups>,
}

impl MissedEstimate {
    /// Estimates the missed matches from the matches that each set of rules caught.
    ///
    /// `caught` holds sets of rules, as bits, with the expected matches among the pairs that just
    /// those rules make. Rules with an attribute in common lose a match to the same mistake, so
    /// they count as one group; a rule that would join two groups counts for none. Returns `None`
    /// unless two groups without a common attribute catch one match in twenty each.
    pub fn new(rules: &[BlockingRule], caught: &[(u32, f64)]) -> Option<Self> {
        let found: f64 = caught.iter().map(|(_, matches)| matches).sum();
        let groups = groups(rules, caught, LEAST_SHARE * found)?;
        let bits: Vec<u32> = groups
            .iter()
            .map(|group| group.iter().fold(0, |bits, rule| bits | 1 << rule))
            .collect();
        let matches_of = |all: &[u32]| -> f64 {
            let in_all = |rules: u32| all.iter().all(|bits| rules & bits != 0);
            caught.iter().filter(|(rules, _)| in_all(*rules)).map(|(_, matches)| matches).sum()
        };
        let mut two_groups = Vec::new();
        for (x, &first) in bits.iter().enumerate() {
            for (y, &next) in bits.iter().enumerate().skip(x + 1) {
                let [n1, n2, both] =
                    [matches_of(&[first]), matches_of(&[next]), matches_of(&[first, next])];
                let (total, standard_error) = chapman(n1, n2, both);
                two_groups.push(TwoGroups { groups: [x, y], both, total, standard_error });
            }
        }
        let by_exactly = |k: usize| -> f64 {
            let groups_of = |rules: u32| bits.iter().filter(|&&bits| rules & bits != 0).count();
            caught.iter().filter(|(rules, _)| groups_of(*rules) == k).map(|(_, m)| m).sum()
        };
        let chao = (bits.len() >= 3).then(|| {
            let in_some: f64 = (1..=bits.len()).map(by_exactly).sum();
            chao(in_some, by_exactly(1), by_exactly(2))
        });
        let groups = groups
            .into_iter()
            .zip(&bits)
            .map(|(group, &bits)| RuleGroup {
                attributes: attributes(rules, &group),
                rules: group,
                matches: matches_of(&[bits]),
            })
            .collect();
        Some(Self { groups, found, chao, two_groups })
    }
}

/// Returns Chapman's estimate of a total from two catches, and its standard error.
///
/// # Formula
/// `N = (n₁ + 1)(n₂ + 1) / (n₁₂ + 1) − 1`, with variance
/// `(n₁ + 1)(n₂ + 1)(n₁ − n₁₂)(n₂ − n₁₂) / ((n₁₂ + 1)²(n₁₂ + 2))`.
fn chapman(n1: f64, n2: f64, both: f64) -> (f64, f64) {
    let product = (n1 + 1.0) * (n2 + 1.0);
    let variance = product * (n1 - both) * (n2 - both) / ((both + 1.0).powi(2) * (both + 2.0));
    (product / (both + 1.0) - 1.0, variance.max(0.0).sqrt())
}

/// Returns Chao's estimate of a total from how many were caught at all, once and twice.
///
/// # Formula
/// `N = S + f₁(f₁ − 1) / (2(f₂ + 1))`.
fn chao(caught: f64, once: f64, twice: f64) -> f64 {
    caught + once * (once - 1.0).max(0.0) / (2.0 * (twice + 1.0))
}

/// Returns groups of rules without a common attribute, the one that catches most first.
///
/// Three rules without a common attribute open the groups, of those that catch most together, or
/// two where there are no three; then each rule that touches one group joins it.
fn groups(rules: &[BlockingRule], caught: &[(u32, f64)], least: f64) -> Option<Vec<Vec<usize>>> {
    let matches: Vec<f64> = (0..rules.len())
        .map(|rule| caught.iter().filter(|(bits, _)| bits >> rule & 1 == 1).map(|(_, m)| m).sum())
        .collect();
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by(|&x, &y| matches[y].total_cmp(&matches[x]).then(x.cmp(&y)));
    let able: Vec<usize> =
        order.iter().copied().filter(|&r| matches[r] > 0.0 && matches[r] >= least).collect();
    let apart = |x: usize, y: usize| !touches(rules, x, &[y]);
    let mut seeds: Option<(usize, f64, Vec<usize>)> = None;
    let mut offer = |some: Vec<usize>| {
        let sum: f64 = some.iter().map(|&rule| matches[rule]).sum();
        let best = seeds.as_ref();
        if best.is_none_or(|(count, most, _)| (*count, *most) < (some.len(), sum)) {
            seeds = Some((some.len(), sum, some));
        }
    };
    for (place, &x) in able.iter().enumerate() {
        for (next, &y) in able.iter().enumerate().skip(place + 1) {
            if !apart(x, y) {
                continue;
            }
            offer(vec![x, y]);
            for &z in &able[next + 1..] {
                if apart(x, z) && apart(y, z) {
                    offer(vec![x, y, z]);
                }
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = seeds?.2.into_iter().map(|rule| vec![rule]).collect();
    for &rule in &order {
        let touched: Vec<usize> =
            (0..groups.len()).filter(|&place| touches(rules, rule, &groups[place])).collect();
        match touched.as_slice() {
            [] if able.contains(&rule) => groups.push(vec![rule]),
            [only] if !groups[*only].contains(&rule) => groups[*only].push(rule),
            _ => {}
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    Some(groups)
}

/// Says whether a rule has an attribute in common with some others.
fn touches(rules: &[BlockingRule], rule: usize, others: &[usize]) -> bool {
    let known = || others.iter().flat_map(|&other| rules[other].attributes());
    rules[rule].attributes().any(|attribute| known().any(|other| other == attribute))
}

fn attributes(rules: &[BlockingRule], group: &[usize]) -> Vec<String> {
    let all = group.iter().flat_map(|&rule| rules[rule].attributes());
    let mut names: Vec<String> = all.map(str::to_string).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(keys: &[&[&str]]) -> Vec<BlockingRule> {
        keys.iter().map(|keys| BlockingRule::parse(keys).unwrap()).collect()
    }

    /// Spreads matches over sets of rules that catch independently of each other.
    fn independent(total: f64, chances: &[f64]) -> Vec<(u32, f64)> {
        let share = |rules: u32| -> f64 {
            let chance =
                |(place, &p): (usize, &f64)| if rules >> place & 1 == 1 { p } else { 1.0 - p };
            chances.iter().enumerate().map(chance).product()
        };
        (1..1 << chances.len()).map(|rules| (rules, total * share(rules))).collect()
    }

    #[test]
    fn formulas_give_what_was_worked_by_hand() {
        // (9 + 1)(11 + 1) / (5 + 1) − 1 = 19; variance 10 · 12 · 4 · 6 / (6² · 7) = 2880 / 252.
        let (total, error) = chapman(9.0, 11.0, 5.0);
        assert_eq!(total, 19.0);
        assert!((error - (2880.0f64 / 252.0).sqrt()).abs() < 1e-12);
        // 10 + 5 · 4 / (2 · 2) = 15; a single pair seen once says nothing about the unseen.
        assert_eq!(chao(10.0, 5.0, 1.0), 15.0);
        assert_eq!(chao(10.0, 1.0, 0.0), 10.0);
        assert_eq!(chao(10.0, 0.4, 0.0), 10.0);
    }

    #[test]
    fn independent_groups_give_the_total_however_unequal() {
        let rules = rules(&[&["number"], &["given_name", "family_name"], &["postcode"]]);
        let caught = independent(100_000.0, &[0.9, 0.5, 0.2]);
        let missed = MissedEstimate::new(&rules, &caught).unwrap();
        assert!((missed.found - 96_000.0).abs() < 1e-6);
        assert_eq!(missed.two_groups.len(), 3);
        for two in &missed.two_groups {
            assert!((two.total / 100_000.0 - 1.0).abs() < 1e-4, "{two:?}");
        }
        // Chao's formula takes groups for alike: it makes 41,000² / (2 · 46,000) of 4,000 missed.
        assert!((missed.chao.unwrap() - 114_272.0).abs() < 2.0, "{missed:?}");
    }

    #[test]
    fn matches_that_are_hard_for_every_group_make_a_lower_bound() {
        let rules = rules(&[&["number"], &["given_name"], &["postcode"]]);
        let easy = independent(50_000.0, &[0.9, 0.9, 0.9]);
        let hard = independent(50_000.0, &[0.3, 0.3, 0.3]);
        let caught: Vec<(u32, f64)> =
            easy.iter().zip(&hard).map(|(&(rules, x), &(_, y))| (rules, x + y)).collect();
        let missed = MissedEstimate::new(&rules, &caught).unwrap();
        let totals = missed.two_groups.iter().map(|two| two.total).chain(missed.chao);
        for total in totals {
            assert!(total > 79_000.0 && total < 100_000.0, "{missed:?}");
        }
        assert!(missed.chao.unwrap() > missed.found);
    }

    #[test]
    fn rules_with_a_common_attribute_are_one_group_and_bridges_are_none() {
        let rules = rules(&[
            &["given_name", "date_of_birth"],
            &["postcode", "family_name"],
            &["sound(given_name)"],
            &["given_name", "postcode"],
            &["number"],
            &["rare"],
        ]);
        // Every rule catches all but the last, which catches one match in a hundred.
        let missed = MissedEstimate::new(&rules, &[(0b01_1111, 99.0), (0b11_1111, 1.0)]).unwrap();
        let groups: Vec<&[usize]> = missed.groups.iter().map(|g| g.rules.as_slice()).collect();
        assert_eq!(groups, [&[0, 2][..], &[1], &[4]]);
        assert_eq!(missed.groups[0].attributes, ["date_of_birth", "given_name"]);
        assert_eq!(missed.groups[0].matches, 100.0);
    }

    #[test]
    fn nothing_is_said_without_two_groups_or_without_matches() {
        let one = rules(&[&["given_name", "postcode"], &["postcode", "number"]]);
        assert_eq!(MissedEstimate::new(&one, &[(0b11, 10.0)]), None);
        let two = rules(&[&["given_name"], &["number"]]);
        assert_eq!(MissedEstimate::new(&two, &[]), None);
        assert_eq!(MissedEstimate::new(&two, &[(0b01, 10.0)]), None, "the second catches nothing");
        let missed = MissedEstimate::new(&two, &[(0b11, 10.0)]).unwrap();
        assert_eq!((missed.chao, missed.two_groups[0].total), (None, 10.0));
    }
}
