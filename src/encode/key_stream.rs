//! Random choices that two parties make alike: numbers drawn from a keyed stream.

use zeroize::Zeroizing;

use crate::identifier::DiffusionKey;

/// Numbers drawn from the stream of one purpose of a key.
pub(super) struct KeyStream<'a> {
    key: &'a DiffusionKey,
    purpose: [u8; 8],
    next_block: u64,
    bytes: Zeroizing<[u8; 64]>,
    used: usize,
}

impl<'a> KeyStream<'a> {
    /// Starts the stream of a purpose.
    pub(super) fn new(key: &'a DiffusionKey, purpose: [u8; 8]) -> Self {
        Self { key, purpose, next_block: 0, bytes: Zeroizing::new([0; 64]), used: 64 }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > self.bytes.len() {
            self.bytes = Zeroizing::new(self.key.block(&self.purpose, self.next_block));
            self.next_block += 1;
            self.used = 0;
        }
        let taken = *self.bytes[self.used..].first_chunk().expect("a block has 64 bytes");
        self.used += N;
        taken
    }

    /// Returns 64 random bits.
    pub(super) fn word(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// Returns a number below a bound, each as likely as any other.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // Numbers of the last, incomplete run of the bound are drawn again.
        let fair = u32::MAX - (u32::MAX % bound + 1) % bound;
        loop {
            let number = u32::from_le_bytes(self.take());
            if number <= fair {
                return number % bound;
            }
        }
    }

    /// Returns the numbers below a bound in random order (Fisher and Yates).
    pub(super) fn permutation(&mut self, bound: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..bound).collect();
        for end in (1..bound).rev() {
            let chosen = self.below(end + 1);
            numbers.swap(end as usize, chosen as usize);
        }
        numbers
    }
}
