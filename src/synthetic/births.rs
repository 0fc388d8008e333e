//! When the children of a family were born, and how many at a time.
//!
//! Cheap on purpose: it runs once for every family to find how many families a world needs, and
//! again when the family is built.

use super::chances::Chances;
use super::population::Families;
use super::random::{Purpose, Stream};

/// Days of the twenty years in which the children were born.
pub(super) const HORIZON: u32 = 7_305;
/// Days of the twenty-five years up to which care leavers and pupils with plans are known.
pub(super) const OLDEST: u32 = 9_131;
/// Shortest time between births: about ten months.
const SHORTEST_GAP: f64 = 300.0;

/// Birth of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Birth {
    /// Days before the reference date.
    pub(super) days_ago: u32,
    /// Number of the pregnancy in the family; twins share it.
    pub(super) maternity: u8,
}

/// Draws the births of a family, the youngest first; there is at least one.
///
/// A complete family is placed at random in time, and children outside the twenty years are left
/// out, so that every age is equally common and some families have grown-up children besides. Of
/// those up to 25, the few whom agencies still help are kept.
pub(super) fn births(seed: u64, family: u32, families: &Families, chances: &Chances) -> Vec<Birth> {
    let mut rng = Stream::new(seed, u64::from(family), Purpose::Births);
    let mean_gap = families.mean_gap_years * 365.25 - SHORTEST_GAP;
    loop {
        let size = 1 + rng.weighted(families.completed_size);
        let mut ages = [0.0; 4];
        for place in 1..size {
            // A gap is ten months and then an exponential time.
            ages[place] = ages[place - 1] + SHORTEST_GAP - mean_gap * (1.0 - rng.unit()).ln();
        }
        let span = ages[size - 1];
        let youngest = -span + rng.unit() * (f64::from(OLDEST) + span);
        let mut births = Vec::with_capacity(4);
        for (maternity, age) in ages[..size].iter().enumerate() {
            let babies = match rng.chance(chances.multiple_maternities) {
                true if rng.chance(chances.triplets_among_multiples) => 3,
                true => 2,
                false => 1,
            };
            let days_ago = (youngest + age).floor();
            let known = days_ago < f64::from(HORIZON) || rng.chance(chances.known_to_25);
            if (0.0..f64::from(OLDEST)).contains(&days_ago) && known {
                let birth = Birth { days_ago: days_ago as u32, maternity: maternity as u8 };
                births.extend(std::iter::repeat_n(birth, babies));
            }
        }
        if !births.is_empty() {
            return births;
        }
    }
}
