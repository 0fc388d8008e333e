//! What agencies' files look like, and reading them so that nothing is lost on the way in.
//!
//! CSV comes in through a scanner that knows the true place of every cell, JSON Lines, Parquet
//! and Arrow beside it; bad rows go to quarantine; read = accepted + quarantined + declared duplicates.
//! Parquet and CSV go out.

mod accepted_rows;
mod account;
mod agencies;
mod agency_schema;
mod as_at;
mod cell_cache;
mod columnar;
mod concept;
mod concepts;
mod csv_writer;
mod date_formats;
mod date_tally;
mod decompression;
mod delimiter;
mod encoding;
mod encoding_guess;
mod entry_memory;
mod exporter;
mod exporters;
mod extract;
mod fault;
mod fault_log;
mod gathering;
mod guess;
mod history;
mod json_lines;
mod mend;
mod mender;
mod mends;
mod numbers_of_many;
mod open_file;
mod opening;
pub mod parquet;
mod parquet_writer;
mod payload;
mod periods;
mod plan;
mod planned_column;
mod profile;
mod quarantine;
mod read_ahead;
mod read_cells;
mod read_options;
mod reader;
mod readings;
mod remark;
mod row;
mod row_values;
mod rule;
mod rules;
mod scanner;
mod schema_text;
mod settling;
mod source_file;
mod survey;
mod table;
mod taking;
mod whole_file;

pub use account::{Account, ColumnAccount};
pub use agency_schema::{
    AgencySchema, ColumnType, HistoryOf, LINKAGE_ATTRIBUTES, SchemaColumn, linkage_attributes,
};
pub use as_at::{AsAt, DateOf, GREATEST_AGE};
pub use columnar::panic_is_caught;
pub use csv_writer::TableWriter;
pub use date_formats::DateFormats;
pub use date_tally::{DateTally, DateVerdict};
pub use delimiter::Delimiter;
pub use encoding::TextEncoding;
pub use encoding_guess::EncodingGuess;
pub use exporter::{Exporter, find_exporter};
pub use exporters::EXPORTERS;
pub use fault::{Fault, FaultCode, Found};
pub use fault_log::FaultGroup;
pub use guess::{ColumnGuess, ColumnUse, Feeds, guess_columns, recognise};
pub use history::MOST_ROWS_OF_A_RECORD;
pub use mend::{Mend, MendColumn, Mended};
pub use mender::{MendCount, MendReport, mend};
pub use mends::MENDS;
pub use numbers_of_many::{MOST_HOLDERS, numbers_of_many};
pub use payload::{Payload, read_payload};
pub use profile::{ColumnProfile, FileProfile, Shown, pattern_of, profile};
pub use quarantine::{FIRST_ROWS, QuarantinedRow};
pub use read_options::{HiddenCharacters, Purpose, ReadOptions, TestNumbers};
pub use reader::{Reading, read, read_with_quarantine};
pub use remark::{Remark, RemarkCount};
pub use row::{Place, Row, RowFault};
pub use rule::{Checkup, Finding, Rule};
pub use rules::RULES;
pub use scanner::{LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, Scanner};
pub use source_file::{
    AskedAt, ColumnName, ColumnRequest, HistoryFile, OnInvalid, PeriodColumns, Presence,
    SourceFile, Split,
};
pub use survey::{ColumnSurvey, FileSurvey, survey};
pub use table::{Label, Table, read_labels, read_table};
pub use whole_file::WholeFile;
