//! Which levels can be reached at all, as far as their form decides it.

use super::{Combination, Level};

/// Most ways for numbers to fall that are gone through.
const MOST_WAYS: usize = 1 << 16;

/// A comparator of an attribute with the thresholds that are asked of it, the easiest first.
struct Asked<'a> {
    place: usize,
    levels: Vec<&'a Level>,
}

/// Says whether two values that reach a combination always reach one of others as well.
///
/// True also of a combination that no values reach. What one comparator's number says of
/// another's is not known, so that a false answer proves nothing.
pub(super) fn implies(one: &Combination, others: &[Combination]) -> bool {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for (place, level) in std::iter::once(one).chain(others).flat_map(Combination::levels) {
        match asked.iter_mut().find(|known| known.is_of(place, level)) {
            Some(known) => known.add(level),
            None => asked.push(Asked { place, levels: vec![level] }),
        }
    }
    let attributes = asked.iter().map(|asked| asked.place + 1).max().unwrap_or(1);
    // A single attribute is not missing where it is compared; of several some may be.
    let held: Vec<usize> = match attributes {
        1 => vec![1],
        _ => (1..1 << attributes).collect(),
    };
    let ways = asked.iter().map(|asked| asked.levels.len() + 1);
    let ways = ways.clone().try_fold(held.len(), |all, ways| all.checked_mul(ways));
    let Some(ways) = ways.filter(|&ways| ways <= MOST_WAYS) else { return false };
    (0..ways).all(|way| {
        let (held, way) = (held[way % held.len()], way / held.len());
        let reached = |combination: &Combination| {
            let mut reach = |place: usize, level: &Level| {
                (held >> place & 1 == 1).then(|| is_reached(place, level, &asked, way))
            };
            combination.reached_with(&mut reach) == Some(true)
        };
        !reached(one) || others.iter().any(reached)
    })
}

/// Says whether a level is reached where each comparator reaches so many of its thresholds:
/// `way` is their numbers, mixed radix.
fn is_reached(place: usize, level: &Level, asked: &[Asked<'_>], mut way: usize) -> bool {
    for known in asked {
        let reached = way % (known.levels.len() + 1);
        way /= known.levels.len() + 1;
        if known.is_of(place, level) {
            return known.levels[..reached].iter().any(|easier| level.weaker_or_equal(easier));
        }
    }
    false
}

impl<'a> Asked<'a> {
    fn is_of(&self, place: usize, level: &Level) -> bool {
        self.place == place && self.levels[0].comparator().name() == level.comparator().name()
    }

    fn add(&mut self, level: &'a Level) {
        let place = self.levels.iter().position(|known| level.weaker_or_equal(known));
        match place {
            Some(place) if self.levels[place].weaker_or_equal(level) => {}
            Some(place) => self.levels.insert(place, level),
            None => self.levels.push(level),
        }
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
        for (one, others, follows) in [
            ("exact(a)", vec!["exact(a) and exact(b)", "exact(a) and not exact(b)"], false),
            ("exact(a) and exact(b)", vec!["exact(a)"], true),
            ("exact(a)", vec!["exact(b)"], false),
            ("exact(a) or exact(b)", vec!["exact(b)", "exact(a) or initial(b)"], true),
        ] {
            let read = |text: &str| Combination::parse_of(text, &["a", "b"]).unwrap();
            let others: Vec<Combination> = others.into_iter().map(read).collect();
            assert_eq!(implies(&read(one), &others), follows, "{one} and {others:?}");
        }
    }
}
