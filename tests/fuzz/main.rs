//! Random and damaged inputs for everything that reads a stranger's bytes.
//!
//! Each target runs quickly with the suite, on the same cases each time. At length:
//!
//! ```text
//! CCI_FUZZ_SECONDS=600 cargo test --release --test fuzz -- --ignored --test-threads 1 --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may panic")]

mod codes;
mod columnar;
mod linkage_schemas;
mod mutation;
mod names;
#[path = "../police_file/mod.rs"]
mod police_file;
mod scanner;
mod schemas;
