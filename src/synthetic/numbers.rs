//! Official numbers of invented children, each with a valid check character.

use super::permutation::Permutation;
use crate::code::{NhsNumber, PncId, Upn};
use crate::error::{Error, ErrorKind, Result};

/// First nine digits of the range kept for tests. Its last number, 999 999 9999, has a valid check
/// digit, but national matching services return it for "no match", so no child gets it.
const TEST_RANGE: std::ops::Range<u32> = 999_000_000..999_999_999;
/// First eight digits of the numbers that follow when those run out: nobody issues 900... to 998...,
/// and their first digit marks them. Every ten of them hold nine with a check digit or more.
const BEYOND: std::ops::Range<u32> = 90_000_000..99_900_000;
const USABLE_OF_TEN: u64 = 9;
/// Numbers of pupils and of police records have seven digits that tell those of one year apart.
const SERIALS: u32 = 10_000_000;

/// Numbers handed out to children, no two alike.
pub(super) struct Numbers {
    children: u32,
    /// First nine digits of every valid number of the test range.
    nhs_bodies: Vec<u32>,
    nhs_order: Permutation,
    beyond_order: Permutation,
    serial_order: Permutation,
    /// Children share a serial in sets of so many, whose years differ by what remains of division
    /// by it.
    years_apart: u32,
}

impl Numbers {
    /// Prepares the numbers of a world.
    ///
    /// # Errors
    /// `TooLarge` if there are not two NHS numbers for every child: beyond 45,004,545 children.
    pub(super) fn new(seed: u64, children: u32) -> Result<Self> {
        let nhs_bodies: Vec<u32> =
            TEST_RANGE.filter(|&body| NhsNumber::check_digit(body).is_some()).collect();
        let (tests, tens) = (nhs_bodies.len() as u64, u64::from(BEYOND.end - BEYOND.start));
        let most_children = (tests + tens * USABLE_OF_TEN) / 2;
        if u64::from(children) > most_children {
            let message = format!("{children} children asked for, more than there are NHS numbers");
            return Err(Error::new(ErrorKind::TooLarge, message)
                .note("a child may get a second one, and none is of a range that is issued")
                .help(format!("ask for {most_children} children or fewer")));
        }
        let years_apart = children.div_ceil(SERIALS).max(1);
        Ok(Self {
            children,
            nhs_bodies,
            nhs_order: Permutation::new(seed, 3, tests),
            beyond_order: Permutation::new(seed, 5, tens),
            serial_order: Permutation::new(seed, 4, u64::from(years_apart * SERIALS)),
            years_apart,
        })
    }

    /// Returns the NHS number of a child, ten digits.
    ///
    /// The range kept for tests serves the first 909,090; those after it get one that nobody issues.
    pub(super) fn nhs_number(&self, child: u32) -> String {
        self.nhs_number_at(u64::from(child))
    }

    /// Returns another NHS number of a child, which no child has as its first.
    pub(super) fn second_nhs_number(&self, child: u32) -> String {
        self.nhs_number_at(u64::from(self.children) + u64::from(child))
    }

    fn nhs_number_at(&self, place: u64) -> String {
        let tests = self.nhs_bodies.len() as u64;
        let body = if place < tests {
            self.nhs_bodies[self.nhs_order.at(place) as usize]
        } else {
            let place = place - tests;
            let ten = BEYOND.start + self.beyond_order.at(place / USABLE_OF_TEN) as u32;
            let usable = (ten * 10..ten * 10 + 10).filter(|&b| NhsNumber::check_digit(b).is_some());
            let nth = (place % USABLE_OF_TEN) as usize;
            usable
                .clone()
                .nth(nth)
                .expect("one of eleven remainders has no digit, so nine of ten do")
        };
        let check = NhsNumber::check_digit(body).expect("only bodies with a check digit are kept");
        format!("{body}{check}")
    }

    /// Returns the unique pupil number of a child who entered school in a year.
    ///
    /// Beyond ten million children some got theirs a year earlier, in a nursery.
    pub(super) fn upn(&self, child: u32, authority: &str, entry_year: i16) -> String {
        let (year, serial) = self.year_and_serial(child, entry_year);
        let year = year.rem_euclid(100);
        let body = format!("{authority}{:04}{year:02}{:03}", serial / 1_000, serial % 1_000);
        let letter =
            Upn::check_letter(&body).expect("three digits, four, two and three make a body");
        format!("{letter}{body}")
    }

    /// Returns a Police National Computer identifier of a record made in a year, or before.
    pub(super) fn pnc_id(&self, child: u32, year: i16) -> String {
        let (year, serial) = self.year_and_serial(child, year);
        // Police count from 1; the last number is 0.
        let serial = (serial + 1) % SERIALS;
        let letter = PncId::check_letter(year.unsigned_abs(), serial);
        format!("{year}/{serial:07}{letter}")
    }

