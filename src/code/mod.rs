//! Official numbers and codes of the agencies, each a type that can only be built valid.
//!
//! A number says what is wrong with a text (`Refusal`) and never prints itself. Code lists
//! are tables in the code's own words; what rests on memory alone is marked "(recalled)".

mod check_letter;
mod cro_number;
mod ethnicity;
mod ethnicity_codes;
mod la_code;
mod nhs_number;
mod pnc_id;
mod postcode;
mod refusal;
mod sex;
mod short_text;
mod uln;
mod upn;

pub use cro_number::CroNumber;
pub use ethnicity::{BroadGroup, EthnicCode, EthnicityList};
pub use ethnicity_codes::ETHNIC_CODES;
pub use la_code::LaCode;
pub use nhs_number::NhsNumber;
pub use pnc_id::PncId;
pub use postcode::Postcode;
pub use refusal::Refusal;
pub use sex::Sex;
pub use uln::Uln;
pub use upn::{Upn, UpnKind};
