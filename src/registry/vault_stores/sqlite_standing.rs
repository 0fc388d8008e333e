//! How things stand in the SQLite file, by handle, to be compared with what its events tell.

use std::ops::Deref;

use rusqlite::{Connection, Row};

use crate::error::Result;
use crate::registry::event::hex;
use crate::registry::projection::{Projection, pair};
use crate::registry::sqlite::{Place, Sqlite, number};
use crate::registry::{Handle, PersonState};

impl<C: Deref<Target = Connection>> Sqlite<C> {
    /// Reads the projection from the tables.
    pub(super) fn read_standing(&self) -> Result<Projection> {
        let handle = |row: &Row<'_>, place| {
            row.get::<_, [u8; Handle::LENGTH]>(place).map(|handle| hex(&handle)).at(&self.path)
        };
        let mut held = Projection::default();
        self.each("SELECT handle, state FROM person WHERE state <> 'provisional'", [], |row| {
            let state = PersonState::find(&self.text(row, 1)?);
            // A state that is none differs from everything that events can tell.
            held.states.insert(handle(row, 0)?, state.unwrap_or(PersonState::Provisional));
            Ok(())
        })?;
        self.each(
            "SELECT old.handle, new.handle FROM alias
             JOIN person AS old USING (person_id)
             JOIN person AS new ON new.person_id = current_id",
            [],
            |row| {
                held.current.insert(handle(row, 0)?, handle(row, 1)?);
                Ok(())
            },
        )?;
        self.each(
            "SELECT a.handle, b.handle FROM do_not_link
             JOIN person AS a ON a.person_id = a_id JOIN person AS b ON b.person_id = b_id",
            [],
            |row| {
                held.apart.insert(pair(handle(row, 0)?, handle(row, 1)?));
                Ok(())
            },
        )?;
        self.each(
            "SELECT handle, agency, purpose FROM objection
             JOIN person USING (person_id) JOIN scope USING (scope_id)",
            [],
            |row| {
                let scope = [self.text(row, 1)?, self.text(row, 2)?];
                let [agency, purpose] = scope;
                held.objections.insert([handle(row, 0)?, agency, purpose]);
                Ok(())
            },
        )?;
        self.each(
            "SELECT agency, purpose, epoch, state, fingerprint
             FROM key_epoch JOIN scope USING (scope_id)",
            [],
            |row| {
                let epoch = number(row, 2).at(&self.path)?;
                let fingerprint = hex(&row.get::<_, [u8; 8]>(4).at(&self.path)?);
                let key = (self.text(row, 0)?, self.text(row, 1)?, epoch);
                held.epochs.insert(key, [self.text(row, 3)?, fingerprint]);
                Ok(())
            },
        )?;
        Ok(held)
    }
}
