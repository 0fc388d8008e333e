//! The result tables of a run: links and entities, written and read back.

use std::path::Path;

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::cluster::CrossLink;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{DictionaryBuilder, Entities, RecordId, Records};
use crate::schema::parquet::{self, ColumnData};
use crate::strategy::{Link, Links, Method};

/// Name of the table of links.
pub(super) const LINKS: &str = "links.parquet";
/// Name of the table of scored pairs.
pub(super) const SCORES: &str = "scores.parquet";
/// Name of the table of entities.
pub(super) const ENTITIES: &str = "entities.parquet";
/// Name of the table of draws.
pub(super) const DRAWS: &str = "draws.parquet";
/// Name of the table of links across entities that stood before.
pub(super) const CROSS_LINKS: &str = "cross_links.parquet";

/// Writes the links: two records, how the link was decided, weight in bits and probability.
///
/// Where a key decided and the pair was scored as well, its weight is given; where it was not
/// scored, the weight is infinite.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_links(
    path: &Path,
    records: &Records,
    links: &Links,
    scored: &[Link],
) -> Result<()> {
    let weight = |link: &Link| match scored.binary_search_by_key(&(link.a, link.b), |s| (s.a, s.b))
    {
        Ok(place) => scored[place].weight,
        Err(_) => link.weight,
    };
    let links: Vec<(Method, Link)> = links.iter().collect();
    let mut all: Vec<(Method, Link)> = links
        .into_par_iter()
        .map(|(method, link)| (method, Link { weight: weight(&link), ..link }))
        .collect();
    all.par_sort_unstable_by_key(|(_, link)| (link.a, link.b));
    let methods = coded(all.iter().map(|(method, _)| method.name()));
    let links: Vec<Link> = all.into_iter().map(|(_, link)| link).collect();
    let mut columns = pair_columns(records, &links);
    columns.insert(4, ("method", methods));
    parquet::write(path, &columns)
}

/// Writes every scored pair: two records, weight in bits and probability.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_scores(path: &Path, records: &Records, scored: &[Link]) -> Result<()> {
    parquet::write(path, &pair_columns(records, scored))
}

/// Returns the columns that name two records and say how sure it is that they are one child's.
fn pair_columns(records: &Records, pairs: &[Link]) -> Vec<(&'static str, ColumnData)> {
    let (first, second) = (|link: &Link| link.a, |link: &Link| link.b);
    let probability = |link: &Link| link.probability().get();
    vec![
        ("source_a", source_names(records, pairs.iter().map(first))),
        ("record_a", local_ids(records, pairs.iter().map(first))),
        ("source_b", source_names(records, pairs.iter().map(second))),
        ("record_b", local_ids(records, pairs.iter().map(second))),
        ("match_weight", ColumnData::Weight(pairs.iter().map(|link| link.weight).collect())),
        ("match_probability", ColumnData::Probability(pairs.par_iter().map(probability).collect())),
    ]
}

/// Returns the names of the sources of some records.
fn source_names(records: &Records, of: impl Iterator<Item = RecordId>) -> ColumnData {
    let mut among = DictionaryBuilder::default();
    let names: Vec<u32> = records.sources().iter().map(|source| among.code(&source.name)).collect();
    let codes = of.map(|record| names[records.source_of(record) as usize]).collect();
    ColumnData::Coded(among.finish().into(), codes)
}

/// Returns the identifiers that some records have within their sources.
fn local_ids(records: &Records, of: impl Iterator<Item = RecordId>) -> ColumnData {
    let ids = records.local_ids();
    let codes = of.map(|record| ids.codes()[record as usize]).collect();
    ColumnData::Coded(ids.shared_dictionary(), codes)
}

/// Returns texts of which there are few different ones.
fn coded<'a>(texts: impl Iterator<Item = &'a str>) -> ColumnData {
    let mut among = DictionaryBuilder::default();
    let codes = texts.map(|text| among.code(text)).collect();
    ColumnData::Coded(among.finish().into(), codes)
}

