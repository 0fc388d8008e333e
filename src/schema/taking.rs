//! Takes the rows of a file as they are read: each is accepted, set apart or a declared duplicate.

use std::ops::Range;

use super::columnar::CellRows;
use super::entry_memory::EntryMemory;
use super::fault::{FaultCode, Found};
use super::gathering::Gathering;
use super::open_file::OpenFile;
use super::read_ahead::{ROWS, ReadRows};
use super::read_cells::{Note, ReadCells, ReadColumn, RowsApart};
use super::readings::More;
use super::row::Place;
use super::row_values::ReadRow;
use super::source_file::source_named_in;
use crate::error::Result;
use crate::normalise::Normalised;
use crate::record::{MISSING, RowId};

/// Stands for the code of an entry until it is found.
const ASKED: u32 = u32::MAX;

/// Taking of the rows of one file, a few at a time.
pub(super) struct Taking<'a> {
    gathering: &'a mut Gathering,
    file: &'a OpenFile<'a>,
    /// Source of the row taken last.
    latest: usize,
    /// Of each row under way, its source and whether nothing is wrong with it by itself.
    whole: Vec<(usize, bool)>,
    /// Code of each row's identifier; [`MISSING`] for one that is not whole.
    identifiers: Vec<u32>,
    /// Rows under way that were accepted, by their places among those read.
    accepted: Vec<(usize, RowId)>,
    /// Codes of the entries of each attribute's dictionary in the file.
    known: Vec<EntryMemory<u32>>,
}

impl<'a> Taking<'a> {
    /// Begins with the first row of a file.
    pub(super) fn new(gathering: &'a mut Gathering, file: &'a OpenFile<'a>) -> Self {
        Self {
            gathering,
            file,
            latest: file.first,
            whole: Vec::new(),
            identifiers: Vec::new(),
            accepted: Vec::new(),
            known: vec![EntryMemory::default(); file.plan.attributes],
        }
    }

    /// Takes rows.
    ///
    /// Their identifiers are numbered first, then those that are accepted are settled, then their
    /// values numbered column by column: where each is known from is far away in memory, and a
    /// processor fetches those of several rows at a time.
    ///
    /// # Errors
    /// `Unwritable` if bad rows cannot be set apart; a source that cannot be opened.
    pub(super) fn take(&mut self, rows: ReadRows) -> Result<()> {
        match rows {
            ReadRows::Rows(rows) => self.take_rows(rows),
            ReadRows::Cells(read) => {
                let rows = read.cells.len();
                (0..rows)
                    .step_by(ROWS)
                    .try_for_each(|start| self.take_cells(read, start..rows.min(start + ROWS)))
            }
        }
    }

    fn clear(&mut self) {
        self.whole.clear();
        self.identifiers.clear();
        self.accepted.clear();
    }

    fn take_rows(&mut self, rows: &mut [ReadRow]) -> Result<()> {
        self.clear();
        for read in rows.iter_mut() {
            self.count(read)?;
        }
        let id = self.file.plan.id;
        let identifiers = rows
            .iter()
            .zip(&self.whole)
            .map(|(read, &(_, is_whole))| if is_whole { read.row.cell(id).trim() } else { "" });
        self.gathering.builder.push_identifiers(identifiers, &mut self.identifiers);
        for (place, read) in rows.iter_mut().enumerate() {
            let id = self.take_row(place, read)?;
            self.accepted.extend(id.map(|id| (place, id)));
        }
        self.keep_values_of_rows(rows);
        Ok(())
    }

