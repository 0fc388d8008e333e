//! Remembers how cells of a column were read, since names come again and cost most to read.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::normalise::Normalised;

/// Cells remembered for one column, so few that they stay at hand; a later cell may take an
/// earlier one's slot.
const SLOTS: usize = 1 << 10;
/// Bytes of a slot for a cell and what it says; longer cells are read anew each time.
const ROOM: usize = 120;

/// Memory of one column's cells, of a fixed size.
pub(super) struct CellCache {
    slots: Vec<Slot>,
    hasher: FixedState,
}

/// Slot of two cache lines, texts included: where memory is slow, a pointer costs as much as
/// reading a name anew.
#[derive(Clone, Copy)]
#[repr(align(128))]
struct Slot {
    digest: u32,
    outcome: Normalised,
    /// Bytes of the cell; 0 in an empty slot, since empty cells are not remembered.
    cell: u8,
    /// Bytes of the value, which follows the cell.
    value: u8,
    /// Bytes of the alternates, which follow the value.
    alternates: u8,
    text: [u8; ROOM],
}

/// What a cell says: its value, and other forms of it, each ended by a line feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CellReading {
    pub(super) value: String,
    pub(super) alternates: String,
}

impl CellReading {
    pub(super) fn clear(&mut self) {
        self.value.clear();
        self.alternates.clear();
    }
}

impl Slot {
    const EMPTY: Self = Self {
        digest: 0,
        outcome: Normalised::Missing,
        cell: 0,
        value: 0,
        alternates: 0,
        text: [0; ROOM],
    };

    /// Makes the slot of a cell, if it has room for what the cell says.
    fn of(digest: u32, cell: &str, reading: &CellReading, outcome: Normalised) -> Option<Self> {
        let texts = [cell, &reading.value, &reading.alternates];
        let mut text = [0; ROOM];
        let mut used = 0;
        for part in texts {
            text.get_mut(used..used + part.len())?.copy_from_slice(part.as_bytes());
            used += part.len();
        }
        let [cell, value, alternates] = texts.map(|text| text.len() as u8); // at most ROOM
        Some(Self { digest, outcome, cell, value, alternates, text })
    }

    fn holds(&self, digest: u32, cell: &str) -> bool {
        self.digest == digest && self.text[..usize::from(self.cell)] == *cell.as_bytes()
    }

    /// Writes what the cell says; `None` if that is not text, which cannot be.
    fn write(&self, output: &mut CellReading) -> Option<Normalised> {
        let said = &self.text[usize::from(self.cell)..];
        let (value, rest) = said.split_at(usize::from(self.value));
        output.clear();
        output.value.push_str(str::from_utf8(value).ok()?);
        // Most cells have no other form, and to check none of them takes as long as one.
        if self.alternates > 0 {
            output.alternates.push_str(str::from_utf8(&rest[..usize::from(self.alternates)]).ok()?);
        }
        Some(self.outcome)
    }
}

impl CellCache {
    pub(super) fn new() -> Self {
        Self { slots: vec![Slot::EMPTY; SLOTS], hasher: FixedState::with_seed(0) }
    }

    /// Writes what a cell says, calling `read` only if the cell is not remembered.
    pub(super) fn value(
        &mut self,
        cell: &str,
        output: &mut CellReading,
        read: impl FnOnce(&mut CellReading) -> Normalised,
    ) -> Normalised {
        if cell.is_empty() || cell.len() > ROOM {
            return read(output);
        }
        let hash = self.hasher.hash_one(cell.as_bytes());
        let (place, digest) = ((hash >> 32) as usize % SLOTS, hash as u32);
        let slot = &mut self.slots[place];
        if slot.holds(digest, cell)
            && let Some(outcome) = slot.write(output)
        {
            return outcome;
        }
        let outcome = read(output);
        if let Some(said) = Slot::of(digest, cell, output, outcome) {
            *slot = said;
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str, output: &mut CellReading) -> Normalised {
        output.clear();
        if cell.len() > 3 {
            return Normalised::Invalid;
        }
        output.value.push_str(&cell.to_uppercase());
        if cell.len() == 2 {
            output.alternates.push_str(cell);
        }
        if cell.is_empty() { Normalised::Missing } else { Normalised::Value }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8, ..Default::default() })]
        /// Twice as many cells as slots, so that slots change hands.
        #[test]
        fn remembered_cells_read_as_new_ones(start in any::<u16>()) {
            let mut cache = CellCache::new();
            let (mut fast, mut slow) = (CellReading::default(), CellReading::default());
            for number in (0..SLOTS as u32 * 2).chain(0..SLOTS as u32 * 2) {
                let cell = format!("{:x}", number.wrapping_add(u32::from(start)) % 20_000);
                let outcome = cache.value(&cell, &mut fast, |output| read(&cell, output));
                prop_assert_eq!(outcome, read(&cell, &mut slow));
                prop_assert_eq!(&fast, &slow);
            }
        }
    }
}
