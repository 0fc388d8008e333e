//! Calls of libraries that may panic on bytes that nobody foresaw.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CALLING: Cell<bool> = const { Cell::new(false) };
}

/// Calls a library; returns nothing if it panics.
pub(super) fn caught<T>(call: impl FnOnce() -> T) -> Option<T> {
    let before = CALLING.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(call));
    CALLING.set(before);
    outcome.ok()
}

/// Says whether a panic of this thread becomes an error about the file that it reads, so that
/// nobody need be told of the panic itself.
pub fn panic_is_caught() -> bool {
    CALLING.get()
}