    fn take_cells(&mut self, read: &mut ReadCells, rows: Range<usize>) -> Result<()> {
        self.clear();
        let ReadCells { cells, digests, columns, notes, apart } = read;
        let plan = &self.file.plan;
        let notes = &notes[notes.partition_point(|note| note.row < rows.start)..];
        let mut left = notes;
        for row in rows.clone() {
            if let Some(read) = apart.get_mut(row) {
                self.count(read)?;
                continue;
            }
            let name = plan.split.map(|split| cells.cell(row, split).trim());
            self.latest = self.gathering.source_of(name, self.file, self.latest)?;
            self.whole.push((self.latest, true));
            let account = &mut self.gathering.sources[self.latest].account;
            account.read += 1;
            for Note { column, said, .. } in of_row(&mut left, row) {
                if let Some(remark) = said.remark {
                    let counts = &mut account.columns[*column].remarks;
                    remark.count(1, || Some(place_of(cells, row)), counts);
                }
            }
        }
        let identifiers = rows.clone().zip(&self.whole).map(|(row, &(_, is_whole))| {
            if is_whole { cells.cell(row, plan.id).trim() } else { "" }
        });
        self.gathering.builder.push_identifiers(identifiers, &mut self.identifiers);
        left = notes;
        for (place, row) in rows.enumerate() {
            let notes = of_row(&mut left, row);
            if let Some(read) = apart.get_mut(row) {
                let id = self.take_row(place, read)?;
                self.accepted.extend(id.map(|id| (row, id)));
                continue;
            }
            let ((source, _), identifier) = (self.whole[place], self.identifiers[place]);
            let line = cells.number(row);
            match self.gathering.accept(source, identifier, digests[row], line) {
                Some(id) => {
                    self.accepted.push((row, id));
                    self.count_gaps(source, cells, row, notes);
                }
                None => {
                    let (row_itself, digest) = (cells.row(row), digests[row]);
                    let mut read = ReadRow { row: row_itself, digest, ..ReadRow::new(plan) };
                    self.take_row(place, &mut read)?;
                }
            }
        }
        self.keep_values_of_cells(columns, notes, apart);
        Ok(())
    }

    /// Counts a row and adds what is wrong with it as a whole.
    fn count(&mut self, read: &mut ReadRow) -> Result<()> {
        let Self { gathering, file, .. } = self;
        // The cells of a broken row may be shifted, so that its source is a guess.
        let name = match (read.row.fault(), file.plan.split) {
            (None, Some(cell)) => source_named_in(&read.row, cell),
            _ => None,
        };
        self.latest = gathering.source_of(name, file, self.latest)?;
        let source = &mut gathering.sources[self.latest];
        source.account.read += 1;
        file.add_faults(read, source.id.is_some(), &mut source.account.columns);
        self.whole.push((self.latest, source.id.is_some() && read.faults.is_empty()));
        Ok(())
    }

    /// Counts an accepted row's missing cells and cells set aside.
    fn count_gaps(&mut self, source: usize, cells: &CellRows, row: usize, notes: &[Note]) {
        let columns = &mut self.gathering.sources[source].account.columns;
        for Note { column, said, .. } in notes {
            let account = &mut columns[*column];
            match said.outcome {
                Normalised::Value => {}
                Normalised::Missing => {
                    let cell = self.file.plan.columns[*column].cell;
                    account.missing += 1;
                    account.nulls += u64::from(cells.is_null(row, cell));
                }
                Normalised::Invalid => {
                    account.set_aside += 1;
                    account.first_set_aside.get_or_insert_with(|| place_of(cells, row));
                }
            }
        }
    }

    /// Accepts a row, sets it apart, or counts it as a declared duplicate; returns the row of an
    /// accepted one, whose values are to be kept.
    fn take_row(&mut self, place: usize, read: &mut ReadRow) -> Result<Option<RowId>> {
        let Self { gathering, file, .. } = self;
        let ((of, is_whole), identifier) = (self.whole[place], self.identifiers[place]);
        let mut accepted = None;
        if is_whole {
            accepted = gathering.accept(of, identifier, read.digest, read.row.line());
            match accepted {
                Some(_) => file.plan.count(read, &mut gathering.sources[of].account.columns),
                None => Self::repeat(gathering, file, of, identifier, read),
            }
        }
        if let Some(fault) = read.faults.first() {
            let account = &mut gathering.sources[of].account;
            account.quarantined += 1;
            gathering.quarantine.take(&account.source, fault, &read.row)?;
        }
        read.faults.drain(..).for_each(|fault| gathering.faults.add(fault));
        Ok(accepted)
    }

    /// Counts a row whose identifier an earlier row has, as a declared duplicate or a fault.
    fn repeat(
        gathering: &mut Gathering,
        file: &OpenFile,
        source: usize,
        identifier: u32,
        read: &mut ReadRow,
    ) {
        let source = &mut gathering.sources[source];
        let Some(known) = source.rows.get(identifier) else { return };
        if known.digest == read.digest {
            source.account.declared_duplicates += 1;
            return;
        }
        let line = source.lines[known.place as usize];
        let found = match read.row.numbered {
            true => Found::SameAsRow(line),
            false => Found::SameAsLine(line),
        };
        let (code, expected) = (FaultCode::IdentifierTaken, "an identifier of its own");
        let fault = file.fault(&read.row, file.plan.id, code, expected, found);
        read.faults.push(fault);
    }

