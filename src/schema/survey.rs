//! A look at a file of unknown layout: what each column's cells could be, by counting.

use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::concept::{HeaderReading, Role, read_header};
use super::date_tally::DateTally;
use super::delimiter::Delimiter;
use super::encoding::TextEncoding;
use super::encoding_guess::EncodingGuess;
use super::extract::Extract;
use super::opening::bad_structure;
use crate::error::Result;
use crate::normalise::{CellRules, Normalised, of_kind};
use crate::record::AttributeKind;

/// Rows that are looked at, at most; of a longer file every k-th.
const MOST_ROWS: u64 = 10_000;
/// Kinds that cells can prove by themselves.
const PROVABLE: [AttributeKind; 6] = [
    AttributeKind::NhsNumber,
    AttributeKind::Upn,
    AttributeKind::Postcode,
    AttributeKind::Sex,
    AttributeKind::Email,
    AttributeKind::Quantity,
];

/// What a file holds, as far as counting tells.
#[derive(Debug, Clone)]
pub struct FileSurvey {
    /// Where it is.
    pub path: PathBuf,
    /// Sign between its cells.
    pub delimiter: Delimiter,
    /// Encoding of its text, and why.
    pub encoding: EncodingGuess,
    /// Rows of data.
    pub rows: u64,
    /// Rows whose cells were counted.
    pub sampled: u64,
    /// One row in so many was looked at.
    pub every: u64,
    /// Rows whose structure is broken; their cells were not counted.
    pub broken: u64,
    /// Columns, in the order of the file.
    pub columns: Vec<ColumnSurvey>,
}

/// What a column holds, as far as counting tells.
#[derive(Debug, Clone)]
pub struct ColumnSurvey {
    /// Name in the header.
    pub name: String,
    /// What the header says.
    pub(super) header: HeaderReading,
    /// Sampled cells that are not empty.
    pub filled: u64,
    /// Distinct values among them.
    pub distinct: u64,
    /// Whether every row of the file has a value of its own here.
    pub unique: bool,
    /// Whether it has one among the rows of its source, where a column names sources.
    pub unique_within_source: bool,
    /// Sampled cells that hold a digit.
    pub with_digit: u64,
    /// Sampled cells of several words.
    pub several_words: u64,
    /// Sampled cells with a comma.
    pub with_comma: u64,
    /// Least and largest of the sampled cells, if all of them are whole numbers up to 9999.
    pub(super) numbers: Option<(u16, u16)>,
    /// What the cells say about a date format.
    pub dates: DateTally,
    /// Cells that are a value, and cells that are a placeholder, of each provable kind.
    proven: [(u64, u64); PROVABLE.len()],
}

impl ColumnSurvey {
    /// Returns how many cells are valid as a kind and how many could be; `None` for a kind
    /// that anything would pass as.
    pub fn valid_as(&self, kind: AttributeKind) -> Option<(u64, u64)> {
        let place = PROVABLE.iter().position(|known| *known == kind)?;
        let (valid, placeholders) = self.proven[place];
        Some((valid, self.filled - placeholders))
    }
}

/// Column under way.
struct Looking {
    survey: ColumnSurvey,
    values: HashSet<u64, FixedState>,
    scratch: String,
}

/// Looks at a file: all rows for uniqueness, up to 10,000 evenly spread for what cells are.
///
/// # Errors
/// As [`super::read`] for a file that cannot be opened; `BadStructure` if its first line seems
/// to be a record and not a header.
pub fn survey(path: &Path) -> Result<FileSurvey> {
    let delimiter = Delimiter::of_file(path)?;
    let encoding = EncodingGuess::of_file(path)?;
    let (rows, unique) = uniqueness(path, encoding.encoding, delimiter)?;
    let every = rows.div_ceil(MOST_ROWS).max(1);
    let mut extract = Extract::open(path, encoding.encoding, delimiter)?;
    let names = extract.header().iter();
    let mut columns: Vec<Looking> =
        names.zip(unique).map(|(name, unique)| Looking::new(name, unique)).collect();
    let (mut place, mut sampled, mut broken) = (0, 0, 0);
    while let Some(row) = extract.next_row()? {
        place += 1;
        if row.fault().is_some() {
            broken += 1;
        } else if (place - 1) % every == 0 {
            sampled += 1;
            for (cell, column) in columns.iter_mut().enumerate() {
                column.look(row.cell(cell).trim());
            }
        }
    }
    let columns = columns.into_iter().map(Looking::finish).collect();
    let path = path.to_path_buf();
    Ok(FileSurvey { path, delimiter, encoding, rows, sampled, every, broken, columns })
}

