//! Walks the compact Thrift structures of a Parquet file before the library reads them.
//!
//! A structure may declare a list of two thousand million entries in ten bytes, and whoever
//! makes room for them first is lost. The walk goes over the bytes alone and makes no room.

/// Deepest nesting; Parquet's own structures have less than half of it.
const DEEPEST: usize = 32;

/// Structure that was walked to its end.
pub(super) struct Walked {
    /// Bytes that it takes.
    pub(super) length: usize,
    /// Numbers in it and in the structures right inside it, as (outer, inner, value).
    numbers: Vec<(i16, i16, i64)>,
    /// Identifiers of its fields.
    fields: Vec<i16>,
}

impl Walked {
    /// Returns the number in a field, if it is there.
    pub(super) fn number(&self, field: i16) -> Option<i64> {
        self.inner_number(0, field)
    }

    /// Returns the number in a field of a structure right inside, if it is there.
    pub(super) fn inner_number(&self, outer: i16, field: i16) -> Option<i64> {
        let found = self.numbers.iter().find(|(o, f, _)| (*o, *f) == (outer, field));
        found.map(|(_, _, value)| *value)
    }

    /// Says whether the structure has a field.
    pub(super) fn has(&self, field: i16) -> bool {
        self.fields.contains(&field)
    }
}

/// Walks the structure at the start of some bytes; `None` if it is more than they hold.
pub(super) fn walk(bytes: &[u8]) -> Option<Walked> {
    let mut walker = Walker { bytes, at: 0, numbers: Vec::new(), fields: Vec::new() };
    walker.structure(0, 0)?;
    Some(Walked { length: walker.at, numbers: walker.numbers, fields: walker.fields })
}

struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
    numbers: Vec<(i16, i16, i64)>,
    fields: Vec<i16>,
}

impl Walker<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        let left = (self.bytes.len() - self.at) as u64;
        self.at += usize::try_from(bytes).ok().filter(|_| bytes <= left)?;
        Some(())
    }

    /// Walks a structure; `outer` is the field that holds it, 0 for the outermost.
    fn structure(&mut self, outer: i16, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let mut field = 0i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => i16::try_from(self.zigzag()?).ok()?,
                step => field.checked_add(i16::from(step))?,
            };
            if depth == 0 {
                self.fields.push(field);
            }
            match head & 0x0F {
                1 | 2 => {} // a boolean is in its type
                4..=6 => {
                    let value = self.zigzag()?;
                    if depth < 2 {
                        self.numbers.push((outer, field, value));
                    }
                }
                12 => self.structure(field, depth + 1)?,
                kind => self.value(kind, depth)?,
            }
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => self.list(depth + 1),
            11 => self.map(depth + 1),
            12 => self.structure(i16::MIN, depth + 2),
            13 => self.skip(16),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        self.entries(count, depth, |walker| walker.value(head & 0x0F, depth))
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        let count = self.varint()?;
        if count == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        self.entries(count, depth, |walker| {
            walker.value(kinds >> 4, depth)?;
            walker.value(kinds & 0x0F, depth)
        })
    }

    /// Walks so many entries, each of which takes a byte or more.
    fn entries(
        &mut self,
        count: u64,
        depth: usize,
        mut one: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if depth > DEEPEST || count > (self.bytes.len() - self.at) as u64 {
            return None;
        }
        (0..count).try_for_each(|_| one(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_two_levels_are_found_by_field() {
        // Field 1: i32 5 (zigzag 10). Field 7: structure with field 1: i32 -3 (zigzag 5).
        let bytes = [0x15, 10, 0x6C, 0x15, 5, 0, 0, 99];
        let walked = walk(&bytes).unwrap();
        assert_eq!((walked.length, walked.number(1), walked.number(7)), (7, Some(5), None));
        assert_eq!(
            (walked.inner_number(7, 1), walked.has(7), walked.has(2)),
            (Some(-3), true, false)
        );
    }

    #[test]
    fn lengths_beyond_the_bytes_are_refused_at_once() {
        // A list of 2^31 - 1 structures and a text of as many bytes, ten bytes each.
        let length = [0xFF, 0xFF, 0xFF, 0xFF, 0x07];
        let list = [&[0x49, 0xFC][..], &length, &[0, 0, 0]].concat();
        let text = [&[0x48][..], &length, &[0, 0, 0, 0]].concat();
        assert!(walk(&list).is_none() && walk(&text).is_none());
        assert!(walk(&[0x15]).is_none() && walk(&[]).is_none(), "cut short");
        assert!(walk(&[0x1C; 1_000]).is_none(), "a structure in a structure in a structure");
        assert!(walk(&[0x19; 1_000]).is_none(), "a list in a list in a list");
        assert!(
            walk(&[0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).is_none()
        );
    }
}
