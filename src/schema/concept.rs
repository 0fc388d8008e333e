//! What a column's header says that it holds, in the many ways in which people write headers.

use super::concepts::{ABOUT, CONCEPTS, FURTHER, NOISE, SOMEBODY_ELSE};
use crate::record::AttributeKind;

/// What a column can be for a linkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It feeds an attribute of that name and kind.
    Attribute(&'static str, AttributeKind),
    /// It holds given and family name together.
    FullName,
    /// It identifies the record.
    Identifier,
    /// It names the record's source.
    Split,
    /// It holds the true entity, for evaluation only.
    Entity,
}

/// Role and the headers by which it is known, as letters and digits without anything between.
pub(super) struct Concept {
    pub(super) role: Role,
    pub(super) words: &'static [&'static str],
}

/// How surely a header says something; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sureness {
    /// The header is a known one.
    Known,
    /// It is one beside words that say nothing.
    Beside,
    /// It holds one among other words.
    Within,
    /// It is near one, as a slip of the pen is.
    Near,
    /// It says nothing; the cells alone speak.
    Cells,
}

impl Sureness {
    /// Returns how the header says it, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Sureness::Known | Sureness::Beside => "known header",
            Sureness::Within => "header holds a known word",
            Sureness::Near => "header is near a known one",
            Sureness::Cells => "header says nothing",
        }
    }
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeaderReading {
    /// Nothing that is known.
    Nothing,
    /// A role; `further` if it is a former, preferred or other value of it.
    Says { role: Role, sureness: Sureness, further: bool },
    /// Something of another person or of a body: a parent, a school.
    SomebodyElse,
    /// Something about a value: its status, its date of change.
    About,
}

impl HeaderReading {
    /// Returns the role that the header states, slips of the pen left out.
    pub(super) fn role(&self) -> Option<Role> {
        match self {
            HeaderReading::Says { role, sureness, .. } if *sureness != Sureness::Near => {
                Some(*role)
            }
            _ => None,
        }
    }
}

/// Similarity by Jaro and Winkler from which a header is taken for a slip of a known one.
const NEAR: f64 = 0.92;
/// Shortest header that may be a slip: short words are near too many others.
const SHORTEST_SLIP: usize = 6;

/// Reads a header.
pub(super) fn read_header(header: &str) -> HeaderReading {
    let all = words(header);
    let joined = all.concat();
    if let Some(role) = known(&joined) {
        return HeaderReading::Says { role, sureness: Sureness::Known, further: false };
    }
    let is = |word: &str, list: &[&str]| list.contains(&word);
    if all.iter().any(|word| is(word, SOMEBODY_ELSE)) {
        return HeaderReading::SomebodyElse;
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let keep = |kept: &dyn Fn(&str) -> bool| -> String {
        all.iter().copied().filter(|word| word.len() > 1 && kept(word)).collect()
    };
    let telling = keep(&|word| !is(word, NOISE));
    if let Some(role) = known(&telling) {
        return HeaderReading::Says { role, sureness: Sureness::Beside, further: false };
    }
    let plain = keep(&|word| !is(word, NOISE) && !is(word, FURTHER));
    if let Some(role) = known(&plain) {
        return HeaderReading::Says { role, sureness: Sureness::Beside, further: true };
    }
    if let Some((role, rest)) = within(&all) {
        if rest.iter().any(|word| is(word, ABOUT)) {
            return HeaderReading::About;
        }
        let further = rest.iter().any(|word| is(word, FURTHER));
        return HeaderReading::Says { role, sureness: Sureness::Within, further };
    }
    let near = || {
        let all = CONCEPTS.iter().flat_map(|c| c.words.iter().map(|word| (c.role, *word)));
        let scored = all.map(|(role, word)| (role, strsim::jaro_winkler(&telling, word)));
        scored.filter(|(_, score)| *score >= NEAR).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    if telling.len() >= SHORTEST_SLIP
        && let Some((role, _)) = near()
    {
        return HeaderReading::Says { role, sureness: Sureness::Near, further: false };
    }
    HeaderReading::Nothing
}

/// Returns the role known by a whole header.
fn known(joined: &str) -> Option<Role> {
    CONCEPTS.iter().find(|concept| concept.words.contains(&joined)).map(|concept| concept.role)
}

/// Returns the role of the first concept that some run of words is, and the other words.
fn within<'a>(words: &[&'a str]) -> Option<(Role, Vec<&'a str>)> {
    // An age among other words is that of something else, or at some other time.
    let whole = |role: Role| matches!(role, Role::Entity | Role::Split | Role::Attribute("age", _));
    for concept in CONCEPTS.iter().filter(|concept| !whole(concept.role)) {
        for start in 0..words.len() {
            for end in (start + 1..=words.len()).rev() {
                let run = words[start..end].concat();
                // Two letters are too much at home among other words.
                if run.len() > 2 && concept.words.contains(&run.as_str()) {
                    let rest = words[..start].iter().chain(&words[end..]).copied().collect();
                    return Some((concept.role, rest));
                }
            }
        }
    }
    None
}