/// Returns the number of rows and, for each column, whether every row has a value of its own:
/// in the file, and among the rows of its source.
fn uniqueness(
    path: &Path,
    encoding: TextEncoding,
    delimiter: Delimiter,
) -> Result<(u64, Vec<[bool; 2]>)> {
    let mut extract = Extract::open(path, encoding, delimiter)?;
    if extract.header().iter().any(|name| is_data(name)) {
        let what = "its first line holds values such as dates or numbers, expected column names";
        return Err(bad_structure(path, what).help("add a first line with the columns' names"));
    }
    let is_split = |name: &String| read_header(name).role() == Some(Role::Split);
    let split = extract.header().iter().position(is_split);
    let hasher = FixedState::with_seed(0);
    let set = || Some(HashSet::with_hasher(hasher.clone()));
    let mut seen: Vec<[Option<HashSet<u64, FixedState>>; 2]> =
        extract.header().iter().map(|_| [set(), split.and_then(|_| set())]).collect();
    while let Some(row) = extract.next_row()? {
        if row.fault().is_some() {
            continue;
        }
        for (cell, sets) in seen.iter_mut().enumerate() {
            let text = row.cell(cell).trim();
            let source = split.map_or("", |split| row.cell(split).trim());
            for (set, key) in sets.iter_mut().zip([("", text), (source, text)]) {
                let is_new = set
                    .as_mut()
                    .is_none_or(|set| !text.is_empty() && set.insert(hasher.hash_one(key)));
                if !is_new {
                    *set = None;
                }
            }
        }
    }
    let rows = extract.rows();
    let unique = seen.iter().map(|sets| sets.each_ref().map(|set| rows > 0 && set.is_some()));
    Ok((rows, unique.collect()))
}

impl Looking {
    fn new(name: &str, [unique, unique_within_source]: [bool; 2]) -> Self {
        let survey = ColumnSurvey {
            name: name.to_string(),
            header: read_header(name),
            filled: 0,
            distinct: 0,
            unique,
            unique_within_source,
            with_digit: 0,
            several_words: 0,
            with_comma: 0,
            numbers: Some((u16::MAX, 0)),
            dates: DateTally::default(),
            proven: [(0, 0); PROVABLE.len()],
        };
        let values = HashSet::with_hasher(FixedState::with_seed(0));
        Self { survey, values, scratch: String::new() }
    }

    fn look(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        let survey = &mut self.survey;
        survey.filled += 1;
        self.values.insert(self.values.hasher().hash_one(cell));
        survey.with_digit += u64::from(cell.bytes().any(|byte| byte.is_ascii_digit()));
        survey.several_words += u64::from(cell.split_whitespace().nth(1).is_some());
        survey.with_comma += u64::from(cell.contains(','));
        let number = cell.parse().ok().filter(|&number| number < 10_000);
        survey.numbers = survey.numbers.zip(number).map(|((l, m), n)| (l.min(n), m.max(n)));
        survey.dates.add(cell);
        for (kind, proven) in PROVABLE.iter().zip(&mut survey.proven) {
            match of_kind(*kind).normalise(cell, &CellRules::default(), &mut self.scratch) {
                Normalised::Value => proven.0 += 1,
                Normalised::Missing => proven.1 += 1,
                Normalised::Invalid => {}
            }
        }
    }

    fn finish(self) -> ColumnSurvey {
        ColumnSurvey { distinct: self.values.len() as u64, ..self.survey }
    }
}

/// Says whether a header's cell looks like somebody's value: a number, a date, a postcode.
fn is_data(name: &str) -> bool {
    let name = name.trim();
    let mut dates = DateTally::default();
    dates.add(name);
    let is = |kind| {
        let mut scratch = String::new();
        let outcome = of_kind(kind).normalise(name, &CellRules::default(), &mut scratch);
        outcome == Normalised::Value
    };
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    (digits > 2 && digits == name.len())
        || dates.any()
        || [AttributeKind::NhsNumber, AttributeKind::Upn, AttributeKind::Postcode]
            .into_iter()
            .any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<FileSurvey> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        survey(&path)
    }

    #[test]
    fn cells_are_counted_by_what_they_prove() {
        let survey =
            of("id;where;nhs\n1;AB1 2CD;9990123454\n2;ZZ99 3VZ;9990123455\n3;;\n").unwrap();
        assert_eq!((survey.delimiter, survey.rows, survey.every), (Delimiter::Semicolon, 3, 1));
        let [id, place, nhs] = &survey.columns[..] else { panic!("three columns") };
        assert!(id.unique && !place.unique);
        // The pseudo-postcode is a placeholder and could not be valid.
        assert_eq!(place.valid_as(AttributeKind::Postcode), Some((1, 1)));
        assert_eq!(nhs.valid_as(AttributeKind::NhsNumber), Some((1, 2)));
        assert_eq!(nhs.valid_as(AttributeKind::Text), None);
    }

    #[test]
    fn long_file_is_sampled_evenly_and_uniqueness_sees_all_of_it() {
        let mut text = String::from("id,twice\n");
        (0..25_000).for_each(|row| text += &format!("{row},{}\n", row % 24_999));
        let survey = of(&text).unwrap();
        assert_eq!((survey.rows, survey.every, survey.sampled), (25_000, 3, 8_334));
        assert!(survey.columns[0].unique && !survey.columns[1].unique);
    }

    #[test]
    fn identifiers_may_start_anew_in_each_source() {
        let survey = of("source,id\na,1\na,2\nb,1\n").unwrap();
        assert!(!survey.columns[1].unique && survey.columns[1].unique_within_source);
    }

    #[test]
    fn record_in_place_of_a_header_is_refused_without_its_values() {
        for first in ["7,smith,2011-03-13", "7,smith,AB1 2CD", "1001,smith,x"] {
            let error = of(&format!("{first}\n8,jones,y\n")).unwrap_err().to_string();
            assert!(error.contains("expected column names") && !error.contains("smith"), "{error}");
        }
    }
}
