//! What spreadsheets and wrong encodings do to cells, recognised by what they leave.
//!
//! Nothing here mends: what was lost cannot be guessed. Only characters that nobody sees are
//! taken out, for nothing is lost with them.

use super::CellRules;
use super::canon::is_invisible;
use super::normalisers::fits_date;

/// Days of a spreadsheet's calendar that may be dates of people on record: 1927 to 2064.
const DAY_NUMBERS: std::ops::RangeInclusive<u32> = 10_000..=60_000;

/// Says whether a trimmed cell is an error value that spreadsheets write, such as `#N/A`.
pub fn is_error_value(cell: &str) -> bool {
    const ERRORS: [&str; 9] =
        ["#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!"];
    // Asked of every cell, so the sign comes before the list.
    cell.starts_with('#') && ERRORS.iter().any(|error| cell.eq_ignore_ascii_case(error))
}

/// Says whether a spreadsheet rounded a long number, as in `9.43E+09`.
///
/// ```
/// use cci::normalise::damage::is_rounded;
/// assert!(is_rounded("9.43E+09") && is_rounded("1e+12"));
/// assert!(!is_rounded("E1E+") && !is_rounded("9434765919"));
/// ```
pub fn is_rounded(cell: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let Some((number, power)) = cell.trim().split_once(['e', 'E']) else { return false };
    // Some countries write a comma for the point.
    let (whole, parts) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    digits(whole) && digits(parts) && power.strip_prefix('+').is_some_and(digits)
}

/// Says whether a cell of a date column is a spreadsheet's count of days, as in `45000`.
///
/// ```
/// use cci::normalise::damage::is_day_number;
/// assert!(is_day_number("45000") && is_day_number("42036.5"));
/// assert!(!is_day_number("2015") && !is_day_number("99999"));
/// ```
pub fn is_day_number(cell: &str) -> bool {
    let text = cell.trim();
    let (day, part) = text.split_once('.').unwrap_or((text, "0"));
    day.len() == 5
        && part.bytes().all(|byte| byte.is_ascii_digit())
        && day.parse().is_ok_and(|day| DAY_NUMBERS.contains(&day))
}

/// Says whether a date would fit a format without separators if a leading zero were put back.
///
/// ```
/// use cci::normalise::{CellRules, damage::is_date_without_zero};
/// let of = |format: &str| CellRules { date_format: format.into(), ..CellRules::default() };
/// assert!(is_date_without_zero("1022015", &of("%d%m%Y")));
/// assert!(!is_date_without_zero("1022015", &of("%Y%m%d")));
/// ```
pub fn is_date_without_zero(cell: &str, rules: &CellRules) -> bool {
    let (text, format) = (cell.trim(), rules.date_format.as_str());
    format.len() == 6 && text.len() == 7 && fits_date(&format!("0{text}"), format, &rules.years())
}

/// Says whether a text holds characters that do not show: zero-width, direction marks.
pub fn has_hidden(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_invisible)
}

/// Returns a text without the characters that do not show; `buffer` holds it where it differs.
///
/// ```
/// use cci::normalise::damage::visible;
/// let mut buffer = String::new();
/// assert_eq!(visible("2015-02-01\u{200e}", &mut buffer), "2015-02-01");
/// ```
pub fn visible<'a>(text: &'a str, buffer: &'a mut String) -> &'a str {
    if !has_hidden(text) {
        return text;
    }
    buffer.clear();
    buffer.extend(text.chars().filter(|&letter| !is_invisible(letter)));
    buffer
}

/// Says whether a text looks like UTF-8 that was once read as Windows-1252, as `ZoÃ«` for `Zoë`,
/// or holds the sign for a character that could not be read.
///
/// It is a sign, no proof: a letter that stands for a first byte is followed by as many signs
/// as that byte demands. Letters that languages write next to each other do not count: `JOÃO`,
/// `MÍŠA` and `ANDRÉ’S` are whole.
pub fn is_garbled(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let letters: Vec<char> = text.chars().collect();
    letters.iter().enumerate().any(|(place, &letter)| {
        let next = |steps: usize| letters.get(place + steps).copied();
        match letter {
            '\u{fffd}' => true,
            // First bytes C2 to C5: Western and Central European letters.
            'Â'..='Å' => next(1).is_some_and(continues),
            // First bytes C6 to DF: Greek, Cyrillic, Hebrew, Arabic.
            'Æ'..='ß' => next(1).is_some_and(continues_oddly),
            // First bytes E0 to EF: Indic and Chinese letters, curly quotation marks.
            'à'..='ï' => next(1).is_some_and(continues_oddly) && next(2).is_some_and(continues),
            _ => false,
        }
    })
}

