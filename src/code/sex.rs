//! Sex or gender codes of the four agencies, and the three letters that linkage compares.

use crate::record::Agency;

use super::Refusal;

/// Sex or gender as an agency recorded it.
///
/// Agencies ask different questions (sex at birth, stated gender), so two of these are
/// compared as evidence and never corrected one by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Indeterminate: unable to be classed as either.
    Indeterminate,
}

impl Sex {
    /// Every value, in the order of the letters M, F, X.
    pub const ALL: [Sex; 3] = [Sex::Male, Sex::Female, Sex::Indeterminate];

    /// Returns the letter that linkage compares: M, F or X.
    pub fn letter(self) -> char {
        match self {
            Sex::Male => 'M',
            Sex::Female => 'F',
            Sex::Indeterminate => 'X',
        }
    }

    /// Reads an agency's code; `None` where the code means not known or not yet born.
    ///
    /// Health: person stated gender, 1, 2, 9 and X for not known (recalled). Education:
    /// M and F. Social care: M, F and U, as the children-in-need census has them, where an
    /// unborn child is U. Police: M, F and U (recalled).
    ///
    /// # Errors
    /// `Unlisted` if the agency has no such code.
    ///
    /// ```
    /// use cci::{code::Sex, record::Agency};
    /// assert_eq!(Sex::from_agency_code(Agency::Health, "2"), Ok(Some(Sex::Female)));
    /// assert_eq!(Sex::from_agency_code(Agency::Health, "X"), Ok(None)); // not known, not indeterminate
    /// ```
    pub fn from_agency_code(agency: Agency, code: &str) -> Result<Option<Self>, Refusal> {
        codes(agency)
            .iter()
            .find(|(listed, _)| listed.eq_ignore_ascii_case(code.trim()))
            .map(|&(_, sex)| sex)
            .ok_or(Refusal::Unlisted)
    }

    /// Returns an agency's code of a sex, or of one not known; `None` if it has none.
    pub fn agency_code(agency: Agency, sex: Option<Self>) -> Option<&'static str> {
        codes(agency).iter().find(|&&(_, listed)| listed == sex).map(|&(code, _)| code)
    }
}

fn codes(agency: Agency) -> &'static [(&'static str, Option<Sex>)] {
    match agency {
        Agency::Health => &[
            ("1", Some(Sex::Male)),
            ("2", Some(Sex::Female)),
            ("9", Some(Sex::Indeterminate)),
            ("X", None),
        ],
        Agency::Education => &[("M", Some(Sex::Male)), ("F", Some(Sex::Female))],
        Agency::SocialCare | Agency::Police => {
            &[("M", Some(Sex::Male)), ("F", Some(Sex::Female)), ("U", None)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_an_agency_writes_it_reads_back() {
        for agency in Agency::ALL {
            for sex in Sex::ALL.map(Some).into_iter().chain([None]) {
                if let Some(code) = Sex::agency_code(agency, sex) {
                    assert_eq!(Sex::from_agency_code(agency, code), Ok(sex), "{agency:?} {code}");
                }
            }
        }
    }

    #[test]
    fn schools_have_no_code_for_indeterminate_or_not_known() {
        assert_eq!(Sex::agency_code(Agency::Education, Some(Sex::Indeterminate)), None);
        assert_eq!(Sex::agency_code(Agency::Education, None), None);
        assert_eq!(Sex::from_agency_code(Agency::Education, "U"), Err(Refusal::Unlisted));
    }
}
