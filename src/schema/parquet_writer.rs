//! Writes a Parquet file group by group, so that a table need not be in memory.
//!
//! Snappy, no nulls, a fixed `created_by`: the same data gives the same bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as PhysicalType};
use parquet::column::writer::{ColumnWriter, get_column_writer, get_typed_column_writer_mut};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{
    SerializedFileWriter, SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite,
};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type};
use rayon::prelude::*;

use super::whole_file::WholeFile;
use crate::error::{Error, Result};

/// Name written into each file; without a version, so that bytes change only with the data.
const CREATED_BY: &str = "cci";
/// Rows that wait in memory for their row group.
const ROWS_A_GROUP: usize = 1 << 16;
/// Texts handed to the library at a time.
const TEXTS_A_BATCH: usize = 1 << 13;

/// Row group whose columns are written one after the other.
type Group<'a> = SerializedRowGroupWriter<'a, WholeFile>;

/// What the library's calls give.
pub(super) type Written<T> = std::result::Result<T, ParquetError>;

/// Parquet file under construction; the final name appears with [`Self::finish`].
pub(super) struct GroupWriter {
    path: PathBuf,
    writer: SerializedFileWriter<WholeFile>,
}

impl GroupWriter {
    /// Creates a file with columns of these types; those named `unlike` get no dictionary.
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub(super) fn create<'a>(
        path: &Path,
        columns: impl Iterator<Item = Type>,
        unlike: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let table = Type::group_type_builder("table")
            .with_fields(columns.map(Arc::new).collect())
            .build()
            .expect("a group has a name");
        // Smallest and largest values help nobody where rows stand in random order, and with the
        // index of pages they would wait in memory until the end, more of them the longer the file.
        let properties = WriterProperties::builder()
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_compression(Compression::SNAPPY)
            .set_created_by(CREATED_BY.to_string());
        let properties = unlike
            .fold(properties, |properties, name| {
                properties.set_column_dictionary_enabled(ColumnPath::from(name), false)
            })
            .build();
        let output = WholeFile::create(path)?;
        let writer = SerializedFileWriter::new(output, Arc::new(table), Arc::new(properties))
            .map_err(|cause| unwritable(path, cause))?;
        Ok(Self { path: path.to_path_buf(), writer })
    }

    /// Writes a row group; `fill` writes every column of it, in order.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    fn group(&mut self, fill: impl FnOnce(&mut Group) -> Written<()>) -> Result<()> {
        let written = self.writer.next_row_group().and_then(|mut group| {
            fill(&mut group)?;
            group.close()
        });
        written.map(drop).map_err(|cause| unwritable(&self.path, cause))
    }

    /// Writes a row group whose columns are encoded at the same time, each in memory; `fill` writes
    /// the column of a place.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn group_at_once(
        &mut self,
        fill: impl Fn(usize, &mut ColumnWriter) -> Written<()> + Sync,
    ) -> Result<()> {
        let columns = self.writer.schema_descr().columns();
        let properties = self.writer.properties();
        let encode = |(place, column): (usize, &ColumnDescPtr)| {
            let mut pages = TrackedWrite::new(Vec::new());
            let page_writer = Box::new(SerializedPageWriter::new(&mut pages));
            let mut writer = get_column_writer(column.clone(), properties.clone(), page_writer);
            fill(place, &mut writer)?;
            let closed = writer.close()?;
            Ok((Bytes::from(pages.into_inner()?), closed))
        };
        let encoded: Written<Vec<_>> = columns.par_iter().enumerate().map(encode).collect();
        let written = encoded.and_then(|columns| {
            let mut group = self.writer.next_row_group()?;
            for (pages, closed) in columns {
                group.append_column(&pages, closed)?;
            }
            group.close()
        });
        written.map(drop).map_err(|cause| unwritable(&self.path, cause))
    }

    /// Writes what is left and gives the file its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub(super) fn finish(self) -> Result<()> {
        self.close()?.finish()
    }

    /// Writes what is left; the file that it returns has yet to be given its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    fn close(self) -> Result<WholeFile> {
        self.writer.into_inner().map_err(|cause| unwritable(&self.path, cause))
    }
}

/// Writes the values of a column.
pub(super) fn write_values<T: DataType>(column: &mut ColumnWriter, values: &[T::T]) -> Written<()> {
    get_typed_column_writer_mut::<T>(column).write_batch(values, None, None).map(drop)
}

/// Writes the texts of a column.
pub(super) fn write_texts(
    column: &mut ColumnWriter,
    mut texts: impl Iterator<Item = ByteArray>,
) -> Written<()> {
    let column = get_typed_column_writer_mut::<ByteArrayType>(column);
    let mut batch: Vec<ByteArray> = Vec::with_capacity(TEXTS_A_BATCH);
    loop {
        batch.clear();
        batch.extend(texts.by_ref().take(TEXTS_A_BATCH));
        if batch.is_empty() {
            return Ok(());
        }
        column.write_batch(&batch, None, None)?;
    }
}

