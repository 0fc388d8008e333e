//! Remembers how cells of a column were read, since names, dates and postcodes come again.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::normalise::Normalised;

/// Cells remembered for one column; a later cell may take an earlier one's slot.
const SLOTS: usize = 1 << 13;
/// Longest cell that is remembered, so that memory has a bound.
const LONGEST: usize = 64;

/// Memory of one column's cells, of a fixed size.
pub(super) struct CellCache {
    slots: Vec<Option<Slot>>,
    hasher: FixedState,
}

struct Slot {
    cell: String,
    reading: CellReading,
    outcome: Normalised,
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

    fn copy_from(&mut self, other: &Self) {
        other.value.as_str().clone_into(&mut self.value);
        other.alternates.as_str().clone_into(&mut self.alternates);
    }
}

impl CellCache {
    pub(super) fn new() -> Self {
        let mut slots = Vec::new();
        slots.resize_with(SLOTS, || None);
        Self { slots, hasher: FixedState::with_seed(0) }
    }

    /// Writes what a cell says, calling `read` only if the cell is not remembered.
    pub(super) fn value(
        &mut self,
        cell: &str,
        output: &mut CellReading,
        read: impl FnOnce(&mut CellReading) -> Normalised,
    ) -> Normalised {
        if cell.len() > LONGEST {
            return read(output);
        }
        let place = self.hasher.hash_one(cell.as_bytes()) as usize % SLOTS;
        match &mut self.slots[place] {
            Some(slot) if slot.cell == cell => {
                output.copy_from(&slot.reading);
                slot.outcome
            }
            Some(slot) => {
                slot.outcome = read(output);
                cell.clone_into(&mut slot.cell);
                slot.reading.copy_from(output);
                slot.outcome
            }
            empty => {
                let outcome = read(output);
                *empty = Some(Slot { cell: cell.into(), reading: output.clone(), outcome });
                outcome
            }
        }
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
