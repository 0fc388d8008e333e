//! Patterns that whole cells must match, tested in time linear in the cell.
//!
//! There are neither backreferences nor look-around. Engines that have them take twice as long
//! for every further sign under a pattern such as `(a+)+$`, and one cell can stop a run.

use std::fmt;

use regex::Regex;

/// Regular expression that a whole text matches or does not.
///
/// ```
/// use cci::normalise::Pattern;
///
/// let pattern = Pattern::new("[A-Z]{2}[0-9]+").expect("it is a pattern");
/// assert!(pattern.matches("AB12") && !pattern.matches("AB12 "));
/// assert_eq!(Pattern::new("AB[0-9").unwrap_err().to_string(), "column 3: unclosed character class");
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    whole: Regex,
}

/// What is wrong with a pattern, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    /// Character of the pattern, from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first fault, with its column.
    pub fn new(text: &str) -> Result<Self, PatternFault> {
        regex_syntax::parse(text).map_err(|cause| {
            let (offset, what) = match &cause {
                regex_syntax::Error::Parse(cause) => {
                    (cause.span().start.offset, cause.kind().to_string())
                }
                regex_syntax::Error::Translate(cause) => {
                    (cause.span().start.offset, cause.kind().to_string())
                }
                other => (0, other.to_string()),
            };
            let before = text.get(..offset).unwrap_or_default();
            PatternFault { column: 1 + before.chars().count(), what }
        })?;
        // What parses alone fails here only if it is too large, or ends in a comment of (?x).
        let whole = Regex::new(&format!(r"\A(?:{text})\z")).map_err(|_| PatternFault {
            column: 1,
            what: "it is too large, or ends in a comment".to_string(),
        })?;
        Ok(Self { text: text.to_string(), whole })
    }

    /// Says whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    /// Returns the pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Returns a pattern that takes a text and nothing else.
pub fn literal_pattern(text: &str) -> String {
    regex::escape(text)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_is_placed_by_character_and_named() {
        let fault = |text| Pattern::new(text).unwrap_err().to_string();
        assert_eq!(fault("é(a"), "column 2: unclosed group");
        assert_eq!(fault(r"(a)\1"), "column 4: backreferences are not supported");
        assert!(fault("a(?=b)").starts_with("column 2: look-around"), "{}", fault("a(?=b)"));
        assert!(fault("[a-z]{9999}{9999}").starts_with("column 1: it is too large"));
    }

    #[test]
    fn either_branch_must_take_the_whole_text() {
        let pattern = Pattern::new("a|ab").unwrap();
        assert!(pattern.matches("ab") && pattern.matches("a") && !pattern.matches("b"));
    }

    /// A backtracking engine would need 2 to the power of 50,000 steps: this returns, or hangs.
    #[test]
    fn catastrophic_pattern_runs_in_linear_time() {
        let pattern = Pattern::new("(a+)+b|(a|aa)+c").unwrap();
        let mut cell = "a".repeat(50_000);
        assert!(!pattern.matches(&cell));
        cell.push('b');
        assert!(pattern.matches(&cell));
    }
}
