//! The `cci` command. All of it is in the library's `cli` room.

fn main() {}
