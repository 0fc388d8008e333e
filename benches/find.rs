//! Finding: indexing the records once, and looking one up among them.

mod world;

use cci::record::RecordId;
use cci::strategy::{Finder, LinkInput, Links, Progress, Query, find};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn look_up(criterion: &mut Criterion) {
    let records = world::records();
    let mut plan = world::plan(&records);
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    let linkage = find("probabilistic").expect("a strategy").link(&input).expect("a plan");
    plan.model = linkage.scoring.map(|scoring| scoring.model);
    let mut group = criterion.benchmark_group("find");
    group.sample_size(10);
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("index", |bencher| {
        bencher.iter(|| Finder::new(&records, &plan, &Links::default()).expect("a plan"));
    });
    let finder = Finder::new(&records, &plan, &Links::default()).expect("a plan");
    let queries: Vec<Query> = (0..records.len() as RecordId)
        .step_by(101)
        .map(|record| {
            let values = records.columns().iter().map(|column| {
                let values = column.codes_of(record).map(|code| column.dictionary().value(code));
                values.map(str::to_string).collect()
            });
            Query { values: values.collect(), source: None }
        })
        .collect();
    group.throughput(Throughput::Elements(queries.len() as u64));
    group.bench_function("one_record", |bencher| {
        bencher.iter(|| {
            let found = queries.iter().map(|query| finder.find(query, 5).expect("a query"));
            found.map(|found| found.candidates).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, look_up);
criterion_main!(benches);
