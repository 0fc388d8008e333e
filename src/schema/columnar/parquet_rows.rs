//! Rows of a Parquet file as text, one batch of them in memory at a time.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::basic::Compression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::columns::{Column, Columns};
use super::holds::{Holds, write_integer};
use super::lines::Line;
use super::pages::{check_footer, check_pages};
use super::rows::{Batches, ColumnarRows};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::opening::bad_structure;
use crate::schema::scanner::MOST_COLUMNS;

/// Rows decoded at a time.
const BATCH: usize = 1 << 10;

/// Parquet file read row by row.
pub(in crate::schema) type ParquetRows = ColumnarRows<ParquetBatches>;

/// Decoder of a Parquet file.
pub(in crate::schema) struct ParquetBatches {
    file: File,
    reader: SerializedFileReader<File>,
    /// One for each column that is read.
    decoders: Vec<Decoder>,
    /// Row group that comes next.
    group: usize,
    /// Rows of the group under way that are still to be decoded.
    left: u64,
}

/// Decoder of a column, and what it decoded last.
struct Decoder {
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
        let of = |place: usize| {
            let column = schema.column(place);
            let name = column.path().parts().first().cloned().unwrap_or_default();
            (place, name, Holds::of(&column))
        };
        let columns = Columns::new((0..schema.num_columns()).map(of));
        let decoder = |column: &Column| Decoder {
            reader: None,
            values: Values::Truth(Vec::new()),
            levels: Vec::new(),
            nullable: schema.column(column.place).max_def_level() > 0,
            next: 0,
        };
        let decoders = columns.read.iter().map(decoder).collect();
        check_codecs(&reader, &columns.read, path)?;
        let batches = ParquetBatches { file, reader, decoders, group: 0, left: 0 };
        Ok(Self::new(path, length, columns, batches))
    }
}

impl Batches for ParquetBatches {
    /// Decodes the next rows, of the next row group if need be.
    fn next_batch(&mut self, path: &Path, columns: &[Column]) -> Result<Option<usize>> {
        while self.left == 0 {
            if self.group == self.reader.num_row_groups() {
                return Ok(None);
            }
            self.open_group(path, columns)?;
        }
        let wanted = BATCH.min(usize::try_from(self.left).unwrap_or(BATCH));
        for (decoder, column) in self.decoders.iter_mut().zip(columns) {
            let read = guarded(path, || decoder.fill(wanted, column.holds))?;
            if read != wanted {
                let what = format!("column \"{}\" has fewer values than rows", column.name);
                return Err(bad_structure(path, &what).help("write the file again"));
            }
        }
        self.left -= wanted as u64;
        Ok(Some(wanted))
    }

    fn write(&mut self, row: usize, place: usize, column: &Column, line: &mut Line) {
        self.decoders[place].write(row, column, line);
    }
}

impl ParquetBatches {
    fn open_group(&mut self, path: &Path, columns: &[Column]) -> Result<()> {
        let place = self.group;
        let metadata = self.reader.metadata().row_group(place);
        for column in columns {
            let chunk = metadata.column(column.place);
            let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
            check_pages(&mut self.file, path, &column.name, (start, chunk.compressed_size()))?;
        }
        self.left = u64::try_from(metadata.num_rows()).unwrap_or(0);
        if self.decoders.is_empty() {
            self.left = 0; // nothing of such a file can be read
        }
        let group = guarded(path, || self.reader.get_row_group(place))?;
        for (decoder, column) in self.decoders.iter_mut().zip(columns) {
            decoder.reader = Some(guarded(path, || group.get_column_reader(column.place))?);
        }
        self.group += 1;
        Ok(())
    }
}

/// Checks that the columns are compressed in ways that are read.
fn check_codecs(
    reader: &SerializedFileReader<File>,
    columns: &[Column],
    path: &Path,
) -> Result<()> {
    for group in reader.metadata().row_groups() {
        for column in columns {
            let codec = match group.column(column.place).compression() {
                Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_) => {
                    continue;
                }
                Compression::GZIP(_) => "gzip",
                Compression::BROTLI(_) => "brotli",
                Compression::LZ4 | Compression::LZ4_RAW => "lz4",
                Compression::LZO => "lzo",
            };
            let what = format!("column \"{}\" is compressed with {codec}", column.name);
            return Err(bad_structure(path, &what)
                .help("write the file with snappy, zstd or no compression"));
        }
    }
    Ok(())
}

impl Decoder {
    /// Decodes up to so many values; returns how many, nulls included.
    fn fill(&mut self, wanted: usize, holds: Holds) -> std::result::Result<usize, ParquetError> {
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
                let unsigned = holds == Holds::Unsigned;
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

    /// Appends the value of a row in the batch to a line.
    fn write(&mut self, at: usize, column: &Column, line: &mut Line) {
        if self.nullable && self.levels[at] == 0 {
            return line.null();
        }
        let value = self.next;
        self.next += 1;
        match &self.values {
            Values::Text(values) => line.bytes(values[value].data()),
            Values::Integer(values) if column.holds == Holds::Unsigned => {
                line.shown(values[value] as u64); // the same bits without a sign
            }
            Values::Integer(values) => line.plain(|text| {
                write_integer(values[value], column.holds, &column.date_format, text);
            }),
            Values::Fraction(values) => line.shown(values[value]),
            Values::Single(values) => line.shown(values[value]),
            Values::Truth(values) => line.shown(values[value]),
        }
    }
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
