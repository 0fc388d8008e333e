//! Sources of linkage settings: files, and what is asked of their columns.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::super::linkage_document::SourceTable;
use super::LinkageSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::normalise::{CellRules, is_date_format};
use crate::record::{Attribute, AttributeKind, Source};
use crate::schema::{
    AgencySchema, ColumnName, ColumnRequest, OnInvalid, SourceFile, Split, TextEncoding,
};
use crate::settings::line_of;

impl LinkageSettings {
    /// Returns a file to read and what is asked of it.
    ///
    /// # Errors
    /// Whatever is wrong with its table, with the line.
    pub(super) fn file(&self, table: &SourceTable, folder: &Path) -> Result<SourceFile> {
        let path = found_at(folder.join(table.file.get_ref()));
        let encoding = match &table.encoding {
            Some(name) => {
                TextEncoding::parse(name.get_ref()).map_err(|error| self.at(error, name))?
            }
            None => TextEncoding::default(),
        };
        if let Some(named) = &table.schema {
            let schema =
                AgencySchema::find(named.get_ref()).map_err(|error| self.at(error, named))?;
            if let Some((key, place)) = table.beside_schema() {
                let (line, named) = (line_of(&self.text, place.start), named.get_ref());
                let message =
                    format!("{}, line {line}: {key} is said by schema {named} already", self.name);
                let help = format!("leave {key} out, or leave schema out and say everything here");
                return Err(Error::new(ErrorKind::BadSettings, message).help(help));
            }
            let mut file = schema.file(path).written(encoding, table.delimiter);
            if let Split::One(source) = &mut file.split {
                source.duplicate_free = table.duplicate_free;
                // Two files of one agency are two sources, each under a name of its own.
                if let Some(name) = &table.name {
                    source.name.clone_from(name);
                }
            }
            return Ok(file);
        }
        let id = table.id.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::BadValue,
                format!("{}: source {} has neither id nor schema", self.name, table.file.get_ref()),
            )
            .help("name the column that holds each record's identifier: id = \"...\"")
        })?;
        let (kinds, rules) = (self.attributes()?, self.cell_rules(table)?);
        let columns = table
            .columns
            .iter()
            .flat_map(|(attribute, columns)| {
                columns.get_ref().names().iter().map(move |column| (attribute, columns, column))
            })
            .map(|(attribute, columns, column)| {
                let name = attribute.get_ref();
                let kind = kinds.iter().find(|a| a.name() == name).map(Attribute::kind);
                let kind =
                    kind.expect("attributes of columns were checked when settings were read");
                let mut request = ColumnRequest::feeding(
                    ColumnName::new(column, &self.name, self.line(columns)),
                    name,
                    kind,
                );
                // A column of anything else in place of tokens is a mix-up, not a few bad cells.
                if kind == AttributeKind::MatchToken {
                    request.on_invalid = OnInvalid::Quarantine;
                }
                request.rules.clone_from(&rules);
                request.part = columns.get_ref().part();
                let is_name = matches!(kind, AttributeKind::GivenName | AttributeKind::FamilyName);
                if request.part.is_some() && !is_name {
                    let message = format!("{name} is no name, and a part of a full name is");
                    let help = "name a column of its own: \"...\"";
                    return Err(
                        self.at(Error::new(ErrorKind::BadValue, message).help(help), columns)
                    );
                }
                Ok(request)
            })
            .collect::<Result<_>>()?;
        let split = match &table.split_by {
            Some(column) => Split::ByColumn {
                column: self.column(column),
                duplicate_free: table.duplicate_free,
            },
            None => {
                let file = table.file.get_ref();
                let stem = file.rsplit('/').next().and_then(|f| f.split('.').next());
                let mut source = Source::new(table.name.as_deref().or(stem).unwrap_or(file));
                source.duplicate_free = table.duplicate_free;
                Split::One(source)
            }
        };
        Ok(SourceFile {
            path,
            delimiter: table.delimiter,
            encoding,
            id_column: self.column(id),
            split,
            columns,
            histories: Vec::new(),
        })
    }

    /// Returns what the cells of a file's columns are read by.
    fn cell_rules(&self, table: &SourceTable) -> Result<CellRules> {
        let mut rules = CellRules::default();
        if let Some(placeholders) = &table.placeholders {
            rules.placeholders.clone_from(placeholders.get_ref());
        }
        if let Some(format) = &table.date_format {
            if !is_date_format(format.get_ref()) {
                let message = format!("\"{}\" is no date format", format.get_ref());
                let help = "write %Y or %y, %m or %b, and %d, with separators: %d/%m/%Y, %d-%b-%y; \
                            a time of day that is left out is a last %T: %Y-%m-%d %T";
                return Err(self.at(Error::new(ErrorKind::BadValue, message).help(help), format));
            }
            rules.date_format.clone_from(format.get_ref());
        }
        if let Some(year) = &table.earliest_year {
            if !CellRules::YEARS.contains(year.get_ref()) {
                let (first, last) = (CellRules::YEARS.start(), CellRules::YEARS.end());
                let message =
                    format!("earliest_year {}: expected {first} to {last}", year.get_ref());
                return Err(self.at(Error::new(ErrorKind::BadValue, message), year));
            }
            rules.earliest_year = Some(*year.get_ref());
        }
        Ok(rules)
    }

    /// Returns a column that the settings name.
    pub(super) fn column(&self, name: &Spanned<String>) -> ColumnName {
        ColumnName::new(name.get_ref(), &self.name, self.line(name))
    }
}

/// Returns where a file is: a `.csv` that is not there may be there as `.parquet`.
fn found_at(named: PathBuf) -> PathBuf {
    let parquet = named.with_extension("parquet");
    let stands_in = named.extension().is_some_and(|ending| ending == "csv")
        && !named.exists()
        && parquet.is_file();
    if stands_in { parquet } else { named }
}
