//! What agencies' files look like, and reading them so that nothing is lost on the way in.
//!
//! CSV comes in through a scanner that knows the true place of every cell; bad rows go to
//! quarantine; read = accepted + quarantined + declared duplicates. Parquet and CSV go out.

mod csv_writer;
pub mod parquet;
mod row;
mod scanner;
mod whole_file;

pub use csv_writer::TableWriter;
pub use row::{Place, Row, RowFault};
pub use scanner::{LONGEST_ROW, Scanner};
pub use whole_file::WholeFile;
