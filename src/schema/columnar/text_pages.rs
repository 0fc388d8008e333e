//! Cells of a column of text, page by page; cells of a dictionary stay its entries.
//!
//! The library gives the pages, decompressed and checked, but of their cells only copies: that a
//! cell is one that came before is what makes a name cheap to read the second time.

use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;

use super::cells::{CellColumn, Entries, EntriesBuilder, Keys};
use super::run_lengths::RunLengths;

type Result<T> = std::result::Result<T, ParquetError>;

/// Column of text of a row group.
pub(super) struct TextPages {
    pages: Box<dyn PageReader>,
    nullable: bool,
    /// Number that its dictionary gets.
    number: u32,
    dictionary: Option<Arc<Entries>>,
    page: Option<TextPage>,
}

/// Page under way.
struct TextPage {
    /// Rows still to come, nulls included.
    left: usize,
    /// 1 for a cell and 0 for a null, if there may be nulls.
    levels: Option<RunLengths>,
    cells: PageCells,
}

/// Cells of a page.
enum PageCells {
    /// Keys in the dictionary.
    Keys(RunLengths),
    Plain(PlainCells),
}

/// Cells one after another, each behind its length.
struct PlainCells {
    data: ByteArray,
    at: usize,
}

impl TextPages {
    /// Begins a column at its first page; its dictionary gets a number.
    pub(super) fn new(pages: Box<dyn PageReader>, nullable: bool, number: u32) -> Self {
        Self { pages, nullable, number, dictionary: None, page: None }
    }

    /// Decodes up to so many rows.
    ///
    /// # Errors
    /// As the library's pages; `General` for pages that hold less than they say, or hold it in
    /// another way than Parquet has for text.
    pub(super) fn take(&mut self, wanted: usize) -> Result<CellColumn> {
        let mut keys = Keys::with_capacity(wanted);
        // Entries of this batch alone, from the first cell on that is of no dictionary.
        let mut own: Option<EntriesBuilder> = None;
        while keys.len() < wanted {
            let Some(page) = self.page.as_mut().filter(|page| page.left > 0) else {
                if self.next_page()? {
                    continue;
                }
                break;
            };
            let rows = page.left.min(wanted - keys.len());
            page.left -= rows;
            let dictionary = self.dictionary.as_deref();
            let mut left = rows;
            while left > 0 {
                // Mostly all of a page are cells, or nearly all.
                let (is_cell, run) = match &mut page.levels {
                    Some(levels) => levels.next_same(left).ok_or_else(cut)?,
                    None => (1, left),
                };
                left -= run;
                if is_cell == 0 {
                    keys.push_nulls(run);
                    continue;
                }
                match (&mut page.cells, &mut own) {
                    (PageCells::Keys(of_page), None) => {
                        let entries = dictionary.map_or(0, Entries::len);
                        if !keys.push_run(run, of_page, entries).ok_or_else(cut)? {
                            return Err(general("a key of no dictionary"));
                        }
                    }
                    (PageCells::Keys(of_page), Some(own)) => {
                        for _ in 0..run {
                            let key = of_page.next().ok_or_else(cut)?;
                            let entry = dictionary.filter(|of| (key as usize) < of.len());
                            let entry = entry.ok_or_else(|| general("a key of no dictionary"))?;
                            keys.push(Some(own.push(entry.bytes(key))));
                        }
                    }
                    (PageCells::Plain(cells), own) => {
                        let own = own.get_or_insert_with(|| keys.own(dictionary));
                        for _ in 0..run {
                            keys.push(Some(own.push(cells.next().ok_or_else(cut)?)));
                        }
                    }
                }
            }
        }
        let entries = match (own, &self.dictionary) {
            (None, Some(dictionary)) => dictionary.clone(),
            (own, _) => own.unwrap_or_default().finish(None),
        };
        Ok(CellColumn::new(entries, keys))
    }

    /// Begins the next page of cells; says whether there is one.
    fn next_page(&mut self) -> Result<bool> {
        let (rows, levels, cells, encoding) = loop {
            match self.pages.get_next_page()? {
                None => return Ok(false),
                Some(Page::DictionaryPage { buf, num_values, .. }) => {
                    let mut cells = PlainCells { data: buf.into(), at: 0 };
                    let mut entries = EntriesBuilder::default();
                    for _ in 0..num_values {
                        entries.push(cells.next().ok_or_else(cut)?);
                    }
                    self.dictionary = Some(entries.finish(Some(self.number)));
                }
                Some(Page::DataPage { buf, num_values, encoding, def_level_encoding, .. }) => {
                    let mut start = 0;
                    if self.nullable {
                        if def_level_encoding != Encoding::RLE {
                            return Err(general("levels in an encoding of the past"));
                        }
                        let length = buf.first_chunk::<4>().ok_or_else(cut)?;
                        start = (u32::from_le_bytes(*length) as usize).saturating_add(4);
                    }
                    if start > buf.len() {
                        return Err(cut());
                    }
                    let levels = buf.slice(start.min(4)..start);
                    break (num_values, levels, buf.slice(start..), encoding);
                }
                Some(Page::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    def_levels_byte_len,
                    rep_levels_byte_len,
                    ..
                }) => {
                    let begin = rep_levels_byte_len as usize;
                    let start = begin.saturating_add(def_levels_byte_len as usize);
                    if start > buf.len() {
                        return Err(cut());
                    }
                    break (num_values, buf.slice(begin..start), buf.slice(start..), encoding);
                }
            }
        };
        let levels = match self.nullable {
            true => RunLengths::new(levels.into(), 1),
            false => None,
        };
        let cells = match encoding {
            Encoding::PLAIN => PageCells::Plain(PlainCells { data: cells.into(), at: 0 }),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                // A page of nulls alone may lack even the width of its keys.
                let width = cells.first().copied().unwrap_or(0);
                let keys = cells.slice(cells.len().min(1)..);
                let keys = RunLengths::new(keys.into(), u32::from(width));
                PageCells::Keys(keys.ok_or_else(|| general("keys of more than 32 bits"))?)
            }
            _ => return Err(general("text in an encoding that is not read")),
        };
        self.page = Some(TextPage { left: rows as usize, levels, cells });
        Ok(true)
    }
}

