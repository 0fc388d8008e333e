//! Values entered in each other's place: one comparison's level that looks at another's values.
//!
//! A given name in the place of the family name, and the reverse, disagrees twice where it is one
//! slip. A pair that has it takes the level in one comparison and is missing in the other, so that
//! the two together tell it once.

use hashbrown::HashMap;

use super::PatternSpace;
use super::first_codes::CodesOfRecord;
use super::occurrences::Occurrences;
use super::sorting::sort;
use super::swapped_alike::{Alike, Counted};
use crate::record::{Column, MISSING, RecordId, Records, SourceId};

const SWAPPED: &str = "swapped(";
const SWAPPED_ALIKE: &str = "swapped_alike(";

/// Returns the attribute that a level says values are swapped with, `None` for other levels.
///
/// ```
/// use cci::comparison::swapped_with;
/// assert_eq!(swapped_with("swapped(family_name)"), Some("family_name"));
/// assert_eq!(swapped_with("swapped_alike(family_name)"), Some("family_name"));
/// assert_eq!(swapped_with("exact"), None);
/// ```
pub fn swapped_with(level: &str) -> Option<&str> {
    let level = level.trim();
    let swapped = level.strip_prefix(SWAPPED).or_else(|| level.strip_prefix(SWAPPED_ALIKE))?;
    swapped.strip_suffix(')').map(str::trim)
}

/// Returns a level of swapped values as settings write it, `None` for other levels.
///
/// ```
/// use cci::comparison::swap_label;
/// assert_eq!(swap_label(" swapped( family_name )").as_deref(), Some("swapped(family_name)"));
/// ```
pub fn swap_label(level: &str) -> Option<String> {
    Some(label_of(swapped_with(level)?, is_swapped_alike(level)))
}

/// Returns the level of values that are swapped with an attribute's, or swapped and only alike.
pub(super) fn label_of(other: &str, alike: bool) -> String {
    let start = if alike { SWAPPED_ALIKE } else { SWAPPED };
    format!("{start}{other})")
}

/// Says whether a level asks for values that are swapped and need only be alike.
pub fn is_swapped_alike(level: &str) -> bool {
    level.trim().starts_with(SWAPPED_ALIKE)
}

/// Two columns whose values may stand in each other's place.
pub(super) struct Swap<'a> {
    /// Places in the pattern: of the comparison that has the level, and of the other.
    pub(super) places: [usize; 2],
    columns: [&'a Column; 2],
    /// Lanes of the columns among the first codes.
    lanes: [usize; 2],
    /// Code in the other column of the text of each code here; missing if it has none.
    there: Vec<u32>,
    /// The same from the other column.
    back: Vec<u32>,
    /// Values that are alike across, if that is a level of its own.
    alike: Option<Alike>,
}

/// Pairs of records that reach the levels of a swap.
pub(super) struct SwappedPairs {
    pub(super) swapped: f64,
    /// Those that are alike, and the error of that, if it is a level.
    pub(super) alike: Option<Counted>,
}

