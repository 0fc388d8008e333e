//! Designs of an identifier side by side, measured on one set of records.

use std::time::Instant;

use serde::Serialize;

use super::data::Data;
use super::digest::hexadecimal;
use crate::code::NhsNumber;
use crate::error::Result;
use crate::evaluate::Rate;
use crate::identifier::{
    Epoch, EpochSecret, NumberCipher, NumberHash, OsRandom, PersonKey, Pseudonym, PseudonymKey,
    RandomSource, RootKey, Scope,
};
use crate::record::{Entities, Truth};

mod numbers;
mod printed;

use numbers::{Attack, Numbers, Reach};
use printed::{CROCKFORD, DIGITS, HEX, Printed, is_hex};

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
    /// Seconds that trying every number on the list took, the list made ready included.
    pub(super) attack_seconds: f64,
    /// Seconds that reading the list with the key took, if there is a key.
    pub(super) key_seconds: Option<f64>,
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
    /// Microseconds to make one identifier anew for it, in memory.
    pub(super) rotation_microseconds: Option<f64>,
}

/// Identifiers that are mistyped, and made to be timed.
const SAMPLE: usize = 20_000;

/// What was read out of a leaked list, and out of list and key.
struct Leak<'a> {
    list: &'a Attack,
    key: Option<&'a Attack>,
}

/// What a new key period takes.
struct Rotation {
    takes: &'static str,
    microseconds: Option<f64>,
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
    let next = Epoch::new(1)?;
    let next_key = PseudonymKey::derive(&root, &scope, next, &EpochSecret::generate(random)?);
    let cipher = NumberCipher::generate(&scope, Epoch::FIRST, random)?;
    let next_cipher = NumberCipher::generate(&scope, next, random)?;
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
    let turned_back = |listed: &Vec<u8>| cipher.decrypt(listed).map(|number| number.to_string());
    let in_clear = numbers.attack(|n| number(n).to_string(), str::to_string);
    let of_unkeyed = numbers.attack(|n| unkeyed.of(number(n)), tried);
    let without_key = numbers.attack(|n| keyed.of(number(n)), |tried| other.of(tried));
    let with_key = numbers.attack(|n| keyed.of(number(n)), |tried| keyed.of(tried));
    let without_cipher =
        numbers.attack(|n| cipher.encrypt(number(n)), |tried| next_cipher.encrypt(tried));
    let with_cipher = numbers.read_back(|n| cipher.encrypt(number(n)), turned_back);
    let of_table = numbers.attack(|n| drawn[n % SAMPLE], short);
    let of_persons = numbers.attack(|n| pseudonym(&persons[n]), short);
    let of_persons_with_key = numbers.attack(|n| pseudonym(&persons[n]), guess);

    let sample = |make: &dyn Fn(usize) -> String| -> (Vec<String>, f64) {
        let begun = Instant::now();
        let texts: Vec<String> = (0..SAMPLE).map(|n| make(n % count)).collect();
        (texts, begun.elapsed().as_secs_f64() * 1e6 / SAMPLE as f64)
    };
    let as_number: fn(&str, &Scope) -> bool = |text, _| NhsNumber::parse(text).is_ok();
    let is_hash = is_hex::<{ NumberHash::LENGTH }>;
    let is_sealed = is_hex::<{ NumberCipher::LENGTH }>;
    let as_pseudonym: fn(&str, &Scope) -> bool =
        |text, scope| Pseudonym::parse(text, scope).is_ok();
    let row = |design, reach: Reach, leak: Leak<'_>, printed: Printed, rotation: Rotation| {
        let [substitutions_caught, swaps_caught, misplaced_caught] = printed.caught(&scope);
        Measured {
            design,
            covered: reach.covered,
            same_child: reach.same_child,
            truly_same: reach.truly_same,
            survives_change: reach.survives_change,
            leaked_list: leak.list.read,
            leaked_key: leak.key.map(|attack| attack.read),
            attack_seconds: leak.list.seconds,
            key_seconds: leak.key.map(|attack| attack.seconds),
            issue_microseconds: printed.microseconds,
            substitutions_caught,
            swaps_caught,
            misplaced_caught,
            rotation: rotation.takes,
            rotation_microseconds: rotation.microseconds,
        }
    };
    let leak = |list, key| Leak { list, key };
    let rotation = |takes, microseconds| Rotation { takes, microseconds };
    let printed = |(texts, microseconds), is_accepted, alphabet| Printed {
        texts,
        microseconds,
        is_accepted,
        alphabet,
    };
    let sealed = |cipher: &NumberCipher, number: &str| hexadecimal(&cipher.encrypt(number));
    let encrypted: Vec<Vec<u8>> = (0..count).map(|n| cipher.encrypt(number(n))).collect();
    let sealed_anew = |n: usize| {
        let turned_back = cipher.decrypt(&encrypted[n]);
        sealed(&next_cipher, &turned_back.expect("the cipher made it"))
    };
    let next_pseudonym = |n: usize| {
        let value = *next_key.pseudonym(&persons[n], 0).value();
        Pseudonym::from_parts(next, value).print(&scope)
    };
    Ok(vec![
        row(
            "number in clear",
            by_number,
            leak(&in_clear, None),
            printed(sample(&|n| number(n).to_string()), as_number, DIGITS),
            rotation("not possible", None),
        ),
        row(
            "unkeyed hash",
            by_number,
            leak(&of_unkeyed, None),
            printed(sample(&|n| hexadecimal(&unkeyed.of(number(n)))), is_hash, HEX),
            rotation("not possible", None),
        ),
        row(
            "keyed hash",
            by_number,
            leak(&without_key, Some(&with_key)),
            printed(sample(&|n| hexadecimal(&keyed.of(number(n)))), is_hash, HEX),
            rotation("every number again", Some(sample(&|n| hexadecimal(&other.of(number(n)))).1)),
        ),
        row(
            "encryption",
            by_number,
            leak(&without_cipher, Some(&with_cipher)),
            printed(sample(&|n| sealed(&cipher, number(n))), is_sealed, HEX),
            rotation("decrypt, encrypt again", Some(sample(&sealed_anew).1)),
        ),
        row(
            "random table",
            by_person,
            leak(&of_table, None),
            printed(
                (drawn.iter().map(|v| print(*v)).collect(), draw_microseconds),
                as_pseudonym,
                CROCKFORD,
            ),
            rotation("new draws, crosswalk", Some(draw_microseconds)),
        ),
        row(
            "person key",
            by_person,
            leak(&of_persons, Some(&of_persons_with_key)),
            printed(sample(&|n| print(pseudonym(&persons[n]))), as_pseudonym, CROCKFORD),
            rotation("new epoch, crosswalk", Some(sample(&next_pseudonym).1)),
        ),
    ])
}
