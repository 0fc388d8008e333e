//! Canonicalisation `canon/1`: any letters to lower-case ASCII, in one fixed order.
//!
//! 1. Drop what nobody sees (zero-width, direction marks); unify apostrophes, hyphens and quotes.
//! 2. Compose under compatibility (NFKC): full-width forms, ligatures and no-break spaces
//!    become plain, and a vowel sign stays with its consonant.
//! 3. Split each letter (NFKD). Its ASCII part stays and its accents go; letters that NFKD
//!    leaves alone go through the table below, which is part of the specification.
//! 4. Any other script is transliterated letter by letter, by one fixed table and not by the
//!    rules of its language: Юлія is yuliya, though her passport has Yuliia.
//! 5. Lower case, by table and never by locale: İ and I are both i.
//!
//! Steps 2 and 3 equal plain NFKD for Latin letters. They differ from it for Indic scripts,
//! where dropping every combining mark would drop the vowels, and for й, which is no и.
//! Other rooms store [`CANON_VERSION`] with whatever they make from canonical text: a change
//! in any output is a new version.

use unicode_normalization::UnicodeNormalization;

/// Version of the canonical form, stored in every artefact made from it.
pub const CANON_VERSION: &str = "canon/1";

/// Folds a text and hands over its ASCII bytes in lower case, one at a time.
///
/// White space comes out as it went in, or as a plain space; nothing is trimmed or collapsed.
pub(super) fn fold(text: &str, mut emit: impl FnMut(u8)) {
    if text.is_ascii() {
        text.bytes().for_each(|byte| emit(byte.to_ascii_lowercase()));
        return;
    }
    for letter in text.chars().filter(|&letter| !is_invisible(letter)).map(unify).nfkc() {
        fold_letter(letter, &mut emit);
    }
}

/// Says whether a character shows nothing at all and only hides in the text.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Hands over the lower-case form of a character, accents and script unchanged.
pub(super) fn lower(letter: char, mut emit: impl FnMut(char)) {
    if letter.is_ascii() {
        emit(letter.to_ascii_lowercase());
    } else {
        letter.to_lowercase().for_each(emit);
    }
}

fn fold_letter(letter: char, emit: &mut impl FnMut(u8)) {
    if letter.is_ascii() {
        return emit(letter.to_ascii_lowercase() as u8);
    }
    if letter.is_whitespace() {
        return emit(b' ');
    }
    for part in std::iter::once(letter).nfkd() {
        if part.is_ascii() {
            emit(part.to_ascii_lowercase() as u8);
        } else if let Some(plain) = plain_letters(part) {
            plain.bytes().for_each(&mut *emit);
        } else if !is_accent(part) {
            let plain = any_ascii::any_ascii_char(letter);
            // Words that describe a symbol, as "cherry blossom" does, are nobody's letters.
            if !letter.is_alphanumeric() && plain.contains(|c: char| c.is_ascii_alphabetic()) {
                return emit(b' ');
            }
            return plain.bytes().for_each(|byte| emit(byte.to_ascii_lowercase()));
        }
    }
}

/// Says whether a character is an apostrophe, whatever a keyboard made of it.
pub(super) fn is_apostrophe(letter: char) -> bool {
    matches!(letter,
        '\'' | '`' | '\u{b4}' | '\u{b7}' | '\u{2b9}' | '\u{2bb}'..='\u{2bf}' | '\u{2c8}'
        | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{55a}' | '\u{5f3}' | '\u{a78c}')
}

/// Hands over the characters of a text composed, and without what nobody sees.
pub(super) fn nfc(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|&letter| !is_invisible(letter)).nfc()
}

/// Returns one apostrophe for all of them, one hyphen and one double quote.
fn unify(letter: char) -> char {
    match letter {
        '`' => letter,
        _ if is_apostrophe(letter) => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{58a}' | '\u{5be}' => '-',
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{5f4}' => '"',
        _ => letter,
    }
}

/// Letters of Latin alphabets that NFKD does not split, and what stands for them.
fn plain_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ə' | 'Ə' => "a",
        'æ' | 'Æ' => "ae",
        'ɓ' | 'Ɓ' => "b",
        'ð' | 'Ð' | 'đ' | 'Đ' | 'ɖ' | 'Ɖ' | 'ɗ' | 'Ɗ' => "d",
        'ɛ' | 'Ɛ' => "e",
        'ƒ' | 'Ƒ' => "f",
        'ɣ' | 'Ɣ' => "g",
        'ħ' | 'Ħ' => "h",
        'ı' => "i",
        'ƙ' | 'Ƙ' => "k",
        'ł' | 'Ł' => "l",
        'ŋ' | 'Ŋ' => "ng",
        'ø' | 'Ø' | 'ɔ' | 'Ɔ' => "o",
        'œ' | 'Œ' => "oe",
        'ß' | 'ẞ' => "ss",
        'ŧ' | 'Ŧ' => "t",
        'þ' | 'Þ' => "th",
        'ʋ' | 'Ʋ' => "v",
        'ƴ' | 'Ƴ' => "y",
        _ => return None,
    })
}

/// Says whether a mark only modifies its letter, as accents do and Indic vowel signs do not.
fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut output = String::new();
        fold(text, |byte| output.push(byte as char));
        output
    }

    #[test]
    fn letters_that_nfkd_leaves_alone_go_by_the_table() {
        assert_eq!(
            folded("Łukasz Øyvind Đặng Æthel Þór Weiß Işık"),
            "lukasz oyvind dang aethel thor weiss isik"
        );
    }

    #[test]
    fn compatibility_forms_become_plain() {
        assert_eq!(folded("ﬁ Ⅷ ＡＢ ǅ\u{a0}x"), "fi viii ab dz x");
    }

    #[test]
    fn composed_and_decomposed_text_fold_alike() {
        assert_eq!(folded("Zoe\u{308}"), folded("Zo\u{eb}"));
    }

    #[test]
    fn dotted_and_dotless_i_fold_to_one_letter() {
        assert_eq!(folded("İIıi"), "iiii");
    }

    #[test]
    fn vowel_signs_of_indic_scripts_are_not_dropped() {
        assert_ne!(folded("রহিম"), folded("রহম"));
    }

    #[test]
    fn what_nobody_sees_is_gone() {
        assert_eq!(folded("A\u{200b}na\u{202e}\u{feff}"), "ana");
    }

    #[test]
    fn the_unicode_tables_are_those_of_canon_1() {
        // Newer tables may fold a letter otherwise; that would be a new canon version.
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
    }
}
