//! Shipped texts with a few random mistakes, which parsers must answer and not die of.
//!
//! Also in the unit tests of the room that keeps its parser to itself.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Cases of the quick run of a target.
pub(crate) const QUICK: u32 = 300;
/// Seconds of a target's long run, unless `CCI_FUZZ_SECONDS` says otherwise.
const LONG: u64 = 600;

/// Runs a target on so many cases, always the same ones.
pub(crate) fn quickly<S: Strategy>(
    cases: u32,
    inputs: &S,
    target: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    run(0, cases, inputs, &target);
}

/// Runs a target until its time is up, and prints on how many cases.
pub(crate) fn at_length<S: Strategy>(
    name: &str,
    inputs: &S,
    target: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let asked = std::env::var("CCI_FUZZ_SECONDS").ok();
    let seconds = asked.map_or(LONG, |text| text.parse().expect("CCI_FUZZ_SECONDS is a number"));
    let start = std::time::Instant::now();
    let mut rounds = 0u64;
    while start.elapsed().as_secs() < seconds {
        rounds += 1;
        run(rounds, 1_000, inputs, &target);
    }
    println!("{name}: {} cases in {} s", rounds * 1_000, start.elapsed().as_secs());
}

fn run<S: Strategy>(
    seed: u64,
    cases: u32,
    inputs: &S,
    target: &impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    if let Err(failure) = TestRunner::new_with_rng(config, rng).run(inputs, target) {
        panic!("seed {seed}: {failure}");
    }
}

/// One mistake: what is done, where, how far, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    what: u8,
    at: prop::sample::Index,
    length: usize,
    with: &'static str,
}

/// Bits of settings that are wrong almost everywhere.
const BITS: [&str; 32] = [
    "[[",
    "]]",
    "[x]\n",
    "=",
    "\"",
    "'''",
    "\n",
    "\r",
    "\t",
    "#",
    "-1",
    "0",
    "1e999",
    "nan",
    "inf",
    "9223372036854775808",
    "true",
    "[]",
    "{}",
    "[[[[[[[[",
    "{a={a={a={",
    "1979-05-27",
    "\u{0}",
    "\u{202e}",
    "é",
    "..",
    "a.b.c = 1\n",
    "\\u0000",
    "\\",
    "x = \"\"\n",
    ",",
    "exact(",
];

/// Up to five mistakes.
pub(crate) fn mistakes() -> impl Strategy<Value = Vec<Mistake>> {
    let one = (0u8..7, any::<prop::sample::Index>(), 0usize..40, prop::sample::select(&BITS[..]));
    let one = one.prop_map(|(what, at, length, with)| Mistake { what, at, length, with });
    prop::collection::vec(one, 1..6)
}

/// Makes the mistakes in a text, one after another.
pub(crate) fn damaged(text: &str, mistakes: &[Mistake]) -> String {
    mistakes.iter().fold(text.to_string(), |text, mistake| one_mistake(&text, mistake))
}

fn one_mistake(text: &str, mistake: &Mistake) -> String {
    let characters: Vec<char> = text.chars().collect();
    let start = mistake.at.index(characters.len() + 1);
    let end = (start + mistake.length).min(characters.len());
    let before: String = characters[..start].iter().collect();
    let piece: String = characters[start..end].iter().collect();
    let after: String = characters[end..].iter().collect();
    let mut lines: Vec<&str> = text.lines().collect();
    let line = mistake.at.index(lines.len().max(1));
    match mistake.what {
        0 => before + &after,
        1 => before + mistake.with + &piece + &after,
        2 => before + mistake.with + &after,
        3 => before + &piece + &piece + &after,
        4 if !lines.is_empty() => {
            lines.remove(line);
            lines.join("\n")
        }
        5 if !lines.is_empty() => {
            let other = (line + mistake.length) % lines.len();
            lines.swap(line, other);
            lines.join("\n")
        }
        6 if !lines.is_empty() => {
            lines.insert(line, lines[(line + mistake.length) % lines.len()]);
            lines.join("\n")
        }
        _ => before,
    }
}
