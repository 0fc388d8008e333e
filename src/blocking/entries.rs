//! What gets a key under a rule: records, and the further combinations of their values.

use super::BlockingRule;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Column, RecordId};

/// Most keys beside the first of each record that are held for one rule: some three gigabytes.
const MOST_FURTHER: usize = 1 << 27;

/// What gets a key: every record with its first values, then every other combination of values
/// of the records that hold several.
pub(super) struct Entries<'a> {
    pub(super) owners: Vec<RecordId>,
    firsts: Vec<&'a [u32]>,
    /// For each part, the codes of the entries after the records.
    others: Vec<Vec<u32>>,
}

impl<'a> Entries<'a> {
    /// Lists them for the columns of a rule's keys.
    ///
    /// # Errors
    /// `TooLarge` for more of them than [`MOST_FURTHER`] beside the records.
    pub(super) fn of(records: usize, columns: &[&'a Column], rule: &BlockingRule) -> Result<Self> {
        let mut owners: Vec<RecordId> = (0..records as RecordId).collect();
        let mut others = vec![Vec::new(); columns.len()];
        let mut several: Vec<RecordId> =
            columns.iter().flat_map(|column| column.further()).map(|&(record, _)| record).collect();
        several.sort_unstable();
        several.dedup();
        let values_of = |record| columns.iter().map(move |column| column.codes_of(record).count());
        let further: usize = several
            .iter()
            .map(|&record| values_of(record).product::<usize>().saturating_sub(1))
            .fold(0, usize::saturating_add);
        if further > MOST_FURTHER {
            let message = format!(
                "records of several values would have {further} further keys under rule \"{}\"",
                rule.label()
            );
            return Err(Error::new(ErrorKind::TooLarge, message)
                .note(format!("at most {MOST_FURTHER} are held"))
                .help("drop a key whose attribute has a long history from that rule"));
        }
        for record in several {
            let values: Vec<Vec<u32>> =
                columns.iter().map(|column| column.codes_of(record).collect()).collect();
            let combinations: usize = values.iter().map(Vec::len).product();
            // The first combination is the record's own entry.
            for mut number in 1..combinations {
                owners.push(record);
                for (codes, values) in others.iter_mut().zip(&values) {
                    codes.push(values[number % values.len()]);
                    number /= values.len();
                }
            }
        }
        let firsts = columns.iter().map(|column| column.codes()).collect();
        Ok(Self { owners, firsts, others })
    }

    /// Iterates over the code of every entry in one part.
    pub(super) fn codes(&self, part: usize) -> impl Iterator<Item = u32> + '_ {
        self.firsts[part].iter().chain(&self.others[part]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Blocks;
    use super::*;
    use crate::record::{Attribute, AttributeKind, RecordsBuilder, Source};

    #[test]
    fn keys_that_would_not_fit_are_refused_before_they_are_made() {
        let names = ["a", "b", "c", "d"];
        let attributes = names.map(|name| Attribute::new(name, AttributeKind::Text));
        let mut builder = RecordsBuilder::new(attributes.to_vec());
        builder.open_source(Source::new("s"));
        // 64⁴ is 2²⁴, so that nine such records would have more than 2²⁷ keys.
        for record in 0..9 {
            builder.push(&record.to_string(), |_| "0");
            for (place, value) in (0..4).flat_map(|place| (1..64).map(move |v| (place, v))) {
                builder.push_further(place, &value.to_string());
            }
        }
        let records = builder.finish();
        let error = Blocks::build(&records, &BlockingRule::parse(&names).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("150994935 further keys under rule"), "{error}");
        assert!(Blocks::build(&records, &BlockingRule::parse(&names[..2]).unwrap()).is_ok());
    }
}
