//! Places: unit postcodes, the authority and deprivation quintile they lie in, streets.
//!
//! Everything follows from the number of the unit, so that no map is held in memory. Districts are
//! real; units, streets and houses are invented.

use super::permutation::Permutation;
use super::population::{LocalAuthority, Population};
use super::random::{Purpose, Stream};

/// Units side by side that belong to one authority.
const UNITS_PER_BLOCK: u32 = 200;
/// Letters of the last part of a postcode; C, I, K, M, O and V are not used there.
const UNIT_LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
const SECTORS: u64 = 9;
const UNITS_PER_DISTRICT: u64 = SECTORS * 400;

const STREET_STEMS: [&str; 40] = [
    "Alder",
    "Ash",
    "Beech",
    "Birch",
    "Bramble",
    "Brook",
    "Canal",
    "Castle",
    "Cedar",
    "Chapel",
    "Church",
    "Clover",
    "Coronation",
    "Elm",
    "Ferry",
    "Field",
    "Foundry",
    "Garden",
    "George",
    "Green",
    "Hawthorn",
    "High",
    "Hill",
    "Holly",
    "King",
    "Lime",
    "Market",
    "Meadow",
    "Mill",
    "Nelson",
    "Orchard",
    "Park",
    "Queen",
    "Railway",
    "Rowan",
    "School",
    "Station",
    "Victoria",
    "Willow",
    "York",
];
const STREET_ENDINGS: [&str; 10] =
    ["Road", "Street", "Lane", "Avenue", "Close", "Drive", "Grove", "Terrace", "Way", "Crescent"];

/// Address as agencies hold it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) line: String,
    pub(super) postcode: String,
}

/// Unit postcode: where it lies and what its street is called.
pub(super) struct Unit {
    /// Place of the authority among all authorities.
    pub(super) authority: usize,
    /// Deprivation quintile, from 0, the most deprived.
    pub(super) quintile: usize,
    /// Deprivation decile, from 0, the most deprived.
    pub(super) decile: usize,
    pub(super) postcode: String,
    street: String,
    first_house: usize,
}

impl Unit {
    /// Returns the address of a family's house in the unit, counted from 0.
    pub(super) fn house(&self, place: usize) -> Address {
        let line = format!("{} {}", self.first_house + 2 * place, self.street);
        Address { line, postcode: self.postcode.clone() }
    }

    /// Returns an address in the unit that is no family's own, for a placement or an earlier home.
    pub(super) fn other_house(&self, rng: &mut Stream) -> Address {
        let number = self.first_house + 1 + 2 * rng.below(15);
        let line = match rng.chance(0.15) {
            true => format!("Flat {}, {number} {}", 1 + rng.below(9), self.street),
            false => format!("{number} {}", self.street),
        };
        Address { line, postcode: self.postcode.clone() }
    }
}

/// Map of a world, computed on demand from the seed.
pub(super) struct Places<'a> {
    population: &'a Population,
    seed: u64,
    units: u32,
    authority_order: Permutation,
    unit_order: Permutation,
}

impl<'a> Places<'a> {
    /// Draws the map for a number of families.
    pub(super) fn new(population: &'a Population, seed: u64, families: u32) -> Self {
        let authorities = population.authorities.len() as u64;
        Self {
            population,
            seed,
            units: families.div_ceil(population.families.per_postcode).max(1),
            authority_order: Permutation::new(seed, 1, authorities),
            unit_order: Permutation::new(seed, 2, UNITS_PER_DISTRICT),
        }
    }

    /// Returns the unit of a family and the family's place in it.
    pub(super) fn home(&self, family: u32) -> (u32, usize) {
        let size = self.population.families.per_postcode;
        (family / size, (family % size) as usize)
    }

