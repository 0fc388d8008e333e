//! Helpers that several tests share.

use std::fs;
use std::path::Path;

/// Compares an output with the golden file of that name under `tests/golden`.
///
/// With `UPDATE_GOLDEN=1` it writes the file instead: read the difference before you commit it.
pub(crate) fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        let folder = path.parent().expect("a golden file stands in a folder");
        fs::create_dir_all(folder).expect("the folder of golden files can be made");
        fs::write(&path, actual).expect("the golden file can be written");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    if golden == actual {
        return;
    }
    let line = golden.lines().zip(actual.lines()).position(|(old, new)| old != new);
    let place = line.unwrap_or_else(|| golden.lines().count().min(actual.lines().count()));
    panic!(
        "{name} differs from line {}\n  golden: {}\n  actual: {}\nto accept, run with UPDATE_GOLDEN=1 and read the difference",
        place + 1,
        golden.lines().nth(place).unwrap_or("(end)"),
        actual.lines().nth(place).unwrap_or("(end)")
    );
}
