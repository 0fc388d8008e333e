//! Ethnicity code lists of the agencies and the five broad groups they are reported in.
//!
//! The lists are not the same list under other letters: each lacks groups that another has.
//! The crosswalk says what each code loses and never imputes one list from another.

use crate::record::Agency;

use super::Refusal;
use super::ethnicity_codes::ETHNIC_CODES;

/// Broad ethnic group of the reports.
///
/// The five groups of the 2021 census of England and Wales (recalled), in which Chinese is
/// part of Asian and Arab part of other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BroadGroup {
    /// Asian, Asian British.
    Asian,
    /// Black, Black British, Caribbean, African.
    Black,
    /// Mixed or multiple ethnic groups.
    Mixed,
    /// White, Gypsy, Roma and Irish Traveller included.
    White,
    /// Other ethnic group, Arab included.
    Other,
}

impl BroadGroup {
    /// Every group, in alphabetical order with other last, as reports show them.
    pub const ALL: [BroadGroup; 5] = [
        BroadGroup::Asian,
        BroadGroup::Black,
        BroadGroup::Mixed,
        BroadGroup::White,
        BroadGroup::Other,
    ];

    /// Returns the name used in files and settings, for example `asian`.
    pub fn name(self) -> &'static str {
        match self {
            BroadGroup::Asian => "asian",
            BroadGroup::Black => "black",
            BroadGroup::Mixed => "mixed",
            BroadGroup::White => "white",
            BroadGroup::Other => "other",
        }
    }

    /// Returns the name used in reports, for example `Asian`.
    pub fn label(self) -> &'static str {
        match self {
            BroadGroup::Asian => "Asian",
            BroadGroup::Black => "Black",
            BroadGroup::Mixed => "Mixed",
            BroadGroup::White => "White",
            BroadGroup::Other => "Other",
        }
    }
}

/// Code list that an agency records ethnicity in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EthnicityList {
    /// NHS ethnic category of 2001, also called 16+1.
    Health,
    /// Department for Education, used by schools and children's social care.
    Education,
    /// Police, as the person said: 16+1, with the three codes that 18+1 adds.
    PoliceSelfDefined,
    /// Police, as the officer saw it. A measurement by somebody else, not the child's word.
    PoliceObserved,
}

impl EthnicityList {
    /// Every list.
    pub const ALL: [EthnicityList; 4] = [
        EthnicityList::Health,
        EthnicityList::Education,
        EthnicityList::PoliceSelfDefined,
        EthnicityList::PoliceObserved,
    ];

    /// Returns the list in which an agency records what people say of themselves.
    pub fn of(agency: Agency) -> Self {
        match agency {
            Agency::Health => EthnicityList::Health,
            Agency::Education | Agency::SocialCare => EthnicityList::Education,
            Agency::Police => EthnicityList::PoliceSelfDefined,
        }
    }

    /// Returns where the list comes from, and what of it rests on memory.
    pub fn source(self) -> &'static str {
        match self {
            EthnicityList::Health => "NHS Data Dictionary, ethnic category code 2001 (recalled)",
            EthnicityList::Education => {
                "codes from the data-to-insight validators of two returns; labels recalled"
            }
            EthnicityList::PoliceSelfDefined => {
                "16+1 from Criminal Justice Hub, 18+1 from Wikipedia; labels recalled"
            }
            EthnicityList::PoliceObserved => "Wikipedia, IC codes",
        }
    }

    /// Returns the groups that other lists tell apart and this one cannot.
    pub fn lacks(self) -> &'static [&'static str] {
        match self {
            EthnicityList::Health => &["Gypsy, Roma and Irish Traveller", "Arab"],
            EthnicityList::Education => &["Arab"],
            EthnicityList::PoliceSelfDefined => {
                &["Gypsy, Roma and Irish Traveller before 18+1", "Arab before 18+1"]
            }
            EthnicityList::PoliceObserved => &["Mixed", "every group within a broad group"],
        }
    }

    /// Iterates over the codes of the list, in its own order.
    pub fn codes(self) -> impl Iterator<Item = &'static EthnicCode> {
        ETHNIC_CODES.iter().filter(move |code| code.list == self)
    }

    /// Finds a code, letter case and outer spaces ignored.
    ///
    /// # Errors
    /// `Unlisted` if the list has no such code.
    ///
    /// ```
    /// use cci::code::{BroadGroup, EthnicityList};
    /// let chinese = EthnicityList::Health.find("R").unwrap();
    /// assert_eq!(chinese.group, Some(BroadGroup::Asian));
    /// assert_eq!(EthnicityList::Education.find("REFU").unwrap().group, None);
    /// ```
    pub fn find(self, code: &str) -> Result<&'static EthnicCode, Refusal> {
        self.codes()
            .find(|listed| listed.code.eq_ignore_ascii_case(code.trim()))
            .ok_or(Refusal::Unlisted)
    }
}

/// One line of the crosswalk from a list's code to a broad group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EthnicCode {
    /// List that the code belongs to.
    pub list: EthnicityList,
    /// Code as the agency writes it.
    pub code: &'static str,
    /// Meaning of the code.
    pub label: &'static str,
    /// Broad group, or `None` for not stated, refused and not known.
    pub group: Option<BroadGroup>,
    /// What the broad group no longer says.
    pub loses: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_in_their_list_and_every_line_says_what_it_loses() {
        for list in EthnicityList::ALL {
            let mut codes: Vec<&str> = list.codes().map(|line| line.code).collect();
            let lines = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), lines, "{list:?}");
            assert!(list.codes().all(|line| !line.loses.is_empty() && !line.label.is_empty()));
            assert!(list.codes().any(|line| line.group.is_none()), "{list:?} has a not known");
        }
    }

    #[test]
    fn lists_have_as_many_codes_as_their_source() {
        let counts = EthnicityList::ALL.map(|list| list.codes().count());
        assert_eq!(counts, [18, 20, 20, 9]);
    }

    #[test]
    fn observed_ethnicity_reaches_every_group_but_mixed() {
        let reached: Vec<BroadGroup> = BroadGroup::ALL
            .into_iter()
            .filter(|group| {
                EthnicityList::PoliceObserved.codes().any(|line| line.group == Some(*group))
            })
            .collect();
        let all_but_mixed: Vec<BroadGroup> =
            BroadGroup::ALL.into_iter().filter(|group| *group != BroadGroup::Mixed).collect();
        assert_eq!(reached, all_but_mixed);
    }
}
