//! Rows of a Parquet file as text, one batch of them in memory at a time.

use std::fmt::Write;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parquet::basic::Compression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::cells::{Holds, write_integer};
use super::pages::{check_footer, check_pages, too_large};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::decompression::{MOST_EXPANSION, most_expanded};
use crate::schema::opening::bad_structure;
use crate::schema::row::{Cell, Row, RowFault};
use crate::schema::scanner::{LONGEST_CELL, MOST_COLUMNS};
use crate::schema::source_file::{ColumnName, SourceFile};

/// Rows decoded at a time.
const BATCH: usize = 1 << 10;

/// Parquet file read row by row.
pub(in crate::schema) struct ParquetRows {
    path: PathBuf,
    file: File,
    length: u64,
    reader: SerializedFileReader<File>,
    columns: Vec<TableColumn>,
    /// Columns that are not read, with what they hold.
    others: Vec<(String, &'static str)>,
    /// Row group that comes next.
    group: usize,
    /// Rows of the group under way that are still to be decoded.
    left: u64,
    /// Row of the batch that comes next, and the rows in it.
    at: usize,
    filled: usize,
    row: Row,
    rows: u64,
    /// Bytes of text given so far.
    given: u64,
}

struct TableColumn {
    name: String,
    /// Place in the file.
    leaf: usize,
    holds: Holds,
    date_format: String,
    reader: Option<ColumnReader>,
    values: Values,
    /// 1 for a value and 0 for a null; empty in a column that cannot have nulls.
    levels: Vec<i16>,
    nullable: bool,
    /// Value that comes next.
    next: usize,
}

/// Decoded values of a batch.
enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Fraction(Vec<f64>),
    Single(Vec<f32>),
    Truth(Vec<bool>),
}

impl ParquetRows {
    /// Opens a file that begins as Parquet does.
    ///
    /// # Errors
    /// `BadStructure` if it is cut short, encrypted, or of a codec that is not read; `TooLarge`
    /// if it declares sizes beyond all measure.
    pub(in crate::schema) fn open(mut file: File, path: &Path) -> Result<Self> {
        let unreadable = |cause| Error::unreadable(path, &cause);
        check_footer(&mut file, path)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let own = file.try_clone().map_err(unreadable)?;
        let reader = guarded(path, || SerializedFileReader::new(own))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        if schema.num_columns() > MOST_COLUMNS {
            let what = format!("it has {} columns, at most {MOST_COLUMNS}", schema.num_columns());
            return Err(bad_structure(path, &what).help("write the columns that are needed"));
        }
        let (mut columns, mut others) = (Vec::new(), Vec::new());
        for leaf in 0..schema.num_columns() {
            let column = schema.column(leaf);
            let name = column.path().parts().first().cloned().unwrap_or_default();
            match Holds::of(&column) {
                Holds::Other(what) => others.push((name, what)),
                holds => columns.push(TableColumn {
                    name,
                    leaf,
                    holds,
                    date_format: String::new(),
                    reader: None,
                    values: Values::Truth(Vec::new()),
                    levels: Vec::new(),
                    nullable: column.max_def_level() > 0,
                    next: 0,
                }),
            }
        }
        let rows = Self {
            path: path.to_path_buf(),
            file,
            length,
            reader,
            columns,
            others,
            group: 0,
            left: 0,
            at: 0,
            filled: 0,
            row: Row::default(),
            rows: 0,
            given: 0,
        };
        rows.check_codecs()?;
        Ok(rows)
    }

    /// Returns the names of the columns that are read.
    pub(in crate::schema) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Checks that the columns hold what is asked of them.
    ///
    /// # Errors
    /// `BadStructure` for a column of another type, with the place of the request.
    pub(in crate::schema) fn ask(&mut self, file: &SourceFile) -> Result<()> {
        if let Some(what) = self.other(&file.id_column) {
            return Err(self.wrong_type(&file.id_column, (what, "text")));
        }
        for request in &file.columns {
            let name = &request.column;
            if let Some(what) = self.other(name) {
                let refusal = Holds::Other(what).refusal(request.kind).unwrap_or((what, "text"));
                return Err(self.wrong_type(name, refusal));
            }
            let column = self.columns.iter_mut().find(|column| column.name == name.name);
            let Some(column) = column else { continue };
            column.date_format.clone_from(&request.rules.date_format);
            if let Some(refusal) = column.holds.refusal(request.kind) {
                return Err(self.wrong_type(name, refusal));
            }
        }
        Ok(())
    }