    fn keep_values_of_rows(&mut self, rows: &[ReadRow]) {
        let Self { gathering, accepted, known, .. } = self;
        let values = |place: usize| &rows[place].values;
        gathering.builder.push_codes(|attribute, dictionary, codes| {
            let of_rows = || accepted.iter().map(|&(place, _)| values(place));
            if of_rows().all(|values| values.entries[attribute].is_none()) {
                let texts = of_rows().map(|values| values.of_attribute[attribute].as_str());
                return dictionary.push_codes(texts, codes);
            }
            codes.extend(of_rows().map(|values| {
                let mut code = || dictionary.code(&values.of_attribute[attribute]);
                match values.entries[attribute] {
                    Some(entry) => *known[attribute].of(entry).get_or_insert_with(code),
                    None => code(),
                }
            }));
        });
        for &(place, row) in accepted.iter() {
            for (attribute, value, period) in values(place).beside_first() {
                gathering.builder.add_value(row, attribute, value, period);
            }
        }
    }

    fn keep_values_of_cells(&mut self, columns: &[ReadColumn], notes: &[Note], apart: &RowsApart) {
        let Self { gathering, file, accepted, known, .. } = self;
        let planned = &file.plan.columns;
        gathering.builder.push_codes(|attribute, dictionary, codes| {
            let feeds = |column: &usize| {
                planned[*column].attribute == Some(attribute) && !planned[*column].further
            };
            let Some(column) = (0..columns.len()).find(feeds).map(|column| &columns[column]) else {
                return codes.resize(codes.len() + accepted.len(), MISSING);
            };
            let by_itself = |row| apart.get(row).map(|read| &read.values.of_attribute[attribute]);
            let ReadColumn { readings, keys } = column;
            let Some(number) = readings.dictionary else {
                let text = |&(row, _): &(usize, _)| by_itself(row).map_or(column.value(row), |v| v);
                return dictionary.push_codes(accepted.iter().map(text), codes);
            };
            let known = known[attribute].all(number, readings.len());
            // First the texts whose codes are not known, for these are far away as well.
            let text = |&(row, _): &(usize, _)| match by_itself(row) {
                Some(text) => Some(text.as_str()),
                None => match &mut known[keys[row] as usize] {
                    Some(_) => None,
                    code => {
                        *code = Some(ASKED);
                        Some(readings.value(keys[row]))
                    }
                },
            };
            let mut found = Vec::new();
            dictionary.push_codes(accepted.iter().filter_map(text), &mut found);
            let mut found = found.into_iter();
            let mut next = || found.next().expect("each text has a code");
            codes.extend(accepted.iter().map(|&(row, _)| match by_itself(row) {
                Some(_) => next(),
                None => match &mut known[keys[row] as usize] {
                    Some(code) if *code != ASKED => *code,
                    code => *code.insert(next()),
                },
            }));
        });
        let mut left = notes;
        for &(row, id) in accepted.iter() {
            left = &left[left.iter().take_while(|note| note.row < row).count()..];
            if let Some(read) = apart.get(row) {
                for (attribute, value, period) in read.values.beside_first() {
                    gathering.builder.add_value(id, attribute, value, period);
                }
            }
            let further =
                of_row(&mut left, row).iter().filter(|note| note.said.more == More::Further);
            for &Note { column, .. } in further {
                let Some(attribute) = planned[column].attribute else { continue };
                let ReadColumn { readings, keys } = &columns[column];
                let first = planned[column].further.then(|| readings.value(keys[row]));
                for value in first.into_iter().chain(readings.alternates(keys[row])) {
                    gathering.builder.add_value(id, attribute, value, None);
                }
            }
        }
    }
}

/// Takes the notes of a row from the start of those that are left.
fn of_row<'n>(left: &mut &'n [Note], row: usize) -> &'n [Note] {
    let (of_row, rest) = left.split_at(left.iter().take_while(|note| note.row == row).count());
    *left = rest;
    of_row
}

fn place_of(cells: &CellRows, row: usize) -> Place {
    Place { line: cells.number(row), column: 0 }
}
