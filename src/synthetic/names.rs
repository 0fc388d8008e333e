//! Name lists and how often each name is given.
//!
//! The lists are in `synthetic_data/frequencies/`; their README names source and licence.

use std::collections::BTreeMap;

use super::name_trend::{NameTrends, TrendYears};
use super::random::Stream;

const GIVEN: &str = include_str!("../../synthetic_data/frequencies/given_names.csv");
const FAMILY: &str = include_str!("../../synthetic_data/frequencies/family_names.csv");
const NICKNAMES: &str = include_str!("../../synthetic_data/frequencies/nicknames.csv");

/// Rank-frequency law: the weight of rank r is `(r + shift) ^ -exponent`.
///
/// Source: Mandelbrot (1953), with parameters fitted to official counts.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RankLaw {
    exponent: f64,
    shift: f64,
}

impl RankLaw {
    fn weight(self, rank: u32) -> f64 {
        (f64::from(rank) + self.shift).powf(-self.exponent)
    }
}

/// Returns the place of a value drawn by cumulative weights.
fn drawn(cumulative: &[f64], rng: &mut Stream) -> usize {
    let target = rng.unit() * cumulative.last().unwrap_or(&0.0);
    cumulative.partition_point(|&sum| sum <= target).min(cumulative.len() - 1)
}

/// Names of one list, with cumulative weights.
#[derive(Default)]
pub(super) struct NameList {
    names: Vec<&'static str>,
    cumulative: Vec<f64>,
}

impl NameList {
    fn push(&mut self, name: &'static str, weight: f64) {
        self.names.push(name);
        self.cumulative.push(self.cumulative.last().unwrap_or(&0.0) + weight);
    }

    /// Draws a name by its weight.
    pub(super) fn draw(&self, rng: &mut Stream) -> &'static str {
        self.names[drawn(&self.cumulative, rng)]
    }
}

/// Given names of one list, weighed for each year of birth.
pub(super) struct GivenNames {
    first_year: i16,
    names: Vec<&'static str>,
    /// Cumulative weights, year by year.
    years: Vec<Vec<f64>>,
}

impl GivenNames {
    fn new(years: &TrendYears) -> Self {
        let first_year = years.all().next().unwrap_or_default();
        Self { first_year, names: Vec::new(), years: years.all().map(|_| Vec::new()).collect() }
    }

    fn push(&mut self, name: &'static str, weight: f64, factors: Option<&[f64]>) {
        self.names.push(name);
        for (place, cumulative) in self.years.iter_mut().enumerate() {
            let factor = factors.map_or(1.0, |factors| factors[place]);
            cumulative.push(cumulative.last().unwrap_or(&0.0) + weight * factor);
        }
    }

    fn of_year(&self, year: i16) -> &[f64] {
        let place = usize::try_from(year - self.first_year).unwrap_or(0);
        &self.years[place.min(self.years.len() - 1)]
    }

    /// Draws a name as it was given in a year.
    pub(super) fn draw(&self, year: i16, rng: &mut Stream) -> &'static str {
        self.names[drawn(self.of_year(year), rng)]
    }

    /// Returns the share of the list's births of a year that are given a name.
    #[cfg(test)]
    pub(super) fn share(&self, name: &str, year: i16) -> f64 {
        let (sums, place) = (self.of_year(year), self.names.iter().position(|&n| n == name));
        let weight = |place: usize| sums[place] - place.checked_sub(1).map_or(0.0, |p| sums[p]);
        place.map_or(0.0, |place| weight(place) / sums[sums.len() - 1])
    }
}

/// Laws of the three kinds of list.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameLaws {
    #[allow(dead_code, reason = "read by people, required in the file")]
    source: String,
    given_f: RankLaw,
    given_m: RankLaw,
    family: RankLaw,
    trend: TrendYears,
}

