//! Writes and reads the toolkit's own Parquet tables; `columnar` reads anybody's.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{ConvertedType, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

pub use super::parquet_writer::RowWriter;
use super::parquet_writer::{GroupWriter, Written, column_type, write_texts, write_values};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Dictionary;

/// Rows of one row group, so that a reader may take a part of a large table.
const ROWS_A_GROUP: usize = 1 << 20;

/// Values of one column of a table, without nulls.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Texts: names of sources, identifiers, categories.
    Text(Vec<String>),
    /// Texts that are written from a dictionary, by their codes; read back as [`Self::Text`].
    Coded(Arc<Dictionary>, Vec<u32>),
    /// Counts and numbers of records or entities.
    Count(Vec<u32>),
    /// Counts that may exceed four thousand million.
    LargeCount(Vec<u64>),
    /// Match weights, in bits.
    Weight(Vec<f32>),
    /// Probabilities and rates.
    Probability(Vec<f64>),
}

impl ColumnData {
    /// Returns the number of values.
    pub fn len(&self) -> usize {
        match self {
            ColumnData::Text(values) => values.len(),
            ColumnData::Coded(_, codes) => codes.len(),
            ColumnData::Count(values) => values.len(),
            ColumnData::LargeCount(values) => values.len(),
            ColumnData::Weight(values) => values.len(),
            ColumnData::Probability(values) => values.len(),
        }
    }

    /// Says whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn parquet_type(&self, name: &str) -> Type {
        let (physical, converted) = match self {
            ColumnData::Text(_) | ColumnData::Coded(..) => {
                (PhysicalType::BYTE_ARRAY, ConvertedType::UTF8)
            }
            ColumnData::Count(_) => (PhysicalType::INT32, ConvertedType::UINT_32),
            ColumnData::LargeCount(_) => (PhysicalType::INT64, ConvertedType::UINT_64),
            ColumnData::Weight(_) => (PhysicalType::FLOAT, ConvertedType::NONE),
            ColumnData::Probability(_) => (PhysicalType::DOUBLE, ConvertedType::NONE),
        };
        column_type(name, physical, converted)
    }

    /// Says whether the same values are sure to come again and again: where they do not, looking
    /// each up among those that came before takes longer than writing it.
    fn repeats(&self) -> bool {
        match self {
            ColumnData::Coded(among, codes) => among.codes() <= codes.len() / 4,
            _ => false,
        }
    }

    /// Writes some of the values as a column of a row group.
    fn write_part(&self, part: Range<usize>, column: &mut ColumnWriter) -> Written<()> {
        match self {
            ColumnData::Text(values) => {
                write_texts(column, values[part].iter().map(|text| ByteArray::from(text.as_str())))
            }
            ColumnData::Coded(among, codes) => {
                // Slices of one text, so that no text is copied.
                let all = ByteArray::from(among.text());
                let place = |&code: &u32| among.place(code);
                let places = codes[part].iter().map(place);
                write_texts(column, places.map(|place| all.slice(place.start, place.len())))
            }
            ColumnData::Count(values) => {
                // Parquet keeps an unsigned number as the signed one of the same bits.
                let bits: Vec<i32> = values[part].iter().map(|&v| v as i32).collect();
                write_values::<Int32Type>(column, &bits)
            }
            ColumnData::LargeCount(values) => {
                let bits: Vec<i64> = values[part].iter().map(|&v| v as i64).collect();
                write_values::<Int64Type>(column, &bits)
            }
            ColumnData::Weight(values) => write_values::<FloatType>(column, &values[part]),
            ColumnData::Probability(values) => write_values::<DoubleType>(column, &values[part]),
        }
    }
}

