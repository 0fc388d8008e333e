//! Official numbers and codes of the agencies, each a type that can only be built valid.
//!
//! A number says what is wrong with a text (`Refusal`) and never prints itself. Code lists
//! are tables in the code's own words; what rests on memory alone is marked "(recalled)".

mod certainty;
mod check_letter;
mod cro_number;
mod establishment;
mod ethnicity;
mod ethnicity_codes;
mod gss_code;
mod imd_decile;
mod institution;
mod kind;
mod kinds;
mod la_code;
mod nhs_number;
mod nhs_number_status;
mod ods_code;
mod pnc_id;
mod police_force;
mod postcode;
mod refusal;
mod sex;
mod short_text;
mod uln;
mod upn;
mod upn_unknown_reason;
mod uprn;

pub use certainty::Certainty;
pub use cro_number::CroNumber;
pub use establishment::{LaEstab, Urn};
pub use ethnicity::{BroadGroup, EthnicCode, EthnicityList};
pub use ethnicity_codes::ETHNIC_CODES;
pub use gss_code::{LaGssCode, Lsoa};
pub use imd_decile::ImdDecile;
pub use institution::InstitutionalPostcodes;
pub use kind::{CODE_KINDS, CodeKind, Known, Proof};
pub use la_code::LaCode;
pub use nhs_number::NhsNumber;
pub use nhs_number_status::NhsNumberStatus;
pub use ods_code::{IcbCode, PracticeCode};
pub use pnc_id::PncId;
pub use police_force::{POLICE_FORCES, PoliceForce};
pub use postcode::Postcode;
pub use refusal::Refusal;
pub use sex::Sex;
pub use uln::Uln;
pub use upn::{Upn, UpnKind};
pub use upn_unknown_reason::UpnUnknownReason;
pub use uprn::Uprn;
