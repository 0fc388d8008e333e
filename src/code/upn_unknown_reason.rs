//! Why a child has no unique pupil number: the codes UN1 to UN10.

use super::{Certainty, Refusal};

/// Reason that stands where a unique pupil number is not known.
///
/// Sources: Standard Safeguarding Dataset (UN1 to UN5); the data-to-insight validator of the
/// children-in-need census (UN6, UN7; it does not accept UN8). UN8 to UN10 are recalled from
/// later specifications, and what UN6 and UN8 to UN10 mean is still to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpnUnknownReason(u8);

impl UpnUnknownReason {
    /// UN5: sources disagree on name or birth date, so that an agency saw an ambiguous match.
    pub const SOURCES_DISAGREE: UpnUnknownReason = UpnUnknownReason(5);

    /// Iterates over the ten reasons in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=10).map(Self)
    }

    /// Reads a code in either case.
    ///
    /// # Errors
    /// `Empty` or `Unlisted`.
    ///
    /// ```
    /// use cci::code::{Refusal, UpnUnknownReason};
    /// assert_eq!(UpnUnknownReason::parse("un5"), Ok(UpnUnknownReason::SOURCES_DISAGREE));
    /// assert_eq!(UpnUnknownReason::parse("UN0"), Err(Refusal::Unlisted));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        Self::all()
            .find(|reason| reason.code().eq_ignore_ascii_case(text.trim()))
            .ok_or(Refusal::Unlisted)
    }

    /// Returns the code, for example `UN5`.
    pub fn code(self) -> &'static str {
        let codes = ["UN1", "UN2", "UN3", "UN4", "UN5", "UN6", "UN7", "UN8", "UN9", "UN10"];
        codes[usize::from(self.0) - 1]
    }

    /// Returns what the code means, where we know it.
    pub fn meaning(self) -> Option<&'static str> {
        match self.0 {
            1 => Some("not of school age and no number given yet"),
            2 => Some("never attended a maintained school in England"),
            3 => Some("educated outside England"),
            4 => Some("newly looked after, number not known yet"),
            5 => Some("sources disagree on name, surname or birth date: no reliable match"),
            7 => Some("referral with no further action"),
            _ => None,
        }
    }

    /// Says whether the code stands in a source or is remembered.
    pub fn certainty(self) -> Certainty {
        if self.0 <= 7 { Certainty::Confirmed } else { Certainty::Recalled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_recalled_code_is_given_a_meaning() {
        let recalled = UpnUnknownReason::all().filter(|r| r.certainty() == Certainty::Recalled);
        assert_eq!(
            recalled.map(|r| (r.code(), r.meaning())).collect::<Vec<_>>(),
            [("UN8", None), ("UN9", None), ("UN10", None)]
        );
    }
}