/// All name lists, by group.
pub(super) struct Names {
    /// Girls' and boys' names of each group.
    given: BTreeMap<&'static str, [GivenNames; 2]>,
    family: BTreeMap<&'static str, NameList>,
    /// Name and nickname, in order of the name.
    nicknames: Vec<(&'static str, &'static str)>,
}

impl Names {
    /// Reads the shipped lists and weighs them.
    pub(super) fn shipped(laws: &NameLaws) -> Self {
        let trends = NameTrends::shipped(&laws.trend);
        let mut given: BTreeMap<&str, [GivenNames; 2]> = BTreeMap::new();
        for (group, sex, name, rank) in rows(GIVEN) {
            let law = if sex == "F" { laws.given_f } else { laws.given_m };
            let lists =
                given.entry(group).or_insert_with(|| [0; 2].map(|_| GivenNames::new(&laws.trend)));
            let factors = trends.factors(group, sex, name);
            lists[usize::from(sex == "M")].push(name, law.weight(rank), factors.as_deref());
        }
        let mut family: BTreeMap<&str, NameList> = BTreeMap::new();
        for (group, _, name, rank) in rows(FAMILY) {
            family.entry(group).or_default().push(name, laws.family.weight(rank));
        }
        let mut nicknames: Vec<_> =
            NICKNAMES.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
        nicknames.sort_unstable();
        Self { given, family, nicknames }
    }

    /// Returns the given names of a group: girls' for 0, boys' for 1.
    pub(super) fn given(&self, group: &str) -> Option<&[GivenNames; 2]> {
        self.given.get(group)
    }

    /// Returns the family names of a group.
    pub(super) fn family(&self, group: &str) -> Option<&NameList> {
        self.family.get(group)
    }

    /// Returns name and nickname for every nickname of a given name.
    pub(super) fn nicknames(&self, name: &str) -> &[(&'static str, &'static str)] {
        let start = self.nicknames.partition_point(|&(known, _)| known < name);
        let count = self.nicknames[start..].partition_point(|&(known, _)| known == name);
        &self.nicknames[start..start + count]
    }
}

/// Reads rows of group, sex, name and rank.
fn rows(
    text: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str, &'static str, u32)> {
    cells_of(text).map(|[group, sex, name, rank]| {
        (group, sex, name, rank.parse().expect("ranks in shipped name lists are numbers"))
    })
}

/// Reads the rows of a shipped list, the header left out; no cell is quoted.
pub(super) fn cells_of<const WIDTH: usize>(
    text: &'static str,
) -> impl Iterator<Item = [&'static str; WIDTH]> {
    text.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        [0; WIDTH].map(|_| cells.next().expect("rows of a shipped list have their columns"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::random::Purpose;

    #[test]
    fn lists_are_ranked_from_one_without_repeats_and_hold_no_quotes() {
        for text in [GIVEN, FAMILY] {
            assert!(!text.contains('"'));
            let mut last = ("", "", 0);
            for (group, sex, name, rank) in rows(text) {
                let expected = if (group, sex) == (last.0, last.1) { last.2 + 1 } else { 1 };
                assert_eq!(rank, expected, "{group} {sex}");
                assert!(name.chars().count() >= 2, "{group} {sex} {rank}");
                last = (group, sex, rank);
            }
        }
    }

    #[test]
    fn first_name_of_a_list_is_drawn_as_often_as_the_law_says() {
        let mut list = NameList::default();
        let law = RankLaw { exponent: 1.0, shift: 0.0 };
        for (rank, name) in [(1, "a"), (2, "b"), (3, "c")] {
            list.push(name, law.weight(rank));
        }
        let mut rng = Stream::new(3, 0, Purpose::Family);
        let first = (0..11_000).filter(|_| list.draw(&mut rng) == "a").count();
        // Weights 1, 1/2, 1/3: share 6/11, 6,000 expected, standard error 52, four either side.
        assert!(first.abs_diff(6_000) < 210, "{first}");
    }
}
