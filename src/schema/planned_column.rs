//! One column of a file: what its cells are read as, and what is recognised about them.

use std::borrow::Cow;

use super::as_at::{AsAt, GREATEST_AGE};
use super::cell_cache::{CellCache, CellReading};
use super::date_formats::DateFormats;
use super::entry_memory::EntryReadings;
use super::fault::{Fault, FaultCode, Found};
use super::read_cells::LatestDictionary;
use super::read_options::{HiddenCharacters, ReadOptions, TestNumbers};
use super::readings::{More, Readings, Said};
use super::remark::Remark;
use super::row::Row;
use super::row_values::ReadRow;
use super::source_file::{ColumnRequest, OnInvalid};
use crate::code::NhsNumber;
use crate::normalise::{Normalised, Normaliser, damage};
use crate::record::{AttributeKind, Period};

/// Column that a file has, and how to read it.
pub(super) struct PlannedColumn<'a> {
    pub(super) request: &'a ColumnRequest,
    /// Place among the row's cells.
    pub(super) cell: usize,
    /// Place among the attributes, if the values are kept.
    pub(super) attribute: Option<usize>,
    /// Whether an earlier column feeds the same attribute.
    pub(super) further: bool,
    /// Whether its dates begin or end periods of other columns.
    pub(super) ends_period: bool,
    pub(super) normaliser: Option<&'static dyn Normaliser>,
}

/// What becomes of a cell, and what is recognised about it.
struct Judged {
    outcome: Normalised,
    remark: Option<Remark>,
    quarantine: bool,
}

/// What is remembered of a column from cell to cell.
pub(super) struct ColumnMemory {
    /// Cells and what they were read as, if they are likely to come again.
    cells: Option<CellCache>,
    /// Entries of its dictionary and what they were read as.
    entries: EntryReadings,
    /// Latest dictionary, where rows are read column by column.
    pub(super) latest: LatestDictionary,
    /// Formats of the dates, if the cells are dates.
    pub(super) dates: Option<DateFormats>,
    /// What the cell read last says.
    reading: CellReading,
    /// Cell without the characters that do not show.
    visible: String,
}

impl ColumnMemory {
    pub(super) fn new(column: &PlannedColumn) -> Self {
        Self {
            cells: column.comes_again().then(CellCache::new),
            entries: EntryReadings::default(),
            latest: LatestDictionary::default(),
            dates: column.date_formats(),
            reading: CellReading::default(),
            visible: String::new(),
        }
    }
}

