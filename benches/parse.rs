//! Reading an agency's file: scan, normalise, code, account for every row.

mod world;

use cci::record::Agency;
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn parse(criterion: &mut Criterion) {
    let folder = world::files();
    let mut group = criterion.benchmark_group("parse");
    for agency in Agency::ALL {
        let path = world::file(&folder, agency);
        let rows = std::fs::read_to_string(&path).expect("a generated file").lines().count() - 1;
        let source = [AgencySchema::of(agency).expect("a shipped schema").file(path)];
        let attributes = linkage_attributes();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(agency.name(), |bencher| {
            bencher.iter(|| read(&source, &attributes, &ReadOptions::default()).expect("sound"));
        });
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
