//! NHS number status indicator codes: how far a number has been checked against the spine.

use super::Refusal;

/// Status that travels beside an NHS number, by its two-digit code.
///
/// Source: HL7 UK CareConnect code system. That 08 means a baby under six weeks old is recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NhsNumberStatus {
    /// 01: present and verified.
    Verified,
    /// 02: present, not traced.
    NotTraced,
    /// 03: trace required.
    TraceRequired,
    /// 04: trace attempted, no match or several.
    NoOrSeveralMatches,
    /// 05: number and details conflict.
    NeedsResolving,
    /// 06: trace in progress.
    InProgress,
    /// 07: not present, trace not required.
    NotRequired,
    /// 08: trace postponed.
    Postponed,
}

impl NhsNumberStatus {
    /// Every status, in the order of the codes.
    pub const ALL: [NhsNumberStatus; 8] = [
        NhsNumberStatus::Verified,
        NhsNumberStatus::NotTraced,
        NhsNumberStatus::TraceRequired,
        NhsNumberStatus::NoOrSeveralMatches,
        NhsNumberStatus::NeedsResolving,
        NhsNumberStatus::InProgress,
        NhsNumberStatus::NotRequired,
        NhsNumberStatus::Postponed,
    ];

    /// Reads a code of two digits.
    ///
    /// # Errors
    /// `Empty`, or `Unlisted`; a code that lost its zero is not in the list.
    ///
    /// ```
    /// use cci::code::{NhsNumberStatus, Refusal};
    /// assert_eq!(NhsNumberStatus::parse("01"), Ok(NhsNumberStatus::Verified));
    /// assert_eq!(NhsNumberStatus::parse("1"), Err(Refusal::Unlisted));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        Self::ALL.into_iter().find(|status| status.code() == text.trim()).ok_or(Refusal::Unlisted)
    }

    /// Returns the code, for example `01`.
    pub fn code(self) -> &'static str {
        match self {
            NhsNumberStatus::Verified => "01",
            NhsNumberStatus::NotTraced => "02",
            NhsNumberStatus::TraceRequired => "03",
            NhsNumberStatus::NoOrSeveralMatches => "04",
            NhsNumberStatus::NeedsResolving => "05",
            NhsNumberStatus::InProgress => "06",
            NhsNumberStatus::NotRequired => "07",
            NhsNumberStatus::Postponed => "08",
        }
    }

    /// Returns what the code means.
    pub fn meaning(self) -> &'static str {
        match self {
            NhsNumberStatus::Verified => "number present and verified",
            NhsNumberStatus::NotTraced => "number present but not traced",
            NhsNumberStatus::TraceRequired => "trace required",
            NhsNumberStatus::NoOrSeveralMatches => "trace attempted, no match or several",
            NhsNumberStatus::NeedsResolving => {
                "trace needs to be resolved: number or details conflict"
            }
            NhsNumberStatus::InProgress => "trace in progress",
            NhsNumberStatus::NotRequired => "number not present and trace not required",
            NhsNumberStatus::Postponed => "trace postponed (recalled: a baby under six weeks old)",
        }
    }
}
