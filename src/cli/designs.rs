//! Designs of an identifier side by side, measured on one set of records.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::time::Instant;

use hashbrown::HashMap;
use serde::Serialize;

use super::data::Data;
use super::outcome::evaluate_links;
use crate::code::NhsNumber;
use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::Rate;
use crate::identifier::{
    Epoch, EpochSecret, NumberHash, OsRandom, PersonKey, Pseudonym, PseudonymKey, RandomSource,
    RootKey, Scope,
};
use crate::record::{Entities, RecordId, Truth};
use crate::strategy::Links;

/// What was measured of one design.
#[derive(Serialize)]
pub(super) struct Measured {
    /// Name of the design.
    pub(super) design: &'static str,
    /// Records that have an identifier.
    pub(super) covered: Rate,
    /// Pairs of one child's records, in different agencies' files, that have one identifier.
    pub(super) same_child: Rate,
    /// Pairs with one identifier that are truly one child's.
    pub(super) truly_same: Rate,
    /// Children with records under two numbers or more, all of whose records have one identifier.
    pub(super) survives_change: Rate,
    /// National numbers read out of a leaked list of identifiers alone.
    pub(super) leaked_list: Rate,
    /// National numbers read out of the list and the key, if there is a key.
    pub(super) leaked_key: Option<Rate>,
    /// Seconds that the reading took, the list made ready included.
    pub(super) attack_seconds: f64,
    /// Microseconds to make one identifier, in memory.
    pub(super) issue_microseconds: f64,
    /// Single wrong symbols that are seen offline.
    pub(super) substitutions_caught: Rate,
    /// Swapped neighbours that are seen offline.
    pub(super) swaps_caught: Rate,
    /// Identifiers pasted into another agency's system that are seen offline.
    pub(super) misplaced_caught: Rate,
    /// What a new key period takes.
    pub(super) rotation: &'static str,
}

/// Numbers tried by an attacker: all valid ones of the range kept for tests, which invented
/// children have.
const TEST_RANGE: std::ops::RangeInclusive<u32> = 999_000_000..=999_999_999;

/// Identifiers that are mistyped, and made to be timed.
const SAMPLE: usize = 20_000;

/// Printed identifier, and how a receiver checks it.
struct Printed {
    texts: Vec<String>,
    /// Time to make one, in memory.
    microseconds: f64,
    is_accepted: fn(&str, &Scope) -> bool,
    /// Characters of which a wrong one is chosen.
    alphabet: &'static [u8],
}

/// Whom a design reaches, and how rightly.
#[derive(Clone, Copy)]
struct Reach {
    covered: Rate,
    same_child: Rate,
    truly_same: Rate,
    survives_change: Rate,
}

/// What an attacker read out of a leak, and how long it took.
struct Attack {
    read: Rate,
    seconds: f64,
}

