//! Kinds of number or code that a text can be checked as, by name: a static list.
//!
//! For a person at a terminal, for conformance vectors and for tests that hold of all kinds.

use super::Refusal;
use super::kinds as read;
use crate::error::{Error, Result};

/// What a valid text turned out to be.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// Canonical form, which reads back as itself.
    pub canonical: String,
    /// What the text says beyond being valid, by name, in a fixed order.
    pub facts: Vec<(&'static str, String)>,
}

/// Whether a kind has check characters, so that most texts of its shape are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A check digit or letter must fit.
    CheckCharacter,
    /// The text must have the form, which any careful mistake has too.
    Form,
    /// The text must stand in a list.
    List,
}

/// Number or code that a text can be checked as.
pub struct CodeKind {
    /// Name as typed and as in `schemas/conformance`.
    pub name: &'static str,
    /// What it is, in words.
    pub title: &'static str,
    /// What being valid rests on.
    pub proof: Proof,
    read: fn(&str, u16) -> std::result::Result<Known, Refusal>,
}

const fn kind(
    name: &'static str,
    title: &'static str,
    proof: Proof,
    read: fn(&str, u16) -> std::result::Result<Known, Refusal>,
) -> CodeKind {
    CodeKind { name, title, proof, read }
}

/// Every kind: numbers first, then codes of organisations and places, then code lists.
pub const CODE_KINDS: &[CodeKind] = &[
    kind("nhs_number", "NHS number", Proof::CheckCharacter, read::nhs_number),
    kind("upn", "unique pupil number", Proof::CheckCharacter, read::upn),
    kind("uln", "unique learner number", Proof::CheckCharacter, read::uln),
    kind("pnc_id", "Police National Computer identifier", Proof::CheckCharacter, read::pnc_id),
    kind("cro_number", "Criminal Records Office number", Proof::CheckCharacter, read::cro_number),
    kind("urn", "unique reference number of an establishment", Proof::Form, read::urn),
    kind("laestab", "local authority and establishment", Proof::Form, read::laestab),
    kind("uprn", "unique property reference number", Proof::Form, read::uprn),
    kind("postcode", "postcode", Proof::Form, read::postcode),
    kind("practice_code", "general practice (ODS)", Proof::Form, read::practice_code),
    kind("icb_code", "integrated care board (ODS)", Proof::Form, read::icb_code),
    kind("la_code", "local authority, three digits", Proof::List, read::la_code),
    kind("la_gss_code", "local authority, nine characters", Proof::Form, read::la_gss_code),
    kind("lsoa", "lower layer super output area", Proof::Form, read::lsoa),
    kind("imd_decile", "decile of deprivation", Proof::List, read::imd_decile),
    kind("police_force", "police force (recalled)", Proof::List, read::police_force),
    kind("nhs_number_status", "NHS number status indicator", Proof::List, read::nhs_number_status),
    kind("upn_unknown_reason", "reason for no UPN", Proof::List, read::upn_unknown_reason),
    kind("ethnicity_health", "ethnic category, NHS 2001", Proof::List, read::ethnicity_health),
    kind(
        "ethnicity_education",
        "ethnicity, schools and social care",
        Proof::List,
        read::ethnicity_education,
    ),
    kind(
        "ethnicity_police",
        "ethnicity, as the person said to police",
        Proof::List,
        read::ethnicity_police,
    ),
    kind(
        "ethnicity_observed",
        "ethnicity, as an officer saw it",
        Proof::List,
        read::ethnicity_observed,
    ),
    kind("sex_health", "person stated gender", Proof::List, read::sex_health),
    kind("sex_education", "sex, schools", Proof::List, read::sex_education),
    kind("sex_social_care", "sex, social care", Proof::List, read::sex_social_care),
    kind("sex_police", "sex, police", Proof::List, read::sex_police),
];

impl CodeKind {
    /// Finds a kind by its name; `nhs`, `pnc`, `cro`, `la` and the like do for the whole.
    ///
    /// # Errors
    /// `UnknownName` with the nearest name and the list.
    ///
    /// ```
    /// use cci::code::CodeKind;
    /// assert_eq!(CodeKind::find("nhs").unwrap().name, "nhs_number");
    /// assert!(CodeKind::find("passport").is_err());
    /// ```
    pub fn find(asked: &str) -> Result<&'static CodeKind> {
        let plain = asked.trim().to_ascii_lowercase().replace('-', "_");
        let whole = |ending: &str| format!("{plain}{ending}");
        ["", "_number", "_id", "_code"]
            .into_iter()
            .find_map(|ending| CODE_KINDS.iter().find(|kind| kind.name == whole(ending)))
            .ok_or_else(|| {
                let names = CODE_KINDS.iter().map(|kind| kind.name);
                Error::unknown_name("kind of code", asked, names)
            })
    }

    /// Reads a text as this kind.
    ///
    /// `as_at_year` decides the century of years written with two digits.
    ///
    /// # Errors
    /// The reason why it is not of this kind.
    ///
    /// ```
    /// use cci::code::CodeKind;
    /// let known = CodeKind::find("pnc").unwrap().read("81/34U", 2026).unwrap();
    /// assert_eq!(known.canonical, "1981/0000034U");
    /// ```
    pub fn read(&self, text: &str, as_at_year: u16) -> std::result::Result<Known, Refusal> {
        (self.read)(text, as_at_year)
    }

    /// Returns other kinds with check characters that the text would be valid as.
    ///
    /// One text may fit another kind by chance, a column does not: it was mixed up.
    pub fn also_fits(&self, text: &str, as_at_year: u16) -> Vec<&'static CodeKind> {
        CODE_KINDS
            .iter()
            .filter(|other| other.proof == Proof::CheckCharacter && other.name != self.name)
            .filter(|other| other.read(text, as_at_year).is_ok())
            .collect()
    }
}

/// Kinds are known by their names.
impl PartialEq for CodeKind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CodeKind {}

impl std::fmt::Debug for CodeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known(<{} characters withheld>)", self.canonical.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_find_their_kind_and_near_ones_are_offered() {
        for (asked, name) in [
            ("NHS", "nhs_number"),
            ("cro", "cro_number"),
            ("la-gss", "la_gss_code"),
            ("upn", "upn"),
        ] {
            assert_eq!(CodeKind::find(asked).unwrap().name, name);
        }
        assert!(
            CodeKind::find("nhs_numbr")
                .unwrap_err()
                .to_string()
                .contains("nearest: \"nhs_number\"")
        );
    }

    #[test]
    fn an_nhs_number_in_the_learner_column_shows_itself() {
        let uln = CodeKind::find("uln").unwrap();
        let fits: Vec<&str> =
            uln.also_fits("9990123454", 2026).iter().map(|kind| kind.name).collect();
        assert!(fits.contains(&"nhs_number"), "{fits:?}");
    }

    #[test]
    fn debug_withholds_what_was_read() {
        let known = CodeKind::find("upn").unwrap().read("P207000016049", 2026).unwrap();
        assert_eq!(format!("{known:?}"), "Known(<13 characters withheld>)");
    }
}
