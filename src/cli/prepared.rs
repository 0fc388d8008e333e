//! What a holder hands to the custodian: linkage attributes or match tokens, and how to read them.

use std::fmt::Write;
use std::path::Path;

use super::private_output;
use crate::error::Result;
use crate::identifier::{TokenKeys, TransportId};
use crate::record::{Column, RecordId, Records};

/// Column of the prepared file that names a record.
const ID: &str = "transport_id";

/// Attribute that is handed over.
pub(super) struct Handed<'a> {
    column: &'a Column,
    /// Text of each code: the value, or the token that stands for it.
    texts: Vec<String>,
    /// Columns of the file: most values that one record holds.
    width: usize,
}

impl<'a> Handed<'a> {
    /// Returns the attributes that some record holds, in clear or, with keys, as tokens.
    pub(super) fn all(records: &'a Records, keys: Option<&TokenKeys>) -> Vec<Self> {
        let of = |column: &'a Column| {
            let every = 0..records.len() as RecordId;
            let width = every.map(|record| column.codes_of(record).count()).max().unwrap_or(0);
            let key = keys.map(|keys| keys.of(column.attribute().name()));
            let text = |code| {
                let value = column.dictionary().value(code);
                match &key {
                    None => value.to_string(),
                    Some(key) => key.token(value).map_or_else(String::new, |t| t.to_string()),
                }
            };
            let texts = (0..column.dictionary().codes() as u32).map(text).collect();
            Self { column, texts, width }
        };
        records.columns().iter().map(of).filter(|handed| handed.width > 0).collect()
    }

    /// Returns the name of the attribute.
    pub(super) fn attribute(&self) -> &'a str {
        self.column.attribute().name()
    }

    /// Counts the records that hold a value.
    pub(super) fn records(&self) -> usize {
        self.column.codes().iter().filter(|&&code| code != 0).count()
    }

    /// Counts distinct values.
    pub(super) fn distinct(&self) -> usize {
        let mut held: Vec<u32> = self.column.codes().to_vec();
        held.extend(self.column.further().iter().map(|&(_, code)| code));
        held.retain(|&code| code != 0);
        held.sort_unstable();
        held.dedup();
        held.len()
    }

    /// Returns the names of its columns: the attribute's, then with numbers from 2.
    fn columns(&self) -> Vec<String> {
        let name = |place: usize| match place {
            1 => self.attribute().to_string(),
            more => format!("{}_{more}", self.attribute()),
        };
        (1..=self.width).map(name).collect()
    }
}

/// Writes the records under their transport identifiers, in the order of these, which is random.
///
/// # Errors
/// `OutputExists` if there is a file; `Unwritable` if the disk is full or read-only.
pub(super) fn write_records(
    path: &Path,
    handed: &[Handed],
    ids: &[(TransportId, RecordId)],
) -> Result<()> {
    let columns: Vec<String> = handed.iter().flat_map(Handed::columns).collect();
    let header: Vec<&str> = [ID].into_iter().chain(columns.iter().map(String::as_str)).collect();
    let mut table = private_output::create(path, &header)?;
    for &(id, record) in ids {
        let mut row = vec![id.to_string()];
        for attribute in handed {
            let texts = attribute.column.codes_of(record);
            let texts = texts.map(|code| attribute.texts[code as usize].clone());
            row.extend(texts.chain(std::iter::repeat(String::new())).take(attribute.width));
        }
        table.row(&row)?;
    }
    table.finish()
}

/// Returns the table that linkage settings need to read the records.
pub(super) fn source_table(source: &str, handed: &[Handed], are_tokens: bool) -> String {
    let mut text = format!("# {source} as its holder prepared it; add this to the settings.\n");
    if are_tokens {
        text.push_str("# The attributes are of kind \"match_token\".\n");
    }
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "\n[[source]]\nname = \"{source}\"\nfile = \"{source}.csv\"\nid = \"{ID}\"\n\n\
         [source.columns]\n"
    );
    for attribute in handed {
        let columns: Vec<String> =
            attribute.columns().iter().map(|column| format!("\"{column}\"")).collect();
        let _ = match columns.as_slice() {
            [one] => writeln!(text, "{} = {one}", attribute.attribute()),
            several => writeln!(text, "{} = [{}]", attribute.attribute(), several.join(", ")),
        };
    }
    text
}
