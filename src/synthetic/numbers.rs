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
/// Unique pupil numbers have seven digits that tell pupils of one authority and year apart.
const MOST_CHILDREN: u32 = 10_000_000;

/// Numbers handed out to children, no two alike.
pub(super) struct Numbers {
    children: u32,
    /// First nine digits of every valid number of the test range.
    nhs_bodies: Vec<u32>,
    nhs_order: Permutation,
    beyond_order: Permutation,
    upn_order: Permutation,
}

impl Numbers {
    /// Prepares the numbers of a world.
    ///
    /// # Errors
    /// `TooLarge` if there are more children than unique pupil numbers.
    pub(super) fn new(seed: u64, children: u32) -> Result<Self> {
        if children > MOST_CHILDREN {
            let message =
                format!("{children} children asked for, more than there are pupil numbers");
            return Err(Error::new(ErrorKind::TooLarge, message)
                .help(format!("ask for {MOST_CHILDREN} children or fewer")));
        }
        let nhs_bodies: Vec<u32> =
            TEST_RANGE.filter(|&body| NhsNumber::check_digit(body).is_some()).collect();
        let limit = nhs_bodies.len() as u64;
        Ok(Self {
            children,
            nhs_bodies,
            nhs_order: Permutation::new(seed, 3, limit),
            beyond_order: Permutation::new(seed, 5, u64::from(BEYOND.end - BEYOND.start)),
            upn_order: Permutation::new(seed, 4, u64::from(MOST_CHILDREN)),
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
    pub(super) fn upn(&self, child: u32, authority: &str, entry_year: i16) -> String {
        let place = self.upn_order.at(u64::from(child));
        let year = entry_year.rem_euclid(100);
        let body = format!("{authority}{:04}{year:02}{:03}", place / 1_000, place % 1_000);
        let letter =
            Upn::check_letter(&body).expect("three digits, four, two and three make a body");
        format!("{letter}{body}")
    }

    /// Returns a Police National Computer identifier of a record made in a year.
    pub(super) fn pnc_id(&self, child: u32, year: i16) -> String {
        let serial = (self.upn_order.at(u64::from(child)) % 9_999_999) as u32 + 1;
        let letter = PncId::check_letter(year.unsigned_abs(), serial);
        format!("{year}/{serial:07}{letter}")
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
    fn more_children_than_pupil_numbers_are_refused() {
        assert!(Numbers::new(7, 10_000_000).is_ok());
        assert_eq!(Numbers::new(7, 10_000_001).err().unwrap().kind(), ErrorKind::TooLarge);
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
