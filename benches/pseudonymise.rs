//! Pseudonyms: deriving in memory, minting and issuing into the registry, and resolving there.

use cci::identifier::{Epoch, EpochSecret, OsRandom, PersonKey, PseudonymKey, RootKey, Scope};
use cci::registry::{Registry, RunDigests};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const PERSONS: u32 = 10_000;

fn key() -> PseudonymKey {
    let mut random = OsRandom;
    let root = RootKey::generate(&mut random).expect("random bytes");
    let secret = EpochSecret::generate(&mut random).expect("random bytes");
    let scope = Scope::new("education", "bench").expect("a scope");
    PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret)
}

fn pseudonymise(criterion: &mut Criterion) {
    let key = key();
    let mut group = criterion.benchmark_group("pseudonymise");
    group.throughput(Throughput::Elements(u64::from(PERSONS)));
    let persons: Vec<PersonKey> =
        (0..PERSONS).map(|_| PersonKey::generate(&mut OsRandom).expect("random bytes")).collect();
    group.bench_function("derive", |bencher| {
        bencher.iter(|| {
            persons.iter().map(|person| key.pseudonym(person, 0).value()[0] as u64).sum::<u64>()
        });
    });
    group.sample_size(10);
    group.bench_function("mint_and_issue", |bencher| {
        bencher.iter_batched(
            || {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let registry = Registry::create(&folder.path().join("vault")).expect("a vault");
                (folder, registry)
            },
            |(folder, mut registry)| {
                let digests = RunDigests { inputs: [0; 32], settings: [0; 32] };
                let mut run = registry.begin_run(&digests).expect("a first run");
                run.activate(&key).expect("a new scope");
                let handles = run.mint(PERSONS).expect("a writable vault");
                run.issue(&key, &handles).expect("a writable vault");
                run.commit().expect("a writable vault");
                (folder, registry)
            },
            BatchSize::PerIteration,
        );
    });
    group.throughput(Throughput::Elements(1));
    group.sample_size(100);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut registry = Registry::create(&folder.path().join("vault")).expect("a vault");
    let mut run = registry.begin_change("bench").expect("a first run");
    run.activate(&key).expect("a new scope");
    let handles = run.mint(PERSONS).expect("a writable vault");
    let issued = run.issue(&key, &handles).expect("a writable vault").pseudonyms;
    run.commit().expect("a writable vault");
    let mut asked = issued.iter().flatten().cycle();
    group.bench_function("resolve", |bencher| {
        bencher.iter(|| {
            let pseudonym = asked.next().expect("they come again and again");
            registry.resolve(key.scope(), pseudonym).expect("a readable vault")
        });
    });
    group.finish();
}

criterion_group!(benches, pseudonymise);
criterion_main!(benches);
