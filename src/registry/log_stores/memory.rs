//! The audit log in memory, in the most obvious way.

use std::ops::{ControlFlow, Deref};
use std::path::Path;

use serde_json::Value;

use crate::error::Result;
use crate::registry::Outcome;
use crate::registry::fault::broken_rule;
use crate::registry::log_store::{LogReading, LogStore, LogWriting, Questions, Written};
use crate::registry::memory::{Memory, PLACE, Working};
use crate::registry::merkle::{Frontier, Hash};

/// Everything that is kept.
#[derive(Clone, Default)]
pub(in crate::registry) struct Tables {
    entries: Vec<Written>,
    frontier: Frontier,
}

/// Returns one of an entry's details.
fn detail(entry: &Written, key: &str) -> Value {
    let details: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    details.get(key).cloned().unwrap_or_default()
}

impl LogStore for Memory<Box<Tables>> {
    fn snapshot(&self) -> Result<Box<dyn LogReading + '_>> {
        Ok(Box::new(Memory(&*self.0)))
    }

    fn begin(&mut self) -> Result<Box<dyn LogWriting + '_>> {
        Ok(Box::new(self.begin_writing()))
    }
}

impl<T: Deref<Target = Tables>> LogReading for Memory<T> {
    fn last(&self) -> Result<Option<Written>> {
        Ok(self.0.entries.last().cloned())
    }

    fn visit(&self, visit: &mut dyn FnMut(Written) -> ControlFlow<()>) -> Result<()> {
        let _ = self.0.entries.iter().cloned().try_for_each(visit);
        Ok(())
    }

    fn written_at(&self, seq: u64) -> Result<Option<i64>> {
        Ok(self.0.entries.iter().find(|entry| entry.seq == seq).map(|entry| entry.at))
    }

    fn hashes(&self, first: u64) -> Result<Vec<Hash>> {
        let among = self.0.entries.iter().filter(|entry| entry.seq <= first);
        Ok(among.map(|entry| entry.hash).collect())
    }

    fn frontier(&self) -> Result<Frontier> {
        Ok(self.0.frontier.clone())
    }

    fn vault_events(&self, last: u32) -> Result<Vec<u64>> {
        let named = self.0.entries.iter().rev().filter_map(|entry| detail(entry, "vault").as_u64());
        Ok(named.take(last as usize).collect())
    }

    fn names_request(&self, reference: &str) -> Result<bool> {
        Ok(self.0.entries.iter().any(|entry| {
            entry.outcome != Outcome::Refused.name() && detail(entry, "request") == reference
        }))
    }

    fn answered_for_nobody(&self, questions: &Questions<'_>) -> Result<u64> {
        let Questions { action, scope, since, last } = *questions;
        let asked = self.0.entries.iter().rev().filter(|entry| {
            entry.seq >= since
                && entry.action == action
                && entry.outcome == Outcome::Done.name()
                && detail(entry, "scope") == scope
        });
        let nobody = asked.take(last as usize).filter(|entry| detail(entry, "count") == 0);
        Ok(nobody.count() as u64)
    }
}

impl LogWriting for Memory<Working<'_, Tables>> {
    fn append(&mut self, entries: &[Written]) -> Result<()> {
        for entry in entries {
            if entry.seq != self.0.entries.len() as u64 + 1 {
                return Err(broken_rule(Path::new(PLACE)));
            }
            self.0.entries.push(entry.clone());
        }
        Ok(())
    }

    fn keep_frontier(&mut self, frontier: &Frontier) -> Result<()> {
        self.0.frontier = frontier.clone();
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep();
        Ok(())
    }
}
