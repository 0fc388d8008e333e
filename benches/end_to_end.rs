//! From files to entities: read, block, compare, train, weigh, cluster.

mod world;

use cci::cluster;
use cci::record::Agency;
use cci::schema::{AgencySchema, ReadOptions, linkage_attributes, read};
use cci::strategy::{LinkInput, Progress, find};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn end_to_end(criterion: &mut Criterion) {
    let folder = world::files();
    let sources: Vec<_> = Agency::ALL
        .into_iter()
        .map(|agency| {
            AgencySchema::of(agency).expect("a shipped schema").file(world::file(&folder, agency))
        })
        .collect();
    let link = || {
        let reading =
            read(&sources, &linkage_attributes(), &ReadOptions::default()).expect("sound files");
        let plan = world::plan(&reading.records);
        let progress = Progress::default();
        let input = LinkInput::new(&reading.records, &plan, &progress);
        let linkage =
            find("key_then_probabilistic").expect("a strategy").link(&input).expect("a plan");
        let clusterer = cluster::find("merged").expect("a clusterer");
        let evidence = linkage.evidence(&input).expect("a plan");
        let entities = clusterer.cluster(&reading.records, &linkage.links, &evidence);
        (reading.records.len(), entities)
    };
    let mut group = criterion.benchmark_group("end_to_end");
    group.sample_size(10);
    group.throughput(Throughput::Elements(link().0 as u64));
    group.bench_function("files_to_entities", |bencher| bencher.iter(link));
    group.finish();
}

criterion_group!(benches, end_to_end);
criterion_main!(benches);
