//! Codes of values by digests of these, eight bytes a slot.

/// Table of codes; linear probing from the place that the high bits of a digest say.
///
/// A slot that is far away in memory is looked at once for a digest and a code, so that those of
/// several values can be fetched at a time; a larger table takes the slots of the smaller in order.
#[derive(Clone, Default)]
pub(super) struct CodeTable {
    /// Digest above the code; 0 where there is none, which is no value's code.
    slots: Vec<u64>,
    used: usize,
}

/// Slots of the smallest table.
const FEWEST: usize = 16;

impl CodeTable {
    /// Returns the slot at which the search for a digest begins, for [`Self::first_code`].
    #[inline]
    pub(super) fn first_slot(&self, digest: u32) -> u64 {
        self.slots.get(self.home(digest)).copied().unwrap_or(0)
    }

    /// Returns the first code of a digest, whose search begins at a slot; 0 if there is none.
    #[inline]
    pub(super) fn first_code(&self, digest: u32, first_slot: u64) -> u32 {
        match first_slot {
            0 => 0,
            slot if digest_in(slot) == digest => slot as u32,
            _ => self.find(digest, |_| true).unwrap_or(0),
        }
    }

    /// Finds the code of a digest that is the right one.
    pub(super) fn find(&self, digest: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut place = self.home(digest);
        loop {
            let slot = self.slots.get(place).copied().filter(|&slot| slot != 0)?;
            if digest_in(slot) == digest && is_it(slot as u32) {
                return Some(slot as u32);
            }
            place = self.after(place);
        }
    }

    /// Adds a code that is not in the table.
    pub(super) fn insert(&mut self, digest: u32, code: u32) {
        // At most two thirds are used, so that a search ends soon.
        if 3 * (self.used + 1) > 2 * self.slots.len() {
            let larger = vec![0; FEWEST.max(2 * self.slots.len())];
            let slots = std::mem::replace(&mut self.slots, larger);
            slots.into_iter().filter(|&slot| slot != 0).for_each(|slot| self.place(slot));
        }
        self.used += 1;
        self.place((u64::from(digest) << 32) | u64::from(code));
    }

    fn place(&mut self, slot: u64) {
        let mut place = self.home(digest_in(slot));
        while self.slots[place] != 0 {
            place = self.after(place);
        }
        self.slots[place] = slot;
    }

    #[inline]
    fn home(&self, digest: u32) -> usize {
        ((u64::from(digest) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, place: usize) -> usize {
        if place + 1 == self.slots.len() { 0 } else { place + 1 }
    }
}

#[inline]
fn digest_in(slot: u64) -> u32 {
    (slot >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_equal_and_of_the_last_digests_are_all_found() {
        let mut table = CodeTable::default();
        let digest = |code: u32| match code % 3 {
            0 => u32::MAX,
            1 => 0,
            _ => code.wrapping_mul(0x9E37_79B9),
        };
        assert!(table.find(0, |_| true).is_none() && table.first_slot(7) == 0);
        for code in 1..200 {
            assert_eq!(table.find(digest(code), |known| known == code), None);
            table.insert(digest(code), code);
        }
        for code in 1..200 {
            assert_eq!(table.find(digest(code), |known| known == code), Some(code));
        }
        let first = |digest| table.first_code(digest, table.first_slot(digest));
        assert_eq!((first(0) % 3, first(u32::MAX) % 3, first(digest(2)), first(7)), (1, 0, 2, 0));
    }
}