    /// Returns the number of rows read so far.
    pub(in crate::schema) fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the row read last.
    pub(in crate::schema) fn row(&self) -> &Row {
        &self.row
    }

    /// Reads the next row; returns false at the end of the file.
    ///
    /// # Errors
    /// `BadStructure` for broken pages; `TooLarge` if the text grows without measure.
    pub(in crate::schema) fn next_row(&mut self) -> Result<bool> {
        if self.at == self.filled && !self.next_batch()? {
            return Ok(false);
        }
        self.rows += 1;
        let number = self.rows;
        self.row.clear(number);
        let row = &mut self.row;
        row.numbered = true;
        let mut text = String::from_utf8(std::mem::take(&mut row.bytes)).unwrap_or_default();
        for (place, column) in self.columns.iter_mut().enumerate() {
            if place > 0 {
                text.push(',');
            }
            column.write(self.at, row, &mut text);
        }
        self.at += 1;
        self.given += text.len() as u64 + 1;
        row.text = text;
        if self.given > most_expanded(self.length) {
            let what = format!("its text is more than {MOST_EXPANSION} times as long as the file");
            return Err(too_large(&self.path, &what));
        }
        Ok(true)
    }

    /// Decodes the next rows, of the next row group if need be.
    fn next_batch(&mut self) -> Result<bool> {
        while self.left == 0 {
            if self.group == self.reader.num_row_groups() {
                return Ok(false);
            }
            self.open_group()?;
        }
        let wanted = BATCH.min(usize::try_from(self.left).unwrap_or(BATCH));
        for column in &mut self.columns {
            let read = guarded(&self.path, || column.fill(wanted))?;
            if read != wanted {
                let what = format!("column \"{}\" has fewer values than rows", column.name);
                return Err(bad_structure(&self.path, &what).help("write the file again"));
            }
        }
        self.left -= wanted as u64;
        (self.at, self.filled) = (0, wanted);
        Ok(true)
    }

    fn open_group(&mut self) -> Result<()> {
        let (path, place) = (&self.path, self.group);
        let metadata = self.reader.metadata().row_group(place);
        for column in &self.columns {
            let chunk = metadata.column(column.leaf);
            let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
            check_pages(&mut self.file, path, &column.name, (start, chunk.compressed_size()))?;
        }
        self.left = u64::try_from(metadata.num_rows()).unwrap_or(0);
        if self.columns.is_empty() {
            self.left = 0; // nothing of such a file can be read
        }
        let group = guarded(path, || self.reader.get_row_group(place))?;
        for column in &mut self.columns {
            column.reader = Some(guarded(path, || group.get_column_reader(column.leaf))?);
        }
        self.group += 1;
        Ok(())
    }

    fn check_codecs(&self) -> Result<()> {
        for group in self.reader.metadata().row_groups() {
            for column in &self.columns {
                let codec = match group.column(column.leaf).compression() {
                    Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_) => {
                        continue;
                    }
                    Compression::GZIP(_) => "gzip",
                    Compression::BROTLI(_) => "brotli",
                    Compression::LZ4 | Compression::LZ4_RAW => "lz4",
                    Compression::LZO => "lzo",
                };
                let what = format!("column \"{}\" is compressed with {codec}", column.name);
                return Err(bad_structure(&self.path, &what)
                    .help("write the file with snappy, zstd or no compression"));
            }
        }
        Ok(())
    }

    fn other(&self, name: &ColumnName) -> Option<&'static str> {
        self.others.iter().find(|(other, _)| *other == name.name).map(|(_, what)| *what)
    }

    fn wrong_type(&self, name: &ColumnName, (found, expected): (&str, &str)) -> Error {
        let what = format!("column \"{}\" holds {found}, expected {expected}", name.name);
        bad_structure(&self.path, &what)
            .note(format!("asked for at {}", name.asked_at))
            .help(format!("write the column as {expected}"))
    }
}

