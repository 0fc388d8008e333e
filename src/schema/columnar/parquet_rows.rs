//! Rows of a Parquet file as text, one batch of them in memory at a time.

use std::fs::File;
use std::path::Path;

use parquet::basic::{Compression, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::caught::caught;
use super::cells::{CellBatch, CellColumn, EntriesBuilder, Keys};
use super::columns::{Column, Columns};
use super::holds::{Holds, show, write_integer};
use super::pages::{check_footer, check_pages};
use super::rows::{Batches, ColumnarRows};
use super::text_pages::TextPages;
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
    /// Of the row group under way, one for each column that is read.
    decoders: Vec<Decoder>,
    /// Row group that comes next.
    group: usize,
    /// Rows of the group under way that are still to be decoded.
    left: u64,
}

/// Decoder of a column of a row group.
enum Decoder {
    Text(TextPages),
    Other { reader: Box<ColumnReader>, nullable: bool },
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
        check_codecs(&reader, &columns.read, path)?;
        let batches = ParquetBatches { file, reader, decoders: Vec::new(), group: 0, left: 0 };
        Ok(Self::new(path, length, columns, batches))
    }
}

impl Batches for ParquetBatches {
    /// Decodes the next rows, of the next row group if need be.
    fn next_batch(&mut self, path: &Path, columns: &[Column]) -> Result<Option<CellBatch>> {
        while self.left == 0 {
            if self.group == self.reader.num_row_groups() {
                return Ok(None);
            }
            self.open_group(path, columns)?;
        }
        let wanted = BATCH.min(usize::try_from(self.left).unwrap_or(BATCH));
        let mut cells = Vec::with_capacity(columns.len());
        for (decoder, column) in self.decoders.iter_mut().zip(columns) {
            let decoded = guarded(path, || decoder.take(wanted, column))?;
            if decoded.rows() != wanted {
                let what = format!("column \"{}\" has fewer values than rows", column.name);
                return Err(bad_structure(path, &what).help("write the file again"));
            }
            cells.push(decoded);
        }
        self.left -= wanted as u64;
        Ok(Some(CellBatch::new(cells, wanted)))
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
        if columns.is_empty() {
            self.left = 0; // nothing of such a file can be read
        }
        let group = guarded(path, || self.reader.get_row_group(place))?;
        self.decoders.clear();
        for column in columns {
            let described = metadata.column(column.place).column_descr();
            let nullable = described.max_def_level() > 0;
            let is_text = column.holds == Holds::Text
                && described.physical_type() == PhysicalType::BYTE_ARRAY;
            self.decoders.push(match is_text {
                true => {
                    let pages = guarded(path, || group.get_column_page_reader(column.place))?;
                    Decoder::Text(TextPages::new(pages, nullable, place as u32 + 1))
                }
                false => {
                    let reader = guarded(path, || group.get_column_reader(column.place))?;
                    Decoder::Other { reader: Box::new(reader), nullable }
                }
            });
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
    /// Decodes up to so many rows; returns how many, nulls included.
    fn take(
        &mut self,
        wanted: usize,
        column: &Column,
    ) -> std::result::Result<CellColumn, ParquetError> {
        let (reader, nullable) = match self {
            Self::Text(pages) => return pages.take(wanted),
            Self::Other { reader, nullable } => (reader.as_mut(), *nullable),
        };
        let holds = column.holds;
        match reader {
            ColumnReader::Int32ColumnReader(reader) => {
                decode(reader, wanted, nullable, |value, text| {
                    let wide = match holds {
                        Holds::Unsigned => i64::from(value as u32), // the same bits without a sign
                        _ => i64::from(value),
                    };
                    write_integer(wide, holds, &column.date_format, text);
                })
            }
            ColumnReader::Int64ColumnReader(reader) => {
                decode(reader, wanted, nullable, |value, text| match holds {
                    Holds::Unsigned => show(value as u64, text), // the same bits without a sign
                    _ => write_integer(value, holds, &column.date_format, text),
                })
            }
            ColumnReader::DoubleColumnReader(reader) => decode(reader, wanted, nullable, show),
            ColumnReader::FloatColumnReader(reader) => decode(reader, wanted, nullable, show),
            ColumnReader::BoolColumnReader(reader) => decode(reader, wanted, nullable, show),
            _ => Err(ParquetError::General("a column differs from its schema".into())),
        }
    }
}

/// Decodes values of a type and writes each as text.
fn decode<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    wanted: usize,
    nullable: bool,
    write: impl Fn(T::T, &mut String),
) -> std::result::Result<CellColumn, ParquetError> {
    // 1 for a value and 0 for a null; empty in a column that cannot have nulls.
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let of_nulls = if nullable { Some(&mut levels) } else { None };
    let (read, _, _) = reader.read_records(wanted, of_nulls, None, &mut values)?;
    let (mut keys, mut entries) = (Keys::with_capacity(read), EntriesBuilder::default());
    let mut values = values.into_iter();
    for row in 0..read {
        let is_null = levels.get(row) == Some(&0);
        let value = if is_null { None } else { values.next() };
        keys.push(value.map(|value| entries.write(|text| write(value, text))));
    }
    Ok(CellColumn::new(entries.finish(None), keys))
}

/// Calls the library; its errors, and its panics on bytes that nobody foresaw, name the file.
fn guarded<T>(
    path: &Path,
    call: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> Result<T> {
    let what = match caught(call) {
        Some(Ok(value)) => return Ok(value),
        Some(Err(cause)) if cause.to_string().contains("CRC") => {
            "a page of the Parquet file differs from its checksum"
        }
        Some(Err(ParquetError::EOF(_))) => "the Parquet file breaks off",
        Some(Err(ParquetError::External(cause))) if cause.is::<std::io::Error>() => {
            let message = format!("{}: the disk could not be read", path.display());
            return Err(Error::new(ErrorKind::Unreadable, message)
                .help("check that it is a plain file on a readable disk"));
        }
        _ => "it is not a whole Parquet file",
    };
    Err(bad_structure(path, what).help("write the file again, or ask for it again"))
}
