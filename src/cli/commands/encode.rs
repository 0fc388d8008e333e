//! `cci encode`: codes of records by an agreed schema and a shared secret.

use std::path::Path;

use rayon::prelude::*;

use crate::cli::arguments::EncodeArguments;
use crate::cli::console::{Console, print};
use crate::cli::encoded::Encoded;
use crate::cli::manifest::to_json;
use crate::cli::output_file;
use crate::encode::{
    AboutCodes, BadValue, ClkhashSchema, CodesFile, CodesWriter, Diffusion, Encoder, Fill, Filter,
    Folds, Profile, Sizing, check_rank,
};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::ExchangeSecret;
use crate::schema::{Table, read_table};
use crate::strategy::Progress;

/// Risks that may be taken in place of being refused.
const RISKS: [&str; 2] = ["graph-matching", "linear-span"];
/// First records that are named for each column with bad values.
const FIRST: usize = 3;
/// Fewest records that one thread encodes one after the other.
const SHORTEST_RUN: usize = 4096;
/// Filters that one thread diffuses between two looks at the progress.
const AT_ONCE: usize = 256;

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with schema, secret or file; `TooManyBadRows` if any value cannot be
/// encoded; `BadValue` if the codes would be unsafe or could not be compared; `OutputExists`.
pub(in crate::cli) fn run(options: &EncodeArguments, console: &Console, json: bool) -> Result<()> {
    let accepted = risks(&options.risks)?;
    output_file::refuse_existing(&options.out)?;
    let (schema, mut remarks) = read_schema(options)?;
    let read = ExchangeSecret::from_file(&options.secret_file)?;
    if read.ended_in_line_break {
        let path = options.secret_file.display();
        remarks.push(format!("{path}: the line break at its end is no part of the secret"));
    }
    let secret = read.secret;
    let encoder = Encoder::new(&schema, &secret)?;
    let progress = Progress::default();
    let table = console.stage("1/4", "Read", &progress, || {
        let table = read_table(&options.file)?;
        let line = format!("{} records", table.rows());
        Ok((table, line))
    })?;
    let places = columns(&options.file, &table, &schema, &mut remarks)?;
    let (filters, fill) = console.stage("2/4", "Encode", &progress, || {
        progress.start(table.rows() as u64);
        let filters = encode(&table, &places, &encoder, &progress);
        let filters = filters.map_err(|bad| refuse(&options.file, &table, &schema, &bad))?;
        let mut fill = Fill::default();
        filters.iter().for_each(|filter| fill.add(filter));
        let line = format!("{} filters of {} bits", filters.len(), schema.length());
        Ok(((filters, fill), line))
    })?;
    remarks.extend(fill.judge()?);
    let population = options.population.unwrap_or(0).max(filters.len() as u64);
    let profile = match &options.profile {
        Some(name) => Profile::find(name)?,
        None => Profile::default_for(population)?,
    };
    let sizing = Sizing::measured(&filters, schema.length(), population);
    take_or_refuse(sizing.check(profile), &accepted, RISKS[0], &mut remarks)?;
    let shape = profile.shape(schema.length());
    let canonical = schema.canonical();
    let length = shape.map_or(schema.length(), |shape| shape.length);
    let name = secret.fingerprint(schema.salt());
    let about = AboutCodes::new(profile.name, length, &name, canonical);
    if let Some(path) = &options.same_as {
        check_same(&about, &options.out, path)?;
    }
    let codes = console.stage("3/4", "Diffuse", &progress, || {
        progress.start(filters.len() as u64);
        let Some(shape) = shape else {
            remarks.push(PLAIN.to_string());
            return Ok((filters, "plain filters".to_string()));
        };
        let fingerprint = about.schema_fingerprint.as_bytes();
        let key = secret.diffusion_key(schema.salt(), fingerprint, profile.name);
        let diffusion = Diffusion::new(shape, schema.length(), key)?;
        let codes = diffuse(&filters, &diffusion, &progress);
        let safe = check_rank(shape, &filters, &codes);
        take_or_refuse(safe, &accepted, RISKS[1], &mut remarks)?;
        Ok((codes, format!("windows of {} bits, codes of {}", shape.window, shape.length)))
    })?;
    console.stage("4/4", "Write", &progress, || {
        write(&options.out, &about, &codes)?;
        Ok(((), options.out.display().to_string()))
    })?;
    let out = options.out.display().to_string();
    let encoded = Encoded::of(out, codes.len(), &about, fill, &sizing, remarks);
    if json {
        print(&to_json(&encoded)?);
    } else {
        print(&encoded.describe());
    }
    Ok(())
}

/// What whoever makes plain filters must know.
const PLAIN: &str = "WARNING: plain filters hide little. Published graph matching named 98 to 100 % \
of the people in plain filters of files of 10,000 to 100,000 whom the attacker held as well \
(Schäfer and others, ACSAC 2024). Use compat-clkhash for parties that have clkhash only, and \
delete the codes after the linkage";

fn risks(asked: &[String]) -> Result<Vec<&'static str>> {
    let find = |name: &String| {
        let known = RISKS.iter().copied().find(|risk| risk == name);
        known.ok_or_else(|| Error::unknown_name("risk", name, RISKS))
    };
    asked.iter().map(find).collect()
}

/// Turns a refusal into a remark if its risk is taken.
fn take_or_refuse(
    checked: Result<()>,
    accepted: &[&str],
    risk: &str,
    remarks: &mut Vec<String>,
) -> Result<()> {
    match checked {
        Err(error) if accepted.contains(&risk) => {
            remarks.push(format!("WARNING: {} (taken: {risk})", error.message()));
            Ok(())
        }
        other => other,
    }
}

