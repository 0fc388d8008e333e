//! What an agency holds about a child, in common form, before its own file format.

use crate::error::{Error, Result};

/// Attribute that an agency holds and that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Held {
    /// First given name.
    GivenName,
    /// Other given names.
    OtherGivenName,
    /// Surname.
    FamilyName,
    /// Date of birth, `YYYY-MM-DD`.
    DateOfBirth,
    /// Sex, `M` or `F`.
    Sex,
    /// Postcode.
    Postcode,
    /// First line of the address.
    Address,
    /// NHS number, ten digits.
    NhsNumber,
    /// Unique pupil number.
    Upn,
    /// Ethnicity, in the agency's own code list.
    Ethnicity,
}

impl Held {
    /// Every attribute.
    pub(super) const ALL: [Held; 10] = [
        Held::GivenName,
        Held::OtherGivenName,
        Held::FamilyName,
        Held::DateOfBirth,
        Held::Sex,
        Held::Postcode,
        Held::Address,
        Held::NhsNumber,
        Held::Upn,
        Held::Ethnicity,
    ];

    /// Returns the name used in profiles and in the truth, for example `given_name`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Held::GivenName => "given_name",
            Held::OtherGivenName => "other_given_name",
            Held::FamilyName => "family_name",
            Held::DateOfBirth => "date_of_birth",
            Held::Sex => "sex",
            Held::Postcode => "postcode",
            Held::Address => "address",
            Held::NhsNumber => "nhs_number",
            Held::Upn => "upn",
            Held::Ethnicity => "ethnicity",
        }
    }

    /// Finds an attribute by its name.
    ///
    /// # Errors
    /// `UnknownName` with the nearest attribute, if none has that name.
    pub(super) fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|held| held.name() == name)
            .ok_or_else(|| Error::unknown_name("attribute", name, Self::ALL.map(Self::name)))
    }
}

/// Values of one record, one an attribute; empty means that there is none.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Values([String; Held::ALL.len()]);

impl Values {
    /// Returns a value.
    pub(super) fn of(&self, held: Held) -> &str {
        &self.0[held as usize]
    }

    /// Changes a value.
    pub(super) fn set(&mut self, held: Held, value: impl Into<String>) {
        self.0[held as usize] = value.into();
    }

    /// Exchanges two values.
    pub(super) fn swap(&mut self, one: Held, other: Held) {
        self.0.swap(one as usize, other as usize);
    }
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let present = self.0.iter().filter(|value| !value.is_empty()).count();
        write!(f, "Values({present} values withheld)")
    }
}
