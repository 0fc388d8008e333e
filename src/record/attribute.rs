//! Attributes: what a column says about a child, whatever the agency calls it.

use crate::error::{Error, Result};

/// Kind of an attribute, which decides its normaliser and its comparators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeKind {
    /// First or other given name.
    GivenName,
    /// Surname.
    FamilyName,
    /// Calendar date, held as `YYYY-MM-DD`.
    Date,
    /// Sex or gender as recorded, held as `M`, `F` or `X`.
    Sex,
    /// Postcode of the United Kingdom, held as `AB1 2CD`.
    Postcode,
    /// NHS number with a valid check digit, held as ten digits.
    NhsNumber,
    /// Unique pupil number with a valid check letter, held as thirteen characters.
    Upn,
    /// Any other identifying number or code, compared letter by letter.
    Number,
    /// Number of which the size counts: an age, a year, a weight.
    Quantity,
    /// First line of an address.
    Address,
    /// Electronic mail address.
    Email,
    /// One of few values, compared for equality only.
    Category,
    /// Free text.
    Text,
    /// Match token: a keyed hash that stands for a value, equal or not and nothing between.
    MatchToken,
}

impl AttributeKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [AttributeKind; 14] = [
        AttributeKind::GivenName,
        AttributeKind::FamilyName,
        AttributeKind::Date,
        AttributeKind::Sex,
        AttributeKind::Postcode,
        AttributeKind::NhsNumber,
        AttributeKind::Upn,
        AttributeKind::Number,
        AttributeKind::Quantity,
        AttributeKind::Address,
        AttributeKind::Email,
        AttributeKind::Category,
        AttributeKind::Text,
        AttributeKind::MatchToken,
    ];

    /// Returns the name used in settings, for example `given_name`.
    pub fn name(self) -> &'static str {
        match self {
            AttributeKind::GivenName => "given_name",
            AttributeKind::FamilyName => "family_name",
            AttributeKind::Date => "date",
            AttributeKind::Sex => "sex",
            AttributeKind::Postcode => "postcode",
            AttributeKind::NhsNumber => "nhs_number",
            AttributeKind::Upn => "upn",
            AttributeKind::Number => "number",
            AttributeKind::Quantity => "quantity",
            AttributeKind::Address => "address",
            AttributeKind::Email => "email",
            AttributeKind::Category => "category",
            AttributeKind::Text => "text",
            AttributeKind::MatchToken => "match_token",
        }
    }

    /// Finds a kind by the name used in settings.
    ///
    /// # Errors
    /// `UnknownName` with the nearest kind, if no kind has that name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| Error::unknown_name("attribute kind", name, Self::ALL.map(Self::name)))
    }

    /// Says whether the values are personal or family names.
    pub fn is_name(self) -> bool {
        matches!(self, AttributeKind::GivenName | AttributeKind::FamilyName)
    }

    /// Says whether the values are about where somebody lives.
    pub fn is_place(self) -> bool {
        matches!(self, AttributeKind::Postcode | AttributeKind::Address)
    }

    /// Says whether the values are about who somebody is, wherever that is.
    pub fn is_person(self) -> bool {
        use AttributeKind::{Date, Email, FamilyName, GivenName, NhsNumber, Sex, Upn};
        matches!(self, GivenName | FamilyName | Date | Sex | NhsNumber | Upn | Email)
    }

    /// Says whether values that are written nearly alike may be one value, mistyped.
    pub fn may_be_near(self) -> bool {
        !matches!(self, AttributeKind::Sex | AttributeKind::MatchToken)
    }
}

/// Attribute of a record: a name that settings refer to, and its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    name: String,
    kind: AttributeKind,
}

impl Attribute {
    /// Names an attribute of the given kind.
    pub fn new(name: impl Into<String>, kind: AttributeKind) -> Self {
        Self { name: name.into(), kind }
    }

    /// Returns the name used in settings and reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind.
    pub fn kind(&self) -> AttributeKind {
        self.kind
    }
}
