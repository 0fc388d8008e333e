//! Blocking rules: attributes, or forms of them, on which two records must agree.

use super::{FORMS, Form};
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

/// Rule that makes candidate pairs of records agreeing on all its keys; missing never agrees.
#[derive(Debug, Clone)]
pub struct BlockingRule {
    keys: Vec<BlockingKey>,
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
        Ok(Self { keys: keys? })
    }

    /// Joins keys that were read before; there must be one at least.
    pub(super) fn of(keys: Vec<BlockingKey>) -> Self {
        Self { keys }
    }

    /// Returns the keys.
    pub fn keys(&self) -> &[BlockingKey] {
        &self.keys
    }

    /// Returns the rule as reports write it, for example `sound(family_name) + date_of_birth`.
    pub fn label(&self) -> String {
        self.keys.iter().map(BlockingKey::label).collect::<Vec<_>>().join(" + ")
    }

    /// Returns as reports write them those of some rules whose bits are set, the first lowest.
    pub fn labels(rules: &[Self], bits: u32) -> Vec<String> {
        let of = rules.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
        of.map(|(_, rule)| rule.label()).collect()
    }

    /// Returns the keys for which a record has no value.
    pub fn lacking(&self, records: &Records, record: RecordId) -> Vec<&BlockingKey> {
        let lacks = |key: &&BlockingKey| {
            let Some(column) = records.column(&key.attribute) else { return true };
            let mut values = column.codes_of(record).map(|code| column.dictionary().value(code));
            !values.any(|value| (key.form.derive)(value).is_some())
        };
        self.keys.iter().filter(lacks).collect()
    }

    /// Checks that the records have the attributes and that the forms suit them.
    ///
    /// # Errors
    /// `UnknownName` for an attribute the records lack; `BadValue` for a form that does not suit.
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
        Ok(())
    }
}