impl<'a> Swap<'a> {
    /// Finds the texts that both columns have.
    pub(super) fn new(
        places: [usize; 2],
        columns: [&'a Column; 2],
        lanes: [usize; 2],
        alike: bool,
    ) -> Self {
        let [own, other] = columns.map(Column::dictionary);
        let mut there = vec![MISSING; own.codes()];
        let mut back = vec![MISSING; other.codes()];
        let known: HashMap<&str, u32> = other.iter().map(|(code, value)| (value, code)).collect();
        for (code, value) in own.iter() {
            if let Some(&found) = known.get(value) {
                (there[code as usize], back[found as usize]) = (found, code);
            }
        }
        let alike = alike.then(|| Alike::new(columns));
        Self { places, columns, lanes, there, back, alike }
    }

    /// Returns the pattern of two records with the level in it, if they reach it.
    pub(super) fn told(
        &self,
        space: &PatternSpace,
        pattern: u32,
        records: [RecordId; 2],
        codes: [CodesOfRecord<'_>; 2],
    ) -> u32 {
        let [own, other] = self.places;
        let none = space.outcome_count(own) as u8;
        if space.outcome(pattern, own) != none {
            return pattern;
        }
        let outcome = if self.crosses(records, codes, |x, y| self.is_there(x, y)) {
            none - 1 - u8::from(self.alike.is_some())
        } else {
            match &self.alike {
                Some(alike) if self.crosses(records, codes, |x, y| alike.is_near(x, y)) => none - 1,
                _ => return pattern,
            }
        };
        space.with_outcome(space.with_outcome(pattern, own, outcome), other, MISSING as u8)
    }

    /// Says whether values that are only alike have a level.
    pub(super) fn tells_alike(&self) -> bool {
        self.alike.is_some()
    }

    /// Returns the code in the other column of a value here, if it has one.
    pub(super) fn there(&self, code: u32) -> Option<u32> {
        Some(self.there[code as usize]).filter(|&there| there != MISSING)
    }

    /// Says whether a value of the first column is one of the other.
    fn is_there(&self, own: u32, other: u32) -> bool {
        other != MISSING && self.there[own as usize] == other
    }

    /// Says whether each of two records holds in the first column what meets a value of the other
    /// record in the second.
    #[inline]
    fn crosses(
        &self,
        [a, b]: [RecordId; 2],
        codes: [CodesOfRecord<'_>; 2],
        meet: impl Fn(u32, u32) -> bool,
    ) -> bool {
        let [own, other] = self.lanes;
        let [x, y] = codes;
        // Records of one value each, the most by far, end here.
        if meet(x.code(own), y.code(other)) && meet(y.code(own), x.code(other)) {
            return true;
        }
        if !codes.iter().any(|codes| self.lanes.iter().any(|&l| codes.may_hold_several(l))) {
            return false;
        }
        let [own, other] = self.columns;
        let crosses = |a: RecordId, b: RecordId| {
            own.codes_of(a).any(|x| other.codes_of(b).any(|y| meet(x, y)))
        };
        crosses(a, b) && crosses(b, a)
    }

    /// Counts the pairs of records that reach the level, of all that may be linked.
    ///
    /// Exact: of the names that occur in both places each two that are each other's reverse are
    /// met once. `differ` says of two values of the first column that they reach no other level.
    /// A record of several values counts with each two of them, as in every comparison.
    pub(super) fn random_pairs(
        &self,
        records: &Records,
        allowed: &(dyn Fn(SourceId, SourceId) -> bool + Sync),
        differ: &(dyn Fn(u32, u32) -> bool + Sync),
    ) -> SwappedPairs {
        let [own, other] = self.columns;
        // Names that occur in one place alone are swapped with none, though alike they may be.
        let some =
            |codes: &[u32], code: u32| self.alike.is_some() || codes[code as usize] != MISSING;
        let reverse = |(x, y): (u32, u32)| (self.back[y as usize], self.there[x as usize]);
        let mut named: Vec<(u32, u32, SourceId)> = Vec::new();
        // Names of one record that are each other's reverse are no pair of records.
        let mut of_one = 0.0;
        for record in 0..records.len() as RecordId {
            let (from, source) = (named.len(), records.source_of(record));
            for x in own.codes_of(record).filter(|&x| some(&self.there, x)) {
                let both = other.codes_of(record).filter(|&y| some(&self.back, y));
                named.extend(both.map(|y| (x, y, source)));
            }
            let names = &named[from..];
            if names.len() > 1 && allowed(source, source) {
                let is_swapped =
                    |x: &(u32, u32), y: &(u32, u32)| x < y && reverse(*x) == *y && differ(x.0, y.0);
                let pairs = names.iter().flat_map(|x| names.iter().map(move |y| (x, y)));
                let swapped = pairs.filter(|(x, y)| is_swapped(&(x.0, x.1), &(y.0, y.1)));
                of_one += swapped.count() as f64;
            }
        }
        sort(&mut named);
        let mut names: Vec<(u32, u32)> = Vec::new();
        let mut by_source = vec![Vec::new(); records.sources().len()];
        for &(x, y, source) in &named {
            if names.last() != Some(&(x, y)) {
                names.push((x, y));
                by_source.iter_mut().for_each(|counts: &mut Vec<u32>| counts.push(0));
            }
            by_source[usize::from(source)][names.len() - 1] += 1;
        }
        let occurrences = Occurrences::of_counts(by_source, Vec::new(), allowed);
        let pairs = |(place, &name): (usize, &(u32, u32))| {
            let reverse = reverse(name);
            let found = names.binary_search(&reverse).ok().filter(|&found| place < found);
            found
                .filter(|_| differ(name.0, reverse.0))
                .map_or(0.0, |found| occurrences.pairs(0, place as u32, found as u32))
        };
        let told = |one: (u32, u32), two: (u32, u32)| reverse(one) == two || !differ(one.0, two.0);
        SwappedPairs {
            swapped: (names.iter().enumerate().map(pairs).sum::<f64>() - of_one).max(0.0),
            alike: self.alike.as_ref().map(|alike| alike.random_pairs(&names, &occurrences, &told)),
        }
    }
}
