//! Finds a normaliser by its name or by the kind of an attribute.

use crate::error::{Error, Result};
use crate::record::AttributeKind;

use super::normaliser::Normaliser;
use super::normalisers::NORMALISERS;

/// Finds a normaliser by the name used in schemas.
///
/// # Errors
/// `UnknownName` with the nearest normaliser, if none has that name.
///
/// ```
/// use cci::normalise::{CellRules, Normalised, find};
/// let mut output = String::new();
/// let outcome = find("family_name").unwrap().normalise("O’Brien-Łoś", &CellRules::default(), &mut output);
/// assert_eq!((outcome, output.as_str()), (Normalised::Value, "obrien los"));
/// ```
pub fn find(name: &str) -> Result<&'static dyn Normaliser> {
    NORMALISERS.iter().copied().find(|normaliser| normaliser.name() == name).ok_or_else(|| {
        Error::unknown_name("normaliser", name, NORMALISERS.iter().map(|known| known.name()))
    })
}

/// Returns the normaliser that a kind of attribute uses unless its column names another.
///
/// It is the one of the same name.
pub fn of_kind(kind: AttributeKind) -> &'static dyn Normaliser {
    find(kind.name()).expect("every kind has a normaliser of its name, as a test below holds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_normaliser_of_its_name() {
        for kind in AttributeKind::ALL {
            assert_eq!(of_kind(kind).name(), kind.name());
        }
    }
}
