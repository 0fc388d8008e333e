//! `cci comparator`: what a comparator says of two values, and of the values of an attribute.

use serde::Serialize;

use crate::cli::arguments::ComparatorArguments;
use crate::cli::comparator_chart::Chart;
use crate::cli::comparator_scores::{Listed, Scored, describe_list, describe_scores, list, score};
use crate::cli::console::{Console, print};
use crate::cli::data::Data;
use crate::cli::manifest::to_json;
use crate::cli::typed_values::typed_values;
use crate::comparison::{COMPARATORS, Comparator};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::read_table;

/// Name that stands for every comparator.
const ALL: &str = "all";

/// Every comparator.
#[derive(Serialize)]
struct AllListed {
    schema_version: u32,
    comparators: Vec<Listed>,
}

/// What comparators say of pairs.
#[derive(Serialize)]
struct AllScored {
    schema_version: u32,
    scores: Vec<Scored>,
}

/// Runs the command.
///
/// # Errors
/// `UnknownName` for a comparator or an attribute that is not there; `BadValue` for values that
/// make no pairs or that no kind has; whatever is wrong with the data.
pub(in crate::cli) fn run(
    options: &ComparatorArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let Some(name) = &options.name else {
        let comparators = list();
        let text = describe_list(&comparators);
        print(&if json { to_json(&AllListed { schema_version: 1, comparators })? } else { text });
        return Ok(());
    };
    let comparators = named(name)?;
    if let Some(attribute) = &options.attribute {
        let [comparator] = comparators.as_slice() else {
            return Err(Error::new(ErrorKind::BadValue, "a chart is of one comparator")
                .help("name the comparator in place of all"));
        };
        let data = Data::find(&options.data, console)?;
        let chart = Chart::of(*comparator, attribute, &data)?;
        print(&if json { to_json(&chart)? } else { chart.describe() });
        return Ok(());
    }
    let mut scores = Vec::new();
    for (place, [a, b]) in pairs(options, console)?.iter().enumerate() {
        let before = scores.len();
        let of = |comparator: &&dyn Comparator| score(*comparator, place + 1, [a, b]);
        scores.extend(comparators.iter().flat_map(of));
        if scores.len() == before {
            return Err(Error::new(
                ErrorKind::BadValue,
                format!("pair {}: expected two values of a kind that {name} compares", place + 1),
            )
            .help("write dates as YYYY-MM-DD; run cci comparator to see the kinds"));
        }
    }
    let text = describe_scores(&scores);
    print(&if json { to_json(&AllScored { schema_version: 1, scores })? } else { text });
    Ok(())
}

/// Returns the comparator of a name, or all of them.
fn named(name: &str) -> Result<Vec<&'static dyn Comparator>> {
    if name == ALL {
        return Ok(COMPARATORS.to_vec());
    }
    match COMPARATORS.iter().find(|comparator| comparator.name() == name) {
        Some(comparator) => Ok(vec![*comparator]),
        None => {
            let known = COMPARATORS.iter().map(|comparator| comparator.name());
            Err(Error::unknown_name("comparator", name, known.chain([ALL])))
        }
    }
}

/// Returns the pairs of values that were typed, or those of a file.
fn pairs(options: &ComparatorArguments, console: &Console) -> Result<Vec<[String; 2]>> {
    if let Some(path) = &options.pairs {
        let table = read_table(path)?;
        let (a, b) = (table.column("a")?, table.column("b")?);
        let cell = |row, column| table.cell(row, column).to_string();
        return Ok((0..table.rows()).map(|row| [cell(row, a), cell(row, b)]).collect());
    }
    let values = match options.values.as_slice() {
        [] => Vec::new(),
        values => typed_values(values, console)?,
    };
    if values.is_empty() || values.len() % 2 != 0 {
        let message = format!("expected values two by two, found {}", values.len());
        return Err(Error::new(ErrorKind::BadValue, message)
            .help("write for example cci comparator jaro_winkler martha marhta"));
    }
    Ok(values.chunks(2).map(|pair| [pair[0].clone(), pair[1].clone()]).collect())
}
