//! Random linkages, decisions and seals: every store of memberships says what the others say.

use cci::error::Result;
use cci::registry::{Actor, Added, Ground, Handle, Memberships, RecordTag, Verdict};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::memberships::{Empty, STORES};

/// Records that there are.
const RECORDS: u8 = 24;

/// Memberships that are changed at random, the same for every store.
struct Changed {
    _folder: Option<TempDir>,
    memberships: Memberships,
    random: ChaCha8Rng,
    day: i64,
    /// Handles that went into others, with those.
    merged: Vec<[Handle; 2]>,
}

/// What was done of one kind and of another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Done {
    kept: u32,
    decided: u32,
    lifted: u32,
    parted: u32,
    sealed: u32,
}

impl Changed {
    fn new(empty: Empty) -> Self {
        let (_folder, memberships) = empty();
        let random = ChaCha8Rng::seed_from_u64(1);
        Self { _folder, memberships, random, day: 100, merged: Vec::new() }
    }

    /// Tries one change; returns what is refused and why, without the name of the file.
    fn step(&mut self, done: &mut Done) -> std::result::Result<(), String> {
        let (actor, reason): (Actor, Ground) =
            ("b.clerk".parse().unwrap(), "review-2026/17".parse().unwrap());
        let by = (&actor, &reason);
        let Self { memberships, random, merged, .. } = self;
        let what = random.random_range(0..20);
        let mut pair = || {
            let [a, b] = [0; 2].map(|_: u8| [random.random_range(0..RECORDS + 2); 16]);
            (a, b)
        };
        let tried = match what {
            0..9 => self.link().map(|()| done.kept += 1),
            number @ 9..14 => {
                let verdict = if number < 12 { Verdict::Apart } else { Verdict::Together };
                let pairs: Vec<_> = std::iter::repeat_with(pair).take(2).collect();
                memberships.decide(verdict, &pairs, by).map(|_| done.decided += 1)
            }
            14..16 => memberships.lift(random.random_range(1..30), by).map(|_| done.lifted += 1),
            16..19 if !merged.is_empty() => {
                let [loser, survivor] = merged[random.random_range(0..merged.len())];
                let added = [None, Some(Added::Survivor), Some(Added::Loser), Some(Added::Open)];
                let added = added[random.random_range(0..4)];
                memberships.part(&survivor, &loser, added, by).map(|_| done.parted += 1)
            }
            _ => {
                let (old, new) = pair();
                memberships.seal((&[old], &[new]), &[old, new], by).map(|_| done.sealed += 1)
            }
        };
        tried.map_err(|error| error.to_string().splitn(4, ": ").nth(3).unwrap().into())
    }

    /// Keeps a linkage of most of the records, as it may be made with what was decided.
    fn link(&mut self) -> Result<()> {
        let Self { memberships, random, day, .. } = self;
        let tags: Vec<RecordTag> = (0..RECORDS)
            .map(|number| [number; 16])
            .filter(|_| random.random_range(0..6) > 0)
            .collect();
        let mut entity_of: Vec<u32> = tags.iter().map(|_| random.random_range(0..9)).collect();
        // Whoever is together is put together, and apart by being alone.
        let decided = memberships.decided_pairs()?;
        for verdict in [Verdict::Together, Verdict::Apart].repeat(4) {
            for pair in decided.iter().filter(|pair| pair.verdict == verdict) {
                let place = |tag| tags.iter().position(|known| *known == tag);
                let (Some(a), Some(b)) = (place(pair.a), place(pair.b)) else { continue };
                if verdict == Verdict::Together {
                    entity_of[b] = entity_of[a];
                } else if entity_of[a] == entity_of[b] {
                    entity_of[b] = 100 + b as u32;
                }
            }
        }
        let proposal = memberships.propose(&tags, &entity_of)?;
        *day += 1;
        memberships.apply(&proposal, &tags, *day)?;
        let pairs = proposal.reassignment.merged.iter();
        self.merged.extend(pairs.map(|(loser, survivor)| [*loser, *survivor]));
        Ok(())
    }

    /// Everything that can be asked of memberships; times are the machine's.
    fn answers(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        let at = |day| {
            let handle = |number| self.memberships.handle_of(&[number; 16], day, u64::MAX).unwrap();
            (0..RECORDS).map(handle).collect::<Vec<_>>()
        };
        let handles: Vec<_> = (100..=self.day).map(at).collect();
        let mut decisions = self.memberships.decisions().unwrap();
        decisions.iter_mut().for_each(|decision| decision.recorded_at = 0);
        let pairs = self.memberships.decided_pairs().unwrap();
        (handles, decisions, pairs, self.memberships.seal_tokens().unwrap())
    }
}

#[test]
fn every_store_keeps_refuses_and_answers_the_same_through_random_linkages() {
    let mut stores = STORES.map(|(_, empty)| Changed::new(empty));
    let mut done = STORES.map(|_| Done::default());
    for number in 0..400_u32 {
        let expected = stores[0].step(&mut done[0]);
        for place in 1..STORES.len() {
            let said = stores[place].step(&mut done[place]);
            assert_eq!(said, expected, "{}, change {number}", STORES[place].0);
        }
        if number.is_multiple_of(20) {
            let expected = stores[0].answers();
            for (store, (name, _)) in stores[1..].iter().zip(&STORES[1..]) {
                assert_eq!(store.answers(), expected, "{name} after change {number}");
            }
        }
    }
    let Done { kept, decided, lifted, parted, sealed } = done[0];
    assert!([kept, decided, lifted, parted, sealed].iter().all(|&count| count > 2), "{done:?}");
}
