//! Blocking: grouping records by every rule, and streaming the candidate pairs.

mod world;

use std::sync::atomic::AtomicU64;

use cci::blocking::Blocking;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn block(criterion: &mut Criterion) {
    let records = world::records();
    let plan = world::plan(&records);
    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("group", |bencher| {
        bencher.iter(|| Blocking::new(&records, &plan.rules, plan.mask.clone()).expect("a plan"));
    });
    let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).expect("a plan");
    group.throughput(Throughput::Elements(blocking.pairs_by_rule().iter().sum()));
    group.bench_function("stream", |bencher| {
        bencher.iter(|| {
            let seen = AtomicU64::new(0);
            blocking.visit(|| 0u64, |count, _, _, _| *count += 1, &seen)
        });
    });
    group.finish();
}

criterion_group!(benches, block);
criterion_main!(benches);
