//! How the values that may reach a level are found: by keys that they share, or looked through.

use super::reachable::implies;
use super::values::Values;
use super::{Combination, Level};
use crate::record::MISSING;

/// Values by whose keys the others are estimated.
const FIRST: usize = 1_000;

/// What is searched for, so that nothing that reaches a level is missed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Searched<'a> {
    /// What the values found may reach.
    pub(super) combination: &'a Combination,
    /// What keys find them; `None` if some value has no keys, so that all are looked through.
    pub(super) by_keys: Option<ByKeys<'a>>,
}

/// Keys of one level.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByKeys<'a> {
    /// Place of the attribute.
    pub(super) place: usize,
    /// Level that whoever reaches it shares a key for.
    pub(super) level: &'a Level,
    /// Keys of a value, about.
    pub(super) a_value: f64,
    /// Times that two of the first values share one.
    shared: u64,
}

impl<'a> Searched<'a> {
    /// Returns what to search for to find all that reaches a level but the first.
    ///
    /// Of parts joined by `and` one is enough, and that one is taken whose keys the fewest values
    /// share. What a later level finds is searched for there.
    pub(super) fn all(values: &Values, levels: &'a [Combination]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for level in loosest(levels) {
            for searched in Self::of(values, level) {
                let finds = |one: &Self, other: &Self| match (one.by_keys, other.by_keys) {
                    (Some(one), Some(other)) => {
                        one.place == other.place && one.level.weaker_or_equal(other.level)
                    }
                    _ => false,
                };
                if !found.iter().any(|known| finds(known, &searched)) {
                    found.retain(|known| !finds(&searched, known));
                    found.push(searched);
                }
            }
        }
        found
    }

    fn of(values: &Values, combination: &'a Combination) -> Vec<Self> {
        let one = |by_keys| vec![Self { combination, by_keys }];
        match combination {
            Combination::Level(level) => one(ByKeys::of(values, 0, level)),
            Combination::Of(member, level) => one(ByKeys::of(values, member.place(), level)),
            Combination::Any(parts) => {
                parts.iter().flat_map(|part| Self::of(values, part)).collect()
            }
            Combination::All(parts) => {
                let joined = parts.iter().map(|part| Self::of(values, part));
                let joined = joined.filter(|of| of.iter().all(|part| part.by_keys.is_some()));
                let shared = |of: &Vec<Self>| -> u64 {
                    of.iter().filter_map(|part| part.by_keys).map(|keys| keys.shared).sum()
                };
                joined.min_by_key(shared).unwrap_or_else(|| one(None))
            }
            Combination::Missing(_) | Combination::Not(_) => one(None),
        }
    }
}

/// Returns the levels but the first that no later one takes in, in order.
pub(super) fn loosest(levels: &[Combination]) -> impl Iterator<Item = &Combination> {
    let last = |&place: &usize| !implies(&levels[place], &levels[place + 1..]);
    (1..levels.len()).filter(last).map(|place| &levels[place])
}

impl<'a> ByKeys<'a> {
    /// Looks at the first values; `None` if one of them has no keys for the level.
    fn of(values: &Values, place: usize, level: &'a Level) -> Option<Self> {
        let mut first = values.value_codes().take(FIRST);
        let many = first.len().max(1);
        let mut keys: Vec<u64> = Vec::new();
        let mut add = |key| keys.push(key);
        if !first.all(|code| give_keys(values, place, level, code, &mut add)) {
            return None;
        }
        let a_value = keys.len() as f64 / many as f64;
        keys.sort_unstable();
        let pairs = |block: &[u64]| block.len() as u64 * (block.len() as u64 - 1) / 2;
        let shared = keys.chunk_by(|x, y| x == y).map(pairs).sum();
        Some(Self { place, level, a_value, shared })
    }

    /// Gives the keys of a value; `false` if it has none though it is there.
    pub(super) fn give(&self, values: &Values, code: u32, keys: &mut dyn FnMut(u64)) -> bool {
        give_keys(values, self.place, self.level, code, keys)
    }
}

fn give_keys(
    values: &Values,
    place: usize,
    level: &Level,
    code: u32,
    keys: &mut dyn FnMut(u64),
) -> bool {
    let code = values.code(place, code);
    // What is missing reaches no level, and so needs no key to be found by.
    code == MISSING
        || level.comparator().join_keys(values.member(place), code, level.threshold(), keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Prepared;
    use crate::record::DictionaryBuilder;

    #[test]
    fn what_is_searched_for_finds_every_level() {
        let mut builder = DictionaryBuilder::default();
        for name in ["ann lee", "anne lee", "ann", "lee", "bo", "bob lee", "hannah"] {
            builder.code(name);
        }
        let values = Values::one(Prepared::new(&builder.finish()));
        for (levels, searched) in [
            (vec!["exact", "damerau <= 1", "damerau <= 2"], vec!["damerau <= 2 by keys"]),
            (
                vec!["exact", "damerau <= 1 and name_part", "initial"],
                vec!["name_part by keys", "initial"],
            ),
            (vec!["exact", "name_part and not same_sound"], vec!["name_part by keys"]),
            (vec!["exact", "jaro >= 0.9 or name_part"], vec!["jaro >= 0.9", "name_part by keys"]),
            (
                vec!["exact", "jaro >= 0.9 and jaro_winkler >= 0.9"],
                vec!["jaro >= 0.9 and jaro_winkler >= 0.9"],
            ),
            (vec!["exact", "not same_sound"], vec!["not same_sound"]),
            (
                vec!["exact", "same_sound and damerau <= 2", "same_sound"],
                vec!["same_sound by keys"],
            ),
        ] {
            let levels: Vec<Combination> =
                levels.iter().map(|level| Combination::parse(level).unwrap()).collect();
            let told = |searched: Searched<'_>| match searched.by_keys {
                Some(keys) => format!("{} by keys", keys.level.label()),
                None => searched.combination.label(),
            };
            let found: Vec<String> =
                Searched::all(&values, &levels).into_iter().map(told).collect();
            assert_eq!(found, searched, "{levels:?}");
        }
    }
}