    /// Returns a year and a serial that no two children share, whatever years are asked for.
    ///
    /// Children of one serial differ in what remains of their years after division by their number,
    /// so that nothing need be known of the others. Up to ten million each has its own serial and
    /// the year that is asked for; then it is that year or one of the few before.
    fn year_and_serial(&self, child: u32, year: i16) -> (i16, u32) {
        let place = self.serial_order.at(u64::from(child)) as u32;
        let back = (year - (place / SERIALS) as i16).rem_euclid(self.years_apart as i16);
        (year - back, place % SERIALS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_909_090_children_numbers_are_of_a_range_that_nobody_issues() {
        let numbers = Numbers::new(7, 2_000_000).unwrap();
        let parsed = |child| NhsNumber::parse(&numbers.nhs_number(child)).unwrap();
        assert!(parsed(909_089).is_test_range());
        let mut beyond: Vec<String> =
            (909_090..930_000).map(|child| numbers.nhs_number(child)).collect();
        for number in &beyond {
            let number = NhsNumber::parse(number).unwrap();
            assert!(!number.is_test_range() && !number.is_issued_range());
            assert!(number.as_str().starts_with('9'));
        }
        beyond.extend((0..20_000).map(|child| numbers.second_nhs_number(child)));
        beyond.sort_unstable();
        beyond.dedup();
        assert_eq!(beyond.len(), 40_910);
    }

    #[test]
    fn numbers_end_where_children_have_no_second_nhs_number() {
        let numbers = Numbers::new(7, 45_004_545).unwrap();
        let last = numbers.second_nhs_number(45_004_544);
        assert!(NhsNumber::parse(&last).is_ok_and(|number| !number.is_issued_range()));
        assert_ne!(last, numbers.nhs_number(45_004_544));
        let upn = numbers.upn(45_004_544, "359", 2019);
        // Five sets of children share serials: theirs are five years.
        assert!((15..=19).contains(&Upn::parse(&upn).unwrap().allocation_year()), "{upn}");
        assert_eq!(Numbers::new(7, 45_004_546).err().unwrap().kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn up_to_ten_million_children_have_their_own_serial_and_year() {
        let numbers = Numbers::new(7, 10_000_000).unwrap();
        for child in [0, 1, 4_999_999, 9_999_999] {
            assert_eq!(numbers.year_and_serial(child, 2019).0, 2019);
        }
        let limit = u64::from(SERIALS);
        // A smaller world hands out the same numbers.
        assert_eq!(numbers.serial_order.at(77), Permutation::new(7, 4, limit).at(77));
        assert_eq!(
            Numbers::new(7, 100).unwrap().upn(77, "359", 2019),
            numbers.upn(77, "359", 2019)
        );
    }

    #[test]
    fn beyond_ten_million_children_those_of_one_serial_have_other_years() {
        let numbers = Numbers::new(7, 12_000_000).unwrap();
        // Of 60,000 among 20 million places about 90 pairs share their last seven digits.
        let children = (0..20_000).chain(9_980_000..10_000_000).chain(11_980_000..12_000_000);
        let mut serials = Vec::new();
        let (mut pupils, mut police) = (Vec::new(), Vec::new());
        for child in children {
            // Same authority and neighbouring years, the worst that can happen.
            let year = 2019 + (child % 2) as i16;
            let (given, serial) = numbers.year_and_serial(child, year);
            assert!(given == year || given == year - 1);
            serials.push(serial);
            let (upn, pnc) = (numbers.upn(child, "359", year), numbers.pnc_id(child, year));
            assert!(Upn::parse(&upn).is_ok() && PncId::parse(&pnc, 2026).is_ok());
            pupils.push(upn);
            police.push(pnc);
        }
        let distinct = |mut all: Vec<String>| {
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        assert_eq!((distinct(pupils), distinct(police)), (60_000, 60_000));
        serials.sort_unstable();
        serials.dedup();
        assert!((59_850..59_970).contains(&serials.len()), "{}", serials.len());
    }

    #[test]
    fn numbers_are_valid_and_differ() {
        let numbers = Numbers::new(7, 1_000).unwrap();
        let mut seen: Vec<String> = (0..1_000).map(|child| numbers.nhs_number(child)).collect();
        assert!(
            seen.iter().all(|number| NhsNumber::parse(number).is_ok_and(|n| n.is_test_range()))
        );
        seen.extend((0..1_000).map(|child| numbers.upn(child, "359", 2019)));
        assert!(seen[1_000..].iter().all(|number| Upn::parse(number).is_ok()));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 2_000);
        assert!(PncId::parse(&numbers.pnc_id(5, 2024), 2026).is_ok());
    }
}
