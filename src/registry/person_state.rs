//! What has become of a person, as the issuer knows it.

use std::fmt;

/// State of a person; none of them is ever used again for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonState {
    /// Minted by a linkage, confirmed by nobody.
    Provisional,
    /// Minted for one use, because nothing allows a lasting link.
    OneTime,
    /// Confirmed, for example by a verified national number.
    Confirmed,
    /// Merged into another person, to whom its pseudonyms lead.
    Superseded,
    /// Found to be nobody: a test record, a duplicate of nothing.
    Invalidated,
    /// Hidden: its pseudonyms are answered as unknown ones are.
    Sealed,
    /// Known to have died; the identifier stays as it is.
    Deceased,
    /// Key destroyed, pseudonyms deleted; only the handle is left.
    Erased,
}

use PersonState::{
    Confirmed, Deceased, Erased, Invalidated, OneTime, Provisional, Sealed, Superseded,
};

impl PersonState {
    /// Every state.
    pub const ALL: [PersonState; 8] =
        [Provisional, OneTime, Confirmed, Superseded, Invalidated, Sealed, Deceased, Erased];

    /// Returns the name, as people type it and as the registry keeps it.
    pub fn name(self) -> &'static str {
        match self {
            Provisional => "provisional",
            OneTime => "one_time",
            Confirmed => "confirmed",
            Superseded => "superseded",
            Invalidated => "invalidated",
            Sealed => "sealed",
            Deceased => "deceased",
            Erased => "erased",
        }
    }

    /// Returns what lists and extracts say of an identifier: `provisional`, `one_time` or
    /// `confirmed`.
    ///
    /// A death is not told there: it is no word about the identifier.
    pub fn assurance(self) -> &'static str {
        match self {
            Provisional => "provisional",
            OneTime => "one_time",
            Confirmed | Superseded | Invalidated | Sealed | Deceased | Erased => "confirmed",
        }
    }

    /// Finds a state by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Says whether a person may simply be moved from this state to another.
    ///
    /// A death recorded by mistake is taken back, and so is an invalidation. Superseded comes and
    /// goes with a merge alone; sealed and erased are not come
    /// back from in this way: a seal is taken back by [`Run::unseal`](super::Run::unseal) alone.
    ///
    /// ```
    /// use cci::registry::PersonState::{Confirmed, Deceased, Erased, Provisional, Sealed};
    /// assert!(Provisional.may_become(Confirmed) && !Confirmed.may_become(Provisional));
    /// assert!(Confirmed.may_become(Deceased) && Deceased.may_become(Confirmed));
    /// assert!(!Sealed.may_become(Confirmed) && !Erased.may_become(Sealed));
    /// ```
    pub fn may_become(self, next: PersonState) -> bool {
        match next {
            Confirmed => matches!(self, Provisional | OneTime | Deceased | Invalidated),
            Provisional => self == OneTime,
            Deceased => matches!(self, Provisional | OneTime | Confirmed),
            Invalidated => matches!(self, Provisional | OneTime | Confirmed),
            Sealed => matches!(self, Provisional | OneTime | Confirmed | Deceased | Invalidated),
            Erased => !matches!(self, Erased | Superseded),
            OneTime | Superseded => false,
        }
    }

    /// Says whether pseudonyms of such a person are answered.
    pub fn is_answered(self) -> bool {
        !matches!(self, Sealed | Invalidated | Erased)
    }
}

impl fmt::Display for PersonState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
