//! Issuing: minting persons, and giving them pseudonyms in bulk.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Statement, params};
use zeroize::Zeroizing;

use super::event::Event;
use super::fault::{Place, fault};
use super::lifecycle::Seen;
use super::{Handle, PersonState, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, PersonKey, Pseudonym, PseudonymKey};

/// Pseudonyms issued to some persons in one scope and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Pseudonyms in the order of the handles asked for; `None` for those that are withheld.
    pub pseudonyms: Vec<Option<Pseudonym>>,
    /// State of each of these persons; `None` for those that are withheld.
    pub states: Vec<Option<PersonState>>,
    /// How many are withheld: sealed, invalidated or erased persons, and those who object.
    pub withheld: u64,
    /// How many of them the registry held already.
    pub held: u64,
    /// How often a pseudonym was another person's and the counter had to go up.
    pub clashes: u64,
}

/// Scope, epoch and person, which have one pseudonym together.
type Seat = (i64, Epoch, i64);

/// Persons whose random bytes are fetched at a time.
const BATCH: usize = 256;

/// Random bytes of one person: the key, then the handle.
const BYTES_OF_PERSON: usize = PersonKey::LENGTH + Handle::LENGTH;

impl Run<'_> {
    /// Mints a person key and a handle for each entity; returns the handles in entity order.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had; `BadStore` if the registry cannot be written.
    pub fn mint(&mut self, entities: u32) -> Result<Vec<Handle>> {
        self.step(|run| run.try_mint(entities))
    }

    /// Mints a person key for each handle that is not known yet; returns how many were minted.
    ///
    /// The handles are the linkage custodian's, who made them at random.
    ///
    /// # Errors
    /// As [`Run::mint`].
    pub fn admit(&mut self, handles: &[Handle]) -> Result<u32> {
        self.step(|run| run.try_admit(handles))
    }

    /// Issues the pseudonyms of some persons under an active key.
    ///
    /// A person who has one in the scope and epoch keeps it; one who was merged into another gets
    /// the other's. If the value is another person's
    /// already, the counter goes up until it is free.
    ///
    /// # Errors
    /// `BadKey` if the key is not the active one of its scope; `BadStore` if a handle is unknown
    /// or the registry cannot be written.
    pub fn issue(&mut self, key: &PseudonymKey, persons: &[Handle]) -> Result<Issued> {
        self.step(|run| run.try_issue(key, persons))
    }

    pub(super) fn try_mint(&mut self, entities: u32) -> Result<Vec<Handle>> {
        let mut handles = Vec::with_capacity(entities as usize);
        let mut random = Zeroizing::new([0; BATCH * BYTES_OF_PERSON]);
        let mut statement = self
            .transaction
            .prepare_cached(
                "INSERT INTO person (person_key, handle, state, minted_in)
                 VALUES (?1, ?2, 'provisional', ?3)",
            )
            .at(self.path)?;
        while handles.len() < entities as usize {
            let batch = BATCH.min(entities as usize - handles.len());
            let random = &mut random[..batch * BYTES_OF_PERSON];
            self.random.fill(random)?;
            for bytes in random.as_chunks::<BYTES_OF_PERSON>().0 {
                let (key, handle) = bytes.split_at(PersonKey::LENGTH);
                statement.execute(params![key, handle, self.id]).at(self.path)?;
                let handle = *handle.first_chunk().expect("16 bytes follow the key");
                handles.push(Handle::from_bytes(handle));
            }
        }
        drop(statement);
        self.record(&Event::PersonsMinted { count: entities })?;
        Ok(handles)
    }

    fn try_admit(&mut self, handles: &[Handle]) -> Result<u32> {
        let mut random = Zeroizing::new([0; PersonKey::LENGTH]);
        let mut statement = self
            .transaction
            .prepare_cached(
                "INSERT INTO person (person_key, handle, state, minted_in)
                 VALUES (?1, ?2, 'provisional', ?3) ON CONFLICT (handle) DO NOTHING",
            )
            .at(self.path)?;
        let mut count = 0;
        for handle in handles {
            self.random.fill(&mut *random)?;
            let values = params![*random, handle.bytes(), self.id];
            count += statement.execute(values).at(self.path)? as u32;
        }
        drop(statement);
        self.record(&Event::PersonsMinted { count })?;
        Ok(count)
    }

    pub(super) fn try_issue(&mut self, key: &PseudonymKey, persons: &[Handle]) -> Result<Issued> {
        let scope_id = match self.epoch_of(key)? {
            Some((scope_id, EpochState::Active)) => scope_id,
            Some((_, state)) => {
                return Err(self.refuse_epoch(key.scope(), key.epoch(), state, "active"));
            }
            None => return Err(self.unknown(key.scope(), key.epoch())),
        };
        let mut issued = Issued {
            pseudonyms: Vec::with_capacity(persons.len()),
            states: Vec::with_capacity(persons.len()),
            withheld: 0,
            held: 0,
            clashes: 0,
        };
        let objectors = self.objectors(scope_id)?;
        let mut lookup = self
            .transaction
            .prepare("SELECT person_id, person_key, state FROM person WHERE handle = ?1")
            .at(self.path)?;
        let mut insert = self
            .transaction
            .prepare(
                "INSERT INTO pseudonym (scope_id, epoch, value, person_id, counter)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )
            .at(self.path)?;
        for handle in persons {
            let answered = self.answered(&mut lookup, handle, &objectors)?;
            issued.states.push(answered.as_ref().map(|(.., state)| *state));
            let Some((person_id, person, _)) = answered else {
                issued.withheld += 1;
                issued.pseudonyms.push(None);
                continue;
            };
            let seat = (scope_id, key.epoch(), person_id);
            let mut counter = 0;
            let pseudonym = loop {
                let pseudonym = key.pseudonym(&person, counter);
                if self.insert(&mut insert, seat, &pseudonym, counter)? {
                    break pseudonym;
                }
                if let Some(held) = self.held(seat)? {
                    issued.held += 1;
                    break held;
                }
                issued.clashes += 1;
                counter = counter.checked_add(1).ok_or_else(|| {
                    Error::new(ErrorKind::Bug, "no counter gives a free pseudonym")
                        .help("report it: the key is not doing its work")
                })?;
            };
            issued.pseudonyms.push(Some(pseudonym));
        }
        drop((lookup, insert));
        let event = Event::PseudonymsIssued {
            agency: key.scope().agency(),
            clashes: issued.clashes,
            epoch: key.epoch().number(),
            held: issued.held,
            issued: persons.len() as u64 - issued.held - issued.withheld,
            purpose: key.scope().purpose(),
            withheld: issued.withheld,
        };
        self.record(&event)?;
        Ok(issued)
    }

    /// Returns place, key and state of the person whom a handle leads to, unless it is not answered for.
    fn answered(
        &self,
        lookup: &mut Statement,
        handle: &Handle,
        objectors: &BTreeSet<i64>,
    ) -> Result<Option<(i64, PersonKey, PersonState)>> {
        let (mut id, mut key, mut state) = self.person(lookup, handle)?;
        if state == PersonState::Superseded {
            let current = self.current_of(Seen { id, state, handle: *handle })?;
            (id, key, state) = self.person(lookup, &current.handle)?;
        }
        Ok((state.is_answered() && !objectors.contains(&id)).then_some((id, key, state)))
    }

    /// Returns place, key and state of a handle.
    fn person(
        &self,
        lookup: &mut Statement,
        handle: &Handle,
    ) -> Result<(i64, PersonKey, PersonState)> {
        let found = lookup
            .query_row([handle.bytes()], |row| {
                let state = PersonState::find(row.get_ref(2)?.as_str()?);
                Ok((row.get(0)?, PersonKey::from_bytes(row.get(1)?), state))
            })
            .optional()
            .at(self.path)?;
        let (id, key, state) = found.ok_or_else(|| self.unknown_handle())?;
        let state = state.ok_or_else(|| {
            fault(self.path, "it holds an unknown state of a person", "update cci")
        })?;
        Ok((id, key, state))
    }

    /// Returns who objects to a scope: few, and asked for each person who is issued.
    fn objectors(&self, scope_id: i64) -> Result<BTreeSet<i64>> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT person_id FROM objection WHERE scope_id = ?1")
            .at(self.path)?;
        let rows = statement.query_map([scope_id], |row| row.get(0)).at(self.path)?;
        rows.collect::<rusqlite::Result<_>>().at(self.path)
    }

    /// Inserts a pseudonym, unless its person has one or it is another person's.
    fn insert(
        &self,
        insert: &mut Statement,
        (scope_id, epoch, person_id): Seat,
        pseudonym: &Pseudonym,
        counter: u32,
    ) -> Result<bool> {
        let row = params![scope_id, epoch.number(), pseudonym.value(), person_id, counter];
        insert.execute(row).at(self.path).map(|rows| rows == 1)
    }

    /// Returns the pseudonym that a person has already, if any.
    fn held(&self, (scope_id, epoch, person_id): Seat) -> Result<Option<Pseudonym>> {
        self.transaction
            .prepare_cached(
                "SELECT value FROM pseudonym
                 WHERE scope_id = ?1 AND epoch = ?2 AND person_id = ?3",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![scope_id, epoch.number(), person_id], |row| row.get(0))
                    .optional()
            })
            .at(self.path)
            .map(|held| held.map(|value| Pseudonym::from_parts(epoch, value)))
    }
}
