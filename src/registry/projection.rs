//! How things stand, made again from the events and compared with the tables.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;
use serde_json::Value;

use super::event::hex;
use super::fault::{Place, fault};
use super::{PersonState, Registry};
use crate::error::{Error, Result};

/// What a check of the whole registry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Events read.
    pub events: u64,
    /// Persons there are.
    pub persons: u64,
    /// What is not as it should be, in words without anybody's identifier; empty if all is well.
    pub differences: Vec<String>,
}

/// How things stand: what the tables hold and what the events say.
///
/// Persons go by the hexadecimal form of their handles. A person of whom no event speaks is
/// provisional.
#[derive(Debug, Default, PartialEq, Eq)]
struct Projection {
    states: BTreeMap<String, PersonState>,
    current: BTreeMap<String, String>,
    apart: BTreeSet<[String; 2]>,
    objections: BTreeSet<[String; 3]>,
    epochs: BTreeMap<(String, String, u64), [String; 2]>,
}

/// A merge as the events tell it.
struct Merge {
    loser: String,
    survivor: String,
    state_before: PersonState,
}

/// Events read one after another.
#[derive(Default)]
struct Replay {
    stands: Projection,
    in_force: BTreeMap<u64, Merge>,
}

impl Registry {
    /// Checks the file, its references, and that the tables are what the events make of them.
    ///
    /// # Errors
    /// `BadStore` if the registry cannot be read, or holds an event that this version does not
    /// know.
    pub fn verify(&self) -> Result<Verified> {
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let mut differences = Vec::new();
        let sound: String =
            snapshot.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).at(&self.path)?;
        if sound != "ok" {
            differences.push("pages of the file are damaged".into());
        }
        let loose: i64 = snapshot
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
            .at(&self.path)?;
        if loose > 0 {
            differences.push(format!("{loose} rows refer to rows that are not there"));
        }
        let (told, events) = self.replay()?;
        let held = self.held()?;
        for (what, same) in [
            ("states of persons", told.states == held.states),
            ("merges of persons", told.current == held.current),
            ("persons to be kept apart", told.apart == held.apart),
            ("objections", told.objections == held.objections),
            ("states of epochs", told.epochs == held.epochs),
        ] {
            if !same {
                differences.push(format!("the {what} are not those that the events tell"));
            }
        }
        let persons: i64 = snapshot
            .query_row("SELECT count(*) FROM person", [], |row| row.get(0))
            .at(&self.path)?;
        Ok(Verified { events, persons: persons.unsigned_abs(), differences })
    }

    /// Makes the projection from the events, in their order.
    fn replay(&self) -> Result<(Projection, u64)> {
        let mut statement = self
            .connection
            .prepare("SELECT seq, type, payload FROM event ORDER BY seq")
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        let (mut replay, mut count) = (Replay::default(), 0);
        while let Some(row) = rows.next().at(&self.path)? {
            let seq = row.get::<_, i64>(0).at(&self.path)?.unsigned_abs();
            let name: String = row.get(1).at(&self.path)?;
            let payload: Value = serde_json::from_slice(
                row.get_ref(2).and_then(|v| Ok(v.as_bytes()?)).at(&self.path)?,
            )
            .map_err(|_| self.unreadable_event(seq))?;
            replay.apply(seq, &name, &payload).ok_or_else(|| self.unreadable_event(seq))?;
            count += 1;
        }
        Ok((replay.finish(), count))
    }

    /// Reads the projection from the tables.
    fn held(&self) -> Result<Projection> {
        let handle = |row: &Row<'_>, place| row.get::<_, [u8; 16]>(place).map(|h| hex(&h));
        let text = |row: &Row<'_>, place| row.get::<_, String>(place);
        let mut held = Projection::default();
        self.each("SELECT handle, state FROM person WHERE state <> 'provisional'", |row| {
            let state = PersonState::find(&text(row, 1)?);
            // A state that is none differs from everything that events can tell.
            held.states.insert(handle(row, 0)?, state.unwrap_or(PersonState::Provisional));
            Ok(())
        })?;
        self.each(
            "SELECT old.handle, new.handle FROM alias
             JOIN person AS old USING (person_id)
             JOIN person AS new ON new.person_id = current_id",
            |row| {
                held.current.insert(handle(row, 0)?, handle(row, 1)?);
                Ok(())
            },
        )?;
        self.each(
            "SELECT a.handle, b.handle FROM do_not_link
             JOIN person AS a ON a.person_id = a_id JOIN person AS b ON b.person_id = b_id",
            |row| {
                held.apart.insert(pair(handle(row, 0)?, handle(row, 1)?));
                Ok(())
            },
        )?;
        self.each(
            "SELECT handle, agency, purpose FROM objection
             JOIN person USING (person_id) JOIN scope USING (scope_id)",
            |row| {
                held.objections.insert([handle(row, 0)?, text(row, 1)?, text(row, 2)?]);
                Ok(())
            },
        )?;
        self.each(
            "SELECT agency, purpose, epoch, state, fingerprint
             FROM key_epoch JOIN scope USING (scope_id)",
            |row| {
                let epoch = row.get::<_, i64>(2)?.unsigned_abs();
                let fingerprint = hex(&row.get::<_, [u8; 8]>(4)?);
                let key = (text(row, 0)?, text(row, 1)?, epoch);
                held.epochs.insert(key, [text(row, 3)?, fingerprint]);
                Ok(())
            },
        )?;
        Ok(held)
    }

    fn each(
        &self,
        sql: &str,
        mut visit: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare(sql).at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            visit(row).at(&self.path)?;
        }
        Ok(())
    }

    fn unreadable_event(&self, seq: u64) -> Error {
        fault(
            &self.path,
            &format!("event {seq} is not one that this version knows"),
            "update cci to the version that wrote the registry, or restore it from its backup",
        )
    }
}

