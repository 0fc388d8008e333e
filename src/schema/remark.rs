//! What people recognise about a cell: named in messages, counted apart in the account.

use std::fmt;

use super::row::Place;
use super::source_file::ColumnRequest;
use crate::code::{NhsNumber, Refusal, Upn};
use crate::normalise::{damage, is_impossible_date};
use crate::record::AttributeKind;

macro_rules! remarks {
    ($($(#[doc = $doc:literal])+ $remark:ident = $name:literal, $words:literal, $fix:literal;)+) => {
        /// Something recognised about a cell; displays as words that follow "found".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Remark { $($(#[doc = $doc])+ $remark,)+ }

        impl Remark {
            /// Every remark, in the order of the documentation.
            pub const ALL: &[Remark] = &[$(Remark::$remark,)+];

            /// Returns the stable name, for example `spreadsheet_rounding`.
            pub fn name(self) -> &'static str {
                match self { $(Remark::$remark => $name,)+ }
            }

            /// Returns what was found, in words that hold nothing of the cell.
            pub fn words(self) -> &'static str {
                match self { $(Remark::$remark => $words,)+ }
            }

            /// Returns what the supplier should do about it.
            pub fn fix(self) -> &'static str {
                match self { $(Remark::$remark => $fix,)+ }
            }
        }
    };
}

remarks! {
    /// `#N/A`, `#REF!` and the like.
    SpreadsheetError = "spreadsheet_error",
        "an error value of a spreadsheet",
        "mend the formula at the source, or ask for the system's own export";
    /// `9.43E+09`: the digits are lost.
    SpreadsheetRounding = "spreadsheet_rounding",
        "a number that a spreadsheet rounded",
        "ask for the system's own export; the digits are lost and cannot be put back";
    /// `45000` where a date should be.
    SpreadsheetDay = "spreadsheet_day",
        "a date as a spreadsheet's count of days",
        "write the column as dates before the file is saved as CSV";
    /// A number or code of known length whose leading zeros are gone.
    LostZeros = "lost_zeros",
        "a number or code without its leading zeros",
        "read the column as text, not as numbers, before the file is saved as CSV";
    /// A date that would fit another format than its column's.
    OtherDateFormat = "other_date_format",
        "a date in another format",
        "write the column in one format; no other is guessed";
    /// 31 April, or the year 0202.
    ImpossibleDate = "impossible_date",
        "a day that no calendar has, or a year before 1900 (or earliest_year) or after 2099",
        "correct the date at the source";
    /// A birth after the as-at date.
    BornLater = "born_later",
        "a later birth",
        "correct the date at the source, or the as-at date of the reading";
    /// An age above [`super::GREATEST_AGE`] at the as-at date.
    TooOld = "too_old",
        "an older person",
        "leave grown-ups out of the file, or correct the date or the as-at date";
    /// A check character that the rest of the number does not have.
    WrongCheck = "wrong_check",
        "a check digit that does not fit",
        "look the number up again; one digit is wrong or two are exchanged";
    /// `1111111111`.
    AllSame = "all_same",
        "one digit repeated",
        "leave the cell empty where the number is not known";
    /// An NHS number of the range 999…, kept for tests.
    TestNumber = "test_number",
        "a number of the range for tests",
        "invented records have such numbers; take them out of a file about real children";
    /// A number that more than [`super::MOST_HOLDERS`] persons of one source hold.
    NumberOfMany = "number_of_many",
        "a number of more than 3 persons",
        "find out whose number it is; until then it takes no part in linkage";
    /// `ZoÃ«` for Zoë.
    GarbledText = "garbled_text",
        "letters garbled by a wrong encoding",
        "export the file again as UTF-8 and never open it as anything else on the way";
    /// Zero-width characters and direction marks.
    HiddenCharacters = "hidden_characters",
        "characters that do not show",
        "remove them at the source; they come with text copied from web pages and documents";
}

/// Remark with the number of cells that it was made about, and the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemarkCount {
    /// What was recognised.
    pub remark: Remark,
    /// Cells.
    pub cells: u64,
    /// Place of the first one, if the remark is about single cells.
    pub first: Option<Place>,
}

impl Remark {
    /// Recognises what happened to a cell that cannot be a value of its column.
    pub(super) fn of_invalid(cell: &str, request: &ColumnRequest) -> Option<Self> {
        let text = cell.trim();
        if damage::is_error_value(text) {
            return Some(Remark::SpreadsheetError);
        }
        if damage::is_rounded(text) {
            return Some(Remark::SpreadsheetRounding);
        }
        if has_lost_zeros(text, &request.codes) {
            return Some(Remark::LostZeros);
        }
        match request.kind? {
            AttributeKind::Date if damage::is_day_number(text) => Some(Remark::SpreadsheetDay),
            AttributeKind::Date if damage::is_date_without_zero(text, &request.rules) => {
                Some(Remark::LostZeros)
            }
            AttributeKind::Date => {
                is_impossible_date(text, &request.rules).then_some(Remark::ImpossibleDate)
            }
            AttributeKind::NhsNumber if is_short_nhs_number(text) => Some(Remark::LostZeros),
            AttributeKind::NhsNumber => of_refusal(NhsNumber::parse(text).err()?),
            AttributeKind::Upn => of_refusal(Upn::parse(text).err()?),
            _ => None,
        }
    }

    /// Adds cells to the counts of a column, kept in the order of the remarks.
    pub(super) fn count(
        self,
        cells: u64,
        first: impl FnOnce() -> Option<Place>,
        into: &mut Vec<RemarkCount>,
    ) {
        match into.binary_search_by_key(&self, |count| count.remark) {
            Ok(place) => into[place].cells += cells,
            Err(place) => into.insert(place, RemarkCount { remark: self, cells, first: first() }),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Says whether a cell is a code of the list once zeros are put in front of it.
fn has_lost_zeros(text: &str, codes: &[String]) -> bool {
    let is_it = |code: &String| code.len() > text.len() && code.trim_start_matches('0') == text;
    !text.is_empty() && codes.iter().any(is_it)
}

fn of_refusal(refusal: Refusal) -> Option<Remark> {
    match refusal {
        Refusal::WrongCheck | Refusal::NoCheck => Some(Remark::WrongCheck),
        Refusal::AllSame => Some(Remark::AllSame),
        _ => None,
    }
}

/// Says whether a cell is an NHS number once one or two zeros are put in front of it.
///
/// Only Scotland's numbers begin with zero. One number in eleven would pass by chance.
fn is_short_nhs_number(text: &str) -> bool {
    matches!(text.len(), 8 | 9) && NhsNumber::parse(&format!("{text:0>10}")).is_ok()
}