    /// Returns the number of another unit, near by or anywhere.
    pub(super) fn elsewhere(&self, unit: u32, near: bool, rng: &mut Stream) -> u32 {
        let (first, count) = match near {
            true => {
                let first = unit - unit % UNITS_PER_BLOCK;
                (first, UNITS_PER_BLOCK.min(self.units - first))
            }
            false => (0, self.units),
        };
        let other = first + rng.below(count as usize) as u32;
        // A small world may have no other unit; then the map's next one, where nobody lives.
        if other == unit { first + (unit - first + 1) % UNITS_PER_BLOCK } else { other }
    }

    /// Returns a unit by its number.
    pub(super) fn unit(&self, unit: u32) -> Unit {
        let mut rng = Stream::new(self.seed, u64::from(unit), Purpose::Place);
        let authorities = self.population.authorities.len() as u32;
        let block = unit / UNITS_PER_BLOCK;
        let authority = self.authority_order.at(u64::from(block % authorities)) as usize;
        let districts = &self.population.authorities[authority].districts;
        // Number of the unit within its authority, then district by district.
        let within = (block / authorities * UNITS_PER_BLOCK + unit % UNITS_PER_BLOCK) as usize;
        let district = districts[within % districts.len()];
        let place = self.unit_order.at((within / districts.len()) as u64 % UNITS_PER_DISTRICT);
        let letter = |place: u64| char::from(UNIT_LETTERS[(place % 20) as usize]);
        let postcode = format!(
            "{district} {}{}{}",
            1 + place % SECTORS,
            letter(place / SECTORS),
            letter(place / SECTORS / 20)
        );
        let quintile = rng.weighted(self.population.families.quintile_share);
        let street = format!("{} {}", rng.pick(&STREET_STEMS), rng.pick(&STREET_ENDINGS));
        let first_house = 1 + rng.below(60);
        let decile = 2 * quintile + rng.below(2);
        Unit { authority, quintile, decile, postcode, street, first_house }
    }

    /// Returns the authority at a place among all.
    pub(super) fn authority(&self, place: usize) -> &'a LocalAuthority {
        &self.population.authorities[place]
    }

    /// Returns the address of the school that serves a unit.
    pub(super) fn school(&self, unit: u32) -> Address {
        self.institution(unit, 1, "Primary School")
    }

    /// Returns the address of the hospital that serves a unit.
    pub(super) fn hospital(&self, unit: u32) -> Address {
        self.institution(unit, 2, "General Hospital")
    }

    fn institution(&self, unit: u32, place: u32, name: &str) -> Address {
        let unit = self.unit(unit - unit % UNITS_PER_BLOCK + place);
        let stem = unit.street.split(' ').next().unwrap_or_default();
        let line = format!("{stem} {name}, {}", unit.street);
        Address { line, postcode: unit.postcode }
    }

    /// Returns the address of the children's home that serves a unit.
    pub(super) fn childrens_home(&self, unit: u32) -> Address {
        let unit = self.unit(unit - unit % UNITS_PER_BLOCK);
        let line = format!("The Hollies, {} {}", unit.first_house + 61, unit.street);
        Address { line, postcode: unit.postcode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Postcode;

    #[test]
    fn units_have_postcodes_of_their_own_that_parse() {
        let population = Population::shipped().unwrap();
        let places = Places::new(&population, 7, 50_000);
        let mut postcodes: Vec<String> =
            (0..10_000).map(|unit| places.unit(unit).postcode).collect();
        assert!(postcodes.iter().all(|postcode| Postcode::parse(postcode).is_ok()));
        postcodes.sort_unstable();
        postcodes.dedup();
        assert_eq!(postcodes.len(), 10_000);
    }

    #[test]
    fn elsewhere_is_never_here() {
        let population = Population::shipped().unwrap();
        let mut rng = Stream::new(1, 0, Purpose::Family);
        for families in [1, 6, 20_000] {
            let places = Places::new(&population, 7, families);
            for near in [true, false] {
                assert!((0..1_000).all(|_| places.elsewhere(0, near, &mut rng) != 0));
            }
        }
    }
}
