//! Small numbers as runs and packed bits, as Parquet writes levels and keys.
//!
//! A run begins with a length. An even one is twice the times that a number comes; an odd one is
//! twice the groups of eight numbers that follow, each of so many bits, plus one.

use parquet::data_type::ByteArray;

/// Numbers of a page, one after another.
pub(super) struct RunLengths {
    data: ByteArray,
    /// Byte at which the next run begins.
    next_run: usize,
    /// Bits of a number, at most 32.
    width: u32,
    run: Run,
}

/// Run under way, and the numbers of it that are still to come.
enum Run {
    Same { left: usize, number: u32 },
    Packed { left: usize, bit: usize },
}

impl RunLengths {
    /// Begins numbers of so many bits each; `None` if that is more than 32.
    pub(super) fn new(data: ByteArray, width: u32) -> Option<Self> {
        let run = Run::Same { left: 0, number: 0 };
        (width <= 32).then_some(Self { data, next_run: 0, width, run })
    }

    /// Returns the next number; `None` where the data break off.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u32> {
        loop {
            match &mut self.run {
                Run::Same { left, number } if *left > 0 => {
                    *left -= 1;
                    return Some(*number);
                }
                Run::Packed { left, bit } if *left > 0 => {
                    let number = unpacked(self.data.data(), *bit, self.width)?;
                    *left -= 1;
                    *bit += self.width as usize;
                    return Some(number);
                }
                _ => self.begin_run()?,
            }
        }
    }

    /// Adds the next numbers, so many, to a list; `None` where the data break off.
    pub(super) fn push_next(&mut self, mut wanted: usize, to: &mut Vec<u32>) -> Option<()> {
        while wanted > 0 {
            let (data, width) = (self.data.data(), self.width);
            wanted -= match &mut self.run {
                Run::Same { left, number } if *left > 0 => {
                    let taken = wanted.min(*left);
                    to.resize(to.len() + taken, *number);
                    *left -= taken;
                    taken
                }
                Run::Packed { left, bit } if *left > 0 => {
                    let taken = wanted.min(*left);
                    for _ in 0..taken {
                        to.push(unpacked(data, *bit, width)?);
                        *bit += width as usize;
                    }
                    *left -= taken;
                    taken
                }
                _ => {
                    self.begin_run()?;
                    0
                }
            };
        }
        Some(())
    }

    /// Takes the number that comes next as often as it does so in a row, up to so many times;
    /// returns it and how often.
    pub(super) fn next_same(&mut self, most: usize) -> Option<(u32, usize)> {
        match &mut self.run {
            Run::Same { left, number } if *left > 0 => {
                let taken = most.min(*left);
                *left -= taken;
                Some((*number, taken))
            }
            _ => Some((self.next()?, 1)),
        }
    }

    fn begin_run(&mut self) -> Option<()> {
        let length = self.length()?;
        let start = self.next_run;
        let count = usize::try_from(length >> 1).ok()?;
        if length & 1 == 1 {
            self.run = Run::Packed { left: count.checked_mul(8)?, bit: start.checked_mul(8)? };
            self.next_run = start.checked_add(count.checked_mul(self.width as usize)?)?;
        } else {
            let bytes = self.width.div_ceil(8) as usize;
            let mut number = [0; 4];
            number[..bytes].copy_from_slice(self.data.data().get(start..start + bytes)?);
            self.run = Run::Same { left: count, number: u32::from_le_bytes(number) };
            self.next_run = start + bytes;
        }
        Some(())
    }

    /// Reads a length, seven bits a byte, the lowest first.
    fn length(&mut self) -> Option<u64> {
        let mut length = 0;
        for place in 0..10 {
            let byte = *self.data.data().get(self.next_run)?;
            self.next_run += 1;
            length |= u64::from(byte & 0x7F).checked_shl(7 * place)?;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }
}

/// Returns the number of so many bits that begins at a bit, the lowest of a byte first.
#[inline]
fn unpacked(data: &[u8], bit: usize, width: u32) -> Option<u32> {
    let (byte, shift) = (bit / 8, (bit % 8) as u32);
    let mask = (1_u64 << width) - 1;
    let window = match data.get(byte..byte + 8) {
        Some(window) => u64::from_le_bytes(window.try_into().ok()?),
        None => {
            let end = (bit + width as usize).div_ceil(8);
            let rest = data.get(byte..end)?;
            let mut window = [0; 8];
            window[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(window)
        }
    };
    Some((window >> shift & mask) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the numbers taken one by one, and checks that other ways of taking give the same.
    fn all(data: &[u8], width: u32) -> Vec<u32> {
        let begin = || RunLengths::new(ByteArray::from(data.to_vec()), width).unwrap();
        let mut numbers = begin();
        let all: Vec<u32> = std::iter::from_fn(|| numbers.next()).collect();
        let (mut by_many, mut many) = (begin(), Vec::new());
        let mut wanted = 1;
        while many.len() + wanted <= all.len() {
            by_many.push_next(wanted, &mut many).unwrap();
            wanted += 1;
        }
        assert_eq!(many, all[..many.len()]);
        assert!(by_many.push_next(all.len() - many.len() + 1, &mut Vec::new()).is_none());
        let mut numbers = begin();
        let runs = std::iter::from_fn(|| numbers.next_same(3));
        let by_runs: Vec<u32> = runs.flat_map(|(n, times)| vec![n; times]).collect();
        assert_eq!(by_runs, all);
        all
    }

    /// The numbers 0 to 7 in three bits are the example of the format's own specification:
    /// <https://parquet.apache.org/docs/file-format/data-pages/encodings/>.
    #[test]
    fn packed_numbers_and_runs_follow_the_specification() {
        assert_eq!(all(&[3, 0b1000_1000, 0b1100_0110, 0b1111_1010], 3), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(all(&[10, 1], 1), [1; 5]);
        assert_eq!(all(&[4, 0x39, 0x30, 6, 1, 0], 14), [12345, 12345, 1, 1, 1]);
        assert_eq!(all(&[0xAC, 0x02], 0), [0; 150], "no bits, and a length of two bytes");
        assert_eq!(all(&[4, 0xFF, 0xFF, 0xFF, 0xFF], 32), [u32::MAX; 2]);
    }

    #[test]
    fn data_that_break_off_end_the_numbers_without_a_panic() {
        assert_eq!(all(&[3, 0b1000_1000], 3), [0, 1], "the third number's last bit is not there");
        assert_eq!(all(&[0x80; 12], 3), Vec::<u32>::new());
        assert_eq!(all(&[5, 1], 1).len(), 8, "the second group is not there");
        assert_eq!(all(&[10], 8), Vec::<u32>::new());
        assert!(RunLengths::new(ByteArray::from(Vec::new()), 33).is_none());
        let longest = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        assert_eq!(all(&longest, 7), Vec::<u32>::new(), "more groups than can be counted");
    }
}
