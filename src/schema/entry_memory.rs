//! Remembers what is known of the entries of a column's dictionary, so that each is read once.

use super::cell_cache::CellReading;
use super::columnar::Entry;
use crate::normalise::Normalised;

/// What is known of each entry of the latest dictionary of a column.
#[derive(Clone)]
pub(super) struct EntryMemory<T> {
    dictionary: u32,
    known: Vec<Option<T>>,
}

impl<T> Default for EntryMemory<T> {
    fn default() -> Self {
        Self { dictionary: 0, known: Vec::new() }
    }
}

impl<T: Clone> EntryMemory<T> {
    /// Returns the places for what is known of the entries of a dictionary, so many.
    pub(super) fn all(&mut self, dictionary: u32, entries: usize) -> &mut [Option<T>] {
        if dictionary != self.dictionary {
            self.dictionary = dictionary;
            self.known.clear();
        }
        if self.known.len() < entries {
            self.known.resize(entries, None);
        }
        &mut self.known
    }

    /// Returns the place for what is known of an entry.
    #[inline]
    pub(super) fn of(&mut self, entry: Entry) -> &mut Option<T> {
        if entry.dictionary != self.dictionary {
            self.dictionary = entry.dictionary;
            self.known.clear();
        }
        let place = entry.place as usize;
        if place >= self.known.len() {
            self.known.resize(place + 1, None);
        }
        &mut self.known[place]
    }
}

/// What the entries of a column's dictionary say.
#[derive(Default)]
pub(super) struct EntryReadings {
    places: EntryMemory<Said>,
    /// Values and alternates of the entries read so far.
    text: String,
}

/// What one entry says: its value begins in the text, and its alternates follow.
#[derive(Clone)]
struct Said {
    start: usize,
    value: usize,
    alternates: usize,
    outcome: Normalised,
}

impl EntryReadings {
    /// Writes what an entry says, calling `read` only the first time.
    #[inline]
    pub(super) fn value(
        &mut self,
        entry: Entry,
        output: &mut CellReading,
        read: impl FnOnce(&mut CellReading) -> Normalised,
    ) -> Normalised {
        let Self { places, text } = self;
        if entry.dictionary != places.dictionary {
            text.clear();
        }
        let place = places.of(entry);
        if let Some(Said { start, value, alternates, outcome }) = *place {
            output.clear();
            let middle = start + value;
            output.value.push_str(&text[start..middle]);
            if alternates > 0 {
                output.alternates.push_str(&text[middle..middle + alternates]);
            }
            return outcome;
        }
        let outcome = read(output);
        let CellReading { value, alternates } = output;
        let start = text.len();
        text.extend([value.as_str(), alternates.as_str()]);
        let (value, alternates) = (value.len(), alternates.len());
        *place = Some(Said { start, value, alternates, outcome });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_is_read_once_in_each_dictionary() {
        let mut readings = EntryReadings::default();
        let mut output = CellReading::default();
        let mut reads = Vec::new();
        let entries = [(1, 5), (1, 0), (1, 5), (1, 0), (2, 5), (2, 5)];
        let mut said = Vec::new();
        for (dictionary, place) in entries {
            let entry = Entry { dictionary, place };
            let outcome = readings.value(entry, &mut output, |output| {
                reads.push((dictionary, place));
                output.clear();
                output.value = format!("{dictionary}-{place}");
                output.alternates = if place == 0 { "other\n".into() } else { String::new() };
                if place == 0 { Normalised::Invalid } else { Normalised::Value }
            });
            said.push((outcome, output.value.clone(), output.alternates.len()));
        }
        assert_eq!(reads, [(1, 5), (1, 0), (2, 5)]);
        let five = |dictionary: u32| (Normalised::Value, format!("{dictionary}-5"), 0);
        let none = (Normalised::Invalid, "1-0".to_string(), 6);
        assert_eq!(said, [five(1), none.clone(), five(1), none, five(2), five(2)]);
    }
}
