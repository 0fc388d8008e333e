//! Letters with umlaut, stroke or ring spelt out: Müller as "mueller", Søren as "soeren".

use crate::normalise::alternate::{Alternate, Name, NameKind};
use crate::normalise::canon::nfc;

/// The two-letter spellings that German, Nordic and Chinese passports use.
///
/// Only a text that has such a letter gives them: from "mueller" nobody can tell whether there
/// was one. Both files then share "mueller", or, where the marks were lost, "muller".
pub(super) struct Umlaut;

impl Alternate for Umlaut {
    fn name(&self) -> &'static str {
        "umlaut"
    }

    fn suits(&self, _kind: NameKind) -> bool {
        true
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        name.rewritten(spelt_out(name.text), emit);
    }
}

fn spelt_out(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut output = String::new();
    let mut found = false;
    for letter in nfc(text) {
        let Some(letters) = letters(letter) else {
            output.push(letter);
            continue;
        };
        found = true;
        output.push_str(letters);
    }
    found.then_some(output)
}

fn letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        // Chinese, where the sound is ü with a tone.
        'ǖ' | 'Ǖ' | 'ǘ' | 'Ǘ' | 'ǚ' | 'Ǚ' | 'ǜ' | 'Ǜ' => "yu",
        _ => return None,
    })
}
