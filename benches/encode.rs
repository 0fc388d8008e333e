//! Encoding: plain filters of health records by the shipped schema, and codes of each profile.

mod world;

use cci::encode::{ClkhashSchema, Diffusion, Encoder, Filter, Folds, PROFILES};
use cci::identifier::ExchangeSecret;
use cci::record::Agency;
use cci::schema::read_table;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SCHEMA: &str = include_str!("../schemas/encoding/health.json");
/// Filters that are diffused: one by one the slowest profile is far from fast.
const DIFFUSED: usize = 500;

fn encode(criterion: &mut Criterion) {
    let folder = world::files();
    let table = read_table(&world::file(&folder, Agency::Health)).expect("a generated file");
    let (schema, _) = ClkhashSchema::parse(SCHEMA, "health.json", Folds::Refused).expect("sound");
    let columns: Vec<usize> =
        schema.attribute_names().map(|name| table.column(name).expect("a column")).collect();
    let record = |row| columns.iter().map(|&column| table.cell(row, column)).collect();
    let records: Vec<Vec<&str>> = (0..table.rows()).map(record).collect();
    let secret = ExchangeSecret::from_bytes(b"one secret for all").expect("it is not empty");
    let encoder = Encoder::new(&schema, &secret).expect("keys for five attributes");

    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("plain", |bencher| {
        // Cold: places of tokens are hashed anew each time.
        bencher.iter(|| {
            let mut encoding = encoder.start();
            let encode = |record: &Vec<&str>| encoding.encode(record).expect("sound").count();
            records.iter().map(encode).sum::<u32>()
        });
    });
    let mut encoding = encoder.start();
    let some = records.iter().take(DIFFUSED);
    let filters: Vec<Filter> = some.map(|record| encoding.encode(record).expect("sound")).collect();
    group.throughput(Throughput::Elements(filters.len() as u64));
    group.sample_size(10);
    for profile in PROFILES {
        let Some(shape) = profile.shape(schema.length()) else { continue };
        let key = secret.diffusion_key(schema.salt(), b"", profile.name);
        let diffusion = Diffusion::new(shape, schema.length(), key).expect("windows fit");
        group.bench_function(profile.name, |bencher| {
            bencher.iter(|| diffusion.apply(&filters).iter().map(Filter::count).sum::<u32>());
        });
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