/// Measures every design on the records of a run.
///
/// # Errors
/// `ColumnNotFound` if the records have no NHS numbers; what evaluation meets.
pub(super) fn measure(data: &Data, truth: &Truth, entities: &Entities) -> Result<Vec<Measured>> {
    let numbers = Numbers::of(data)?;
    let by_number = numbers.reach(data, truth, &numbers.entities(data), numbers.covered)?;
    let records = data.reading.records.len() as u64;
    let by_person = numbers.reach(data, truth, entities, Rate::new(records, records))?;

    let scope = Scope::new("education", "comparison")?;
    let (unkeyed, random) = (NumberHash::unkeyed(), &mut OsRandom);
    let (keyed, other) = (NumberHash::keyed(random)?, NumberHash::keyed(random)?);
    let root = RootKey::generate(random)?;
    let secret = EpochSecret::generate(random)?;
    let key = PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret);
    let count = numbers.distinct.len();
    let persons: Vec<PersonKey> =
        (0..count).map(|_| PersonKey::generate(random)).collect::<Result<_>>()?;
    let number = |n: usize| numbers.distinct[n].as_str();
    let pseudonym = |person: &PersonKey| *key.pseudonym(person, 0).value();
    let print = |value| Pseudonym::from_parts(Epoch::FIRST, value).print(&scope);
    let begun = Instant::now();
    let drawn: Vec<[u8; Pseudonym::LENGTH]> = (0..SAMPLE)
        .map(|_| {
            let mut value = [0; Pseudonym::LENGTH];
            random.fill(&mut value).map(|()| value)
        })
        .collect::<Result<_>>()?;
    let draw_microseconds = begun.elapsed().as_secs_f64() * 1e6 / SAMPLE as f64;

    // Whoever has a list tries every number there is; whoever has the key, with the key. Of a
    // person key the best that can be tried is a key made of a number.
    let tried = |number: &str| unkeyed.of(number);
    let guess = |number: &str| pseudonym(&PersonKey::from_bytes(unkeyed.of(number)));
    let short = |number: &str| *tried(number).first_chunk().expect("a hash is longer");
    let in_clear = numbers.attack(|n| number(n).to_string(), str::to_string);
    let of_unkeyed = numbers.attack(|n| unkeyed.of(number(n)), tried);
    let without_key = numbers.attack(|n| keyed.of(number(n)), |tried| other.of(tried));
    let with_key = numbers.attack(|n| keyed.of(number(n)), |tried| keyed.of(tried));
    let of_table = numbers.attack(|n| drawn[n % SAMPLE], short);
    let of_persons = numbers.attack(|n| pseudonym(&persons[n]), short);
    let of_persons_with_key = numbers.attack(|n| pseudonym(&persons[n]), guess);

    let sample = |make: &dyn Fn(usize) -> String| -> (Vec<String>, f64) {
        let begun = Instant::now();
        let texts: Vec<String> = (0..SAMPLE).map(|n| make(n % count)).collect();
        (texts, begun.elapsed().as_secs_f64() * 1e6 / SAMPLE as f64)
    };
    let as_number: fn(&str, &Scope) -> bool = |text, _| NhsNumber::parse(text).is_ok();
    let as_pseudonym: fn(&str, &Scope) -> bool =
        |text, scope| Pseudonym::parse(text, scope).is_ok();
    let row = |design,
               reach: Reach,
               [list, with_key]: [Option<&Attack>; 2],
               printed: Printed,
               rotation| {
        let [substitutions_caught, swaps_caught, misplaced_caught] = printed.caught(&scope);
        let attack = list.expect("every design's list is attacked");
        Measured {
            design,
            covered: reach.covered,
            same_child: reach.same_child,
            truly_same: reach.truly_same,
            survives_change: reach.survives_change,
            leaked_list: attack.read,
            leaked_key: with_key.map(|attack| attack.read),
            attack_seconds: attack.seconds,
            issue_microseconds: printed.microseconds,
            substitutions_caught,
            swaps_caught,
            misplaced_caught,
            rotation,
        }
    };
    let printed = |(texts, microseconds), is_accepted, alphabet| Printed {
        texts,
        microseconds,
        is_accepted,
        alphabet,
    };
    Ok(vec![
        row(
            "number in clear",
            by_number,
            [Some(&in_clear), None],
            printed(sample(&|n| number(n).to_string()), as_number, DIGITS),
            "not possible",
        ),
        row(
            "unkeyed hash",
            by_number,
            [Some(&of_unkeyed), None],
            printed(sample(&|n| hex(&unkeyed.of(number(n)))), is_hex, HEX),
            "not possible",
        ),
        row(
            "keyed hash",
            by_number,
            [Some(&without_key), Some(&with_key)],
            printed(sample(&|n| hex(&keyed.of(number(n)))), is_hex, HEX),
            "every number again",
        ),
        row(
            "random table",
            by_person,
            [Some(&of_table), None],
            printed(
                (drawn.iter().map(|v| print(*v)).collect(), draw_microseconds),
                as_pseudonym,
                CROCKFORD,
            ),
            "new draws, crosswalk",
        ),
        row(
            "person key",
            by_person,
            [Some(&of_persons), Some(&of_persons_with_key)],
            printed(sample(&|n| print(pseudonym(&persons[n]))), as_pseudonym, CROCKFORD),
            "new epoch, crosswalk",
        ),
    ])
}

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn is_hex(text: &str, _: &Scope) -> bool {
    text.len() == 2 * NumberHash::LENGTH && text.bytes().all(|byte| HEX.contains(&byte))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Printed {
    /// Mistypes each text once in each way; returns what the receiver sees of wrong symbols, of
    /// swapped neighbours and of texts of another scope.
    fn caught(&self, scope: &Scope) -> [Rate; 3] {
        let other = Scope::new("police", "comparison").expect("a plain name");
        let (mut substituted, mut swapped, mut misplaced) = ([0; 2], [0; 2], [0; 2]);
        for (number, text) in self.texts.iter().enumerate() {
            let bytes = text.as_bytes();
            let places: Vec<usize> =
                (0..bytes.len()).filter(|&place| self.alphabet.contains(&bytes[place])).collect();
            // Every place and every wrong symbol in turn.
            let place = number % places.len();
            let value = self.alphabet.iter().position(|known| *known == bytes[places[place]]);
            let step = 1 + number / places.len() % (self.alphabet.len() - 1);
            let mut wrong = bytes.to_vec();
            wrong[places[place]] = self.alphabet[(value.unwrap_or(0) + step) % self.alphabet.len()];
            self.count(&mut substituted, wrong, scope);
            let mut wrong = bytes.to_vec();
            wrong.swap(places[place], places[(place + 1) % places.len()]);
            if wrong != bytes && place + 1 < places.len() {
                self.count(&mut swapped, wrong, scope);
            }
            self.count(&mut misplaced, bytes.to_vec(), &other);
        }
        [substituted, swapped, misplaced].map(|[caught, all]| Rate::new(caught, all))
    }

    fn count(&self, [caught, all]: &mut [u64; 2], wrong: Vec<u8>, scope: &Scope) {
        let text = String::from_utf8(wrong).expect("the alphabets are ASCII");
        *all += 1;
        *caught += u64::from(!(self.is_accepted)(&text, scope));
    }
}

/// NHS numbers of the records.
struct Numbers {
    /// Code of each record's number, 0 if it has none.
    codes: Vec<u32>,
    /// Every number that some record has.
    distinct: Vec<String>,
    covered: Rate,
}

impl Numbers {
    fn of(data: &Data) -> Result<Self> {
        let records = &data.reading.records;
        let column = records.column("nhs_number").ok_or_else(|| {
            Error::new(ErrorKind::ColumnNotFound, "the records have no attribute nhs_number")
                .help("compare designs on a run of the four agencies")
        })?;
        let codes = column.codes().to_vec();
        let with = codes.iter().filter(|&&code| code != 0).count() as u64;
        let distinct: Vec<String> =
            column.dictionary().iter().map(|(_, value)| value.to_string()).collect();
        if distinct.is_empty() {
            return Err(Error::new(ErrorKind::BadTruth, "no record has an NHS number")
                .help("compare designs on data in which some records have one"));
        }
        Ok(Self { covered: Rate::new(with, codes.len() as u64), codes, distinct })
    }

    /// Puts records of one number together, and leaves records without one alone.
    fn entities(&self, data: &Data) -> Entities {
        let most = self.codes.iter().copied().max().unwrap_or(0);
        let alone = (0..data.reading.records.len() as RecordId).map(|record| most + 1 + record);
        let labels: Vec<u32> = self
            .codes
            .iter()
            .zip(alone)
            .map(|(&code, alone)| if code == 0 { alone } else { code })
            .collect();
        Entities::from_labels(&labels)
    }

    /// Measures whom identifiers reach that are equal within an entity.
    fn reach(
        &self,
        data: &Data,
        truth: &Truth,
        entities: &Entities,
        covered: Rate,
    ) -> Result<Reach> {
        let pairs = evaluate_links(data, truth, &Links::default(), &[], entities)?.pairs;
        let survives_change = self.survives(truth, entities);
        Ok(Reach {
            covered,
            same_child: pairs.recall,
            truly_same: pairs.precision,
            survives_change,
        })
    }

    /// Tries every number of the range on a leaked list; a number is read if its own identifier
    /// is found by it.
    fn attack<T: Eq + Hash>(
        &self,
        listed: impl Fn(usize) -> T,
        tried: impl Fn(&str) -> T,
    ) -> Attack {
        let begun = Instant::now();
        let list: HashMap<T, usize> = (0..self.distinct.len()).map(|n| (listed(n), n)).collect();
        let read = TEST_RANGE
            .filter_map(NhsNumber::from_body)
            .filter(|number| {
                let found = list.get(&tried(number.as_str()));
                found.is_some_and(|&n| self.distinct[n] == number.as_str())
            })
            .count();
        let read = Rate::new(read as u64, self.distinct.len() as u64);
        Attack { read, seconds: begun.elapsed().as_secs_f64() }
    }

    /// Counts the children with records under several numbers, and those of them whose records
    /// are all in one entity.
    fn survives(&self, truth: &Truth, entities: &Entities) -> Rate {
        let mut of_child: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (record, &child) in truth.child_of.iter().enumerate() {
            if self.codes[record] != 0 {
                of_child.entry(child).or_default().push(record);
            }
        }
        let (mut all, mut one) = (0, 0);
        for records in of_child.values() {
            let differ = |of: &[u32]| records.iter().any(|&r| of[r] != of[records[0]]);
            if differ(&self.codes) {
                all += 1;
                one += u64::from(!differ(entities.entity_of()));
            }
        }
        Rate::new(one, all)
    }
}
