//! Rows of an Arrow file or stream as text, one of its batches in memory at a time.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_ipc::MessageHeader;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};

use super::arrow_messages::{Messages, broken};
use super::caught::caught;
use super::cells::{CellBatch, CellColumn, Entries, EntriesBuilder, Keys};
use super::columns::{Column, Columns};
use super::holds::{Holds, show, write_integer};
use super::rows::{Batches, ColumnarRows};
use crate::error::{Error, Result};
use crate::schema::opening::bad_structure;
use crate::schema::scanner::MOST_COLUMNS;

/// Arrow file or stream read row by row.
pub(in crate::schema) type ArrowRows = ColumnarRows<ArrowBatches>;

/// Decoder of an Arrow file or stream.
pub(in crate::schema) struct ArrowBatches {
    messages: Messages,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    /// Dictionary that each column that is read had last.
    latest: Vec<Latest>,
}

/// Dictionary of a column.
#[derive(Default)]
struct Latest {
    /// Number among the column's dictionaries, from 1.
    number: u32,
    known: Option<(ArrayRef, Arc<Entries>)>,
}

impl ArrowRows {
    /// Opens a file that begins as Arrow does, and reads its schema.
    ///
    /// # Errors
    /// `BadStructure` if it is cut short or does not begin with a schema.
    pub(in crate::schema) fn open(file: File, path: &Path) -> Result<Self> {
        let length = file.metadata().map_err(|cause| Error::unreadable(path, &cause))?.len();
        let mut messages = Messages::open(file, path, length)?;
        let no_schema = || broken(path, "the Arrow data do not begin with a schema");
        let (message, _) = messages.next()?.ok_or_else(no_schema)?;
        let schema = message.header_as_schema().filter(|schema| schema.fields().is_some());
        let schema = schema.ok_or_else(no_schema)?;
        let schema: SchemaRef = guarded(path, || Ok(fb_to_schema(schema)))?.into();
        if schema.fields().len() > MOST_COLUMNS {
            let what = format!("it has {} columns, at most {MOST_COLUMNS}", schema.fields().len());
            return Err(bad_structure(path, &what).help("write the columns that are needed"));
        }
        let fields = schema.fields().iter().enumerate();
        let columns =
            fields.map(|(place, field)| (place, field.name().clone(), held(field.data_type())));
        let columns = Columns::new(columns);
        let latest = columns.read.iter().map(|_| Latest::default()).collect();
        let batches = ArrowBatches { messages, schema, dictionaries: HashMap::new(), latest };
        Ok(Self::new(path, length, columns, batches))
    }
}

impl Batches for ArrowBatches {
    fn next_batch(&mut self, path: &Path, columns: &[Column]) -> Result<Option<CellBatch>> {
        // A dictionary is for the batches that follow.
        while let Some((message, body)) = self.messages.next()? {
            let version = message.version();
            match message.header_type() {
                MessageHeader::DictionaryBatch => {
                    let Some(dictionary) = message.header_as_dictionary_batch() else { continue };
                    let (schema, known) = (&self.schema, &mut self.dictionaries);
                    guarded(path, || read_dictionary(&body, dictionary, schema, known, &version))?;
                }
                MessageHeader::RecordBatch => {
                    let Some(batch) = message.header_as_record_batch() else { continue };
                    let (schema, known) = (self.schema.clone(), &self.dictionaries);
                    let read = || read_record_batch(&body, batch, schema, known, None, &version);
                    let batch = guarded(path, read)?;
                    let columns = columns
                        .iter()
                        .zip(&mut self.latest)
                        .map(|(column, latest)| latest.cells(batch.column(column.place), column));
                    return Ok(Some(CellBatch::new(columns.collect(), batch.num_rows())));
                }
                _ => {
                    return Err(broken(
                        path,
                        "the Arrow data hold a message that is not of a table",
                    ));
                }
            }
        }
        Ok(None)
    }
}

/// Returns what a column holds, by its type.
fn held(of: &DataType) -> Holds {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Holds::Text,
        DataType::Dictionary(_, of) if held(of) == Holds::Text => Holds::Text,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Holds::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Holds::Unsigned,
        DataType::Float32 | DataType::Float64 => Holds::Fraction,
        DataType::Boolean => Holds::Truth,
        DataType::Date32 => Holds::Day,
        DataType::Date64 => Holds::DayAndTime(1_000),
        DataType::Timestamp(_, Some(_)) => Holds::INSTANTS,
        DataType::Timestamp(unit, None) => Holds::DayAndTime(match unit {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        }),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => Holds::Other("decimals"),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            Holds::Other("bytes without a type of text")
        }
        _ if of.is_nested() => Holds::Other("lists or structures"),
        _ => Holds::Other("values of another type"),
    }
}

