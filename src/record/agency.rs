//! The four agencies that hold records about children in England.

use crate::error::{Error, Result};

/// Agency that holds records about children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agency {
    /// NHS bodies: general practice, hospitals, community services.
    Health,
    /// Schools and local authority education teams.
    Education,
    /// Local authority children's social care.
    SocialCare,
    /// Police forces.
    Police,
}

impl Agency {
    /// Every agency, in the order in which reports show them.
    pub const ALL: [Agency; 4] =
        [Agency::Health, Agency::Education, Agency::SocialCare, Agency::Police];

    /// Returns the name used in files and settings, for example `social_care`.
    pub fn name(self) -> &'static str {
        match self {
            Agency::Health => "health",
            Agency::Education => "education",
            Agency::SocialCare => "social_care",
            Agency::Police => "police",
        }
    }

    /// Returns the name used in reports, for example `Social care`.
    pub fn label(self) -> &'static str {
        match self {
            Agency::Health => "Health",
            Agency::Education => "Education",
            Agency::SocialCare => "Social care",
            Agency::Police => "Police",
        }
    }

    /// Finds an agency by the name used in files and settings.
    ///
    /// # Errors
    /// `UnknownName` with the nearest agency, if no agency has that name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|agency| agency.name() == name)
            .ok_or_else(|| Error::unknown_name("agency", name, Self::ALL.map(Agency::name)))
    }
}