impl PlannedColumn<'_> {
    /// Reads a row's cell, the column being at a place among those planned.
    pub(super) fn read(
        &self,
        place: usize,
        read: &mut ReadRow,
        file: &str,
        memory: &mut ColumnMemory,
        options: &ReadOptions,
    ) {
        let ReadRow { row, plain, values, faults, .. } = read;
        let ColumnMemory { cells, entries, dates, reading, visible, .. } = memory;
        let entry = row.entry(self.cell);
        let whole = row.cell(self.cell);
        let cell = if *plain { whole } else { damage::visible(whole, visible) };
        if !*plain {
            let hidden = cell.len() < whole.len();
            let signs = [
                (damage::is_garbled(cell), Remark::GarbledText),
                (hidden, Remark::HiddenCharacters),
            ];
            let signs = signs.into_iter().filter(|(is_it, _)| *is_it);
            values.remarks.extend(signs.map(|(_, remark)| (place, remark)));
            if hidden && options.hidden_characters == HiddenCharacters::Quarantine {
                faults.push(self.bad_cell(row, file, Some(Remark::HiddenCharacters), options));
            }
        }
        let mut read_cell = |reading: &mut CellReading| match cells {
            Some(cells) => cells.value(cell, reading, |reading| self.value(cell, reading)),
            None => self.value(cell, reading),
        };
        let outcome = match entry {
            Some(entry) => entries.value(entry, reading, read_cell),
            None => read_cell(reading),
        };
        let judged = self.judge(outcome, cell, reading, dates.as_mut(), options);
        if let (Some(attribute), Normalised::Value) = (self.attribute, judged.outcome) {
            values.keep(place, attribute, (self.further, entry), reading);
        }
        if self.ends_period {
            let day = (judged.outcome == Normalised::Value).then(|| Period::day(&reading.value));
            values.days[place] = day.flatten();
        }
        values.remarks.extend(judged.remark.map(|remark| (place, remark)));
        if judged.quarantine {
            faults.push(self.bad_cell(row, file, judged.remark, options));
        }
        values.outcomes[place] = judged.outcome;
    }

    /// Reads cells whichever rows have them: those of a dictionary with its number, or of some
    /// rows. Dates are not counted, since it is rows that count.
    pub(super) fn readings<'c>(
        &self,
        dictionary: Option<u32>,
        cells: impl Iterator<Item = &'c str>,
        memory: &mut ColumnMemory,
        options: &ReadOptions,
    ) -> Readings {
        let ColumnMemory { cells: known, dates, reading, .. } = memory;
        let mut uncounted = dates.clone();
        let mut readings = Readings::new(dictionary, cells.size_hint().0);
        for cell in cells {
            let is_odd = !cell.is_ascii() && (damage::has_hidden(cell) || damage::is_garbled(cell));
            let outcome = match known {
                Some(known) => known.value(cell, reading, |reading| self.value(cell, reading)),
                None => self.value(cell, reading),
            };
            let judged = self.judge(outcome, cell, reading, uncounted.as_mut(), options);
            let Judged { outcome, remark, quarantine } = judged;
            let is_further = self.further && outcome == Normalised::Value;
            let more = if is_further { More::Further } else { More::Nothing };
            let said = Said { outcome, remark, more };
            readings.push(if is_odd || quarantine { Said::OF_ROW } else { said }, reading);
        }
        readings
    }

    /// Says whether remembering its cells is cheaper than reading them, as it is of names.
    fn comes_again(&self) -> bool {
        matches!(self.request.kind, Some(AttributeKind::GivenName | AttributeKind::FamilyName))
    }

    /// Returns an empty count of the formats of its dates, if it holds dates.
    fn date_formats(&self) -> Option<DateFormats> {
        let ColumnRequest { column, kind, rules, on_invalid, .. } = self.request;
        let is_date = *kind == Some(AttributeKind::Date);
        is_date.then(|| DateFormats::new(&column.name, rules, *on_invalid))
    }

    /// Reads a cell: its value and other forms of it.
    fn value(&self, cell: &str, output: &mut CellReading) -> Normalised {
        output.clear();
        let rules = &self.request.rules;
        let cell = self.request.part.map_or(cell, |part| part.of(cell));
        let outcome = match self.normaliser {
            Some(normaliser) => normaliser.normalise(cell, rules, &mut output.value),
            None => {
                let cell = cell.trim();
                let placeholder = |known: &String| known.trim().eq_ignore_ascii_case(cell);
                if cell.is_empty() || rules.placeholders.iter().any(placeholder) {
                    Normalised::Missing
                } else {
                    Normalised::Value
                }
            }
        };
        if outcome == Normalised::Value && !self.request.allows(cell.trim()) {
            output.clear();
            return Normalised::Invalid;
        }
        if let (Normalised::Value, Some(_), Some(normaliser)) =
            (outcome, self.attribute, self.normaliser)
        {
            let CellReading { value, alternates } = output;
            normaliser.alternates(cell, value, rules, &mut |form| {
                alternates.extend([form, "\n"]);
            });
        }
        outcome
    }

    /// Judges a cell by what it was read as, and empties the reading if it is no value after all.
    #[inline]
    fn judge(
        &self,
        outcome: Normalised,
        cell: &str,
        reading: &mut CellReading,
        dates: Option<&mut DateFormats>,
        options: &ReadOptions,
    ) -> Judged {
        if outcome != Normalised::Invalid && !self.is_judged() {
            return Judged { outcome, remark: None, quarantine: false };
        }
        let remark = match (outcome, dates) {
            (Normalised::Missing, _) => None,
            (Normalised::Invalid, dates) => {
                let other_format = dates.is_some_and(|dates| dates.take_other(cell));
                match Remark::of_invalid(cell, self.request) {
                    None | Some(Remark::ImpossibleDate) if other_format => {
                        Some(Remark::OtherDateFormat)
                    }
                    remark => remark,
                }
            }
            (Normalised::Value, None) => match self.request.kind {
                Some(AttributeKind::NhsNumber)
                    if reading.value.starts_with(NhsNumber::TEST_RANGE) =>
                {
                    if options.test_numbers == TestNumbers::Refuse {
                        reading.clear();
                        let quarantine = self.request.on_invalid == OnInvalid::Quarantine;
                        let (outcome, remark) = (Normalised::Invalid, Some(Remark::TestNumber));
                        return Judged { outcome, remark, quarantine };
                    }
                    Some(Remark::TestNumber)
                }
                _ => None,
            },
            (Normalised::Value, Some(dates)) => {
                dates.take_own(&reading.value);
                let judge = |as_at: AsAt| as_at.judge(&reading.value, self.request.date_of);
                if let Some(remark) = options.as_at.and_then(judge) {
                    reading.clear();
                    // Whoever names a day wants no others in the records, whatever the schema does
                    // with dates that are none.
                    let outcome = Normalised::Invalid;
                    return Judged { outcome, remark: Some(remark), quarantine: true };
                }
                None
            }
        };
        let quarantine =
            outcome == Normalised::Invalid && self.request.on_invalid == OnInvalid::Quarantine;
        Judged { outcome, remark, quarantine }
    }

    /// Says whether something may be said about its values: about dates and NHS numbers.
    fn is_judged(&self) -> bool {
        matches!(self.request.kind, Some(AttributeKind::Date | AttributeKind::NhsNumber))
    }

    /// Returns the fault of a cell that sends its row to quarantine.
    pub(super) fn bad_cell(
        &self,
        row: &Row,
        file: &str,
        remark: Option<Remark>,
        options: &ReadOptions,
    ) -> Fault {
        let length = || Found::Characters(row.cell(self.cell).chars().count());
        let found = remark.map_or_else(length, Found::Recognised);
        self.fault(row, file, FaultCode::BadCell, self.expects(remark, options), found)
    }

    /// Returns a fault with the place of the column's cell.
    pub(super) fn fault(
        &self,
        row: &Row,
        file: &str,
        code: FaultCode,
        expected: Cow<'static, str>,
        found: Found,
    ) -> Fault {
        let column = Some(self.request.column.name.clone());
        Fault { file: file.to_string(), place: row.place(self.cell), code, column, expected, found }
    }

    fn expects(&self, remark: Option<Remark>, options: &ReadOptions) -> Cow<'static, str> {
        match (remark, options.as_at) {
            (Some(Remark::BornLater), Some(day)) => return format!("a birth by {day}").into(),
            (Some(Remark::TooOld), Some(day)) => {
                return format!("an age of at most {GREATEST_AGE} as at {day}").into();
            }
            (Some(Remark::HiddenCharacters), _) => return "characters that show".into(),
            (Some(Remark::TestNumber), _) => return "a number that somebody was issued".into(),
            _ => {}
        }
        if let Some(check) = self.request.checked_as {
            return format!("a valid {}", check.title).into();
        }
        if let Some(pattern) = &self.request.pattern {
            let what = self.normaliser.map_or("a cell", |normaliser| normaliser.expects());
            return format!("{what} that matches {}", pattern.text()).into();
        }
        match (self.normaliser, self.request.codes.as_slice()) {
            (Some(normaliser), []) => normaliser.expects().into(),
            (_, codes) if codes.len() <= 6 => format!("one of {}", codes.join(", ")).into(),
            (_, codes) => format!("one of the {} codes of the schema", codes.len()).into(),
        }
    }
}
