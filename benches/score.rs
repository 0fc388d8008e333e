//! Scoring: training on pattern counts and weighing every candidate pair.

mod world;

use cci::strategy::{LinkInput, Progress, find};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn score(criterion: &mut Criterion) {
    let records = world::records();
    let plan = world::plan(&records);
    let progress = Progress::default();
    let input = LinkInput::new(&records, &plan, &progress);
    // The engine is built once, outside of what is timed.
    input.engine().expect("a plan");
    let strategy = find("probabilistic").expect("a strategy");
    let pairs = strategy.link(&input).expect("a plan").candidate_pairs;
    let mut group = criterion.benchmark_group("score");
    group.sample_size(10);
    group.throughput(Throughput::Elements(pairs));
    group.bench_function("train_and_weigh", |bencher| {
        bencher.iter(|| strategy.link(&input).expect("a plan"));
    });
    group.finish();
}

criterion_group!(benches, score);
criterion_main!(benches);
