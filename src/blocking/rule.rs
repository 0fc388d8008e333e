//! Blocking rules: keys on which two records must agree, and filters that they must pass.

use super::{FORMS, Form, filter};
use crate::comparison::Combination;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{RecordId, Records};

/// One part of a blocking rule: an attribute in some form.
#[derive(Debug, Clone)]
pub struct BlockingKey {
    /// Name of the attribute.
    pub attribute: String,
    /// Form of its values.
    pub form: &'static Form,
}

impl BlockingKey {
    /// Reads a key as settings write it: `family_name`, or a form of it, `sound(family_name)`.
    ///
    /// # Errors
    /// `UnknownName` for a form that does not exist; `BadValue` for a missing bracket or name.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (form, attribute) = match text.split_once('(') {
            None => ("whole", text),
            Some((form, rest)) => match rest.strip_suffix(')') {
                Some(attribute) => (form.trim(), attribute.trim()),
                None => {
                    return Err(Error::new(
                        ErrorKind::BadValue,
                        format!("blocking key \"{text}\": expected a closing bracket"),
                    )
                    .help("write an attribute, or a form of it such as sound(family_name)"));
                }
            },
        };
        let form = FORMS
            .iter()
            .find(|known| known.name == form)
            .ok_or_else(|| Error::unknown_name("form", form, FORMS.iter().map(|f| f.name)))?;
        if attribute.is_empty() {
            return Err(Error::new(ErrorKind::BadValue, "blocking key without an attribute")
                .help("write an attribute, or a form of it such as sound(family_name)"));
        }
        Ok(Self { attribute: attribute.to_string(), form })
    }

    /// Returns the key as settings write it.
    pub fn label(&self) -> String {
        if self.form.whole {
            self.attribute.clone()
        } else {
            format!("{}({})", self.form.name, self.attribute)
        }
    }
}

/// Rule that makes candidate pairs of records agreeing on all its keys and passing all its
/// filters; missing never agrees, and passes none.
///
/// With a window it is sorted neighbourhood: records agree on all keys but the last, and their
/// values of that are near each other in order.
#[derive(Debug, Clone)]
pub struct BlockingRule {
    keys: Vec<BlockingKey>,
    /// Distinct values of the last key that stand in one window; 1 for the same value.
    window: u32,
    /// Most records of one block; larger ones are left out.
    largest_block: Option<u32>,
    /// Conditions that name their attributes.
    filters: Vec<Combination>,
}

impl BlockingRule {
    /// Builds a rule from keys as settings write them.
    ///
    /// # Errors
    /// `BadValue` for no key at all; what [`BlockingKey::parse`] refuses.
    pub fn parse<S: AsRef<str>>(keys: &[S]) -> Result<Self> {
        if keys.is_empty() {
            return Err(Error::new(ErrorKind::BadValue, "blocking rule without keys")
                .help("name at least one attribute"));
        }
        let keys: Result<Vec<BlockingKey>> =
            keys.iter().map(|key| BlockingKey::parse(key.as_ref())).collect();
        Ok(Self::of(keys?))
    }

    /// Joins keys that were read before; there must be one at least.
    pub(super) fn of(keys: Vec<BlockingKey>) -> Self {
        Self { keys, window: 1, largest_block: None, filters: Vec::new() }
    }