/// Writes links across entities that stood before, with the numbers of these.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_cross_links(path: &Path, records: &Records, all: &[CrossLink]) -> Result<()> {
    let links: Vec<Link> = all.iter().map(|cross| cross.link).collect();
    let mut columns = pair_columns(records, &links);
    columns.insert(4, ("method", coded(all.iter().map(|cross| cross.method.name()))));
    for (name, side) in [("entity_a", 0), ("entity_b", 1)] {
        let entities = all.iter().map(|cross| cross.entities[side]).collect();
        columns.push((name, ColumnData::Count(entities)));
    }
    parquet::write(path, &columns)
}

/// Writes the number of the entity of every record, in record order.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_entities(path: &Path, records: &Records, numbers: &[u32]) -> Result<()> {
    let [source, record] = record_columns(records);
    parquet::write(path, &[source, record, ("entity", ColumnData::Count(numbers.to_vec()))])
}

/// Writes the number of the entity of every record in each draw, one column a draw.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_draws(path: &Path, records: &Records, draws: &[Entities]) -> Result<()> {
    let names: Vec<String> = (1..=draws.len()).map(|draw| format!("entity_{draw}")).collect();
    let mut columns: Vec<(&str, ColumnData)> = record_columns(records).into();
    for (name, entities) in names.iter().zip(draws) {
        columns.push((name, ColumnData::Count(entities.entity_of().to_vec())));
    }
    parquet::write(path, &columns)
}

/// Returns the columns that name every record, in record order.
fn record_columns(records: &Records) -> [(&'static str, ColumnData); 2] {
    let all = 0..records.len() as RecordId;
    [("source", source_names(records, all.clone())), ("record_id", local_ids(records, all))]
}

/// Reads links back and finds their records.
///
/// # Errors
/// `BadTruth` if a link names a record that is not in the data; a damaged table.
pub(super) fn read_links(path: &Path, by_name: &HashMap<String, RecordId>) -> Result<Links> {
    let columns = parquet::read(path)?;
    let links: Result<Vec<Link>> =
        pairs(path, &columns)?.map(|pair| pair.link(path, by_name)).collect();
    by_method(path, &columns, links?.into_iter().map(Some))
}

/// Reads back the links of which both records are in the data.
///
/// # Errors
/// A table that is missing or damaged.
pub(super) fn read_links_among(path: &Path, by_name: &HashMap<String, RecordId>) -> Result<Links> {
    let columns = parquet::read(path)?;
    by_method(path, &columns, pairs(path, &columns)?.map(|pair| pair.link(path, by_name).ok()))
}

/// Sorts the links of a table, row by row, by how they were decided.
fn by_method(
    path: &Path,
    columns: &[(String, ColumnData)],
    rows: impl Iterator<Item = Option<Link>>,
) -> Result<Links> {
    let methods = text(path, columns, "method")?;
    let mut links = Links::default();
    for (link, name) in rows.zip(methods) {
        let Some(link) = link else { continue };
        let methods_by_key = [Method::NhsNumber, Method::ExactKey, Method::Custodian];
        match methods_by_key.into_iter().find(|method| method.name() == name) {
            Some(method) => links.by_key.push((method, link)),
            None => links.by_probability.push(link),
        }
    }
    Ok(links)
}

/// Reads scored pairs back; `None` if the run did not write them.
///
/// # Errors
/// As [`read_links`].
pub(super) fn read_scores(
    path: &Path,
    by_name: &HashMap<String, RecordId>,
) -> Result<Option<Vec<Link>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let columns = parquet::read(path)?;
    let links: Result<Vec<Link>> =
        pairs(path, &columns)?.map(|pair| pair.link(path, by_name)).collect();
    links.map(Some)
}

