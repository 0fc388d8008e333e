//! A short word before an apostrophe written apart: O'Brien as "o brien", D'Souza as "d souza".

use crate::normalise::alternate::{Alternate, Name, NameKind};
use crate::normalise::canon::{is_apostrophe, nfc};

/// Words that stand before an apostrophe in Irish, Romance and African surnames.
///
/// Any other apostrophe is a sound (Sa'ad, T'sehay), and no file parts a word there.
const ELIDED: [&str; 9] = ["d", "dall", "del", "dell", "l", "m", "n", "o", "sant"];

/// The apostrophe as a space.
pub(super) struct Elision;

impl Alternate for Elision {
    fn name(&self) -> &'static str {
        "elision"
    }

    fn suits(&self, _kind: NameKind) -> bool {
        true
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        name.rewritten(spaced(name.text), emit);
    }
}

fn spaced(text: &str) -> Option<String> {
    if !text.contains(is_apostrophe) {
        return None;
    }
    let mut output = String::new();
    let mut word = String::new();
    for letter in nfc(text) {
        let elided = is_apostrophe(letter) && ELIDED.contains(&word.as_str());
        output.push(if elided { ' ' } else { letter });
        if letter.is_alphabetic() {
            word.extend(letter.to_lowercase());
        } else {
            word.clear();
        }
    }
    Some(output)
}
