//! How identifiers of a design are printed, and which mistakes a receiver sees offline.

use crate::evaluate::Rate;
use crate::identifier::Scope;

pub(super) const DIGITS: &[u8] = b"0123456789";
pub(super) const HEX: &[u8] = b"0123456789abcdef";
pub(super) const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Says whether a text has the form of an identifier of so many bytes; more cannot be seen of it.
pub(super) fn is_hex<const LENGTH: usize>(text: &str, _: &Scope) -> bool {
    text.len() == 2 * LENGTH && text.bytes().all(|byte| HEX.contains(&byte))
}

/// Printed identifier, and how a receiver checks it.
pub(super) struct Printed {
    /// One of each that is mistyped.
    pub(super) texts: Vec<String>,
    /// Time to make one, in memory.
    pub(super) microseconds: f64,
    /// What a receiver without a key can see.
    pub(super) is_accepted: fn(&str, &Scope) -> bool,
    /// Characters of which a wrong one is chosen.
    pub(super) alphabet: &'static [u8],
}

impl Printed {
    /// Mistypes each text once in each way; returns what the receiver sees of wrong symbols, of
    /// swapped neighbours and of texts of another scope.
    pub(super) fn caught(&self, scope: &Scope) -> [Rate; 3] {
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
