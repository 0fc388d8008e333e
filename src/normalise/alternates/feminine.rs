//! Slavic surnames that a daughter has in the feminine: Kowalska beside Kowalski.

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// The masculine form, under which an agency may hold the child after the father.
///
/// Only endings whose other form is certain, or one of two spellings. A Czech in -ová may be
/// any of three names and a Lithuanian in -aitė any of several; comparators have those.
pub(super) struct Feminine;

const ENDINGS: [(&str, [&str; 2]); 4] = [
    ("skaya", ["sky", "skiy"]),
    ("ska", ["ski", "ski"]),
    ("cka", ["cki", "cki"]),
    ("zka", ["zki", "zki"]),
];

impl Alternate for Feminine {
    fn name(&self) -> &'static str {
        "feminine"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Family
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let is_feminine = |word: &str| ENDINGS.iter().any(|(ending, _)| word.ends_with(ending));
        if !name.primary.split(' ').any(is_feminine) {
            return;
        }
        for spelling in 0..2 {
            let masculine = |word| masculine(word, spelling);
            let words: Vec<String> = name.words().into_iter().map(masculine).collect();
            emit(&words.join(" "));
        }
    }
}

fn masculine(word: &str, spelling: usize) -> String {
    // A stem of three letters at least: Laska is a name of its own.
    for (feminine, masculine) in ENDINGS {
        if let Some(stem) = word.strip_suffix(feminine).filter(|stem| stem.len() >= 3) {
            return format!("{stem}{}", masculine[spelling]);
        }
    }
    word.to_string()
}
