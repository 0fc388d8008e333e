//! What agencies' files look like, and reading them so that nothing is lost on the way in.
//!
//! CSV comes in through a scanner that knows the true place of every cell; bad rows go to
//! quarantine; read = accepted + quarantined + declared duplicates. Parquet and CSV go out.

mod row;
mod scanner;

pub use row::{Place, Row, RowFault};
pub use scanner::{LONGEST_ROW, Scanner};
