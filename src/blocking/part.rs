//! One key of a rule against the records: a column, and the form of each of its values.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::BlockingKey;
use crate::record::{AttributeKind, Column, DictionaryBuilder, MISSING, RecordId, Records};

/// A column, and the code of each of its values in the form asked for.
pub(super) struct Part<'a> {
    pub(super) column: &'a Column,
    /// Code of each value's form, 0 where it has none; `None` where the form is the value.
    derived: Option<Vec<u32>>,
    /// Number of codes.
    pub(super) limit: u64,
}

impl<'a> Part<'a> {
    /// Derives the form of every value of a column that the records must have.
    pub(super) fn of(records: &'a Records, key: &BlockingKey) -> Self {
        let column = records.column(&key.attribute).expect("the rule was checked");
        let dictionary = column.dictionary();
        if key.form.whole {
            return Self { column, derived: None, limit: dictionary.codes() as u64 };
        }
        let mut builder = DictionaryBuilder::default();
        let mut derived = vec![MISSING; dictionary.codes()];
        for (code, value) in dictionary.iter() {
            let form = (key.form.derive)(value).unwrap_or_default();
            derived[code as usize] = builder.code(&form);
        }
        Self { column, derived: Some(derived), limit: builder.finish().codes() as u64 }
    }

    /// Derives the form of every value, coded in order: a smaller code is an earlier form.
    pub(super) fn in_order(records: &'a Records, key: &BlockingKey) -> Self {
        let column = records.column(&key.attribute).expect("the rule was checked");
        let (derived, forms) = sorted_forms(column, key);
        Self { column, derived: Some(derived), limit: forms.len() as u64 + 1 }
    }

    /// Returns the code of a value's form; 0 where it has none.
    pub(super) fn code(&self, value: u32) -> u64 {
        u64::from(self.derived.as_ref().map_or(value, |derived| derived[value as usize]))
    }

    /// Returns the code of a record's first value.
    pub(super) fn first(&self, record: RecordId) -> u32 {
        let value = self.column.codes()[record as usize];
        self.derived.as_ref().map_or(value, |derived| derived[value as usize])
    }

    /// Takes the codes of the first values of records that follow each other.
    pub(super) fn firsts(&self, records: Range<RecordId>, codes: &mut Vec<u32>) {
        let values = &self.column.codes()[records.start as usize..records.end as usize];
        codes.clear();
        match &self.derived {
            Some(derived) => codes.extend(values.iter().map(|&value| derived[value as usize])),
            None => codes.extend_from_slice(values),
        }
    }

    /// Iterates over the codes of a record's values; values without the form are left out.
    pub(super) fn codes_of(&self, record: RecordId) -> impl Iterator<Item = u64> + Clone + '_ {
        self.column.codes_of(record).map(|value| self.code(value)).filter(|&code| code != 0)
    }

    /// Returns the smallest code that two records share.
    pub(super) fn shared(&self, a: RecordId, b: RecordId) -> Option<u64> {
        let codes = self.column.codes();
        if !self.column.holds_several(a) && !self.column.holds_several(b) {
            let code = self.code(codes[a as usize]);
            return Some(code).filter(|&code| code != 0 && code == self.code(codes[b as usize]));
        }
        let others = self.codes_of(b);
        self.codes_of(a).filter(|&code| others.clone().any(|other| other == code)).min()
    }
}

/// Returns a text by which a form of a kind's values is sorted: a quantity by its size, all else
/// letter by letter. Equal texts are of equal forms.
pub(super) fn sortable(kind: AttributeKind, form: Cow<'_, str>) -> String {
    match form.parse::<f64>() {
        Ok(number) if kind == AttributeKind::Quantity => {
            // Bits of positive numbers are in order; those of negative ones in reverse.
            let bits = number.to_bits();
            let ordered = if number.is_sign_negative() { !bits } else { bits | 1 << 63 };
            format!("{ordered:016x}")
        }
        _ => form.into_owned(),
    }
}

/// Returns the place of each value's form among the distinct forms, from 1, 0 where it has none,
/// and the forms in order, as [`sortable`] gives them.
pub(super) fn sorted_forms(column: &Column, key: &BlockingKey) -> (Vec<u32>, Vec<String>) {
    let dictionary = column.dictionary();
    let mut of_codes: Vec<(String, u32)> = dictionary
        .iter()
        .filter_map(|(code, value)| (key.form.derive)(value).map(|form| (form, code)))
        .filter(|(form, _)| !form.is_empty())
        .map(|(form, code)| (sortable(column.attribute().kind(), form), code))
        .collect();
    of_codes.par_sort_unstable();
    let (mut places, mut forms) = (vec![MISSING; dictionary.codes()], Vec::new());
    for (form, code) in of_codes {
        if forms.last() != Some(&form) {
            forms.push(form);
        }
        places[code as usize] = forms.len() as u32;
    }
    (places, forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_sorted_by_their_size() {
        let ascending = ["-12", "-2.5", "-2", "0", "0.5", "9", "10", "100", "1850.5"];
        let of = |kind| ascending.map(|number| sortable(kind, number.into()));
        assert!(of(AttributeKind::Quantity).is_sorted_by(|x, y| x < y));
        assert!(!of(AttributeKind::Number).is_sorted(), "codes are sorted letter by letter");
        assert_eq!(of(AttributeKind::Number), ascending);
    }
}
