//! Personal values that never print themselves.
//!
//! Used wherever a value about a person travels beside code that formats, logs or fails.

use std::fmt;

/// Personal value whose `Debug` shows its length only.
///
/// There is no `Display`: whoever shows the value says so by calling [`Sensitive::reveal`].
///
/// ```
/// let name = cci::sensitive::Sensitive::new("Asha".to_string());
/// assert_eq!(format!("{name:?}"), "<4 bytes withheld>");
/// assert_eq!(name.reveal(), "Asha");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a personal value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value itself, for comparison or an output made for its owner.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: AsRef<[u8]>> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes withheld>", self.0.as_ref().len())
    }
}
