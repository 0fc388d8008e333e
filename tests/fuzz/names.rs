//! Normalisers on anything: idempotent, bounded, and alternates that are values.

use std::collections::BTreeSet;

use cci::normalise::{
    CellRules, LONGEST_NAME, MOST_ALTERNATES, NORMALISERS, Normalised, Normaliser,
};
use proptest::prelude::*;

use super::mutation::{QUICK, at_length, damaged, mistakes, quickly};

/// Bits of names that meet each other in every order.
const BITS: [&str; 64] = [
    "O'",
    "O’",
    "Ó ",
    "Ní ",
    "Nic",
    "Uí",
    "Mac",
    "Mc",
    "Mac ",
    "d'",
    "De",
    "van",
    "der",
    "von ",
    "al-",
    "el ",
    "bin",
    "ap ",
    "abd",
    "Abdul",
    "ul",
    "ur-",
    "Md.",
    "Mst",
    "Mr",
    "Miss",
    "Dr ",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "“",
    "«",
    "/",
    "-",
    "–",
    "known as",
    "also known as",
    "aka",
    "alias",
    "urf",
    "formerly",
    "previously",
    "née",
    "baby",
    "of",
    "twin",
    "unknown",
    "xx",
    "Kowalska",
    "Dostoevskaya",
    "Müller",
    "Søren",
    "Lǚ",
    "Smith",
    "Khan",
    "a",
    "ʿ",
    "\u{200b}",
    "\u{301}",
    "Ｚ",
    "李",
    "\u{fdfa}",
];

/// Most ASCII letters that one character becomes: ﷺ has eighteen letters, each of up to four.
const MOST_LETTERS: usize = 72;

fn normalised(normaliser: &dyn Normaliser, cell: &str) -> (Normalised, String) {
    let mut output = String::new();
    let outcome = normaliser.normalise(cell, &CellRules::default(), &mut output);
    (outcome, output)
}

fn target(cell: String) -> Result<(), TestCaseError> {
    for normaliser in NORMALISERS {
        let (outcome, value) = normalised(*normaliser, &cell);
        let name = normaliser.name();
        let bound = 8 + MOST_LETTERS * cell.chars().count();
        prop_assert!(value.len() <= bound, "{}: {} letters", name, value.len());
        if outcome != Normalised::Value {
            prop_assert!(value.is_empty(), "{}", name);
            continue;
        }
        let mut forms = Vec::new();
        let emit = &mut |form: &str| forms.push(form.to_string());
        normaliser.alternates(&cell, &value, &CellRules::default(), emit);
        let again = (Normalised::Value, value.clone());
        prop_assert_eq!(normalised(*normaliser, &value), again, "{}", name);
        if name.ends_with("_name") {
            prop_assert!(value.len() <= LONGEST_NAME);
        }
        let unique: BTreeSet<&String> = forms.iter().collect();
        prop_assert!(unique.len() == forms.len() && forms.len() <= MOST_ALTERNATES, "{:?}", forms);
        for form in forms {
            prop_assert!(form != value && form.len() > 1);
            prop_assert_eq!(normalised(*normaliser, &form), (Normalised::Value, form.clone()));
        }
    }
    Ok(())
}

fn cells() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        4 => prop::sample::select(&BITS[..]).prop_map(str::to_string),
        2 => Just(" ".to_string()),
        1 => "[A-Za-zÀ-ž']{1,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        4 => prop::collection::vec(bit, 0..9).prop_map(|bits| bits.concat()),
        1 => "\\PC{0,40}",
        1 => ".{0,20}",
        1 => mistakes().prop_map(|mistakes| damaged("Flat 3, 14 O’Brien-Łukasz (Zoë) 2010-03-04", &mistakes)),
        1 => (any::<char>(), 1usize..300).prop_map(|(one, times)| one.to_string().repeat(times)),
    ]
}

#[test]
fn any_cell_gives_a_value_that_stays_itself_and_so_do_its_alternates() {
    quickly(4 * QUICK, &cells(), target);
}

#[test]
#[ignore = "runs for ten minutes"]
fn any_cell_at_length() {
    at_length("normalisers", &cells(), target);
}
