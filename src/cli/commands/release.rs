//! `cci release`: a research extract of one agency's records, under one scope's pseudonyms.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::cli::agency_list::{read_list, read_pseudonyms};
use crate::cli::arguments::ReleaseArguments;
use crate::cli::console::print;
use crate::cli::holder::{AgencyFile, Crosswalk};
use crate::cli::identifier_class::{Classified, IdentifierClass};
use crate::cli::manifest::to_json;
use crate::cli::metrics::Rows;
use crate::cli::private_output;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::TransportId;
use crate::report::text;
use crate::schema::{AgencySchema, read_payload};

/// What was released.
#[derive(Serialize)]
struct Released {
    scope: String,
    rows: Rows,
    columns: Vec<String>,
    /// Records in the extract.
    released: u64,
    /// Records of persons who are not answered for in the scope.
    withheld: u64,
    /// Records that were not prepared, so that nobody linked them.
    not_prepared: u64,
    /// Cells that cannot be a value of their column, left out.
    set_aside: u64,
    /// Records released by class of identifier.
    classes: Vec<(&'static str, u64)>,
    file: String,
}

/// Row of the extract.
struct Row {
    pseudonym: String,
    state: &'static str,
    class: Classified,
    cells: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// `BadValue` for a column that is not payload, or a list of other identifiers or another scope;
/// `BadStructure` for lists that do not fit together; whatever is wrong with the file;
/// `OutputExists` or `Unwritable` for the extract.
pub(in crate::cli) fn run(options: &ReleaseArguments, json: bool) -> Result<()> {
    private_output::refuse_existing(&options.out)?;
    let agency = AgencyFile::of(&options.file, &options.agency)?;
    let columns: Vec<&str> = options.columns.iter().map(String::as_str).collect();
    check_payload(&agency.schema, &columns)?;
    let pseudonyms =
        read_pseudonyms(&options.pseudonyms, &options.scope, str::parse::<TransportId>)?;
    let classes = read_classes(&options.classes)?;
    let crosswalk = Crosswalk::read(&agency.crosswalk())?;
    let payload = read_payload(&agency.file, &columns, &agency.options)?;
    let (mut rows, mut withheld, mut not_prepared) = (Vec::new(), 0, 0);
    for (record, cells) in payload.records {
        let Some(id) = crosswalk.transport_id(&record) else {
            not_prepared += 1;
            continue;
        };
        let Some((pseudonym, state)) = pseudonyms.get(&id) else {
            withheld += 1;
            continue;
        };
        let class = classes.get(&id).copied().ok_or_else(|| {
            let (list, other) = (options.classes.display(), options.pseudonyms.display());
            let message = format!("{list} does not have every record of {other}");
            Error::new(ErrorKind::BadStructure, message).help("give both of one linkage")
        })?;
        rows.push(Row { pseudonym: pseudonym.print(&options.scope), state, class, cells });
    }
    if rows.is_empty() {
        let message = format!("{}: no record of it has a pseudonym", options.pseudonyms.display());
        return Err(Error::new(ErrorKind::BadStructure, message).help(
            "check that the list is this agency's, and --holder the folder it prepared with",
        ));
    }
    // By pseudonyms, whose order is random: that of the file would lead back to the records.
    rows.sort_unstable_by(|a, b| (&a.pseudonym, &a.cells).cmp(&(&b.pseudonym, &b.cells)));
    write(&options.out, &columns, &rows)?;
    let count = |class| rows.iter().filter(|row| row.class.class == class).count() as u64;
    let released = Released {
        scope: options.scope.to_string(),
        rows: Rows::of_source(&payload.account),
        columns: options.columns.clone(),
        released: rows.len() as u64,
        withheld,
        not_prepared,
        set_aside: payload.set_aside,
        classes: IdentifierClass::ALL.map(|class| (class.name(), count(class))).into(),
        file: options.out.display().to_string(),
    };
    print(&if json { to_json(&released)? } else { released.describe() });
    Ok(())
}

/// Refuses columns that the schema does not mark as payload.
fn check_payload(schema: &AgencySchema, columns: &[&str]) -> Result<()> {
    for (place, name) in columns.iter().enumerate() {
        if schema.payload().any(|payload| payload == *name) && !columns[..place].contains(name) {
            continue;
        }
        let Some(column) = schema.column(name) else {
            return Err(Error::unknown_name("payload column", name, schema.payload()));
        };
        let message = match columns[..place].contains(name) {
            true => format!("column \"{name}\" is asked for twice"),
            false => format!("column \"{name}\" is not payload: it can lead to a person"),
        };
        let payload: Vec<&str> = schema.payload().collect();
        return Err(Error::new(ErrorKind::BadValue, message)
            .note(format!("described at {}", column.request.column.asked_at))
            .help(format!("choose among: {}", payload.join(", "))));
    }
    Ok(())
}

/// Reads classes and confidence by transport identifier.
fn read_classes(path: &Path) -> Result<BTreeMap<TransportId, Classified>> {
    read_list(path, Classified::COLUMNS, str::parse, |[class, confidence]| {
        Classified::parse(class, confidence)
    })
}

fn write(path: &Path, columns: &[&str], rows: &[Row]) -> Result<()> {
    let ours = ["pseudonym", "state", Classified::COLUMNS[1], Classified::COLUMNS[2]];
    let header: Vec<&str> = ours.into_iter().chain(columns.iter().copied()).collect();
    let mut extract = private_output::create(path, &header)?;
    for Row { pseudonym, state, class, cells } in rows {
        let ours = [pseudonym.as_str(), state, class.class.name(), class.confidence.name()];
        extract.row(ours.into_iter().chain(cells.iter().map(String::as_str)))?;
    }
    extract.finish()
}

impl Released {
    fn describe(&self) -> String {
        let count = text::count;
        let rows = &self.rows;
        let classes: Vec<String> = self
            .classes
            .iter()
            .map(|(name, records)| format!("{} {name}", count(*records)))
            .collect();
        [
            rows.describe(),
            format!(
                "accepted {} = released {} + withheld {} + not prepared {}",
                count(rows.accepted),
                count(self.released),
                count(self.withheld),
                count(self.not_prepared)
            ),
            format!("{}; {} cells set aside", classes.join(", "), count(self.set_aside)),
            format!("{}: {} under {}", self.file, self.columns.join(", "), self.scope),
        ]
        .join("\n")
    }
}
