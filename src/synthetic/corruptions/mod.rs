//! One file a corruption; `corruption.rs` has the trait and the list.

mod baby_of;
mod date_digit_slip;
mod day_month_swap;
mod default_date;
mod diacritics_lost;
mod digit_slip;
mod hyphen_part_dropped;
mod keyboard_typo;
mod missing_value;
mod names_swapped;
mod nickname;
mod ocr_like;
mod phonetic_spelling;
mod previous_surname;
mod recoded_ethnicity;
mod sibling_nhs_number;
mod stale_address;
mod truncated_name;
mod wrong_sex;

pub(super) use baby_of::BabyOf;
pub(super) use date_digit_slip::DateDigitSlip;
pub(super) use day_month_swap::DayMonthSwap;
pub(super) use default_date::DefaultDate;
pub(super) use diacritics_lost::DiacriticsLost;
pub(super) use digit_slip::DigitSlip;
pub(super) use hyphen_part_dropped::HyphenPartDropped;
pub(super) use keyboard_typo::KeyboardTypo;
pub(super) use missing_value::MissingValue;
pub(super) use names_swapped::NamesSwapped;
pub(super) use nickname::Nickname;
pub(super) use ocr_like::OcrLike;
pub(super) use phonetic_spelling::PhoneticSpelling;
pub(super) use previous_surname::PreviousSurname;
pub(super) use recoded_ethnicity::RecodedEthnicity;
pub(super) use sibling_nhs_number::SiblingNhsNumber;
pub(super) use stale_address::StaleAddress;
pub(super) use truncated_name::TruncatedName;
pub(super) use wrong_sex::WrongSex;

/// Says whether a text is a date on which a child of the extract may have been born.
fn is_past(date: &str) -> bool {
    date.parse::<jiff::civil::Date>().is_ok_and(|date| date <= super::family::REFERENCE)
}
