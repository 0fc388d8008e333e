//! The canonical form of a name: lower-case ASCII words with one space between them.
//!
//! - Hyphens, full stops, brackets and other punctuation end a word. A double-barrelled name
//!   keeps its parts apart, so that a comparator can find "smith" in "smith jones", and
//!   Anne-Marie meets Anne Marie. Removing hyphens instead would make one long word of both,
//!   which no later step could take apart.
//! - Apostrophes of any kind are removed: O'Brien is "obrien", as most files hold it. A file
//!   that writes a space there gives "o brien", one edit away.
//! - Digits are removed, for no name has one: "Twin 1" is a placeholder, "Smith2" a slip.
//! - A leading title goes, unless it is the whole name: "Miss" alone may be one.
//! - Order, spelling and particles (ap, Ní, bin, -ska) stay: they are evidence, not noise.

use super::Normalised;
use super::canon::fold;
use super::cell::Words;
use super::placeholder::is_nameless;

/// Writes the canonical form of a name; missing if the name is a placeholder.
pub(super) fn read_name(text: &str, output: &mut String) -> Normalised {
    let mut words = Words::new(output);
    fold(text, |byte| match byte {
        b'a'..=b'z' => words.push(byte as char),
        b'0'..=b'9' | b'\'' | b'`' => {}
        _ => words.gap(),
    });
    remove_titles(output);
    if !output.is_empty() && is_nameless(output) { Normalised::Missing } else { Normalised::Value }
}

fn remove_titles(name: &mut String) {
    while let Some((first, rest)) = name.split_once(' ') {
        if !matches!(first, "mr" | "mrs" | "ms" | "miss" | "mx" | "mstr" | "master" | "dr") {
            return;
        }
        let kept = name.len() - rest.len();
        name.drain(..kept);
    }
}