/// Says whether Windows-1252 shows a byte 80 to BF as this character.
fn continues(letter: char) -> bool {
    matches!(letter, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(letter)
}

/// Says so of characters that no word has after a letter: no letter, quotation mark, dash or space.
fn continues_oddly(letter: char) -> bool {
    continues(letter) && !letter.is_alphabetic() && !"‘’“”–—…·´\u{a0}".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_leave_is_recognised_and_nothing_else() {
        assert!(["#N/A", "#ref!", "#VALUE!", "#Name?"].iter().all(|cell| is_error_value(cell)));
        assert!(!["n/a", "#1", "REF!", "# N/A"].iter().any(|cell| is_error_value(cell)));
        assert!(["9.43E+09", "9,43e+9", "1E+12"].iter().all(|cell| is_rounded(cell)));
        assert!(!["E+09", "1E09", "9.4.3E+09", "LE+1", "1E+"].iter().any(|cell| is_rounded(cell)));
        assert!(["45000", "42036.0", " 10000"].iter().all(|cell| is_day_number(cell)));
        assert!(!["99999", "2015", "450000", "45000.x"].iter().any(|cell| is_day_number(cell)));
    }

    #[test]
    fn zeros_are_missed_only_where_the_length_is_known() {
        let of = |format: &str| CellRules { date_format: format.into(), ..CellRules::default() };
        assert!(is_date_without_zero("1122015", &of("%d%m%Y")), "01/12/2015");
        let early = CellRules { earliest_year: Some(1800), ..of("%d%m%Y") };
        assert!(is_date_without_zero("1121815", &early), "01/12/1815");
        assert!(!is_date_without_zero("1121815", &of("%d%m%Y")), "nobody in a roll of today");
        for (cell, format) in [("1322015", "%m%d%Y"), ("1/12/2015", "%d/%m/%Y"), ("", "%d%m%Y")] {
            assert!(!is_date_without_zero(cell, &of(format)), "{cell} {format}");
        }
    }

    /// Expected texts were made by encoding as UTF-8 and decoding as Windows-1252.
    #[test]
    fn text_decoded_by_the_wrong_table_is_garbled() {
        for text in [
            "ZoÃ«",               // Zoë
            "Oâ€™Brien",          // O’Brien
            "FranÃ§ois",          // François
            "Ã‰lodie",            // Élodie
            "St\u{c2}\u{a0}John", // St John with a no-break space
            "Å\u{81}ukasz",       // Łukasz; Windows-1252 has no 81
            "GrzeÅ›",             // Grześ
            "ÐžÐ»ÐµÐ³",           // Олег
            "Ø£Ø\u{ad}Ù…Ø¯",      // أحمد
            "à¦°à¦¹à¦¿à¦®",       // রহিম
            "Zo\u{fffd}",
        ] {
            assert!(is_garbled(text), "{text}");
        }
    }

    #[test]
    fn names_of_many_languages_are_whole() {
        for text in [
            "JOÃO",
            "Zoë",
            "ÂNGELA",
            "Đặng",
            "São",
            "ân",
            "MÍŠA",
            "ANDRÉ’S",
            "Łukasz",
            "Grześ",
            "JOSÉ\u{a0}MARÍA",
            "NUÑEZ–RUIZ",
            "Ðorđe",
            "ŽIŽEK",
            "Øyvind",
            "ßmann",
            "Gràcia·s",
            "Олег",
            "أحمد",
            "রহিম",
            "李",
            "NGUYỄN",
            "Seán",
            "Þór",
            "Ünal",
            "d’Été",
            "MÄRŽ",
        ] {
            assert!(!is_garbled(text), "{text}");
        }
    }

    #[test]
    fn characters_that_do_not_show_are_taken_out_and_nothing_else() {
        let mut buffer = String::new();
        assert_eq!(visible("\u{202e}A\u{200b}nn\u{e9}\u{feff}", &mut buffer), "Ann\u{e9}");
        assert_eq!(visible("Anné", &mut buffer), "Anné");
        assert!(has_hidden("\u{200e}1") && !has_hidden("Zoë"));
    }
}
