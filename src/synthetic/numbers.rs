//! Official numbers of invented children, each with a valid check character.

use super::permutation::Permutation;
use crate::code::{NhsNumber, PncId, Upn};
use crate::error::{Error, ErrorKind, Result};

/// First nine digits of the range kept for tests. Its last number, 999 999 9999, has a valid check
/// digit, but national matching services return it for "no match", so no child gets it.
const TEST_RANGE: std::ops::Range<u32> = 999_000_000..999_999_999;

/// Numbers handed out to children, no two alike.
pub(super) struct Numbers {
    /// First nine digits of every valid number of the test range.
    nhs_bodies: Vec<u32>,
    nhs_order: Permutation,
    upn_order: Permutation,
}

impl Numbers {
    /// Prepares the numbers of a world.
    ///
    /// # Errors
    /// `TooLarge` if the range of NHS numbers kept for tests has fewer than the children need.
    pub(super) fn new(seed: u64, children: u32) -> Result<Self> {
        let nhs_bodies: Vec<u32> =
            TEST_RANGE.filter(|&body| NhsNumber::check_digit(body).is_some()).collect();
        if children as usize > nhs_bodies.len() {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("{children} children asked for, more than there are NHS numbers for tests"),
            )
            .note(format!("the range 999... holds {} valid numbers", nhs_bodies.len()))
            .help(format!("ask for {} children or fewer", nhs_bodies.len())));
        }
        let limit = nhs_bodies.len() as u64;
        Ok(Self {
            nhs_bodies,
            nhs_order: Permutation::new(seed, 3, limit),
            upn_order: Permutation::new(seed, 4, 10_000_000),
        })
    }

    /// Returns the NHS number of a child, ten digits.
    pub(super) fn nhs_number(&self, child: u32) -> String {
        let body = self.nhs_bodies[self.nhs_order.at(u64::from(child)) as usize];
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
    fn the_test_range_serves_909_090_children_and_one_more_is_refused() {
        assert!(Numbers::new(7, 909_090).is_ok());
        let error = Numbers::new(7, 909_091).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("909090 children or fewer"), "{error}");
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
