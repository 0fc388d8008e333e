//! One attribute of every record, as codes into its dictionary.

use std::sync::Arc;

use super::holders::Holders;
use super::{Attribute, Dictionary, MISSING, Period, RecordId};

/// Attribute of all records: a dictionary, one code a record, further codes of the few records
/// that hold several values (a former surname, an earlier postcode), and periods where told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    attribute: Attribute,
    dictionary: Arc<Dictionary>,
    codes: Vec<u32>,
    /// Further values by record, the most recent first, each once and none of them the first.
    further: Vec<(RecordId, u32)>,
    /// Where the further values of each record are.
    holders: Holders,
    /// Periods over which values were held, by record, code and period.
    periods: Vec<(RecordId, u32, Period)>,
}

/// Value that a record holds beside its first one, or the period of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldValue {
    /// Record.
    pub record: RecordId,
    /// Code of the value.
    pub code: u32,
    /// When it was held, if that is told.
    pub period: Option<Period>,
}

impl Column {
    /// Joins a dictionary and the codes that point into it.
    ///
    /// # Panics
    /// If a code is not of the dictionary.
    pub fn new(attribute: Attribute, dictionary: Dictionary, codes: Vec<u32>) -> Self {
        Self::with_values(attribute, dictionary, codes, Vec::new())
    }

    /// Joins a dictionary, the first codes and whatever else some records hold.
    ///
    /// A record without a first value takes the most recent of the others, the earlier given of
    /// two as recent. A value given again adds its period and nothing else.
    ///
    /// # Panics
    /// If a code is not of the dictionary or a record is not there.
    pub fn with_values(
        attribute: Attribute,
        dictionary: Dictionary,
        mut codes: Vec<u32>,
        mut values: Vec<HeldValue>,
    ) -> Self {
        let limit = dictionary.codes();
        let all = codes.iter().chain(values.iter().map(|value| &value.code));
        assert!(
            all.into_iter().all(|&code| (code as usize) < limit),
            "codes are of the dictionary"
        );
        values.retain(|value| value.code != MISSING);
        // The sort is stable, so that values as recent stay in the order given.
        values.sort_by_key(|value| (value.record, Period::recency(value.period)));
        for value in &values {
            let first = &mut codes[value.record as usize];
            if *first == MISSING {
                *first = value.code;
            }
        }
        let mut periods: Vec<(RecordId, u32, Period)> = values
            .iter()
            .filter_map(|value| Some((value.record, value.code, value.period?)))
            .collect();
        periods.sort_unstable();
        periods.dedup();
        let mut ranked: Vec<(RecordId, u32, usize)> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| codes[value.record as usize] != value.code)
            .map(|(rank, value)| (value.record, value.code, rank))
            .collect();
        ranked.sort_unstable();
        ranked.dedup_by_key(|&mut (record, code, _)| (record, code));
        ranked.sort_unstable_by_key(|&(_, _, rank)| rank);
        let further: Vec<(RecordId, u32)> =
            ranked.into_iter().map(|(record, code, _)| (record, code)).collect();
        let holders = holders(&further, codes.len());
        let dictionary = Arc::new(dictionary);
        Self { attribute, dictionary, codes, further, holders, periods }
    }

    /// Takes values away from every record; `codes` are sorted. The dictionary keeps them.
    pub(super) fn forget(&mut self, codes: &[u32]) {
        let is_kept = |code: u32| codes.binary_search(&code).is_err();
        self.periods.retain(|&(_, code, _)| is_kept(code));
        for first in &mut self.codes {
            *first = if is_kept(*first) { *first } else { MISSING };
        }
        // The most recent of a record's further values takes the place of its first.
        let firsts = &mut self.codes;
        self.further.retain(|&(record, code)| {
            let first = &mut firsts[record as usize];
            let takes_its_place = is_kept(code) && *first == MISSING;
            *first = if takes_its_place { code } else { *first };
            is_kept(code) && !takes_its_place
        });
        self.holders = holders(&self.further, self.codes.len());
    }

    /// Returns the attribute.
    pub fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    /// Returns the distinct values.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Returns the distinct values, to be kept beside the column.
    pub fn shared_dictionary(&self) -> Arc<Dictionary> {
        self.dictionary.clone()
    }

    /// Returns the first code of each record; [`MISSING`] where there is no value.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Says whether some record holds several values.
    pub fn is_list(&self) -> bool {
        !self.further.is_empty()
    }

    /// Says whether a record holds several values.
    pub fn holds_several(&self, record: RecordId) -> bool {
        self.holders.contains(record)
    }

    /// Returns the further values of all records, by record.
    pub fn further(&self) -> &[(RecordId, u32)] {
        &self.further
    }

    /// Iterates over the codes that a record holds: the first one, then the most recent.
    pub fn codes_of(&self, record: RecordId) -> impl Iterator<Item = u32> + Clone + '_ {
        let first = Some(self.codes[record as usize]).filter(|&code| code != MISSING);
        let further = self.further[self.holders.range(record)].iter();
        first.into_iter().chain(further.map(|&(_, code)| code))
    }

    /// Iterates over the periods for which a record is known to have held a value, by day.
    pub fn periods_of(&self, record: RecordId, code: u32) -> impl Iterator<Item = Period> + '_ {
        let start = self.periods.partition_point(|&(r, c, _)| (r, c) < (record, code));
        let of_value = move |&&(r, c, _): &&(RecordId, u32, Period)| (r, c) == (record, code);
        self.periods[start..].iter().take_while(of_value).map(|&(_, _, period)| period)
    }

    /// Returns the first value of one record, or `None` if it is missing.
    pub fn value(&self, record: RecordId) -> Option<&str> {
        let code = self.codes[record as usize];
        (code != MISSING).then(|| self.dictionary.value(code))
    }

    /// Counts how many of some records hold each code.
    pub fn counts(&self, records: std::ops::Range<RecordId>) -> Vec<u32> {
        let mut counts = vec![0; self.dictionary.codes()];
        for &code in &self.codes[records.start as usize..records.end as usize] {
            counts[code as usize] += 1;
        }
        for &(_, code) in self.further.iter().filter(|(record, _)| records.contains(record)) {
            counts[code as usize] += 1;
        }
        counts
    }
}

