//! Reading an agency's file: scan, normalise, code, account for every row; then the same rows
//! of one agency in the other formats.

mod world;

use std::path::{Path, PathBuf};

use cci::record::Agency;
use cci::schema::parquet::{self, ColumnData};
use cci::schema::{AgencySchema, ReadOptions, Table, linkage_attributes, read, read_table};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn bench(group: &mut Group, name: &str, agency: Agency, path: PathBuf, rows: usize) {
    let source = [AgencySchema::of(agency).expect("a shipped schema").file(path)];
    let attributes = linkage_attributes();
    group.throughput(Throughput::Elements(rows as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| read(&source, &attributes, &ReadOptions::default()).expect("sound"));
    });
}

fn parse(criterion: &mut Criterion) {
    let folder = world::files();
    let mut group = criterion.benchmark_group("parse");
    for agency in Agency::ALL {
        let path = world::file(&folder, agency);
        let rows = read_table(&path).expect("a generated file").rows();
        bench(&mut group, agency.name(), agency, path, rows);
    }
    let csv = world::file(&folder, Agency::Health);
    let table = read_table(&csv).expect("a generated file");
    let (parquet, lines) = (csv.with_extension("parquet"), csv.with_extension("jsonl"));
    write_parquet(&table, &parquet);
    std::fs::write(&lines, json_lines(&table)).expect("a writable folder");
    bench(&mut group, "health_parquet", Agency::Health, parquet, table.rows());
    bench(&mut group, "health_json_lines", Agency::Health, lines, table.rows());
    group.finish();
}

fn write_parquet(table: &Table, path: &Path) {
    let column = |place: usize| {
        ColumnData::Text((0..table.rows()).map(|row| table.cell(row, place).to_string()).collect())
    };
    let names = table.header().iter().enumerate();
    let columns: Vec<_> = names.map(|(place, name)| (name.as_str(), column(place))).collect();
    parquet::write(path, &columns).expect("a writable folder");
}

fn json_lines(table: &Table) -> String {
    let object = |row: usize| {
        let pair = |(place, name): (usize, &String)| (name.clone(), table.cell(row, place).into());
        let object: serde_json::Map<_, _> = table.header().iter().enumerate().map(pair).collect();
        serde_json::Value::Object(object).to_string() + "\n"
    };
    (0..table.rows()).map(object).collect()
}

criterion_group!(benches, parse);
criterion_main!(benches);
