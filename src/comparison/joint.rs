//! Tuples of values of attributes that are compared jointly, as a column of their own.

use std::ops::Deref;
use std::sync::Arc;

use hashbrown::HashMap;

use super::values::Values;
use super::{Comparison, Prepared};
use crate::error::Result;
use crate::record::{Attribute, Column, DictionaryBuilder, HeldValue, MISSING, RecordId, Records};

/// Most attributes that are compared jointly.
pub(super) const MOST_ATTRIBUTES: usize = 3;
/// Most tuples of a record, those of its first values before those of its last.
const MOST_TUPLES: usize = 64;
/// What stands between the values of a tuple; no normalised value has it.
const BETWEEN: char = '\u{1f}';

/// Codes of a tuple's values, one an attribute.
type Tuple = [u32; MOST_ATTRIBUTES];

/// Column that a comparison compares.
#[derive(Debug, Clone)]
pub enum ComparedColumn<'a> {
    /// Column of one attribute.
    OfRecords(&'a Column),
    /// Tuples of values of several.
    Tuples(Arc<Column>),
}

impl Deref for ComparedColumn<'_> {
    type Target = Column;

    fn deref(&self) -> &Column {
        match self {
            ComparedColumn::OfRecords(column) => column,
            ComparedColumn::Tuples(column) => column,
        }
    }
}

/// Column that a comparison compares, and its values made ready.
pub(super) struct Joined<'a> {
    pub(super) column: ComparedColumn<'a>,
    pub(super) values: Values,
}

impl Comparison {
    /// Returns the column of the attribute, or of the tuples of several.
    ///
    /// A record of several values has a tuple for each way to take one of each attribute, 64 at
    /// most; an attribute that it has no value of is missing in all of them.
    ///
    /// # Errors
    /// `UnknownName` for an attribute that the records do not have.
    pub fn column<'a>(&self, records: &'a Records) -> Result<ComparedColumn<'a>> {
        Ok(match self.columns(records)?.as_slice() {
            [column] => ComparedColumn::OfRecords(column),
            columns => ComparedColumn::Tuples(Arc::new(tuples(self.attribute(), columns).0)),
        })
    }

    /// Returns the same with the values made ready.
    pub(super) fn joined<'a>(&self, records: &'a Records) -> Result<Joined<'a>> {
        let columns = self.columns(records)?;
        let prepared = |column: &&Column| Prepared::new(column.dictionary());
        Ok(match columns.as_slice() {
            [column] => Joined {
                column: ComparedColumn::OfRecords(column),
                values: Values::one(prepared(column)),
            },
            columns => {
                let (column, codes) = tuples(self.attribute(), columns);
                let members = columns.iter().map(prepared).collect();
                Joined {
                    column: ComparedColumn::Tuples(Arc::new(column)),
                    values: Values::joint(members, codes),
                }
            }
        })
    }

    /// Returns the columns of the attributes.
    ///
    /// # Errors
    /// `UnknownName` for an attribute that the records do not have.
    pub(crate) fn columns<'a>(&self, records: &'a Records) -> Result<Vec<&'a Column>> {
        let column =
            |attribute: &Attribute| Ok(&records.columns()[records.attribute(attribute.name())?]);
        self.attributes().iter().map(column).collect()
    }
}

/// Returns the values that a column of tuples has for values of its attributes.
pub(crate) fn joined_values(values: &[&[String]]) -> Vec<String> {
    let counts: Vec<usize> = values.iter().map(|values| values.len()).collect();
    let text = |ranks: Vec<usize>| -> String {
        let of = |(values, rank): (&&[String], usize)| {
            values.get(rank).map_or("", String::as_str).to_string()
        };
        values.iter().zip(ranks).map(of).collect::<Vec<String>>().join(&BETWEEN.to_string())
    };
    match counts.iter().all(|&count| count == 0) {
        true => Vec::new(),
        false => ways(&counts).into_iter().map(text).collect(),
    }
}

/// Returns the ways to take one of so many values each, by their ranks, those of the first values
/// before those of the last; what has no value is taken as rank 0.
fn ways(counts: &[usize]) -> Vec<Vec<usize>> {
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for &count in counts {
        let longer =
            |way: Vec<usize>| (0..count.max(1)).map(move |rank| [way.as_slice(), &[rank]].concat());
        ways = ways.into_iter().flat_map(longer).collect();
        ways.sort_by_key(|way| way.iter().sum::<usize>());
        // A way that is late already stays late whatever is added.
        ways.truncate(MOST_TUPLES);
    }
    ways
}

/// Returns the tuples as a column, and the code of each attribute's value by code of the tuple.
fn tuples(name: &str, columns: &[&Column]) -> (Column, Vec<Vec<u32>>) {
    let mut known = Known {
        codes: HashMap::new(),
        dictionary: DictionaryBuilder::default(),
        tuples: columns.iter().map(|_| vec![MISSING]).collect(),
    };
    let records = columns[0].codes().len() as RecordId;
    let (mut codes, mut further) = (Vec::with_capacity(records as usize), Vec::new());
    for record in 0..records {
        let mut first = [MISSING; MOST_ATTRIBUTES];
        for (place, column) in columns.iter().enumerate() {
            first[place] = column.codes()[record as usize];
        }
        codes.push(known.code(columns, first));
        if columns.iter().any(|column| column.holds_several(record)) {
            let held: Vec<Vec<u32>> =
                columns.iter().map(|column| column.codes_of(record).collect()).collect();
            let counts: Vec<usize> = held.iter().map(Vec::len).collect();
            for way in ways(&counts).into_iter().skip(1) {
                let mut tuple = [MISSING; MOST_ATTRIBUTES];
                for (place, rank) in way.into_iter().enumerate() {
                    tuple[place] = held[place].get(rank).copied().unwrap_or(MISSING);
                }
                further.push(HeldValue { record, code: known.code(columns, tuple), period: None });
            }
        }
    }
    let attribute = Attribute::new(name, columns[0].attribute().kind());
    let column = Column::with_values(attribute, known.dictionary.finish(), codes, further);
    (column, known.tuples)
}

/// Tuples that have a code.
struct Known {
    codes: HashMap<Tuple, u32>,
    dictionary: DictionaryBuilder,
    tuples: Vec<Vec<u32>>,
}

impl Known {
    fn code(&mut self, columns: &[&Column], tuple: Tuple) -> u32 {
        if tuple == [MISSING; MOST_ATTRIBUTES] {
            return MISSING;
        }
        if let Some(&code) = self.codes.get(&tuple) {
            return code;
        }
        let mut text = String::new();
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                text.push(BETWEEN);
            }
            text.push_str(column.dictionary().value(tuple[place]));
            self.tuples[place].push(tuple[place]);
        }
        let code = self.dictionary.code(&text);
        assert_eq!(code as usize + 1, self.tuples[0].len(), "texts of tuples differ as they do");
        self.codes.insert(tuple, code);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_values_come_first_and_long_lists_end() {
        assert_eq!(ways(&[2, 0]), [[0, 0], [1, 0]]);
        assert_eq!(ways(&[2, 3])[..3], [[0, 0], [0, 1], [1, 0]]);
        let many = ways(&[64, 64, 64]);
        assert_eq!(many.len(), MOST_TUPLES);
        assert!(many.iter().all(|way| way.iter().sum::<usize>() <= 6));
        let values = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let joined = joined_values(&[&values(&["a", "b"]), &values(&[])]);
        assert_eq!(joined, ["a\u{1f}", "b\u{1f}"]);
        assert!(joined_values(&[&[], &[]]).is_empty());
    }
}