/// Writes a table; the file has its final name only when it is whole.
///
/// # Errors
/// `Unwritable` if the folder is missing, full or read-only; `Bug` if the columns
/// differ in length.
///
/// ```
/// use cci::schema::parquet::{self, ColumnData};
///
/// let path = tempfile::tempdir().unwrap().keep().join("links.parquet");
/// let weight = ColumnData::Weight(vec![12.5, 8.0]);
/// parquet::write(&path, &[("weight", weight.clone())])?;
/// assert_eq!(parquet::read(&path)?, [("weight".to_string(), weight)]);
/// # Ok::<(), cci::error::Error>(())
/// ```
pub fn write(path: &Path, columns: &[(&str, ColumnData)]) -> Result<()> {
    let rows = columns.first().map_or(0, |(_, data)| data.len());
    if let Some((name, data)) = columns.iter().find(|(_, data)| data.len() != rows) {
        let found = data.len();
        let message = format!("column \"{name}\" has {found} values, the first has {rows}");
        return Err(Error::new(ErrorKind::Bug, message));
    }
    let types = columns.iter().map(|(name, data)| data.parquet_type(name));
    let unlike = columns.iter().filter(|(_, data)| !data.repeats()).map(|&(name, _)| name);
    let mut file = GroupWriter::create(path, types, unlike)?;
    for start in (0..rows).step_by(ROWS_A_GROUP) {
        let part = start..rows.min(start + ROWS_A_GROUP);
        file.group_at_once(|place, column| columns[place].1.write_part(part.clone(), column))?;
    }
    file.finish()
}

/// Reads a table as [`write()`] writes it.
///
/// # Errors
/// `Unreadable` if there is no such file; `BadStructure` for a file that is not whole, is not
/// Parquet, or holds nulls, nested columns or other types.
pub fn read(path: &Path) -> Result<Vec<(String, ColumnData)>> {
    let file = File::open(path).map_err(|cause| Error::unreadable(path, &cause))?;
    let broken = |cause: ParquetError| bad_structure(path, &plain(&cause));
    let reader = SerializedFileReader::new(file).map_err(broken)?;
    let descriptor = reader.metadata().file_metadata().schema_descr_ptr();
    let mut columns = Vec::with_capacity(descriptor.num_columns());
    for place in 0..descriptor.num_columns() {
        let column = descriptor.column(place);
        let name = column.path().string();
        if column.max_def_level() > 0 || column.max_rep_level() > 0 {
            let what = format!("column \"{name}\" may hold nulls or lists, expected plain values");
            return Err(bad_structure(path, &what));
        }
        let mut data = match (column.physical_type(), column.converted_type()) {
            (PhysicalType::BYTE_ARRAY, ConvertedType::UTF8) => ColumnData::Text(Vec::new()),
            (PhysicalType::INT32, ConvertedType::UINT_32) => ColumnData::Count(Vec::new()),
            (PhysicalType::INT64, ConvertedType::UINT_64) => ColumnData::LargeCount(Vec::new()),
            (PhysicalType::FLOAT, _) => ColumnData::Weight(Vec::new()),
            (PhysicalType::DOUBLE, _) => ColumnData::Probability(Vec::new()),
            _ => return Err(bad_structure(path, &format!("column \"{name}\" has another type"))),
        };
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(broken)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let column = group.get_column_reader(place).map_err(broken)?;
            read_group(column, rows, &mut data).map_err(broken)?;
        }
        columns.push((name, data));
    }
    Ok(columns)
}

fn read_group(
    column: ColumnReader,
    rows: usize,
    data: &mut ColumnData,
) -> std::result::Result<(), ParquetError> {
    match (column, data) {
        (ColumnReader::ByteArrayColumnReader(column), ColumnData::Text(values)) => {
            for text in read_values(column, rows)? {
                values.push(text.as_utf8()?.to_string());
            }
        }
        (ColumnReader::Int32ColumnReader(column), ColumnData::Count(values)) => {
            values.extend(read_values(column, rows)?.into_iter().map(|bits| bits as u32));
        }
        (ColumnReader::Int64ColumnReader(column), ColumnData::LargeCount(values)) => {
            values.extend(read_values(column, rows)?.into_iter().map(|bits| bits as u64));
        }
        (ColumnReader::FloatColumnReader(column), ColumnData::Weight(values)) => {
            values.append(&mut read_values(column, rows)?);
        }
        (ColumnReader::DoubleColumnReader(column), ColumnData::Probability(values)) => {
            values.append(&mut read_values(column, rows)?);
        }
        _ => return Err(ParquetError::General("a column differs from its schema".into())),
    }
    Ok(())
}

