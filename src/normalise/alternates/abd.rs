//! Arabic names in Abd al-: Abd al-Rahman, Abdel Rahman, Abdurrahman, all as "abdulrahman".

use crate::normalise::alternate::{Alternate, Name, NameKind};

/// Abd, article and the name of God that follows, as one word with the article as `ul`.
///
/// The article takes the sound of the letter after it (ar-Rahman, as-Salam) and the vowel of
/// the dialect (el, ul, al); the letters of the name after it stay.
pub(super) struct Abd;

const ARTICLES: [&str; 12] =
    ["al", "ad", "ar", "as", "el", "er", "ul", "ud", "ur", "us", "ush", "uz"];
const ABD_WITH_ARTICLE: [&str; 11] = [
    "abdal", "abdel", "abdol", "abdool", "abdoul", "abdul", "abdur", "abdus", "abduz", "abdud",
    "abder",
];
/// Shortest name that may follow: Abdullah is a name of its own.
const SHORTEST: usize = 4;

impl Alternate for Abd {
    fn name(&self) -> &'static str {
        "abd"
    }

    fn suits(&self, _kind: NameKind) -> bool {
        true
    }

    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str)) {
        let words = name.words();
        let (named, rest) = match words.as_slice() {
            ["abd", article, named, rest @ ..] if ARTICLES.contains(article) => (*named, rest),
            [abd, named, rest @ ..] if ABD_WITH_ARTICLE.contains(abd) => (*named, rest),
            ["abd", named, rest @ ..] => (without_article(named), rest),
            [one, rest @ ..] => {
                let found = ABD_WITH_ARTICLE.iter().find_map(|abd| one.strip_prefix(abd));
                (found.unwrap_or_default(), rest)
            }
            [] => return,
        };
        if named.len() >= SHORTEST {
            let joined = format!("abdul{named}");
            let words: Vec<&str> =
                std::iter::once(joined.as_str()).chain(rest.iter().copied()).collect();
            emit(&words.join(" "));
        }
    }
}

/// Returns a name without an article written to it, as in Abd Elrahman.
fn without_article(name: &str) -> &str {
    let rest = ["al", "el", "ul"].iter().find_map(|article| name.strip_prefix(article));
    rest.filter(|rest| rest.len() >= SHORTEST).unwrap_or_default()
}
