//! Comparison: settling pairs of distinct values, and the pattern of a candidate pair.

mod world;

use std::sync::atomic::AtomicU64;

use cci::blocking::Blocking;
use cci::comparison::ComparisonEngine;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn compare(criterion: &mut Criterion) {
    let records = world::records();
    let plan = world::plan(&records);
    let mut group = criterion.benchmark_group("compare");
    let pairs_of_values: u64 = records
        .columns()
        .iter()
        .map(|column| (column.dictionary().distinct() as u64).pow(2) / 2)
        .sum();
    group.sample_size(10);
    group.throughput(Throughput::Elements(pairs_of_values));
    group.bench_function("settle", |bencher| {
        bencher.iter(|| ComparisonEngine::new(&records, &plan.comparisons).expect("a plan"));
    });
    let engine = ComparisonEngine::new(&records, &plan.comparisons).expect("a plan");
    let blocking = Blocking::new(&records, &plan.rules, plan.mask.clone()).expect("a plan");
    let none = AtomicU64::new(0);
    let pairs: Vec<(u32, u32)> =
        blocking.visit(Vec::new, |pairs, a, b, _| pairs.push((a, b)), &none).concat();
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("pattern", |bencher| {
        bencher
            .iter(|| pairs.iter().fold(0u64, |sum, &(a, b)| sum + u64::from(engine.pattern(a, b))));
    });
    group.finish();
}

criterion_group!(benches, compare);
criterion_main!(benches);
