//! What pseudonyms of two scopes tell of each other to somebody who knows many pairs: nothing.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

use cci::error::Result;
use cci::identifier::{Epoch, EpochSecret, PersonKey, PseudonymKey, RandomSource, RootKey, Scope};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Bits of a pseudonym.
const BITS: usize = 80;
/// Pairs of one person's pseudonyms that the attacker knows.
const KNOWN: usize = 100_000;
/// Persons of whom the attacker knows one pseudonym, and is shown two others.
const UNSEEN: usize = 5_000;

struct Seeded(ChaCha8Rng);

impl RandomSource for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.0.fill_bytes(buffer);
        Ok(())
    }
}

/// Returns pairs of one person's pseudonyms in two scopes.
fn pairs(count: usize) -> Vec<(u128, u128)> {
    let random = &mut Seeded(ChaCha8Rng::seed_from_u64(30));
    let root = RootKey::generate(random).unwrap();
    let secret = EpochSecret::generate(random).unwrap();
    let keys = ["education", "police"].map(|agency| {
        let scope = Scope::new(agency, "direct_care").unwrap();
        PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret)
    });
    let bits = |value: &[u8; 10]| value.iter().fold(0, |bits, &byte| bits << 8 | u128::from(byte));
    let pair = |_| {
        let person = PersonKey::generate(random).unwrap();
        let [a, b] = [&keys[0], &keys[1]].map(|key| bits(key.pseudonym(&person, 0).value()));
        (a, b)
    };
    (0..count).map(pair).collect()
}

/// Returns each bit of many numbers as a row of bits, number after number.
fn rows(numbers: impl Iterator<Item = u128>) -> Vec<Vec<u64>> {
    let mut rows = vec![vec![0; KNOWN.div_ceil(64)]; BITS];
    for (place, number) in numbers.enumerate() {
        for (bit, row) in rows.iter_mut().enumerate() {
            row[place / 64] |= ((number >> bit & 1) as u64) << (place % 64);
        }
    }
    rows
}

/// How often each bit of one pseudonym is equal to each bit of the other, less one half.
fn learnt(known: &[(u128, u128)]) -> Vec<f64> {
    let (a, b) = (rows(known.iter().map(|pair| pair.0)), rows(known.iter().map(|pair| pair.1)));
    let mut weights = Vec::with_capacity(BITS * BITS);
    for a in &a {
        for b in &b {
            let differ: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
            weights.push(0.5 - f64::from(differ) / known.len() as f64);
        }
    }
    weights
}

/// Share of unseen persons whose other pseudonym is told from a stranger's by what was learnt.
fn told_apart(unseen: &[(u128, u128)], weights: &[f64]) -> f64 {
    let sign = |number: u128, bit: usize| if number >> bit & 1 == 1 { 1.0 } else { -1.0 };
    let right = (0..unseen.len()).filter(|&place| {
        let (a, own) = unseen[place];
        let (_, strangers) = unseen[(place + 1) % unseen.len()];
        let mut expected = [0.0; BITS];
        for (row, weights) in weights.chunks_exact(BITS).enumerate() {
            let sign = sign(a, row);
            expected.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += sign * weight);
        }
        let score = |b: u128| -> f64 { (0..BITS).map(|bit| expected[bit] * sign(b, bit)).sum() };
        score(own) > score(strangers)
    });
    right.count() as f64 / unseen.len() as f64
}

#[test]
fn b30_who_knows_100_000_pairs_of_pseudonyms_does_no_better_than_chance_on_others() {
    let pairs = pairs(KNOWN + UNSEEN);
    // Chance is right once in two; 5,000 trials have a standard error of .0071, four are .029.
    let (known, unseen) = pairs.split_at(KNOWN);
    let weights = learnt(known);
    let share = told_apart(unseen, &weights);
    assert!((share - 0.5).abs() < 0.029, "{share}");
    // No bit of one pseudonym tells a bit of the other: of 6,400 shares, each with a standard
    // error of .0016, the farthest from one half is within five and a half of them.
    let farthest = weights.iter().fold(0.0, |most: f64, weight| most.max(weight.abs()));
    assert!(farthest < 5.5 * 0.5 / (KNOWN as f64).sqrt(), "{farthest}");
}

#[test]
fn b30_the_same_attacker_breaks_a_scheme_that_only_shuffles_and_flips_bits() {
    let shuffled = pairs(KNOWN + UNSEEN).into_iter().map(|(a, _)| {
        let turned = (a << 31 | a >> (BITS - 31)) & ((1 << BITS) - 1);
        (a, turned ^ 0x5a5a_1234_5678_9abc_def0)
    });
    let pairs: Vec<(u128, u128)> = shuffled.collect();
    let (known, unseen) = pairs.split_at(KNOWN);
    assert_eq!(told_apart(unseen, &learnt(known)), 1.0);
}
