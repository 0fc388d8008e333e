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
        for record in holders_of_several(columns, rule)? {
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

/// Returns the records that hold several values in any of the columns of a rule's keys, in order.
///
/// # Errors
/// `TooLarge` for more combinations of their values than [`MOST_FURTHER`].
pub(super) fn holders_of_several(
    columns: &[&Column],
    rule: &BlockingRule,
) -> Result<Vec<RecordId>> {
    let mut several: Vec<RecordId> =
        columns.iter().flat_map(|column| column.further()).map(|&(record, _)| record).collect();
    several.sort_unstable();
    several.dedup();
    let combinations = |&record: &RecordId| {
        let values = columns.iter().map(|column| column.codes_of(record).count());
        values.fold(1, usize::saturating_mul).saturating_sub(1)
    };
    let further = several.iter().map(combinations).fold(0, usize::saturating_add);
    if further > MOST_FURTHER {
        let message = format!(
            "records of several values would have {further} further keys under rule \"{}\"",
            rule.label()
        );
        return Err(Error::new(ErrorKind::TooLarge, message)
            .note(format!("at most {MOST_FURTHER} are held"))
            .help("drop a key whose attribute has a long history from that rule"));
    }
    Ok(several)
}

#[cfg(test)]
mod tests {
    use super::super::{BlockSample, Blocks, LinkMask};
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
        let sampled = |rule: BlockingRule| {
            BlockSample::new(&records, &[rule], &LinkMask::new(1, |_, _| true), 1 << 10)
        };
        let of_sample = sampled(BlockingRule::parse(&names).unwrap()).err().unwrap();
        assert_eq!(of_sample.to_string(), error.to_string());
        assert!(sampled(BlockingRule::parse(&names[..2]).unwrap()).is_ok());
    }

    #[test]
    fn more_keys_than_can_be_counted_are_refused_too() {
        // 64¹¹ is 2⁶⁶.
        let names: Vec<String> = (0..11).map(|place| format!("a{place}")).collect();
        let attributes = names.iter().map(|name| Attribute::new(name, AttributeKind::Text));
        let mut builder = RecordsBuilder::new(attributes.collect());
        builder.open_source(Source::new("s"));
        builder.push("0", |_| "0");
        for (place, value) in (0..names.len()).flat_map(|place| (1..64).map(move |v| (place, v))) {
            builder.push_further(place, &value.to_string());
        }
        let error = Blocks::build(&builder.finish(), &BlockingRule::parse(&names).unwrap());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::TooLarge);
    }
}
