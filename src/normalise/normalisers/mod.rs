//! The normalisers, one file each, and the list of them.
//!
//! Adding one is its file, its `mod` line and its line in the list.

mod address;
mod category;
mod date;
mod email;
mod family_name;
mod given_name;
mod match_token;
mod nhs_number;
mod number;
mod postcode;
mod quantity;
mod sex;
mod text;
mod upn;

pub use date::{MONTHS, fits_date, is_date_format, is_impossible_date, is_time, write_date};

use super::Normaliser;

/// Every normaliser, in the order of the documentation.
pub static NORMALISERS: &[&dyn Normaliser] = &[
    &given_name::GivenName,
    &family_name::FamilyName,
    &date::Date,
    &sex::Sex,
    &postcode::Postcode,
    &nhs_number::NhsNumber,
    &upn::Upn,
    &number::Number,
    &quantity::Quantity,
    &address::Address,
    &email::Email,
    &category::Category,
    &text::Text,
    &match_token::MatchToken,
];
