//! Forms of a value that a blocking rule may ask for: all of it, its sound, a part of it.

use std::borrow::Cow;
use std::ops::Range;

use crate::record::{AttributeKind, mail_local_part, postcode_district, postcode_sector, soundex};

/// Form in which a blocking rule uses a value.
pub struct Form {
    /// Name used in settings, for example `sound` in `sound(family_name)`.
    pub name: &'static str,
    /// Says whether the form makes sense for a kind of attribute.
    pub suits: fn(AttributeKind) -> bool,
    /// Returns the form of a value, or `None` where the value has none.
    pub derive: fn(&str) -> Option<Cow<'_, str>>,
    /// Whether records that agree in this form have the same value.
    pub whole: bool,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every form, the whole value first. To add one: a line here.
pub static FORMS: &[Form] = &[
    Form { name: "whole", suits: |_| true, derive: |v| Some(v.into()), whole: true },
    Form { name: "sound", suits: AttributeKind::is_name, derive: sound, whole: false },
    Form { name: "initial", suits: |_| true, derive: |v| start(v, 1), whole: false },
    Form { name: "first3", suits: |_| true, derive: |v| start(v, 3), whole: false },
    Form { name: "first5", suits: |_| true, derive: |v| start(v, 5), whole: false },
    Form { name: "first_word", suits: AttributeKind::is_name, derive: first_word, whole: false },
    Form { name: "year", suits: is_date, derive: |v| part(v, 0..4), whole: false },
    Form { name: "year_month", suits: is_date, derive: |v| part(v, 0..7), whole: false },
    Form { name: "month_day", suits: is_date, derive: |v| part(v, 5..10), whole: false },
    Form {
        name: "sector",
        suits: is_postcode,
        derive: |v| postcode_sector(v).map(Cow::from),
        whole: false,
    },
    Form {
        name: "district",
        suits: is_postcode,
        derive: |v| postcode_district(v).map(Cow::from),
        whole: false,
    },
    Form {
        name: "local_part",
        suits: is_email,
        derive: |v| mail_local_part(v).map(Cow::from),
        whole: false,
    },
];

fn is_date(kind: AttributeKind) -> bool {
    kind == AttributeKind::Date
}

fn is_postcode(kind: AttributeKind) -> bool {
    kind == AttributeKind::Postcode
}

fn is_email(kind: AttributeKind) -> bool {
    kind == AttributeKind::Email
}

fn sound(value: &str) -> Option<Cow<'_, str>> {
    let code = soundex(value.as_bytes());
    (code != [0; 4]).then(|| String::from_utf8_lossy(&code).into_owned().into())
}

fn start(value: &str, letters: usize) -> Option<Cow<'_, str>> {
    let end = value.char_indices().nth(letters).map_or(value.len(), |(end, _)| end);
    (end > 0).then(|| value[..end].into())
}

fn first_word(value: &str) -> Option<Cow<'_, str>> {
    value.split(' ').next().filter(|word| !word.is_empty()).map(Cow::from)
}

fn part(value: &str, range: Range<usize>) -> Option<Cow<'_, str>> {
    value.get(range).map(Cow::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_take_the_part_that_they_name() {
        for (form, value, expected) in [
            ("whole", "smith", Some("smith")),
            ("sound", "smith", Some("S530")),
            ("initial", "smith", Some("s")),
            ("first3", "al", Some("al")),
            ("first_word", "anna maria", Some("anna")),
            ("year", "2011-03-04", Some("2011")),
            ("year_month", "2011-03-04", Some("2011-03")),
            ("month_day", "2011-03-04", Some("03-04")),
            ("sector", "AB1 2CD", Some("AB1 2")),
            ("district", "AB1 2CD", Some("AB1")),
            ("district", "4011", None),
            ("local_part", "a.b@example.org", Some("a.b")),
        ] {
            let form = FORMS.iter().find(|f| f.name == form).unwrap();
            assert_eq!((form.derive)(value).as_deref(), expected, "{} of {value}", form.name);
        }
    }

    #[test]
    fn only_the_whole_form_promises_the_same_value() {
        let whole: Vec<&str> = FORMS.iter().filter(|f| f.whole).map(|f| f.name).collect();
        assert_eq!(whole, ["whole"]);
    }
}
