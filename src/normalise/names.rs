//! The canonical form of a name: lower-case ASCII words with one space between them.
//!
//! - Hyphens, full stops and other punctuation end a word. A double-barrelled name keeps its
//!   parts apart, so that a comparator can find "smith" in "smith jones", and Anne-Marie meets
//!   Anne Marie. Removing hyphens instead would make one long word of both, which no later step
//!   could take apart; that form is an alternate.
//! - Apostrophes of any kind are removed: O'Brien is "obrien", as most files hold it.
//! - Digits are removed, for no name has one: "Twin 1" is a placeholder, "Smith2" a slip.
//! - Another name of the child in brackets or double quotes, or after words such as "known as",
//!   is no part of the primary form: Alexandra (Sasha) is "alexandra".
//! - A leading title goes, unless it is the whole name: "Miss" alone may be one.
//! - Order, spelling and particles (ap, Ní, bin, -ska) stay: they are evidence, not noise.
//! - More than [`LONGEST_NAME`] letters are no name.

use super::Normalised;
use super::canon::fold;
use super::cell::Words;
use super::placeholder::is_nameless;

/// Longest canonical name, in letters and spaces.
pub const LONGEST_NAME: usize = 200;

/// Words after which another name of the same child follows.
const ALSO: [&str; 9] = [
    "also known as",
    "formerly known as",
    "previously known as",
    "known as",
    "formerly",
    "previously",
    "alias",
    "aka",
    "urf",
];

/// Remarks that stand in brackets after a name and are none.
const REMARKS: [&str; 16] = [
    "adopted",
    "adoption",
    "confidential",
    "dec",
    "deceased",
    "do not use",
    "dup",
    "duplicate",
    "foster",
    "jr",
    "junior",
    "lac",
    "preferred",
    "snr",
    "twin",
    "unborn",
];

/// Writes the canonical form of a name; missing if the name is a placeholder.
pub(super) fn read_name(text: &str, output: &mut String) -> Normalised {
    if write_words(text, output) || announces(output) {
        *output = NameText::parted(output).primary;
    }
    remove_titles(output);
    if output.len() > LONGEST_NAME {
        return Normalised::Invalid;
    }
    if !output.is_empty() && is_nameless(output) { Normalised::Missing } else { Normalised::Value }
}

/// Returns the canonical form of a name, without a look at length and placeholders.
pub(super) fn primary(text: &str) -> String {
    let mut primary = NameText::read(text).primary;
    remove_titles(&mut primary);
    primary
}

/// Names that one cell holds, as canonical words.
#[derive(Debug, Default)]
pub(super) struct NameText {
    /// The name itself, titles included.
    pub(super) primary: String,
    /// Other names of the child.
    pub(super) others: Vec<String>,
}

impl NameText {
    /// Reads all names of a cell.
    pub(super) fn read(text: &str) -> Self {
        let mut words = String::new();
        write_words(text, &mut words);
        Self::parted(&words)
    }

    /// Reads the names of a cell beside the first; most cells have none.
    pub(super) fn others(text: &str) -> Vec<String> {
        let mut words = String::new();
        let parts = write_words(text, &mut words) || announces(&words);
        if parts { Self::parted(&words).others } else { Vec::new() }
    }

    /// Parts words at brackets, at quotes and at what announces another name.
    fn parted(words: &str) -> Self {
        let (mut main, mut aside) = (String::new(), Vec::new());
        let (mut depth, mut quoted) = (0usize, false);
        for piece in words.split_inclusive(['(', ')', '"']) {
            let stretch = piece.trim_matches(['(', ')', '"', ' ']);
            if depth > 0 || quoted {
                aside.push(stretch);
            } else if !stretch.is_empty() {
                main.extend([if main.is_empty() { "" } else { " " }, stretch]);
            }
            match piece.as_bytes().last() {
                Some(b'(') => depth += 1,
                Some(b')') => depth = depth.saturating_sub(1),
                Some(b'"') => quoted = !quoted,
                _ => {}
            }
        }
        let mut names = announced(&main).map(str::to_string);
        let primary = names.next().unwrap_or_default();
        let mut others: Vec<String> = names.collect();
        let named = aside.iter().copied().flat_map(announced).map(bare);
        others.extend(named.filter(|name| !name.is_empty()).map(str::to_string));
        if primary.is_empty() && !others.is_empty() {
            let primary = others.remove(0);
            return Self { primary, others };
        }
        others.retain(|name| !REMARKS.contains(&name.as_str()));
        others.iter_mut().for_each(remove_titles);
        Self { primary, others }
    }
}

/// Writes words with single spaces; says whether there are brackets or quotes among them.
fn write_words(text: &str, output: &mut String) -> bool {
    let mut marked = false;
    let mut words = Words::new(output);
    fold(text, |byte| match byte {
        b'a'..=b'z' => words.push(byte as char),
        b'0'..=b'9' | b'\'' | b'`' => {}
        b'(' | b'[' | b'{' => {
            marked = true;
            words.push_apart('(');
        }
        b')' | b']' | b'}' => {
            marked = true;
            words.push_apart(')');
        }
        b'"' => {
            marked = true;
            words.push_apart('"');
        }
        _ => words.gap(),
    });
    marked
}

/// Says whether canonical words announce another name.
fn announces(words: &str) -> bool {
    words.contains(' ') && announced(words).next() != Some(words)
}

/// Parts words at what announces another name: "ann known as bo" gives "ann" and "bo".
fn announced(words: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(bare(words));
    std::iter::from_fn(move || {
        let words = rest.take()?;
        let (name, after) = match next_announcement(words) {
            Some((start, end)) => (&words[..start], Some(bare(&words[end..]))),
            None => (words, None),
        };
        rest = after;
        Some(name)
    })
}

/// Finds the first announcement that has a word on either side.
fn next_announcement(words: &str) -> Option<(usize, usize)> {
    // Most names are of one or two words, and the search is slow to begin.
    words.match_indices(' ').nth(1)?;
    let found = ALSO.iter().filter_map(|also| {
        let (at, _) = words.match_indices(also).find(|&(at, _)| {
            at > 0
                && words.as_bytes()[at - 1] == b' '
                && words.as_bytes().get(at + also.len()) == Some(&b' ')
        })?;
        Some((at - 1, at + also.len() + 1))
    });
    found.min_by_key(|&(start, end)| (start, std::cmp::Reverse(end)))
}

/// Returns a name without words before it that only announce it: "known as bo" gives "bo".
fn bare(words: &str) -> &str {
    let known_as = |also: &&&str| also.ends_with("known as");
    let announcing = ALSO.iter().filter(known_as).chain([&"nee", &"formerly"]);
    let rest = announcing
        .filter_map(|also| words.strip_prefix(also)?.strip_prefix(' '))
        .min_by_key(|rest| rest.len());
    rest.map_or(words, bare)
}

/// Removes titles, and what announces a name after them: "mrs nee khan" is "khan".
fn remove_titles(name: &mut String) {
    while let Some((first, rest)) = name.split_once(' ') {
        if !matches!(first, "mr" | "mrs" | "ms" | "miss" | "mx" | "mstr" | "master" | "dr") {
            return;
        }
        let kept = name.len() - bare(rest).len();
        name.drain(..kept);
    }
}