impl PlainCells {
    /// Returns the next cell; `None` where the data break off.
    fn next(&mut self) -> Option<&[u8]> {
        let (length, rest) = self.data.data().get(self.at..)?.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        self.at += 4 + length;
        rest.get(..length)
    }
}

fn cut() -> ParquetError {
    ParquetError::EOF("a page ends before its cells".into())
}

fn general(what: &str) -> ParquetError {
    ParquetError::General(what.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::column::reader::get_typed_column_reader;
    use parquet::data_type::ByteArrayType;
    use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;

    use super::super::cells::CellBatch;
    use super::*;

    type Cells = Vec<Option<Vec<u8>>>;

    /// Writes a column with small pages and a dictionary of few bytes, so that its pages differ.
    fn written(
        cells: &Cells,
        version: WriterVersion,
        dictionary: usize,
        nullable: bool,
    ) -> Vec<u8> {
        let kind = if nullable { "optional" } else { "required" };
        let schema = parse_message_type(&format!("message m {{ {kind} binary a (utf8); }}"));
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_encoding(Encoding::PLAIN) // once the dictionary is full
            .set_dictionary_page_size_limit(dictionary)
            .set_data_page_row_count_limit(7)
            .set_write_batch_size(5)
            .set_statistics_enabled(EnabledStatistics::None);
        let properties = Arc::new(properties.build());
        let schema = Arc::new(schema.unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
        let levels = nullable.then_some(levels.as_slice());
        let values: Vec<ByteArray> = cells.iter().flatten().map(|c| c.clone().into()).collect();
        column.typed::<ByteArrayType>().write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    fn by_library(file: &dyn FileReader, nullable: bool) -> Cells {
        let reader = file.get_row_group(0).unwrap().get_column_reader(0).unwrap();
        let mut reader = get_typed_column_reader::<ByteArrayType>(reader);
        let (mut levels, mut values) = (Vec::new(), Vec::new());
        let of_nulls = if nullable { Some(&mut levels) } else { None };
        let (rows, _, _) = reader.read_records(usize::MAX, of_nulls, None, &mut values).unwrap();
        let mut values = values.into_iter().map(|value| value.data().to_vec());
        let is_null = |row: usize| levels.get(row) == Some(&0);
        (0..rows).map(|row| if is_null(row) { None } else { values.next() }).collect()
    }

    /// Decodes so many rows at a time, every one of which but the last is asked for in full.
    fn by_pages(file: &dyn FileReader, nullable: bool, wanted: usize) -> Cells {
        let pages = file.get_row_group(0).unwrap().get_column_page_reader(0).unwrap();
        let mut pages = TextPages::new(pages, nullable, 1);
        let mut cells = Vec::new();
        loop {
            let column = pages.take(wanted).unwrap();
            let rows = column.rows();
            if rows == 0 {
                return cells;
            }
            let batch = CellBatch::new(vec![column], rows);
            cells.extend((0..rows).map(|row| batch.raw(row, 0).map(<[u8]>::to_vec)));
        }
    }

    fn opened(bytes: &[u8]) -> SerializedFileReader<std::fs::File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..Default::default() })]
        #[test]
        fn cells_are_those_that_the_library_reads(
            cells in proptest::collection::vec(
                proptest::option::weighted(0.8, proptest::collection::vec(any::<u8>(), 0..3)),
                0..60,
            ),
            newer in any::<bool>(),
            nullable in any::<bool>(),
            dictionary in prop_oneof![Just(1_usize), Just(40), Just(1 << 20)],
            wanted in 1_usize..20,
        ) {
            let cells: Cells = cells.into_iter().filter(|cell| nullable || cell.is_some()).collect();
            let version =
                if newer { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
            let file = opened(&written(&cells, version, dictionary, nullable));
            prop_assert_eq!(&by_library(&file, nullable), &cells);
            prop_assert_eq!(by_pages(&file, nullable, wanted), cells);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..Default::default() })]
        /// The library writes no checksum, so that every page with a mistake is decoded.
        #[test]
        fn changed_pages_give_cells_or_an_error(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            newer in any::<bool>(),
            dictionary in prop_oneof![Just(1_usize), Just(1 << 20)],
        ) {
            let cells: Cells = (0..40).map(|n| (n % 5 > 0).then(|| vec![b'A'; n % 7])).collect();
            let version =
                if newer { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
            let mut bytes = written(&cells, version, dictionary, true);
            let footer = bytes.len() - 8;
            let footer = footer - u32::from_le_bytes(*bytes[footer..].first_chunk().unwrap()) as usize;
            for (at, change) in changes {
                bytes[4 + at.index(footer - 4)] ^= change;
            }
            let file = opened(&bytes);
            let read = std::panic::catch_unwind(|| file.get_row_group(0).unwrap().get_column_page_reader(0));
            let Ok(Ok(pages)) = read else { return Ok(()) };
            let mut pages = TextPages::new(pages, true, 1);
            while let Some(column) = pages.take(16).ok().filter(|column| column.rows() > 0) {
                let rows = column.rows();
                let batch = CellBatch::new(vec![column], rows);
                let longest = (0..rows).filter_map(|row| batch.raw(row, 0)).map(<[u8]>::len).max();
                prop_assert!(longest.is_none_or(|longest| longest <= bytes.len()));
            }
        }
    }
}
