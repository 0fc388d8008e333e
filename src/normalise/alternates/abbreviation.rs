//! Bengali and Malay prefixes that many files shorten or leave out: Md. Rafiqul, Mst Sultana.

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// The prefix written out, and the name without it.
pub(super) struct Abbreviation;

const PREFIXES: [(&str, &str); 6] = [
    ("md", "mohammed"),
    ("mohd", "mohammed"),
    ("muhd", "mohammed"),
    ("mst", "mosammat"),
    ("most", "mosammat"),
    ("mosst", "mosammat"),
];

impl Alternate for Abbreviation {
    fn name(&self) -> &'static str {
        "abbreviation"
    }

    fn suits(&self, kind: NameKind) -> bool {
        kind == NameKind::Given
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let (first, rest) = name.primary.split_once(' ').unwrap_or((name.primary, ""));
        if let Some((_, long)) = PREFIXES.iter().find(|(short, _)| *short == first) {
            emit(format!("{long} {rest}").trim_end());
            emit(rest);
        }
    }
}
