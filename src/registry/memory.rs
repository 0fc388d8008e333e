//! What is kept in memory alone: the obvious way, for tests and for measuring without a disk.
//!
//! A writer works on a copy, which takes the place of what is kept when it is committed.

use std::ops::{Deref, DerefMut};

/// What the memory is called where a file would be named.
pub(super) const PLACE: &str = "memory";

/// Kept in memory: `T` leads to the tables.
pub(super) struct Memory<T>(pub(super) T);

/// Copy on which a writer works, and where it goes in the end.
pub(super) struct Working<'a, T> {
    copy: T,
    kept: &'a mut T,
}

impl<T: Default> Memory<Box<T>> {
    /// Makes empty tables.
    pub(super) fn empty() -> Self {
        Memory(Box::default())
    }
}

impl<T: Clone> Memory<Box<T>> {
    /// Begins to write, on a copy.
    pub(super) fn begin_writing(&mut self) -> Memory<Working<'_, T>> {
        Memory(Working { copy: (*self.0).clone(), kept: &mut self.0 })
    }
}

impl<T> Memory<Working<'_, T>> {
    /// Keeps what was written.
    pub(super) fn keep(self) {
        let Working { copy, kept } = self.0;
        *kept = copy;
    }
}

impl<T> Deref for Working<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.copy
    }
}

impl<T> DerefMut for Working<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.copy
    }
}
