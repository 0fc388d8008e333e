//! Normalising one cell, by kind.

use cci::normalise::{CellRules, NORMALISERS};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// One plain and one difficult cell of each kind.
const CELLS: &[(&str, [&str; 2])] = &[
    ("given_name", ["Amelia", "Zoë-Máire"]),
    ("family_name", ["Smith", "O’Súilleabháin-Łukasz"]),
    ("date", ["2011-03-04", "2011-13-40"]),
    ("sex", ["F", "unknown"]),
    ("postcode", ["AB1 2CD", " ab12cd "]),
    ("nhs_number", ["9990000018", "999 000 0018"]),
    ("upn", ["P207000016049", "p207000016049 "]),
    ("number", ["AB-123/4", "  77 "]),
    ("address", ["14 Ashgrove Road", "Flat 3, 14 Ashgrove Rd."]),
    ("email", ["a.b@example.org", " A.B@Example.ORG "]),
    ("category", ["White", " other "]),
    ("text", ["Some Town", "Ystalyfera – Ynysmôn"]),
];

fn normalise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalise");
    for normaliser in NORMALISERS {
        let cells = CELLS.iter().find(|(name, _)| *name == normaliser.name());
        let Some((name, cells)) = cells else { continue };
        group.throughput(Throughput::Elements(cells.len() as u64));
        group.bench_function(*name, |bencher| {
            let rules = CellRules::default();
            let mut output = String::new();
            bencher.iter(|| {
                for cell in cells {
                    normaliser.normalise(std::hint::black_box(cell), &rules, &mut output);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, normalise);
criterion_main!(benches);
