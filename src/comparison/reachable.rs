//! Which levels can be reached at all, as far as their form decides it.

use super::{Combination, Level};

/// Most ways for numbers to fall that are gone through.
const MOST_WAYS: usize = 1 << 16;

/// A comparator with the thresholds that are asked of it, the easiest first.
struct Asked<'a> {
    levels: Vec<&'a Level>,
}

/// Says whether two values that reach a combination always reach one of others as well.
///
/// True also of a combination that no values reach. What one comparator's number says of
/// another's is not known, so that a false answer proves nothing.
pub(super) fn implies(one: &Combination, others: &[Combination]) -> bool {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for level in std::iter::once(one).chain(others).flat_map(Combination::levels) {
        let name = level.comparator().name();
        match asked.iter_mut().find(|known| known.levels[0].comparator().name() == name) {
            Some(known) => known.add(level),
            None => asked.push(Asked { levels: vec![level] }),
        }
    }
    let ways = asked.iter().map(|asked| asked.levels.len() + 1);
    let Some(ways) = ways.clone().try_fold(1usize, |all, ways| all.checked_mul(ways)) else {
        return false;
    };
    if ways > MOST_WAYS {
        return false;
    }
    (0..ways).all(|way| {
        let reached = |combination: &Combination| holds(combination, &asked, way);
        !reached(one) || others.iter().any(reached)
    })
}

impl<'a> Asked<'a> {
    fn add(&mut self, level: &'a Level) {
        let place = self.levels.iter().position(|known| level.weaker_or_equal(known));
        match place {
            Some(place) if self.levels[place].weaker_or_equal(level) => {}
            Some(place) => self.levels.insert(place, level),
            None => self.levels.push(level),
        }
    }
}

/// Says whether a combination holds where each comparator reaches so many of its thresholds:
/// `way` is their numbers, mixed radix.
fn holds(combination: &Combination, asked: &[Asked<'_>], way: usize) -> bool {
    match combination {
        Combination::Level(level) => {
            let mut way = way;
            for known in asked {
                let reached = way % (known.levels.len() + 1);
                way /= known.levels.len() + 1;
                if known.levels[0].comparator().name() == level.comparator().name() {
                    return known.levels[..reached]
                        .iter()
                        .any(|easier| level.weaker_or_equal(easier));
                }
            }
            false
        }
        Combination::All(parts) => parts.iter().all(|part| holds(part, asked, way)),
        Combination::Any(parts) => parts.iter().any(|part| holds(part, asked, way)),
        Combination::Not(part) => !holds(part, asked, way),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_the_form_is_told_and_nothing_else() {
        for (one, others, follows) in [
            ("damerau <= 1", vec!["damerau <= 2"], true),
            ("damerau <= 2", vec!["damerau <= 1"], false),
            ("damerau <= 1 and same_sound", vec!["same_sound"], true),
            ("damerau <= 1", vec!["damerau <= 1 or same_sound"], true),
            (
                "same_sound",
                vec!["same_sound and damerau <= 1", "same_sound and not damerau <= 1"],
                true,
            ),
            (
                "same_sound",
                vec!["same_sound and damerau <= 1", "same_sound and not damerau <= 2"],
                false,
            ),
            ("damerau <= 1 and not damerau <= 2", vec![], true),
            ("not (same_sound or initial)", vec!["not same_sound and not initial"], true),
            ("jaro_winkler >= 0.9", vec!["jaro >= 0.8"], false),
        ] {
            let read = |text: &str| Combination::parse(text).unwrap();
            let others: Vec<Combination> = others.into_iter().map(read).collect();
            assert_eq!(implies(&read(one), &others), follows, "{one} and {others:?}");
        }
    }
}
