//! Comparisons of linkage settings: ready-made ones, or levels as they are written.

use toml::Spanned;

use super::super::linkage_document::CompareTable;
use super::LinkageSettings;
use crate::comparison::{Combination, Comparison, is_swapped_alike, swap_label, swapped_with};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Attribute, AttributeKind};

impl LinkageSettings {
    /// Returns the comparisons in the order of the patterns.
    ///
    /// # Errors
    /// Whatever is wrong with them, with the line.
    pub(super) fn comparisons(&self) -> Result<Vec<Comparison>> {
        let (attributes, tables) = (self.attributes()?, &self.document.compare);
        if tables.is_empty() {
            let ready = attributes.iter().map(Comparison::ready_made).collect();
            return Ok(Comparison::with_swapped_names(ready));
        }
        self.check_compared_once()?;
        let comparison = |table| self.comparison(table, &attributes);
        let comparisons = tables.iter().map(comparison).collect::<Result<Vec<Comparison>>>()?;
        // Whoever writes the levels of given names has written all of them.
        let written = tables.iter().zip(&comparisons).any(|(table, comparison)| {
            comparison.is_of(AttributeKind::GivenName) && table.levels.is_some()
        });
        Ok(if written { comparisons } else { Comparison::with_swapped_names(comparisons) })
    }

    /// Refuses an attribute in two comparisons: what it tells would count twice.
    fn check_compared_once(&self) -> Result<()> {
        let mut known: Vec<&str> = Vec::new();
        for name in self.document.compare.iter().flat_map(CompareTable::attributes) {
            if known.contains(&name.get_ref().as_str()) {
                let message = format!("attribute {} is compared twice", name.get_ref());
                let error = Error::new(ErrorKind::BadValue, message)
                    .help("leave it in one [[compare]] table, by itself or with others");
                return Err(self.at(error, name));
            }
            known.push(name.get_ref());
        }
        Ok(())
    }

    fn comparison(&self, table: &CompareTable, attributes: &[Attribute]) -> Result<Comparison> {
        let known = |name: &Spanned<String>| {
            let found = attributes.iter().find(|attribute| attribute.name() == name.get_ref());
            found.ok_or_else(|| {
                let names = attributes.iter().map(Attribute::name);
                self.at(Error::unknown_name("attribute", name.get_ref(), names), name)
            })
        };
        match (&table.attribute, &table.attributes) {
            (Some(name), None) => self.comparison_of_one(table, name, known(name)?),
            (None, Some(names)) => {
                let known = names.get_ref().iter().map(|name| known(name).cloned());
                self.joint_comparison(table, names, &known.collect::<Result<Vec<_>>>()?)
            }
            (Some(name), Some(_)) => {
                let message = "attribute and attributes exclude each other";
                let error = Error::new(ErrorKind::BadValue, message)
                    .help("write attribute for one, attributes for two or three jointly");
                Err(self.at(error, name))
            }
            (None, None) => {
                let message = format!("{}: a [[compare]] table names no attribute", self.name);
                Err(Error::new(ErrorKind::BadValue, message)
                    .help("write attribute for one, attributes for two or three jointly"))
            }
        }
    }

    fn comparison_of_one(
        &self,
        table: &CompareTable,
        name: &Spanned<String>,
        attribute: &Attribute,
    ) -> Result<Comparison> {
        let ready = Comparison::ready_made(attribute);
        let term_frequency = table.term_frequency.unwrap_or(ready.uses_term_frequency());
        let Some(levels) = &table.levels else {
            return Ok(ready.with_term_frequency(term_frequency));
        };
        let is_swap = |text: &&Spanned<String>| swapped_with(text.get_ref()).is_some();
        let swaps = levels.iter().rev().take(2).take_while(is_swap).count();
        let (of_values, swaps) = levels.split_at(levels.len() - swaps);
        let of_values = of_values.iter().map(|text| self.level(text, &[]));
        let of_values: Vec<Combination> = of_values.collect::<Result<_>>()?;
        let comparison = Comparison::new(attribute, of_values, term_frequency)
            .map_err(|error| self.at(error, name))?;
        let Some(text) = swaps.first() else { return Ok(comparison) };
        let other = swapped_with(text.get_ref()).unwrap_or_default();
        let alike = match swaps {
            [first] if !is_swapped_alike(first.get_ref()) => false,
            [first, second]
                if !is_swapped_alike(first.get_ref())
                    && swap_label(second.get_ref()) == Some(format!("swapped_alike({other})")) =>
            {
                true
            }
            _ => {
                let message = "expected swapped(...), after which swapped_alike(...) of the same \
                               attribute may stand";
                return Err(self.at(Error::new(ErrorKind::BadValue, message).help(
                    "write for example \"swapped(family_name)\", \"swapped_alike(family_name)\"",
                ), text));
            }
        };
        let compared = self.document.compare.iter().filter_map(|table| table.attribute.as_ref());
        let others = compared.map(|compared| compared.get_ref().as_str());
        let others = others.filter(|compared| compared != name.get_ref());
        if others.clone().any(|known| known == other) {
            return Ok(match alike {
                true => comparison.with_swapped_alike(other),
                false => comparison.with_swapped(other),
            });
        }
        Err(self.at(Error::unknown_name("other compared attribute", other, others), text))
    }

    fn joint_comparison(
        &self,
        table: &CompareTable,
        names: &Spanned<Vec<Spanned<String>>>,
        attributes: &[Attribute],
    ) -> Result<Comparison> {
        let Some(levels) = &table.levels else {
            let error = Error::new(ErrorKind::BadValue, "a joint comparison names no levels")
                .help("write for example levels = [\"exact(a) and exact(b)\", \"exact(a)\"]");
            return Err(self.at(error, names));
        };
        let of: Vec<&str> = attributes.iter().map(Attribute::name).collect();
        let levels = levels.iter().map(|text| self.level(text, &of));
        let levels: Vec<Combination> = levels.collect::<Result<_>>()?;
        Comparison::joint(attributes, levels, table.term_frequency.unwrap_or(true))
            .map_err(|error| self.at(error, names))
    }

    fn level(&self, text: &Spanned<String>, attributes: &[&str]) -> Result<Combination> {
        let refuse = |message: &str, help: &str| {
            let message = format!("level \"{}\" {message}", text.get_ref());
            Err(self.at(Error::new(ErrorKind::BadValue, message).help(help), text))
        };
        if text.get_ref().contains("swapped(") || text.get_ref().contains("swapped_alike(") {
            return match swapped_with(text.get_ref()) {
                Some(_) if attributes.is_empty() => refuse(
                    "is not the last",
                    "put it last: a pair that reaches another level is not swapped",
                ),
                _ => refuse(
                    "joins a swap: swapped stands by itself",
                    "make it the last level of an attribute that is compared by itself",
                ),
            };
        }
        Combination::parse_of(text.get_ref(), attributes).map_err(|error| self.at(error, text))
    }
}