/// Pair of records as a table names them.
struct NamedPair<'a> {
    a: [&'a str; 2],
    b: [&'a str; 2],
    weight: f32,
}

impl NamedPair<'_> {
    /// Finds the two records.
    fn link(&self, path: &Path, by_name: &HashMap<String, RecordId>) -> Result<Link> {
        let record = |[source, id]: [&str; 2]| find(path, by_name, source, id);
        let (a, b) = (record(self.a)?, record(self.b)?);
        Ok(Link { a: a.min(b), b: a.max(b), pattern: 0, weight: self.weight })
    }
}

/// Returns the pairs of a table with their weights, row by row.
fn pairs<'a>(
    path: &Path,
    columns: &'a [(String, ColumnData)],
) -> Result<impl Iterator<Item = NamedPair<'a>>> {
    let (sources_a, ids_a) = (text(path, columns, "source_a")?, text(path, columns, "record_a")?);
    let (sources_b, ids_b) = (text(path, columns, "source_b")?, text(path, columns, "record_b")?);
    let ColumnData::Weight(weights) = column(path, columns, "match_weight")? else {
        return Err(damaged(path, "match_weight"));
    };
    Ok(weights.iter().enumerate().map(|(row, &weight)| NamedPair {
        a: [&sources_a[row], &ids_a[row]],
        b: [&sources_b[row], &ids_b[row]],
        weight,
    }))
}

/// Reads entities back, one for every record.
///
/// # Errors
/// `BadTruth` if the table is not of these records; a damaged table.
pub(super) fn read_entities(path: &Path, by_name: &HashMap<String, RecordId>) -> Result<Entities> {
    let mut labels = vec![None; by_name.len()];
    for (source, id, entity) in read_named_entities(path)? {
        labels[find(path, by_name, &source, &id)? as usize] = Some(entity);
    }
    let labels: Option<Vec<u32>> = labels.into_iter().collect();
    let labels = labels.ok_or_else(|| {
        Error::new(
            ErrorKind::BadTruth,
            format!("{}: some records of the data have no entity", path.display()),
        )
        .help("evaluate with the data that were linked")
    })?;
    Ok(Entities::from_labels(&labels))
}

/// Reads source, local identifier and entity of every record, in record order.
///
/// # Errors
/// A table that is missing or damaged.
pub(super) fn read_named_entities(path: &Path) -> Result<Vec<(String, String, u32)>> {
    let columns = parquet::read(path)?;
    let (sources, ids) = (text(path, &columns, "source")?, text(path, &columns, "record_id")?);
    let ColumnData::Count(entities) = column(path, &columns, "entity")? else {
        return Err(damaged(path, "entity"));
    };
    let rows = sources.iter().zip(ids).zip(entities);
    Ok(rows.map(|((source, id), &entity)| (source.clone(), id.clone(), entity)).collect())
}

fn find(
    path: &Path,
    by_name: &HashMap<String, RecordId>,
    source: &str,
    id: &str,
) -> Result<RecordId> {
    by_name.get(&format!("{source}:{id}")).copied().ok_or_else(|| {
        Error::new(
            ErrorKind::BadTruth,
            format!("{}: it names a record that source {source} does not have", path.display()),
        )
        .help("evaluate with the data that were linked")
    })
}

fn column<'a>(
    path: &Path,
    columns: &'a [(String, ColumnData)],
    name: &str,
) -> Result<&'a ColumnData> {
    let found = columns.iter().find(|(known, _)| known == name).map(|(_, data)| data);
    found.ok_or_else(|| damaged(path, name))
}

fn text<'a>(path: &Path, columns: &'a [(String, ColumnData)], name: &str) -> Result<&'a [String]> {
    match column(path, columns, name)? {
        ColumnData::Text(values) => Ok(values),
        _ => Err(damaged(path, name)),
    }
}

fn damaged(path: &Path, name: &str) -> Error {
    Error::new(
        ErrorKind::BadStructure,
        format!("{}: expected a column \"{name}\" as cci writes it", path.display()),
    )
    .help("run cci again to write the table anew")
}
