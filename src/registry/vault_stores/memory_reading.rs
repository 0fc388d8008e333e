//! Reading the vault from memory.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::memory::{PersonRow, Tables};
use crate::error::Result;
use crate::identifier::{Epoch, EpochState, Pseudonym, Scope};
use crate::registry::event::hex;
use crate::registry::memory::Memory;
use crate::registry::projection::{Projection, pair};
use crate::registry::vault_store::{
    Crossed, EventNumber, EventRow, LastEvent, Listed, Merge, Nearest, Person, PersonId, ScopeId,
    Seen, Totals, VaultReading,
};
use crate::registry::{Handle, KnownEpoch, PersonState, ScopeCount};

impl Tables {
    fn scope_at(&self, place: ScopeId) -> &Scope {
        &self.scopes[place as usize - 1]
    }

    fn place_of(&self, scope: &Scope) -> Option<ScopeId> {
        self.scopes.iter().position(|known| known == scope).map(|place| place as ScopeId + 1)
    }

    fn person(&self, id: PersonId) -> Person {
        let row = self.row(id);
        Person { id, key: row.key.clone(), state: row.state }
    }

    /// Lists the persons that there are, with their places.
    fn each_person(&self) -> impl Iterator<Item = (PersonId, &PersonRow)> {
        (1..).zip(&self.persons)
    }

    /// Lists the pseudonyms of a scope's epoch in their order, with whom they were issued for.
    fn issued(
        &self,
        scope: Option<ScopeId>,
        epoch: Epoch,
    ) -> impl Iterator<Item = (Pseudonym, PersonId)> {
        self.pseudonyms
            .iter()
            .filter(move |((of, value), _)| Some(*of) == scope && value.epoch() == epoch)
            .map(|((_, value), person)| (*value, *person))
    }

    /// Returns when an event was recorded.
    fn time(&self, number: EventNumber) -> i64 {
        self.events[number as usize - 1].recorded_at
    }

    fn hex(&self, id: PersonId) -> String {
        hex(self.row(id).handle.bytes())
    }
}

impl<T: Deref<Target = Tables>> VaultReading for Memory<T> {
    fn last_event(&self) -> Result<Option<LastEvent>> {
        let last = self.0.events.last();
        let number = self.0.events.len() as EventNumber;
        Ok(last.map(|event| LastEvent { number, recorded_at: event.recorded_at }))
    }

