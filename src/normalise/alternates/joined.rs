//! Several words written as one: Mac Donald, Abd al-Rahman, Xiao-Ming, Anne-Marie.

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// All words without the spaces between them.
///
/// It meets every other way of parting the same letters, and nothing else: two names with equal
/// joined forms differ in spaces, hyphens and apostrophes alone.
pub(super) struct Joined;

impl Alternate for Joined {
    fn name(&self) -> &'static str {
        "joined"
    }

    fn suits(&self, _kind: NameKind) -> bool {
        true
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let words = name.words();
        if words.len() > 1 && !words.iter().any(|word| is_initial(word)) {
            emit(&words.concat());
        }
    }
}

/// Says whether a word is an initial, which no file writes together with a name.
fn is_initial(word: &str) -> bool {
    word.len() == 1 && !matches!(word, "d" | "e" | "i" | "l" | "m" | "n" | "o" | "t" | "y")
}
