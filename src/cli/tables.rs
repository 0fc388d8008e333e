//! The result tables of a run: links and entities, written and read back.

use std::path::Path;

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::record::{Entities, RecordId, Records};
use crate::schema::parquet::{self, ColumnData};
use crate::strategy::{Link, Links, Method};

/// Name of the table of links.
pub(super) const LINKS: &str = "links.parquet";
/// Name of the table of scored pairs.
pub(super) const SCORES: &str = "scores.parquet";
/// Name of the table of entities.
pub(super) const ENTITIES: &str = "entities.parquet";

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
    let mut all: Vec<(Method, Link)> = links
        .iter()
        .map(|(method, link)| (method, Link { weight: weight(&link), ..link }))
        .collect();
    all.sort_unstable_by_key(|(_, link)| (link.a, link.b));
    let methods = all.iter().map(|(method, _)| method.name().to_string()).collect();
    let links: Vec<Link> = all.into_iter().map(|(_, link)| link).collect();
    let mut columns = pair_columns(records, &links);
    columns.insert(4, ("method", ColumnData::Text(methods)));
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
    let source =
        |record: RecordId| records.sources()[records.source_of(record) as usize].name.clone();
    let local = |record: RecordId| records.local_id(record).to_string();
    let text = |of: &dyn Fn(&Link) -> String| ColumnData::Text(pairs.iter().map(of).collect());
    let probability = |link: &Link| link.probability().get();
    vec![
        ("source_a", text(&|link| source(link.a))),
        ("record_a", text(&|link| local(link.a))),
        ("source_b", text(&|link| source(link.b))),
        ("record_b", text(&|link| local(link.b))),
        ("match_weight", ColumnData::Weight(pairs.iter().map(|link| link.weight).collect())),
        ("match_probability", ColumnData::Probability(pairs.iter().map(probability).collect())),
    ]
}

/// Writes the entity of every record, in record order.
///
/// # Errors
/// `Unwritable` if the disk is full or read-only.
pub(super) fn write_entities(path: &Path, records: &Records, entities: &Entities) -> Result<()> {
    let all = 0..records.len() as RecordId;
    let source = |record| records.sources()[records.source_of(record) as usize].name.clone();
    parquet::write(
        path,
        &[
            ("source", ColumnData::Text(all.clone().map(source).collect())),
            (
                "record_id",
                ColumnData::Text(all.map(|record| records.local_id(record).to_string()).collect()),
            ),
            ("entity", ColumnData::Count(entities.entity_of().to_vec())),
        ],
    )
}

/// Reads links back and finds their records.
///
/// # Errors
/// `BadTruth` if a link names a record that is not in the data; a damaged table.
pub(super) fn read_links(path: &Path, by_name: &HashMap<String, RecordId>) -> Result<Links> {
    let columns = parquet::read(path)?;
    let methods = text(path, &columns, "method")?;
    let mut links = Links::default();
    for (link, name) in pairs(path, &columns, by_name)?.into_iter().zip(methods) {
        let methods_by_key = [Method::NhsNumber, Method::ExactKey];
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
    pairs(path, &parquet::read(path)?, by_name).map(Some)
}

/// Finds the records that pairs name, and their weights.
fn pairs(
    path: &Path,
    columns: &[(String, ColumnData)],
    by_name: &HashMap<String, RecordId>,
) -> Result<Vec<Link>> {
    let (sources_a, ids_a) = (text(path, columns, "source_a")?, text(path, columns, "record_a")?);
    let (sources_b, ids_b) = (text(path, columns, "source_b")?, text(path, columns, "record_b")?);
    let ColumnData::Weight(weights) = column(path, columns, "match_weight")? else {
        return Err(damaged(path, "match_weight"));
    };
    let record = |sources: &[String], ids: &[String], row: usize| {
        find(path, by_name, &sources[row], &ids[row])
    };
    let pair = |(row, &weight): (usize, &f32)| {
        let (a, b) = (record(sources_a, ids_a, row)?, record(sources_b, ids_b, row)?);
        Ok(Link { a: a.min(b), b: a.max(b), pattern: 0, weight })
    };
    weights.iter().enumerate().map(pair).collect()
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