impl Replay {
    /// Applies one event; `None` if it is not one that can follow what was before.
    fn apply(&mut self, seq: u64, name: &str, payload: &Value) -> Option<()> {
        let text = |key: &str| payload.get(key)?.as_str().map(String::from);
        let stands = &mut self.stands;
        match name {
            "run_begun" | "persons_minted" | "pseudonyms_issued" => {}
            "epoch_planned" | "epoch_activated" => {
                let state = if name == "epoch_planned" { "pending" } else { "active" };
                let epoch = (text("agency")?, text("purpose")?, payload.get("epoch")?.as_u64()?);
                stands.epochs.insert(epoch, [state.into(), text("fingerprint")?]);
            }
            "epoch_moved" => {
                let epoch = (text("agency")?, text("purpose")?, payload.get("epoch")?.as_u64()?);
                stands.epochs.get_mut(&epoch)?[0] = text("state")?;
            }
            "person_moved" => {
                self.move_person(text("handle")?, PersonState::find(&text("state")?)?)
            }
            "persons_merged" => {
                let (loser, survivor) = (text("loser")?, text("survivor")?);
                let state_before = stands.state(&loser);
                stands.set_state(loser.clone(), PersonState::Superseded);
                self.in_force.insert(seq, Merge { loser, survivor, state_before });
            }
            "persons_unmerged" => {
                let merge = self.in_force.remove(&payload.get("merge")?.as_u64()?)?;
                stands.set_state(merge.loser.clone(), merge.state_before);
                stands.apart.insert(pair(merge.loser, merge.survivor));
            }
            "person_split" => {
                stands.apart.insert(pair(text("from")?, text("into")?));
            }
            "objected" => {
                let objection = [text("handle")?, text("agency")?, text("purpose")?];
                stands.objections.insert(objection);
            }
            "objection_withdrawn" => {
                let objection = [text("handle")?, text("agency")?, text("purpose")?];
                stands.objections.remove(&objection);
            }
            _ => return None,
        }
        Some(())
    }

    /// Moves a person; erasing takes those along who were merged into it.
    fn move_person(&mut self, handle: String, state: PersonState) {
        if state == PersonState::Erased {
            let mut family = vec![handle.clone()];
            let mut next = 0;
            while let Some(of) = family.get(next).cloned() {
                let below = self.in_force.values().filter(|merge| merge.survivor == of);
                family.extend(below.map(|merge| merge.loser.clone()));
                next += 1;
            }
            for member in family {
                self.stands.objections.retain(|[who, ..]| *who != member);
                self.in_force.retain(|_, merge| merge.loser != member);
                self.stands.set_state(member, PersonState::Erased);
            }
        }
        self.stands.set_state(handle, state);
    }

    /// Follows every merge in force to its end.
    fn finish(mut self) -> Projection {
        let into: BTreeMap<&str, &str> =
            self.in_force.values().map(|m| (m.loser.as_str(), m.survivor.as_str())).collect();
        for &loser in into.keys() {
            let mut end = loser;
            while let Some(next) = into.get(end) {
                end = next;
            }
            self.stands.current.insert(loser.into(), end.into());
        }
        self.stands
    }
}

impl Projection {
    fn state(&self, handle: &str) -> PersonState {
        self.states.get(handle).copied().unwrap_or(PersonState::Provisional)
    }

    fn set_state(&mut self, handle: String, state: PersonState) {
        if state == PersonState::Provisional {
            self.states.remove(&handle);
        } else {
            self.states.insert(handle, state);
        }
    }
}

fn pair(a: String, b: String) -> [String; 2] {
    if a < b { [a, b] } else { [b, a] }
}