    fn visit_events(
        &self,
        visit: &mut dyn FnMut(EventNumber, EventRow<'_>) -> Result<()>,
    ) -> Result<()> {
        (1..).zip(&self.0.events).try_for_each(|(number, event)| {
            visit(number, EventRow { name: &event.name, payload: &event.payload })
        })
    }

    fn totals(&self) -> Result<Totals> {
        let [runs, persons, events] =
            [self.0.runs.len(), self.0.persons.len(), self.0.events.len()].map(|n| n as u64);
        Ok(Totals { runs, persons, events })
    }

    fn pseudonym_counts(&self) -> Result<Vec<ScopeCount>> {
        let count = |known: KnownEpoch| {
            let count = self.0.issued(self.0.place_of(&known.scope), known.epoch).count() as u64;
            ScopeCount { scope: known.scope, epoch: known.epoch, count }
        };
        Ok(self.epochs(None)?.into_iter().map(count).collect())
    }

    fn epochs(&self, of: Option<&Scope>) -> Result<Vec<KnownEpoch>> {
        let known = self.0.epochs.iter().map(|((scope, epoch), key)| KnownEpoch {
            scope: self.0.scope_at(*scope).clone(),
            epoch: *epoch,
            state: key.state,
            moved_at: key.moved_at.unsigned_abs(),
            fingerprint: key.fingerprint,
        });
        let mut epochs: Vec<_> =
            known.filter(|known| of.is_none_or(|scope| known.scope == *scope)).collect();
        epochs.sort_by(|a, b| (&a.scope, a.epoch).cmp(&(&b.scope, b.epoch)));
        Ok(epochs)
    }

    fn scope(&self, scope: &Scope) -> Result<Option<ScopeId>> {
        Ok(self.0.place_of(scope))
    }

    fn persons(&self, handles: &[Handle]) -> Result<Vec<Option<Person>>> {
        let find = |handle| self.0.by_handle.get(handle).map(|id| self.0.person(*id));
        Ok(handles.iter().map(find).collect())
    }

    fn person(&self, id: PersonId) -> Result<Seen> {
        let row = self.0.row(id);
        Ok(Seen { id, state: row.state, handle: row.handle })
    }

    fn leads_to(&self, id: PersonId) -> Result<Option<PersonId>> {
        Ok(Some(self.0.end(id)).filter(|end| *end != id))
    }

    fn led_to(&self, id: PersonId) -> Result<Vec<PersonId>> {
        let others = self.0.each_person().map(|(other, _)| other).filter(|other| *other != id);
        Ok(others.filter(|other| self.0.end(*other) == id).collect())
    }

    fn objectors(&self, scope: ScopeId) -> Result<BTreeSet<PersonId>> {
        let of = self.0.objections.iter().filter(|(of, _)| *of == scope);
        Ok(of.map(|(_, person)| *person).collect())
    }

    fn merge(&self, number: EventNumber) -> Result<Option<Merge>> {
        let found = self.0.merges.get(&number);
        Ok(found.filter(|(_, undone)| undone.is_none()).map(|(merge, _)| *merge))
    }

    fn later_merge(&self, after: EventNumber, to: PersonId) -> Result<Option<EventNumber>> {
        let among = self.led_to(to)?;
        let mut later = self.0.merges.range(after + 1..).rev();
        let found =
            later.find(|(_, (merge, undone))| undone.is_none() && among.contains(&merge.loser));
        Ok(found.map(|(number, _)| *number))
    }

    fn are_apart(&self, a: PersonId, b: PersonId) -> Result<bool> {
        let either = |id: &PersonId| [a, b].contains(&self.0.end(*id));
        Ok(self.0.apart.iter().any(|pair| pair.iter().all(either)))
    }

    fn standing(&self) -> Result<Projection> {
        let mut held = Projection::default();
        for (id, row) in self.0.each_person() {
            if row.state != PersonState::Provisional {
                held.states.insert(self.0.hex(id), row.state);
            }
            if let Some(end) = self.leads_to(id)? {
                held.current.insert(self.0.hex(id), self.0.hex(end));
            }
        }
        held.apart =
            self.0.apart.iter().map(|&[a, b]| pair(self.0.hex(a), self.0.hex(b))).collect();
        for &(scope, person) in &self.0.objections {
            let scope = self.0.scope_at(scope);
            let [agency, purpose] = [scope.agency(), scope.purpose()].map(String::from);
            held.objections.insert([self.0.hex(person), agency, purpose]);
        }
        for ((scope, epoch), key) in &self.0.epochs {
            let scope = self.0.scope_at(*scope);
            let place = (scope.agency().into(), scope.purpose().into(), epoch.number().into());
            held.epochs.insert(place, [key.state.name().into(), hex(&key.fingerprint)]);
        }
        Ok(held)
    }

    fn nearest(&self, scope: &Scope, pseudonym: &Pseudonym) -> Result<Option<Nearest>> {
        let epoch = pseudonym.epoch();
        let Some(scope) = self.0.place_of(scope) else { return Ok(None) };
        let next = self.0.pseudonyms.range((scope, *pseudonym)..).next();
        let Some((&(_, found), &issued_for)) =
            next.filter(|((of, found), _)| (*of, found.epoch()) == (scope, epoch))
        else {
            return Ok(None);
        };
        let id = self.0.end(issued_for);
        let active = self
            .0
            .epochs
            .iter()
            .find(|((of, _), key)| *of == scope && key.state == EpochState::Active);
        let current =
            active.and_then(|((_, active), _)| self.0.seats.get(&(scope, *active, id)).copied());
        Ok(Some(Nearest {
            is_it: found == *pseudonym,
            epoch_state: self.0.epochs[&(scope, epoch)].state,
            objects: self.0.objections.contains(&(scope, id)),
            person: self.person(id)?,
            redirected: id != issued_for,
            current,
        }))
    }

    fn issued_for(
        &self,
        scope: &Scope,
        pseudonym: &Pseudonym,
        moment: i64,
    ) -> Result<Option<PersonId>> {
        let place = self.0.place_of(scope);
        let found = place.and_then(|place| self.0.pseudonyms.get(&(place, *pseudonym)).copied());
        Ok(found.filter(|&person| {
            let run = self.0.row(person).minted_in;
            let times = self.0.events.iter().filter(|event| event.run == run);
            times.map(|event| event.recorded_at).min().is_some_and(|minted| minted <= moment)
        }))
    }

    fn survivor_at(&self, person: PersonId, moment: i64) -> Result<Option<PersonId>> {
        let found = self.0.merges.iter().rev().find(|(number, (merge, undone))| {
            merge.loser == person
                && self.0.time(**number) <= moment
                && undone.is_none_or(|undone| self.0.time(undone) > moment)
        });
        Ok(found.map(|(_, (merge, _))| merge.survivor))
    }

    fn pseudonym_of(
        &self,
        scope: ScopeId,
        epoch: Epoch,
        person: PersonId,
    ) -> Result<Option<Pseudonym>> {
        Ok(self.0.seats.get(&(scope, epoch, person)).copied())
    }

    fn members(&self, scope: &Scope, epoch: Epoch) -> Result<Vec<Person>> {
        let issued = self.0.issued(self.0.place_of(scope), epoch);
        let members: BTreeSet<PersonId> = issued.map(|(_, person)| self.0.end(person)).collect();
        Ok(members.into_iter().map(|id| self.0.person(id)).collect())
    }

    fn visit_issued(
        &self,
        scope: &Scope,
        epoch: Epoch,
        visit: &mut dyn FnMut(Listed) -> Result<()>,
    ) -> Result<()> {
        let Some(scope) = self.0.place_of(scope) else { return Ok(()) };
        for (handle, id) in &self.0.by_handle {
            if let Some(pseudonym) = self.0.seats.get(&(scope, epoch, *id)) {
                visit(Listed {
                    handle: *handle,
                    pseudonym: *pseudonym,
                    state: self.0.row(*id).state,
                    objects: self.0.objections.contains(&(scope, *id)),
                })?;
            }
        }
        Ok(())
    }

    fn visit_crossed(
        &self,
        scope: &Scope,
        [from, to]: [Epoch; 2],
        visit: &mut dyn FnMut(Crossed) -> Result<()>,
    ) -> Result<()> {
        let Some(scope) = self.0.place_of(scope) else { return Ok(()) };
        for (earlier, issued_for) in self.0.issued(Some(scope), from) {
            let id = self.0.end(issued_for);
            if let Some(later) = self.0.seats.get(&(scope, to, id)) {
                let objects = self.0.objections.contains(&(scope, id));
                visit(Crossed { earlier, later: *later, state: self.0.row(id).state, objects })?;
            }
        }
        Ok(())
    }

    /// Nothing of it can be damaged but by a fault of the machine.
    fn damage(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