    /// Pairs records whose values of the last key stand in one window of so many.
    ///
    /// Among the records that agree on the other keys the distinct values are sorted, as text,
    /// and a window of `w` slides over them: two values meet if their
    /// places differ by less than `w`, so that 2 asks for the same value or the next.
    ///
    /// # Errors
    /// `BadValue` for a window of less than two.
    ///
    /// # Formula
    /// Of `n` records of as many values a window of `w` makes `(w − 1)(2n − w) / 2` pairs.
    /// Source: Hernández and Stolfo (1995), SIGMOD 24(2), who slide it over records (recalled).
    pub fn with_window(self, window: u32) -> Result<Self> {
        if window < 2 {
            let message = format!("window of {window}: expected 2 or more");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("leave the window out for pairs of the same value alone"));
        }
        Ok(Self { window, ..self })
    }

    /// Leaves out blocks of more records than so many: values that tell too little.
    ///
    /// # Errors
    /// `BadValue` for a block of less than two records, which makes no pair.
    pub fn with_largest_block(self, records: u32) -> Result<Self> {
        if records < 2 {
            let message = format!("largest block of {records}: expected 2 records or more");
            return Err(Error::new(ErrorKind::BadValue, message)
                .help("leave it out for blocks of any size"));
        }
        Ok(Self { largest_block: Some(records), ..self })
    }

    /// Returns what the rule asks of two records without a look at others: neither a window, and
    /// so no last key, nor a largest block. There may be no key left.
    pub(crate) fn of_few_records(&self) -> Self {
        Self::of(self.equal_keys().to_vec()).with_filters(self.filters.clone())
    }

    /// Leaves to the rule those of its pairs alone that pass some filters, each of which names its
    /// attributes.
    ///
    /// ```
    /// use cci::{blocking::BlockingRule, comparison::Combination};
    /// let filter = Combination::parse_naming("exact(sex) or missing(sex)").unwrap();
    /// let rule = BlockingRule::parse(&["postcode"]).unwrap().with_filters(vec![filter]);
    /// assert_eq!(rule.label(), "postcode where exact(sex) or missing(sex)");
    /// ```
    #[must_use]
    pub fn with_filters(self, filters: Vec<Combination>) -> Self {
        Self { filters, ..self }
    }

    /// Returns the keys.
    pub fn keys(&self) -> &[BlockingKey] {
        &self.keys
    }

    /// Returns the distinct values of the last key that stand in one window; 1 for the same value.
    pub fn window(&self) -> u32 {
        self.window
    }

    /// Says whether records need only be near each other in the last key.
    pub fn has_window(&self) -> bool {
        self.window > 1
    }

    /// Returns how many records a block may have; `None` for any number.
    pub fn largest_block(&self) -> Option<u32> {
        self.largest_block
    }

    /// Returns the keys on which two records must be the same.
    pub fn equal_keys(&self) -> &[BlockingKey] {
        &self.keys[..self.keys.len() - usize::from(self.has_window())]
    }

    /// Says whether two records meet if they have equal keys, and only then; filters aside.
    pub fn meets_by_keys(&self) -> bool {
        !self.has_window() && self.largest_block.is_none()
    }

    /// Returns the filters.
    pub fn filters(&self) -> &[Combination] {
        &self.filters
    }

    /// Iterates over the attributes that the rule asks for; one may come several times.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let of_keys = self.keys.iter().map(|key| key.attribute.as_str());
        of_keys.chain(self.filters.iter().flat_map(Combination::attributes))
    }

    /// Returns the rule as reports write it, for example `sound(family_name) + postcode where
    /// days(date_of_birth) <= 31`.
    pub fn label(&self) -> String {
        let mut keys = self.keys.iter().map(BlockingKey::label).collect::<Vec<_>>().join(" + ");
        if self.has_window() {
            keys += &format!(" (window {})", self.window);
        }
        if let Some(records) = self.largest_block {
            keys += &format!(" (blocks up to {records})");
        }
        if self.filters.is_empty() {
            return keys;
        }
        format!("{keys} where {}", filter::label(&self.filters))
    }

    /// Returns as reports write them those of some rules whose bits are set, the first lowest.
    pub fn labels(rules: &[Self], bits: u32) -> Vec<String> {
        let of = rules.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
        of.map(|(_, rule)| rule.label()).collect()
    }

    /// Returns as settings write them the keys and filters for which a record lacks a value.
    pub fn lacking(&self, records: &Records, record: RecordId) -> Vec<String> {
        let lacks = |key: &&BlockingKey| {
            let Some(column) = records.column(&key.attribute) else { return true };
            let mut values = column.codes_of(record).map(|code| column.dictionary().value(code));
            !values.any(|value| (key.form.derive)(value).is_some())
        };
        let keys = self.keys.iter().filter(lacks).map(BlockingKey::label);
        let has_none = |name: &str| {
            let column = records.column(name);
            column.is_none_or(|column| column.codes_of(record).next().is_none())
        };
        let cannot_pass = |filter: &&Combination| !filter::may_pass(filter, &has_none);
        keys.chain(self.filters.iter().filter(cannot_pass).map(Combination::label)).collect()
    }

    /// Checks that the records have the attributes and that forms and comparators suit them.
    ///
    /// # Errors
    /// `UnknownName` for an attribute the records lack; `BadValue` for what does not suit it.
    pub fn check(&self, records: &Records) -> Result<()> {
        for key in &self.keys {
            let column = &records.columns()[records.attribute(&key.attribute)?];
            let kind = column.attribute().kind();
            if !(key.form.suits)(kind) {
                return Err(Error::new(
                    ErrorKind::BadValue,
                    format!("blocking key {}: kind {} has no such form", key.label(), kind.name()),
                )
                .help("see the table of forms in docs/methods.md"));
            }
        }
        self.filters.iter().try_for_each(|filter| filter::check_filter(filter, records))
    }
}