fn read_values<T: DataType>(
    mut column: ColumnReaderImpl<T>,
    rows: usize,
) -> std::result::Result<Vec<T::T>, ParquetError> {
    let mut values = Vec::new();
    let (read, _, _) = column.read_records(rows, None, None, &mut values)?;
    if read != rows {
        return Err(ParquetError::EOF(format!("{read} of {rows} values")));
    }
    Ok(values)
}

fn bad_structure(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::BadStructure, format!("{}: {what}", path.display()))
        .help("make the file again with the command that wrote it")
}

fn plain(cause: &ParquetError) -> String {
    match cause {
        ParquetError::EOF(_) => "the Parquet file breaks off".into(),
        _ => "it is not a whole Parquet file".into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::DictionaryBuilder;

    /// More texts than the library is handed at a time, and more than one of its pages.
    const SEVERAL_BATCHES: usize = 3 * (1 << 13) + 1;

    fn table(rows: usize) -> Vec<(&'static str, ColumnData)> {
        let numbers = 0..rows as u32;
        let texts = numbers.clone().map(|n| format!("é{}", n % 7));
        vec![
            ("source", ColumnData::Text(texts.collect())),
            ("record", ColumnData::Count(numbers.clone().map(|n| u32::MAX - n).collect())),
            ("pairs", ColumnData::LargeCount(vec![u64::MAX; rows])),
            ("weight", ColumnData::Weight(numbers.clone().map(|n| n as f32 - 0.5).collect())),
            ("share", ColumnData::Probability(numbers.map(|n| 1.0 / f64::from(n + 1)).collect())),
        ]
    }

    #[test]
    fn coded_texts_read_back_as_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let mut among = DictionaryBuilder::default();
        let codes: Vec<u32> = ["é", "", "Ng", "é"].iter().map(|text| among.code(text)).collect();
        write(&path, &[("t", ColumnData::Coded(among.finish().into(), codes))]).unwrap();
        let texts = ["é", "", "Ng", "é"].map(String::from).to_vec();
        assert_eq!(read(&path).unwrap(), [("t".to_string(), ColumnData::Text(texts))]);
    }

    fn owned(columns: &[(&str, ColumnData)]) -> Vec<(String, ColumnData)> {
        columns.iter().map(|(name, data)| (name.to_string(), data.clone())).collect()
    }

    #[test]
    fn tables_of_any_size_read_back_equal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        for rows in [0, 1, 3, SEVERAL_BATCHES] {
            write(&path, &table(rows)).unwrap();
            assert_eq!(read(&path).unwrap(), owned(&table(rows)), "{rows} rows");
        }
    }

    #[test]
    fn table_of_two_row_groups_reads_back_equal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let columns = [("n", ColumnData::Count((0..ROWS_A_GROUP as u32 + 5).collect()))];
        write(&path, &columns).unwrap();
        assert_eq!(read(&path).unwrap(), owned(&columns));
    }

    #[test]
    fn same_data_gives_same_bytes_without_a_version() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = |name| {
            let path = folder.path().join(name);
            write(&path, &table(1000)).unwrap();
            std::fs::read(path).unwrap()
        };
        let first = bytes("a.parquet");
        assert_eq!(first, bytes("b.parquet"));
        assert!(!String::from_utf8_lossy(&first).contains("version"));
    }

    #[test]
    fn columns_of_unequal_length_are_a_bug() {
        let columns = [("a", ColumnData::Count(vec![1])), ("b", ColumnData::Count(vec![]))];
        let error = write(Path::new("never.parquet"), &columns).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Bug);
    }

    #[test]
    fn file_cut_short_or_not_parquet_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&path, &table(100)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 3, 8, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            let error = read(&path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadStructure, "{length} bytes");
            assert!(error.message().contains("a.parquet: "), "{error}");
        }
        let error = read(&folder.path().join("none.parquet")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_texts_and_weights_read_back_equal(rows in prop::collection::vec(
            (any::<String>(), prop::num::f32::NORMAL | prop::num::f32::INFINITE), 0..50,
        )) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.parquet");
            let (texts, weights) = rows.into_iter().unzip();
            let columns =
                [("t", ColumnData::Text(texts)), ("w", ColumnData::Weight(weights))];
            write(&path, &columns).unwrap();
            prop_assert_eq!(read(&path).unwrap(), owned(&columns));
        }
    }
}
