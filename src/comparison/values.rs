//! What a comparison compares: values of one attribute, or tuples of values of several.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::Prepared;
use crate::record::MISSING;

/// Values by code; of several attributes a code stands for a tuple of their values.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    members: Vec<Prepared>,
    /// Code of each attribute's value by code of the tuple; none where there is one attribute.
    tuples: Vec<Vec<u32>>,
}

impl Values {
    /// Takes the values of one attribute.
    pub(crate) fn one(values: Prepared) -> Self {
        Self { members: vec![values], tuples: Vec::new() }
    }

    /// Takes the values of several attributes and, for each, its code by code of the tuple.
    pub(super) fn joint(members: Vec<Prepared>, tuples: Vec<Vec<u32>>) -> Self {
        assert_eq!(members.len(), tuples.len(), "every attribute has its codes");
        Self { members, tuples }
    }

    /// Returns the number of codes, the missing one included.
    pub(crate) fn codes(&self) -> usize {
        self.tuples.first().map_or(self.members[0].codes(), Vec::len)
    }

    /// Iterates over the codes of values, the missing one left out.
    pub(crate) fn value_codes(&self) -> std::ops::Range<u32> {
        MISSING + 1..self.codes() as u32
    }

    /// Returns the values of one attribute.
    pub(super) fn member(&self, place: usize) -> &Prepared {
        &self.members[place]
    }

    /// Returns the code of an attribute's value; missing where a tuple lacks it.
    #[inline]
    pub(super) fn code(&self, place: usize, code: u32) -> u32 {
        self.tuples.get(place).map_or(code, |codes| codes[code as usize])
    }

    /// Returns an attribute's values and the two of them, unless one is missing.
    #[inline]
    pub(super) fn pair(&self, place: usize, a: u32, b: u32) -> Option<(&Prepared, u32, u32)> {
        let (x, y) = (self.code(place, a), self.code(place, b));
        (x != MISSING && y != MISSING).then(|| (&self.members[place], x, y))
    }

    /// Says whether the codes are of tuples.
    #[inline]
    pub(super) fn are_tuples(&self) -> bool {
        !self.tuples.is_empty()
    }

    /// Returns which attributes a code has a value of, as bits.
    pub(super) fn held(&self, code: u32) -> usize {
        let held = |place: usize| usize::from(self.code(place, code) != MISSING) << place;
        (0..self.members.len()).map(held).sum()
    }

    /// Returns a number by which codes are chosen; it depends on the texts alone.
    pub(super) fn hash(&self, code: u32) -> u64 {
        let state = FixedState::with_seed(1);
        let of = |place: usize| {
            state.hash_one(self.members[place].text(self.code(place, code)).as_bytes())
        };
        match self.are_tuples() {
            false => of(0),
            true => state.hash_one((0..self.members.len()).map(of).collect::<Vec<u64>>()),
        }
    }
}