/// Says where the further values of each of so many records are.
fn holders(further: &[(RecordId, u32)], records: usize) -> Holders {
    Holders::of(further.iter().map(|&(record, _)| record), records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AttributeKind, DictionaryBuilder};

    fn column(values: &[(RecordId, u32, Option<Period>)], codes: Vec<u32>) -> Column {
        let mut builder = DictionaryBuilder::default();
        ["a", "b", "c"].iter().for_each(|value| assert_ne!(builder.code(value), MISSING));
        let held = |&(record, code, period)| HeldValue { record, code, period };
        let attribute = Attribute::new("surname", AttributeKind::FamilyName);
        Column::with_values(attribute, builder.finish(), codes, values.iter().map(held).collect())
    }

    fn period(from: &str, to: &str) -> Option<Period> {
        Period::new(Period::day(from), Period::day(to))
    }

    #[test]
    fn further_values_fill_a_missing_first_one_and_copies_go() {
        let (a, b) = (1, 2);
        let values = [(1, b), (0, b), (0, a), (0, b), (1, MISSING)];
        let column = column(&values.map(|(r, c)| (r, c, None)), vec![a, MISSING, MISSING]);
        let codes = |record| column.codes_of(record).collect::<Vec<_>>();
        assert_eq!((codes(0), codes(1), codes(2)), (vec![a, b], vec![b], vec![]));
        assert_eq!(column.counts(0..3), [1, 1, 2, 0]);
    }

    #[test]
    fn current_value_comes_first_and_the_others_by_recency() {
        let (a, b, c) = (1, 2, 3);
        let values = [
            (0, a, period("2010-01-01", "2015-06-30")),
            (0, c, period("2018-01-01", "")),
            (0, b, period("2015-07-01", "2017-12-31")),
            (1, b, period("2010-01-01", "2012-01-01")),
            (1, b, period("2016-01-01", "2017-01-01")),
            (1, c, period("2013-01-01", "2014-01-01")),
        ];
        let column = column(&values, vec![MISSING, a]);
        let codes = |record| column.codes_of(record).collect::<Vec<_>>();
        assert_eq!((codes(0), codes(1)), (vec![c, b, a], vec![a, b, c]));
    }

    #[test]
    fn every_period_of_a_value_is_kept_once_the_first_value_s_too() {
        let (a, b) = (1, 2);
        let values = [
            (0, a, period("2016-01-01", "")),
            (0, a, period("2010-01-01", "2012-01-01")),
            (0, b, period("2012-01-01", "2016-01-01")),
            (0, a, period("2016-01-01", "")),
        ];
        let column = column(&values, vec![a, b]);
        let periods = |record, code| {
            column.periods_of(record, code).map(|period| period.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(periods(0, a), ["2010-01-01 to 2012-01-01", "from 2016-01-01"]);
        assert_eq!(periods(0, b), ["2012-01-01 to 2016-01-01"]);
        assert!(periods(1, b).is_empty() && !column.holds_several(1));
    }

    #[test]
    fn a_forgotten_first_value_gives_way_to_the_most_recent_other() {
        let (a, b, c) = (1, 2, 3);
        let day = period("2016-01-01", "2017-01-01");
        let values = [(0, b, None), (0, c, None), (0, a, day), (2, a, None)];
        let mut column = column(&values, vec![a, a, b]);
        column.forget(&[a]);
        let codes = |record| column.codes_of(record).collect::<Vec<_>>();
        assert_eq!((codes(0), codes(1), codes(2)), (vec![b, c], vec![], vec![b]));
        assert_eq!((column.holds_several(0), column.holds_several(2)), (true, false));
        assert!(column.periods_of(0, a).next().is_none());
        assert_eq!(column.dictionary().value(a), "a", "codes of other values stay what they were");
    }
}