fn read_schema(options: &EncodeArguments) -> Result<(ClkhashSchema, Vec<String>)> {
    let path = &options.schema;
    let folds = match options.clkhash_folds.as_deref() {
        None => Folds::Refused,
        Some(name) if name == Folds::NAMES[0] => Folds::AsDocumented,
        Some(name) if name == Folds::NAMES[1] => Folds::AsImplemented,
        Some(name) => return Err(Error::unknown_name("reading of xorFolds", name, Folds::NAMES)),
    };
    let text = text_of(path)?;
    let name = path.display().to_string();
    let (schema, remarks) = ClkhashSchema::parse(&text, &name, folds)?;
    Ok((schema, remarks.into_iter().map(|remark| format!("{name}: {remark}")).collect()))
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|cause| Error::unreadable(path, &cause))?;
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("{}: it is not UTF-8 text", path.display());
        Error::new(ErrorKind::BadEncoding, message).help("save it as plain UTF-8")
    })
}

/// Returns the place in the file of every attribute; ignored ones need none.
fn columns(
    path: &Path,
    table: &Table,
    schema: &ClkhashSchema,
    remarks: &mut Vec<String>,
) -> Result<Vec<Option<usize>>> {
    if table.rows() == 0 {
        let message = format!("{}: it has no records", path.display());
        return Err(Error::new(ErrorKind::BadStructure, message).help("check that it is the file"));
    }
    let mut places = Vec::new();
    for (at, name) in schema.attribute_names().enumerate() {
        let place = match schema.is_encoded(at) {
            true => Some(table.column(name)?),
            false => None,
        };
        places.push(place);
    }
    let known = |column: &&String| schema.attribute_names().any(|name| name == *column);
    let more = table.header().iter().filter(|column| !known(column)).count();
    if more > 0 {
        let all = table.header().len();
        let path = path.display();
        remarks.push(format!("{path}: {more} of {all} columns are not in the schema: left out"));
    }
    Ok(places)
}

/// Encodes every record, in the order of the file.
///
/// # Errors
/// Every value that cannot be encoded, with the place of its record.
fn encode(
    table: &Table,
    places: &[Option<usize>],
    encoder: &Encoder,
    progress: &Progress,
) -> std::result::Result<Vec<Filter>, Vec<(usize, BadValue)>> {
    let one = |encoding: &mut crate::encode::Encoding, row: usize| {
        let values = places.iter().map(|place| place.map_or("", |place| table.cell(row, place)));
        let record: Vec<&str> = values.collect();
        progress.counter().fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        encoding.encode(&record)
    };
    // Each run of records starts with no tokens known, so it is not to be short.
    let rows = (0..table.rows()).into_par_iter().with_min_len(SHORTEST_RUN);
    let encoded: Vec<_> = rows.map_init(|| encoder.start(), one).collect();
    let mut filters = Vec::with_capacity(encoded.len());
    let mut bad = Vec::new();
    for (row, outcome) in encoded.into_iter().enumerate() {
        match outcome {
            Ok(filter) => filters.push(filter),
            Err(faults) => bad.extend(faults.into_iter().map(|fault| (row, fault))),
        }
    }
    if bad.is_empty() { Ok(filters) } else { Err(bad) }
}

/// Builds the error of values that cannot be encoded, column by column.
fn refuse(path: &Path, table: &Table, schema: &ClkhashSchema, bad: &[(usize, BadValue)]) -> Error {
    let rows = bad.chunk_by(|a, b| a.0 == b.0).count();
    let message = format!(
        "{}: {rows} of {} records hold values that cannot be encoded",
        path.display(),
        table.rows()
    );
    let mut error = Error::new(ErrorKind::TooManyBadRows, message);
    for (at, name) in schema.attribute_names().enumerate() {
        let of_column: Vec<_> = bad.iter().filter(|(_, value)| value.attribute == at).collect();
        let Some((_, first)) = of_column.first() else { continue };
        let named = of_column.iter().take(FIRST).map(|(row, _)| (row + 1).to_string());
        let named: Vec<String> = named.collect();
        let more = if of_column.len() > FIRST { " and more" } else { "" };
        error = error.note(format!(
            "column \"{name}\": expected {}; {} records, the first: {}{more}",
            first.fault.expected(),
            of_column.len(),
            named.join(", ")
        ));
    }
    error.help(
        "mend them, or say under missingValue what stands for a missing one; codes stand in the \
         order of the records, so none is left out",
    )
}

fn diffuse(filters: &[Filter], diffusion: &Diffusion, progress: &Progress) -> Vec<Filter> {
    let some = |filters: &[Filter]| {
        let codes = diffusion.apply(filters);
        progress.counter().fetch_add(filters.len() as u64, std::sync::atomic::Ordering::Relaxed);
        codes
    };
    filters.par_chunks(AT_ONCE).flat_map_iter(some).collect()
}

fn check_same(about: &AboutCodes, out: &Path, other: &Path) -> Result<()> {
    let name = other.display().to_string();
    let codes = CodesFile::parse(&text_of(other)?, &name)?;
    let Some(theirs) = codes.about else {
        let message = format!("{name}: it does not say what its codes are of");
        return Err(Error::new(ErrorKind::BadValue, message)
            .note("clkhash writes no schema beside its codes")
            .help("ask for the other party's schema, compare it by eye and leave --same-as out"));
    };
    about.check_same(&out.display().to_string(), &theirs, &name)
}

fn write(path: &Path, about: &AboutCodes, codes: &[Filter]) -> Result<()> {
    let mut file = output_file::create(path)?;
    let written = CodesWriter::start(&mut file, about).and_then(|mut writer| {
        codes.iter().try_for_each(|code| writer.add(code))?;
        writer.finish().map(|_| ())
    });
    written.map_err(|cause| file.unwritable(&cause))?;
    file.finish()
}
