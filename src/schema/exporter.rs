//! What an exporter is: a schema written in a form that other tools read.
//!
//! Exports describe files as they are meant to be: every column there, dates in the column's
//! format with two digits a day and month, codes as listed, an empty cell for missing. Numbers
//! stay unchecked text, because reading sets a wrong one aside and keeps the row. A history is
//! exported by itself, since it may be absent, and refers to the file of its records.

use serde::{Serialize, Serializer};

use super::agency_schema::{AgencySchema, SchemaColumn};
use super::exporters::EXPORTERS;
use crate::error::{Error, Result};
use crate::normalise::literal_pattern;

/// Form in which a schema can be written.
pub trait Exporter: Sync {
    /// Returns the name used on the command line, for example `csvw`.
    fn name(&self) -> &'static str;

    /// Writes a schema; the same schema gives the same bytes.
    ///
    /// # Errors
    /// `Bug` if the form cannot be written.
    fn export(&self, schema: &AgencySchema) -> Result<String>;
}

/// Finds an exporter by its name.
///
/// # Errors
/// `UnknownName` with the nearest form.
///
/// ```
/// use cci::schema::{AgencySchema, find_exporter};
///
/// let health = AgencySchema::find("health")?;
/// let sql = find_exporter("sql")?.export(&health)?;
/// assert!(sql.contains("CREATE TABLE \"health\""));
/// assert!(find_exporter("frictionles").is_err());
/// # Ok::<(), cci::error::Error>(())
/// ```
pub fn find_exporter(name: &str) -> Result<&'static dyn Exporter> {
    let known = EXPORTERS.iter().copied();
    known.clone().find(|exporter| exporter.name() == name).ok_or_else(|| {
        Error::unknown_name("form of a schema", name, known.map(|exporter| exporter.name()))
    })
}

/// Column as exporters ask about it.
impl SchemaColumn {
    /// Returns the codes that a cell may hold, the column's own placeholders among them.
    pub(super) fn listed(&self) -> Vec<&str> {
        let mut listed: Vec<&str> = self.codes.iter().map(|(code, _)| code.as_str()).collect();
        if !listed.is_empty() {
            for placeholder in &self.request.rules.placeholders {
                if !listed.contains(&placeholder.as_str()) {
                    listed.push(placeholder);
                }
            }
        }
        listed
    }

    /// Returns the anchored pattern of the cells, the column's own placeholders among them.
    pub(super) fn pattern(&self) -> Option<String> {
        let pattern = self.request.pattern.as_ref()?;
        let placeholders = self.request.rules.placeholders.iter();
        let either: Vec<String> = [pattern.text().to_string()]
            .into_iter()
            .chain(placeholders.map(|placeholder| literal_pattern(placeholder)))
            .collect();
        Some(format!("^(?:{})$", either.join("|")))
    }

    /// Returns the date format with its year, month and day replaced; `None` if no date.
    pub(super) fn date_as(&self, year: &str, month: &str, day: &str) -> Option<String> {
        let format = &self.request.rules.date_format;
        if format.is_empty() {
            return None;
        }
        Some(format.replace("%Y", year).replace("%m", month).replace("%d", day))
    }

    /// Returns the meaning, with the columns of its period and the check of its cells, if any.
    pub(super) fn described(&self) -> String {
        let mut text = self.meaning.clone();
        if let Some(period) = &self.request.period {
            let end = |word: &str, name: &Option<String>| {
                name.as_ref().map_or(String::new(), |name| format!(" {word} {name}"))
            };
            let when = match &period.from {
                from if *from == period.to => end("on", from),
                from => end("from", from) + &end("to", &period.to),
            };
            text += &format!("; held{when}");
        }
        if let Some(pattern) = &self.request.pattern {
            text += &format!("; matches {}", pattern.text());
        }
        if let Some(check) = self.request.checked_as {
            text += &format!("; checked as {}", check.name);
        }
        text
    }

    /// Returns the described meaning, followed by the codes and theirs.
    pub(super) fn described_with_codes(&self) -> String {
        match self.legend() {
            legend if legend.is_empty() => self.described(),
            legend => format!("{} ({legend})", self.described()),
        }
    }

    /// Returns the meanings of the codes as one text, empty if there are none.
    pub(super) fn legend(&self) -> String {
        let meaning = |(code, meaning): &(String, String)| format!("{code} = {meaning}");
        self.codes.iter().map(meaning).collect::<Vec<_>>().join("; ")
    }
}

/// Writes pairs as a JSON object in their own order, whatever map the library is built with.
pub(super) fn in_order<S: Serializer, T: Serialize>(
    pairs: &[(String, T)],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// Writes a value as indented JSON with a final line end.
///
/// # Errors
/// `Bug` if the value cannot be written as JSON.
pub(super) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|cause| {
        Error::new(crate::error::ErrorKind::Bug, format!("cannot write JSON: {cause}"))
            .help("report this with the version of cci")
    })
}
