//! Texts that stand for "not known", which are missing and never agree with each other.
//!
//! The lists are what administrative files are known to hold; a column adds its own in the
//! schema. Some of them are somebody's real name (Baby in Kerala): losing it to missing costs
//! one child some evidence, while keeping it would join strangers.

use super::CellRules;

/// Says whether the column's own rules name this text.
pub(super) fn is_local(text: &str, rules: &CellRules) -> bool {
    rules.placeholders.iter().any(|placeholder| {
        let placeholder = placeholder.trim();
        text.eq_ignore_ascii_case(placeholder)
            || (!text.is_ascii() && text.to_lowercase() == placeholder.to_lowercase())
    })
}

/// Says whether a text stands for "not known" in any column but a name.
pub(super) fn is_general(text: &str) -> bool {
    const GENERAL: [&str; 20] = [
        "n/a",
        "n a",
        "na",
        "nan",
        "n.a.",
        "nil",
        "none",
        "null",
        "missing",
        "not applicable",
        "not available",
        "not given",
        "not known",
        "not recorded",
        "not stated",
        "tbc",
        "to be confirmed",
        "unk",
        "unknown",
        "withheld",
    ];
    text.len() <= 15 && GENERAL.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder))
}

/// Says whether a canonical name stands for "not known", in a given or a family name.
pub(super) fn is_nameless(name: &str) -> bool {
    matches!(
        name,
        "anonymous"
            | "n a"
            | "no name"
            | "none"
            | "not available"
            | "not given"
            | "not known"
            | "not provided"
            | "not recorded"
            | "not stated"
            | "tba"
            | "tbc"
            | "to be confirmed"
            | "unknown"
            | "unknown unknown"
            | "unnamed"
            | "withheld"
    ) || name.bytes().all(|byte| matches!(byte, b'x' | b' '))
}

/// Says whether a canonical given name is what a ward writes before a child has one.
///
/// ```text
/// baby · baby girl · twin b · infant of smith · b o smith (B/O Smith)
/// ```
pub(super) fn is_newborn(name: &str) -> bool {
    const OF: [&str; 8] = [
        "b o ",
        "babe of ",
        "baby of ",
        "child of ",
        "daughter of ",
        "infant of ",
        "son of ",
        "twin of ",
    ];
    if OF.iter().any(|prefix| name.starts_with(prefix)) {
        return true;
    }
    let which = |last: &str| {
        matches!(
            last,
            "a" | "b"
                | "c"
                | "i"
                | "ii"
                | "iii"
                | "one"
                | "two"
                | "three"
                | "boy"
                | "girl"
                | "male"
                | "female"
        )
    };
    let what = match name.rsplit_once(' ') {
        Some((first, last)) if which(last) => first,
        _ => name,
    };
    matches!(
        what,
        "babe"
            | "baby"
            | "baby boy"
            | "baby girl"
            | "baby twin"
            | "child"
            | "female infant"
            | "infant"
            | "male infant"
            | "neonate"
            | "new born"
            | "newborn"
            | "no name yet"
            | "not named"
            | "not yet named"
            | "to be named"
            | "unnamed baby"
            | "unnamed child"
            | "unnamed infant"
            | "triplet"
            | "twin"
            | "unborn"
            | "unborn baby"
            | "unborn child"
    )
}
