//! Name lists and how often each name is given.
//!
//! The lists are in `synthetic_data/frequencies/`; their README names source and licence.

use std::collections::BTreeMap;

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
        let target = rng.unit() * self.cumulative.last().unwrap_or(&0.0);
        let place = self.cumulative.partition_point(|&sum| sum <= target);
        self.names[place.min(self.names.len() - 1)]
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
}

/// All name lists, by group.
pub(super) struct Names {
    /// Girls' and boys' names of each group.
    given: BTreeMap<&'static str, [NameList; 2]>,
    family: BTreeMap<&'static str, NameList>,
    /// Name and nickname, in order of the name.
    nicknames: Vec<(&'static str, &'static str)>,
}

impl Names {
    /// Reads the shipped lists and weighs them.
    pub(super) fn shipped(laws: &NameLaws) -> Self {
        let mut given: BTreeMap<&str, [NameList; 2]> = BTreeMap::new();
        for (group, sex, name, rank) in rows(GIVEN) {
            let law = if sex == "F" { laws.given_f } else { laws.given_m };
            given.entry(group).or_default()[usize::from(sex == "M")].push(name, law.weight(rank));
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
    pub(super) fn given(&self, group: &str) -> Option<&[NameList; 2]> {
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

/// Reads rows of group, sex, name and rank; no cell of these files is quoted.
fn rows(
    text: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str, &'static str, u32)> {
    text.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        let mut cell = || cells.next().expect("shipped name lists have four columns");
        let (group, sex, name, rank) = (cell(), cell(), cell(), cell());
        (group, sex, name, rank.parse().expect("ranks in shipped name lists are numbers"))
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