/// Cuts a header into lower-case words: at signs, and where a small letter meets a capital.
fn words(header: &str) -> Vec<String> {
    let letters: Vec<char> = header.chars().collect();
    let mut words = vec![String::new()];
    for (place, &letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(place + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if !letter.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(header: &str) -> Option<(&'static str, bool)> {
        match read_header(header) {
            HeaderReading::Says { role: Role::Attribute(name, _), further, .. } => {
                Some((name, further))
            }
            _ => None,
        }
    }

    #[test]
    fn headers_cut_into_words() {
        assert_eq!(words("LocalPupilID"), ["local", "pupil", "id"]);
        assert_eq!(words("NHSNumber"), ["nhs", "number"]);
        assert_eq!(words("DATE OF-BIRTH"), ["date", "of", "birth"]);
    }

    #[test]
    fn many_ways_of_writing_a_header_say_one_thing() {
        for (headers, name) in [
            (
                &["NHS_NO", "nhs number", "NHSNumber", "Child NHS No.", "pers_common_child_id"][..],
                "nhs_number",
            ),
            (&["UPN", "unique_pupil_number", "Pupil UPN"], "upn"),
            (
                &["Surname", "LAST NAME", "lname", "FamilyName", "Pupil Legal Surname", "surnme"],
                "family_name",
            ),
            (&["first_name", "Forename1", "GIVEN-NAME", "fname", "child first name"], "given_name"),
            (
                &["DOB", "d.o.b.", "Birth Date", "PupilDateOfBirth", "date_of_birth"],
                "date_of_birth",
            ),
            (&["Gender", "sex code", "SEX", "pupil_gender"], "sex"),
            (&["Post Code", "postcode", "home_postcode", "Address Postcode"], "postcode"),
            (&["AddressLine1", "address", "Street", "addr1"], "address"),
            (&["E-mail", "email_address"], "email"),
        ] {
            for header in headers {
                assert_eq!(attribute(header).map(|a| a.0), Some(name), "{header}");
            }
        }
    }

    #[test]
    fn former_and_preferred_names_are_further_ones() {
        assert_eq!(attribute("PreferredSurname"), Some(("family_name", true)));
        assert_eq!(attribute("former_upn"), Some(("upn", true)));
        assert_eq!(attribute("Previous Post Code"), Some(("postcode", true)));
    }

    #[test]
    fn other_people_and_remarks_are_left_alone() {
        for header in ["Mother Surname", "school_postcode", "GP name", "carer_dob"] {
            assert_eq!(read_header(header), HeaderReading::SomebodyElse, "{header}");
        }
        for header in ["NHS_NO_STATUS", "unique_pupil_number_unknown_reason", "surname_soundex"] {
            assert_eq!(read_header(header), HeaderReading::About, "{header}");
        }
        for header in ["ethnicity", "NCyearActual", "event_date", "x1"] {
            assert!(attribute(header).is_none(), "{header}: {:?}", read_header(header));
        }
    }

    #[test]
    fn no_header_is_known_by_two_roles() {
        let mut all: Vec<&str> = CONCEPTS.iter().flat_map(|c| c.words.iter().copied()).collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
    }
}
