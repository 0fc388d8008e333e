//! Issuing: minting persons, and giving them pseudonyms in bulk.

use zeroize::Zeroizing;

use super::event::Event;
use super::vault_store::{Candidate, KnownHandle, Person, ScopeId, Seating, Seen};
use super::{Handle, PersonState, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, PersonKey, Pseudonym, PseudonymKey, Scope};

/// Pseudonyms issued to some persons in one scope and epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Persons that are minted at a time.
const BATCH: usize = 4_096;

/// Persons that are admitted or issued at a time, sorted together: enough that every page of a
/// large index is met once for several of them.
const SORTED_TOGETHER: usize = 65_536;

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
        let mut random = Zeroizing::new(vec![0; BATCH * BYTES_OF_PERSON]);
        while handles.len() < entities as usize {
            let batch = BATCH.min(entities as usize - handles.len());
            let random = &mut random[..batch * BYTES_OF_PERSON];
            self.random.fill(random)?;
            let persons: Vec<(PersonKey, Handle)> = random
                .as_chunks::<BYTES_OF_PERSON>()
                .0
                .iter()
                .map(|bytes| {
                    let (key, handle) = bytes.split_first_chunk().expect("32 bytes are two keys");
                    let handle = *handle.first_chunk().expect("16 bytes follow the key");
                    (PersonKey::from_bytes(*key), Handle::from_bytes(handle))
                })
                .collect();
            self.vault.add_persons(self.id, &persons, KnownHandle::Refused)?;
            handles.extend(persons.iter().map(|(_, handle)| *handle));
        }
        self.record(&Event::PersonsMinted { count: entities })?;
        Ok(handles)
    }

    fn try_admit(&mut self, handles: &[Handle]) -> Result<u32> {
        let mut count = 0;
        for batch in handles.chunks(SORTED_TOGETHER) {
            let mut batch = batch.to_vec();
            batch.sort_unstable();
            let mut random = Zeroizing::new(vec![0; batch.len() * PersonKey::LENGTH]);
            self.random.fill(&mut random)?;
            let keys = random.as_chunks().0.iter().copied().map(PersonKey::from_bytes);
            let persons: Vec<(PersonKey, Handle)> = keys.zip(batch).collect();
            count += self.vault.add_persons(self.id, &persons, KnownHandle::Kept)?;
        }
        self.record(&Event::PersonsMinted { count })?;
        Ok(count)
    }

    fn try_issue(&mut self, key: &PseudonymKey, handles: &[Handle]) -> Result<Issued> {
        // An epoch that does not issue is refused before anybody is looked for.
        self.place_to_issue(key)?;
        let mut persons = Vec::with_capacity(handles.len());
        for batch in handles.chunks(SORTED_TOGETHER) {
            persons.extend(self.persons_of(batch)?);
        }
        let persons = self.withhold(persons, key.scope())?;
        self.issue_to(key, &persons)
    }

    /// Issues the pseudonyms of persons under an active key; `None` is withheld.
    pub(super) fn issue_to(
        &mut self,
        key: &PseudonymKey,
        persons: &[Option<Person>],
    ) -> Result<Issued> {
        let scope = self.place_to_issue(key)?;
        let derive = |person: &PersonKey, counter| key.pseudonym(person, counter);
        let mut issued = Issued::default();
        for batch in persons.chunks(SORTED_TOGETHER) {
            self.issue_batch((scope, key.epoch()), batch, &derive, &mut issued)?;
        }
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

    /// Returns the place of a key's scope, if the key is the one that issues there.
    fn place_to_issue(&self, key: &PseudonymKey) -> Result<ScopeId> {
        match self.epoch_of(key)? {
            Some((scope, EpochState::Active)) => Ok(scope),
            Some((_, state)) => Err(self.refuse_epoch(key.scope(), key.epoch(), state, "active")),
            None => Err(self.unknown(key.scope(), key.epoch())),
        }
    }

    /// Leaves out who is not answered for in a scope.
    pub(super) fn withhold(
        &self,
        persons: Vec<Person>,
        scope: &Scope,
    ) -> Result<Vec<Option<Person>>> {
        let place = self.vault.scope(scope)?;
        let objectors = place.map(|place| self.vault.objectors(place)).transpose()?;
        let objects = |id| objectors.as_ref().is_some_and(|objectors| objectors.contains(&id));
        let may = |person: &Person| person.state.is_answered() && !objects(person.id);
        Ok(persons.into_iter().map(|person| Some(person).filter(may)).collect())
    }

    /// Gives some persons their pseudonyms; where one is another person's, the counter goes up.
    fn issue_batch(
        &mut self,
        (scope, epoch): (ScopeId, Epoch),
        persons: &[Option<Person>],
        derive: &dyn Fn(&PersonKey, u32) -> Pseudonym,
        issued: &mut Issued,
    ) -> Result<()> {
        let begin = issued.pseudonyms.len();
        issued.states.extend(persons.iter().map(|person| person.as_ref().map(|of| of.state)));
        issued.pseudonyms.resize(begin + persons.len(), None);
        issued.withheld += persons.iter().filter(|person| person.is_none()).count() as u64;
        // Places in the batch whose persons have no pseudonym yet.
        let mut open: Vec<usize> =
            (0..persons.len()).filter(|place| persons[*place].is_some()).collect();
        let mut counter = 0;
        while !open.is_empty() {
            let candidate = |&place: &usize| {
                let person = persons[place].as_ref().expect("open places are of persons");
                let pseudonym = derive(&person.key, counter);
                (place, Candidate { person: person.id, pseudonym, counter })
            };
            // In the order of the values, which is random, and the quickest to write.
            let mut candidates: Vec<(usize, Candidate)> = open.iter().map(candidate).collect();
            candidates.sort_by_key(|(_, candidate)| candidate.pseudonym);
            let (places, candidates): (Vec<usize>, Vec<Candidate>) = candidates.into_iter().unzip();
            let seatings = self.vault.add_pseudonyms(scope, epoch, &candidates)?;
            let mut taken = Vec::new();
            for ((place, candidate), seating) in places.into_iter().zip(candidates).zip(seatings) {
                let pseudonym = match seating {
                    Seating::Seated => candidate.pseudonym,
                    Seating::Held(held) => {
                        issued.held += 1;
                        held
                    }
                    Seating::Taken => {
                        taken.push(place);
                        continue;
                    }
                };
                issued.pseudonyms[begin + place] = Some(pseudonym);
            }
            issued.clashes += taken.len() as u64;
            open = taken;
            counter = counter.checked_add(1).ok_or_else(|| {
                Error::new(ErrorKind::Bug, "no counter gives a free pseudonym")
                    .help("report it: the key is not doing its work")
            })?;
        }
        Ok(())
    }

    /// Returns the persons whom handles lead to: themselves, or whom they were merged into.
    fn persons_of(&self, handles: &[Handle]) -> Result<Vec<Person>> {
        let found = self.vault.persons(handles)?;
        let person = |(handle, found): (&Handle, Option<Person>)| {
            let person = found.ok_or_else(|| self.unknown_handle())?;
            if person.state != PersonState::Superseded {
                return Ok(person);
            }
            let seen = Seen { id: person.id, state: person.state, handle: *handle };
            let current = self.current_of(seen)?.handle;
            self.vault.persons(&[current])?.pop().flatten().ok_or_else(|| self.unknown_handle())
        };
        handles.iter().zip(found).map(person).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::identifier::{EpochSecret, OsRandom, RootKey};
    use crate::registry::Registry;

    const PERSONS: u32 = 5_000;

    /// With 16 bits instead of 80 the values of 5,000 persons meet some 190 times.
    #[test]
    fn b29_with_values_of_16_bits_counters_go_up_and_no_value_is_issued_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = Registry::create(&folder.path().join("vault.sqlite")).unwrap();
        for mut registry in [file, Registry::in_memory()] {
            let root = RootKey::generate(&mut OsRandom).unwrap();
            let secret = EpochSecret::generate(&mut OsRandom).unwrap();
            let scope = Scope::new("health", "direct_care").unwrap();
            let key = PseudonymKey::derive(&root, &scope, Epoch::FIRST, &secret);
            let truncated = |person: &PersonKey, counter| {
                let value = key.pseudonym(person, counter);
                let mut short = [0; Pseudonym::LENGTH];
                short[..2].copy_from_slice(&value.value()[..2]);
                Pseudonym::from_parts(Epoch::FIRST, short)
            };
            let mut run = registry.begin_change("test").unwrap();
            run.activate(&key).unwrap();
            let handles = run.mint(PERSONS).unwrap();
            let place = run.epoch_of(&key).unwrap().unwrap().0;
            let mut issued = Issued::default();
            for batch in handles.chunks(1_000) {
                let persons = run.persons_of(batch).unwrap();
                let persons = run.withhold(persons, &scope).unwrap();
                run.issue_batch((place, Epoch::FIRST), &persons, &truncated, &mut issued).unwrap();
            }
            run.commit().unwrap();
            // 5,000²/2/65,536 = 191 at first and some again: 100 off is seven standard deviations.
            assert!((100..=300).contains(&issued.clashes), "{} clashes", issued.clashes);
            let by_value: BTreeMap<Pseudonym, Handle> =
                issued.pseudonyms.iter().flatten().copied().zip(handles).collect();
            assert_eq!((by_value.len(), issued.held), (PERSONS as usize, 0));
            for (pseudonym, handle) in by_value {
                let resolved = registry.resolve(&scope, &pseudonym).unwrap().unwrap();
                assert_eq!(resolved.handle, handle);
            }
            assert_eq!(registry.verify().unwrap().differences, Vec::<String>::new());
        }
    }
}