impl Latest {
    /// Returns the cells of a column of a batch, which stay behind the keys of its dictionary if
    /// it has one.
    fn cells(&mut self, array: &ArrayRef, column: &Column) -> CellColumn {
        let mut keys = Keys::with_capacity(array.len());
        let is_null = |row| array.is_null(row) || *array.data_type() == DataType::Null;
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            let mut entries = EntriesBuilder::default();
            for row in 0..array.len() {
                keys.push((!is_null(row)).then(|| write_value(array, row, column, &mut entries)));
            }
            return CellColumn::new(entries.finish(None), keys);
        };
        let values = dictionary.values();
        let places = if values.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
        for row in 0..array.len() {
            let place = places.get(row).filter(|&&place| !is_null(row) && !values.is_null(place));
            keys.push(place.map(|&place| place as u32));
        }
        CellColumn::new(self.entries(values, column), keys)
    }

    /// Returns a dictionary's entries, those of last time if it is still the same.
    fn entries(&mut self, values: &ArrayRef, column: &Column) -> Arc<Entries> {
        if let Some((_, entries)) =
            self.known.as_ref().filter(|(last, _)| Arc::ptr_eq(last, values))
        {
            return entries.clone();
        }
        let mut entries = EntriesBuilder::default();
        for place in 0..values.len() {
            match values.is_null(place) {
                true => entries.push(b""), // no row has its key
                false => write_value(values, place, column, &mut entries),
            };
        }
        self.number += 1;
        let entries = entries.finish(Some(self.number));
        self.known = Some((values.clone(), entries.clone()));
        entries
    }
}

/// Adds a value that is not null to the entries; returns its key.
fn write_value(array: &ArrayRef, at: usize, column: &Column, entries: &mut EntriesBuilder) -> u32 {
    macro_rules! integer {
        ($($kind:ident)+) => {
            match array.data_type() {
                $(of if *of == $kind::DATA_TYPE => {
                    Some(array.as_primitive::<$kind>().value(at) as i64)
                })+
                DataType::Timestamp(TimeUnit::Second, _) => {
                    Some(array.as_primitive::<TimestampSecondType>().value(at))
                }
                DataType::Timestamp(TimeUnit::Millisecond, _) => {
                    Some(array.as_primitive::<TimestampMillisecondType>().value(at))
                }
                DataType::Timestamp(TimeUnit::Microsecond, _) => {
                    Some(array.as_primitive::<TimestampMicrosecondType>().value(at))
                }
                DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                    Some(array.as_primitive::<TimestampNanosecondType>().value(at))
                }
                _ => None,
            }
        };
    }
    match array.data_type() {
        DataType::Utf8 => entries.push(array.as_string::<i32>().value(at).as_bytes()),
        DataType::LargeUtf8 => entries.push(array.as_string::<i64>().value(at).as_bytes()),
        DataType::Utf8View => entries.push(array.as_string_view().value(at).as_bytes()),
        DataType::Boolean => entries.write(|text| show(array.as_boolean().value(at), text)),
        DataType::Float32 => {
            entries.write(|text| show(array.as_primitive::<Float32Type>().value(at), text))
        }
        DataType::Float64 => {
            entries.write(|text| show(array.as_primitive::<Float64Type>().value(at), text))
        }
        DataType::UInt64 => {
            entries.write(|text| show(array.as_primitive::<UInt64Type>().value(at), text))
        }
        _ => {
            let integer = integer!(
                Int8Type Int16Type Int32Type Int64Type UInt8Type UInt16Type UInt32Type
                Date32Type Date64Type
            );
            entries.write(|text| {
                if let Some(value) = integer {
                    write_integer(value, column.holds, &column.date_format, text);
                }
            })
        }
    }
}

/// Calls the library; its errors, and its panics on bytes that nobody foresaw, name the file.
fn guarded<T>(path: &Path, call: impl FnOnce() -> std::result::Result<T, ArrowError>) -> Result<T> {
    match caught(call) {
        Some(Ok(value)) => Ok(value),
        _ => Err(broken(path, "a message of the Arrow data is cut or broken")),
    }
}
