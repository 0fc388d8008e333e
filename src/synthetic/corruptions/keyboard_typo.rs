//! Slip of a finger: a neighbouring key, a letter too few or too many, two exchanged.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

const ROWS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Slip of a finger: a neighbouring key, a letter too few or too many, two exchanged.
pub(in crate::synthetic) struct KeyboardTypo;

impl Corruption for KeyboardTypo {
    fn name(&self) -> &'static str {
        "keyboard_typo"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::GivenName, Held::OtherGivenName, Held::FamilyName, Held::Postcode, Held::Address]
    }

    fn applies(&self, struck: Held, values: &Values, _: &Subject) -> bool {
        // A name needs a key with neighbours behind its first letter.
        values.of(struck).chars().skip(1).any(|letter| neighbours(letter).next().is_some())
    }

    fn corrupt(&self, struck: Held, values: &mut Values, _: &Subject, rng: &mut Stream) {
        let mut letters: Vec<char> = values.of(struck).chars().collect();
        let places: Vec<usize> = (1..letters.len())
            .filter(|&place| neighbours(letters[place]).next().is_some())
            .collect();
        let place = *rng.pick(&places);
        let letter = letters[place];
        let near: Vec<char> = neighbours(letter).collect();
        let next = letters.get(place + 1).copied();
        match rng.below(10) {
            // The length of a postcode is checked as it is typed.
            0..2 if struck != Held::Postcode && letters.len() > 3 => drop(letters.remove(place)),
            2..4 if struck != Held::Postcode => letters.insert(place, *rng.pick(&near)),
            4..6 if next.is_some_and(|next| next != letter && next.is_alphanumeric()) => {
                letters.swap(place, place + 1);
            }
            _ => letters[place] = *rng.pick(&near),
        }
        values.set(struck, letters.into_iter().collect::<String>());
    }
}

/// Returns the keys beside a key, in the case of the letter.
fn neighbours(letter: char) -> impl Iterator<Item = char> {
    let lower = letter.to_ascii_lowercase();
    let row = ROWS.iter().copied().find(|row| row.contains(lower)).unwrap_or_default();
    let place = row.find(lower).unwrap_or_default();
    let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
    beside
        .filter_map(move |place| row[place.min(row.len())..].chars().next())
        .map(move |near| if letter.is_ascii_uppercase() { near.to_ascii_uppercase() } else { near })
}