impl TableColumn {
    /// Decodes up to so many values; returns how many, nulls included.
    fn fill(&mut self, wanted: usize) -> std::result::Result<usize, ParquetError> {
        self.levels.clear();
        self.next = 0;
        let levels = if self.nullable { Some(&mut self.levels) } else { None };
        let Some(reader) = &mut self.reader else { return Ok(0) };
        let (read, values) = match reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                (read, Values::Text(values))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                let unsigned = self.holds == Holds::Unsigned;
                let wide = |value: i32| match unsigned {
                    true => i64::from(value as u32), // the same bits without a sign
                    false => i64::from(value),
                };
                (read, Values::Integer(values.into_iter().map(wide).collect()))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                (read, Values::Integer(values))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                (read, Values::Fraction(values))
            }
            ColumnReader::FloatColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                (read, Values::Single(values))
            }
            ColumnReader::BoolColumnReader(reader) => {
                let (read, values) = decode(reader, wanted, levels)?;
                (read, Values::Truth(values))
            }
            _ => return Err(ParquetError::General("a column differs from its schema".into())),
        };
        self.values = values;
        Ok(read)
    }

    /// Appends the value of a row in the batch to a line of CSV, as a cell of the row.
    fn write(&mut self, at: usize, row: &mut Row, line: &mut String) {
        let start = line.len();
        if self.nullable && self.levels[at] == 0 {
            row.push(Cell { null: true, ..Cell::new(start, start..start) });
            return;
        }
        let value = self.next;
        self.next += 1;
        match &self.values {
            Values::Text(values) => {
                let bytes = values[value].data();
                let text = String::from_utf8_lossy(bytes);
                let fault = match std::str::from_utf8(bytes) {
                    Err(_) => Some(RowFault::NotUtf8),
                    Ok(_) if bytes.contains(&0) => Some(RowFault::Nul),
                    Ok(_) => (bytes.len() > LONGEST_CELL).then_some(RowFault::LongCell),
                };
                if let Some(fault) = fault {
                    row.fault.get_or_insert((fault, start));
                }
                return write_quoted(&text, row, line);
            }
            Values::Integer(values) if self.holds == Holds::Unsigned => {
                let _ = write!(line, "{}", values[value] as u64);
            }
            Values::Integer(values) => {
                write_integer(values[value], self.holds, &self.date_format, line);
            }
            Values::Fraction(values) => {
                let _ = write!(line, "{}", values[value]);
            }
            Values::Single(values) => {
                let _ = write!(line, "{}", values[value]);
            }
            Values::Truth(values) => line.push_str(if values[value] { "true" } else { "false" }),
        }
        row.push(Cell::new(start, start..line.len()));
    }
}

/// Appends a text to a line of CSV, in quotes where it needs them or is empty.
fn write_quoted(text: &str, row: &mut Row, line: &mut String) {
    let start = line.len();
    let quote = text.contains('"');
    if !quote && !text.is_empty() && !text.contains([',', '\n', '\r']) {
        line.push_str(text);
        row.push(Cell::new(start, start..line.len()));
        return;
    }
    line.push('"');
    if quote {
        let from = row.unescaped.len();
        row.unescaped.push_str(text);
        line.push_str(&text.replace('"', "\"\""));
        let content = from..row.unescaped.len();
        row.push(Cell { apart: true, ..Cell::new(start, content) });
    } else {
        line.push_str(text);
        row.push(Cell::new(start, start + 1..line.len()));
    }
    line.push('"');
}

fn decode<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    wanted: usize,
    levels: Option<&mut Vec<i16>>,
) -> std::result::Result<(usize, Vec<T::T>), ParquetError> {
    let mut values = Vec::new();
    let (read, _, _) = reader.read_records(wanted, levels, None, &mut values)?;
    Ok((read, values))
}

/// Calls the library; its errors, and its panics on bytes that nobody foresaw, name the file.
fn guarded<T>(
    path: &Path,
    call: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> Result<T> {
    let what = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(cause)) if cause.to_string().contains("CRC") => {
            "a page of the Parquet file differs from its checksum"
        }
        Ok(Err(ParquetError::EOF(_))) => "the Parquet file breaks off",
        Ok(Err(ParquetError::External(cause))) if cause.is::<std::io::Error>() => {
            let message = format!("{}: the disk could not be read", path.display());
            return Err(Error::new(ErrorKind::Unreadable, message)
                .help("check that it is a plain file on a readable disk"));
        }
        _ => "it is not a whole Parquet file",
    };
    Err(bad_structure(path, what).help("write the file again, or ask for it again"))
}
