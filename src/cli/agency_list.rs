//! Lists of an agency's records: what issuer and custodian say of each, read whole.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Pseudonym, Scope};
use crate::registry::PersonState;
use crate::schema::{Table, read_table};

/// Columns of the list that the issuer writes for an agency.
pub(super) const LIST: [&str; 3] = ["record", "pseudonym", "state"];

/// Pseudonym, and the word for the state of its person.
pub(super) type Named = (Pseudonym, &'static str);

/// Reads the pseudonyms of one scope by record.
///
/// # Errors
/// As [`read_list`]; `BadValue` for a pseudonym that is not one of the scope.
pub(super) fn read_pseudonyms<K: Ord>(
    path: &Path,
    scope: &Scope,
    record: impl Fn(&str) -> Result<K>,
) -> Result<BTreeMap<K, Named>> {
    read_list(path, LIST, record, |[text, state]| {
        let pseudonym = Pseudonym::parse(text, scope).map_err(|refusal| {
            Error::new(ErrorKind::BadValue, format!("pseudonym of {scope}: {refusal}"))
                .help("give the list that cci id issue wrote for that scope")
        })?;
        let known = PersonState::ALL.map(PersonState::assurance);
        let state = known
            .into_iter()
            .find(|known| *known == state)
            .ok_or_else(|| Error::unknown_name("state", "", [known[0], known[1], known[2]]))?;
        Ok((pseudonym, state))
    })
}

/// Reads a list of records and what it says of each.
///
/// # Errors
/// As [`read_table`]; whatever a row meets, with its number; `BadStructure` for one given twice.
pub(super) fn read_list<K: Ord, T, const ALL: usize, const N: usize>(
    path: &Path,
    columns: [&str; ALL],
    record: impl Fn(&str) -> Result<K>,
    read: impl Fn([&str; N]) -> Result<T>,
) -> Result<BTreeMap<K, T>> {
    let table: Table = read_table(path)?;
    let places = columns.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>()?;
    let mut list = BTreeMap::new();
    for row in 0..table.rows() {
        let at = |error: Error| error.note(format!("{}, row {}", path.display(), row + 2));
        let record = record(table.cell(row, places[0])).map_err(at)?;
        let told = read(std::array::from_fn(|place| table.cell(row, places[place + 1])));
        if list.insert(record, told.map_err(at)?).is_some() {
            let message = format!("{}, row {}: given before", path.display(), row + 2);
            return Err(Error::new(ErrorKind::BadStructure, message)
                .help("give the list as it was written"));
        }
    }
    Ok(list)
}