/// Returns the type of a column without nulls.
pub(super) fn column_type(name: &str, physical: PhysicalType, converted: ConvertedType) -> Type {
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::REQUIRED)
        .with_converted_type(converted)
        .build()
        .expect("each physical type fits its converted type")
}

fn unwritable(path: &Path, cause: ParquetError) -> Error {
    let cause = match cause {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(cause) => *cause,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    };
    Error::unwritable(path, &cause)
}

/// Table of texts under construction as a Parquet file; few rows wait in memory.
///
/// An empty cell is an empty text, as it is in CSV.
///
/// ```
/// use cci::schema::parquet::{self, ColumnData, RowWriter};
///
/// let path = tempfile::tempdir().unwrap().keep().join("children.parquet");
/// let mut table = RowWriter::create(&path, &["child_id", "name"])?;
/// table.row(["7", "Ng, Asha"])?;
/// table.finish()?;
/// let name = ("name".to_string(), ColumnData::Text(vec!["Ng, Asha".into()]));
/// assert_eq!(parquet::read(&path)?[1], name);
/// # Ok::<(), cci::error::Error>(())
/// ```
pub struct RowWriter {
    file: GroupWriter,
    columns: Vec<Waiting>,
    rows: usize,
}

/// Cells of one column that wait for their row group, end to end in one text.
#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl RowWriter {
    /// Creates the file; the final name appears with [`Self::finish`].
    ///
    /// # Errors
    /// `Unwritable` if the folder is missing, full or read-only.
    pub fn create(path: &Path, header: &[&str]) -> Result<Self> {
        let text = |name: &&str| column_type(name, PhysicalType::BYTE_ARRAY, ConvertedType::UTF8);
        let file = GroupWriter::create(path, header.iter().map(text), std::iter::empty())?;
        let columns = header.iter().map(|_| Waiting::default()).collect();
        Ok(Self { file, columns, rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    ///
    /// # Panics
    /// If the row has not as many cells as the header.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let mut width = 0;
        for (place, cell) in cells.into_iter().enumerate() {
            let column = &mut self.columns[place];
            column.text.extend(cell.as_bytes());
            column.ends.push(column.text.len());
            width = place + 1;
        }
        assert_eq!(width, self.columns.len(), "a row has as many cells as the header");
        self.rows += 1;
        if self.rows == ROWS_A_GROUP { self.write_group() } else { Ok(()) }
    }

    /// Writes what is left and gives the file its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub fn finish(self) -> Result<()> {
        self.close()?.finish()
    }

    /// Writes what is left; the file that it returns has yet to be given its final name.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    pub fn close(mut self) -> Result<WholeFile> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.file.close()
    }

    fn write_group(&mut self) -> Result<()> {
        self.rows = 0;
        let columns = &mut self.columns;
        self.file.group(|group| {
            for column in columns {
                // Cells share the column's text, so that none is copied.
                // The next group's are about as long: memory taken once is taken again.
                let next = Waiting {
                    text: Vec::with_capacity(column.text.len()),
                    ends: Vec::with_capacity(column.ends.len()),
                };
                let Waiting { text, ends } = std::mem::replace(column, next);
                let text = ByteArray::from(text);
                let cells = ends.iter().scan(0, |start, &end| {
                    let cell = text.slice(*start, end - *start);
                    *start = end;
                    Some(cell)
                });
                let mut column =
                    group.next_column()?.expect("the schema has a column for each data column");
                write_texts(column.untyped(), cells)?;
                column.close()?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::parquet::{ColumnData, read};
    use super::*;

    #[test]
    fn rows_of_any_number_of_groups_read_back_equal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        for rows in [0, 1, TEXTS_A_BATCH + 1, ROWS_A_GROUP, ROWS_A_GROUP * 2 + 1] {
            let cell = |row: usize| match row % 3 {
                0 => String::new(),
                _ => format!("é{row}"),
            };
            let mut table = RowWriter::create(&path, &["id", "name"]).unwrap();
            for row in 0..rows {
                table.row([row.to_string().as_str(), &cell(row)]).unwrap();
                assert!(table.columns[0].ends.len() < ROWS_A_GROUP, "few rows wait");
            }
            table.finish().unwrap();
            let ids = ColumnData::Text((0..rows).map(|row| row.to_string()).collect());
            let names = ColumnData::Text((0..rows).map(cell).collect());
            assert_eq!(read(&path).unwrap(), [("id".into(), ids), ("name".into(), names)]);
        }
    }

    #[test]
    fn file_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut table = RowWriter::create(&folder.path().join("a.parquet"), &["id"]).unwrap();
        table.row(["1"]).unwrap();
        drop(table);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    #[should_panic(expected = "as many cells as the header")]
    fn row_of_another_width_is_a_mistake_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let mut table = RowWriter::create(&folder.path().join("a.parquet"), &["a", "b"]).unwrap();
        table.row(["1"]).unwrap();
    }
}
