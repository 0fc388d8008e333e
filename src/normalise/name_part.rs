//! Given or family name of a cell that holds both.

use serde::Deserialize;

/// Part of a full name.
///
/// Before a comma stands the family name, as registers write it; where there is none, the last
/// word is the family name. A single word is a given name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamePart {
    /// What the person is called by, middle names included.
    Given,
    /// Surname.
    Family,
}

impl NamePart {
    /// Returns this part of a full name, empty if the cell has none.
    ///
    /// ```
    /// use cci::normalise::NamePart;
    /// for (cell, given, family) in [
    ///     ("KHAN-SMITH, Amelia Rose", "Amelia Rose", "KHAN-SMITH"),
    ///     ("Amelia Rose Khan", "Amelia Rose", "Khan"),
    ///     ("Amelia Khan (Millie)", "Amelia", "Khan"),
    ///     ("Amelia", "Amelia", ""),
    ///     ("Khan,", "", "Khan"),
    /// ] {
    ///     assert_eq!(NamePart::Given.of(cell), given);
    ///     assert_eq!(NamePart::Family.of(cell), family);
    /// }
    /// ```
    pub fn of(self, cell: &str) -> &str {
        let cell = cell.trim();
        let (given, family) = match cell.split_once(',') {
            Some((family, given)) => (given, family),
            None => {
                // A name in brackets is another given name.
                let plain = cell.find(['(', '[', '"']).map_or(cell, |start| &cell[..start]).trim();
                match plain.rfind(char::is_whitespace) {
                    Some(gap) => plain.split_at(gap),
                    None => (cell, ""),
                }
            }
        };
        match self {
            Self::Given => given.trim(),
            Self::Family => family.trim(),
        }
    }
}
