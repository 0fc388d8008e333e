//! Comparisons of linkage settings: ready-made ones, or levels as they are written.

use toml::Spanned;

use super::super::linkage_document::CompareTable;
use super::LinkageSettings;
use crate::comparison::{Combination, Comparison, swapped_with};
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
        let comparison = |table| self.comparison(table, &attributes);
        let comparisons = tables.iter().map(comparison).collect::<Result<Vec<Comparison>>>()?;
        // Whoever writes the levels of given names has written all of them.
        let written = tables.iter().zip(&comparisons).any(|(table, comparison)| {
            comparison.kind() == AttributeKind::GivenName && table.levels.is_some()
        });
        Ok(if written { comparisons } else { Comparison::with_swapped_names(comparisons) })
    }

    fn comparison(&self, table: &CompareTable, attributes: &[Attribute]) -> Result<Comparison> {
        let name = table.attribute.get_ref();
        let attribute = attributes
            .iter()
            .find(|attribute| attribute.name() == name)
            .ok_or_else(|| {
                Error::unknown_name("attribute", name, attributes.iter().map(Attribute::name))
            })
            .map_err(|error| self.at(error, &table.attribute))?;
        let ready = Comparison::ready_made(attribute);
        let term_frequency = table.term_frequency.unwrap_or(ready.uses_term_frequency());
        let Some(levels) = &table.levels else {
            return Ok(ready.with_term_frequency(term_frequency));
        };
        let last = levels.last().and_then(|text| Some((text, swapped_with(text.get_ref())?)));
        let of_values = &levels[..levels.len() - usize::from(last.is_some())];
        let levels = of_values.iter().map(|text| self.level(text));
        let levels: Vec<Combination> = levels.collect::<Result<_>>()?;
        let comparison = Comparison::new(attribute, levels, term_frequency)
            .map_err(|error| self.at(error, &table.attribute))?;
        let Some((text, other)) = last else { return Ok(comparison) };
        let compared = self.document.compare.iter().map(|table| table.attribute.get_ref().as_str());
        let others = compared.filter(|compared| compared != name);
        if others.clone().any(|known| known == other) {
            return Ok(comparison.with_swapped(other));
        }
        Err(self.at(Error::unknown_name("other compared attribute", other, others), text))
    }

    fn level(&self, text: &Spanned<String>) -> Result<Combination> {
        if swapped_with(text.get_ref()).is_some() {
            let message = format!("level \"{}\" is not the last", text.get_ref());
            let error = Error::new(ErrorKind::BadValue, message)
                .help("put it last: a pair that reaches another level is not swapped");
            return Err(self.at(error, text));
        }
        if text.get_ref().contains("swapped(") {
            let message = format!("level \"{}\": swapped stands by itself", text.get_ref());
            let error = Error::new(ErrorKind::BadValue, message)
                .help("make it a level of its own, the last: \"swapped(family_name)\"");
            return Err(self.at(error, text));
        }
        Combination::parse(text.get_ref()).map_err(|error| self.at(error, text))
    }
}
