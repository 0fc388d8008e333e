//! Reading the vault from its SQLite file.

use std::collections::BTreeSet;
use std::ops::Deref;

use rusqlite::{Connection, Params, params};

use crate::error::Result;
use crate::identifier::{Epoch, Pseudonym, Scope};
use crate::registry::projection::Projection;
use crate::registry::sqlite::{Place, Sqlite, number};
use crate::registry::vault_store::{
    Crossed, EventNumber, EventRow, LastEvent, Listed, Merge, Nearest, Person, PersonId, ScopeId,
    Seen, Totals, VaultReading,
};
use crate::registry::{Handle, KnownEpoch, ScopeCount};

impl<C: Deref<Target = Connection>> VaultReading for Sqlite<C> {
    fn last_event(&self) -> Result<Option<LastEvent>> {
        let sql = "SELECT seq, recorded_at FROM event ORDER BY seq DESC LIMIT 1";
        self.one(sql, [], |row| Ok(LastEvent { number: row.get(0)?, recorded_at: row.get(1)? }))
    }

    fn visit_events(
        &self,
        visit: &mut dyn FnMut(EventNumber, EventRow<'_>) -> Result<()>,
    ) -> Result<()> {
        self.each("SELECT seq, type, payload FROM event ORDER BY seq", [], |row| {
            let text = |place| row.get_ref(place).and_then(|v| Ok(v.as_str()?)).at(&self.path);
            let event = EventRow { name: text(1)?, payload: text(2)? };
            visit(row.get(0).at(&self.path)?, event)
        })
    }

    fn totals(&self) -> Result<Totals> {
        Ok(Totals {
            runs: self.count("run")?,
            persons: self.count("person")?,
            events: self.count("event")?,
        })
    }

    fn pseudonym_counts(&self) -> Result<Vec<ScopeCount>> {
        let mut counts = Vec::new();
        self.each(
            "SELECT agency, purpose, epoch,
                (SELECT count(*) FROM pseudonym
                 WHERE pseudonym.scope_id = key_epoch.scope_id
                   AND pseudonym.epoch = key_epoch.epoch)
             FROM key_epoch JOIN scope USING (scope_id)
             ORDER BY agency, purpose, epoch",
            [],
            |row| {
                let scope = Scope::new(&self.text(row, 0)?, &self.text(row, 1)?)?;
                let epoch = Epoch::new(row.get(2).at(&self.path)?)?;
                let count = number(row, 3).at(&self.path)?;
                counts.push(ScopeCount { scope, epoch, count });
                Ok(())
            },
        )?;
        Ok(counts)
    }

    fn epochs(&self, of: Option<&Scope>) -> Result<Vec<KnownEpoch>> {
        let mut epochs = Vec::new();
        self.each(
            "SELECT agency, purpose, epoch, state, moved_at, fingerprint
             FROM key_epoch JOIN scope USING (scope_id)
             WHERE ?1 IS NULL OR (agency = ?1 AND purpose = ?2)
             ORDER BY agency, purpose, epoch",
            [of.map(Scope::agency), of.map(Scope::purpose)],
            |row| {
                epochs.push(KnownEpoch {
                    scope: Scope::new(&self.text(row, 0)?, &self.text(row, 1)?)?,
                    epoch: Epoch::new(row.get(2).at(&self.path)?)?,
                    state: self.epoch_state(&self.text(row, 3)?)?,
                    moved_at: number(row, 4).at(&self.path)?,
                    fingerprint: row.get(5).at(&self.path)?,
                });
                Ok(())
            },
        )?;
        Ok(epochs)
    }

    fn scope(&self, scope: &Scope) -> Result<Option<ScopeId>> {
        let sql = "SELECT scope_id FROM scope WHERE agency = ?1 AND purpose = ?2";
        self.one(sql, [scope.agency(), scope.purpose()], |row| row.get(0))
    }

    fn persons(&self, handles: &[Handle]) -> Result<Vec<Option<Person>>> {
        let mut lookup = self
            .connection
            .prepare_cached("SELECT person_id, person_key, state FROM person WHERE handle = ?1")
            .at(&self.path)?;
        // Looked up in their order, so that a page is read once for all that are on it.
        let mut places: Vec<usize> = (0..handles.len()).collect();
        places.sort_unstable_by_key(|place| handles[*place]);
        let mut persons = vec![None; handles.len()];
        for place in places {
            let mut rows = lookup.query([handles[place].bytes()]).at(&self.path)?;
            if let Some(row) = rows.next().at(&self.path)? {
                persons[place] = Some(self.read_person(row)?);
            }
        }
        Ok(persons)
    }

    fn person(&self, id: PersonId) -> Result<Seen> {
        let (state, handle) = self
            .connection
            .prepare_cached("SELECT state, handle FROM person WHERE person_id = ?1")
            .and_then(|mut statement| {
                statement.query_row([id], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            })
            .at(&self.path)?;
        Ok(Seen { id, state: self.person_state(&state)?, handle: Handle::from_bytes(handle) })
    }

    fn leads_to(&self, id: PersonId) -> Result<Option<PersonId>> {
        self.one("SELECT current_id FROM alias WHERE person_id = ?1", [id], |row| row.get(0))
    }

    fn led_to(&self, id: PersonId) -> Result<Vec<PersonId>> {
        self.column("SELECT person_id FROM alias WHERE current_id = ?1 ORDER BY 1", [id])
    }

    fn objectors(&self, scope: ScopeId) -> Result<BTreeSet<PersonId>> {
        self.column("SELECT person_id FROM objection WHERE scope_id = ?1", [scope])
    }

    fn merge(&self, number: EventNumber) -> Result<Option<Merge>> {
        let found = self.one(
            "SELECT loser_id, survivor_id, loser_state FROM merge
             WHERE merge_id = ?1 AND undone_by IS NULL",
            [number],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)),
        )?;
        let Some((loser, survivor, state)) = found else { return Ok(None) };
        let loser_state = self.person_state(&state)?;
        Ok(Some(Merge { number, loser, survivor, loser_state }))
    }

    fn later_merge(&self, after: EventNumber, to: PersonId) -> Result<Option<EventNumber>> {
        let latest = self.one(
            "SELECT max(merge_id) FROM merge
             WHERE undone_by IS NULL AND merge_id > ?1 AND loser_id IN
                (SELECT person_id FROM alias WHERE current_id = ?2)",
            [after, to],
            |row| row.get(0),
        );
        latest.map(Option::flatten)
    }

    fn are_apart(&self, a: PersonId, b: PersonId) -> Result<bool> {
        // From the two and whoever leads to them: those who are kept apart are many, these few.
        let apart = self.one(
            "WITH of_a (id) AS (SELECT ?1 UNION ALL SELECT person_id FROM alias WHERE current_id = ?1),
                of_b (id) AS (SELECT ?2 UNION ALL SELECT person_id FROM alias WHERE current_id = ?2)
             SELECT 1 FROM of_a JOIN do_not_link ON a_id = id WHERE b_id IN of_b
             UNION ALL
             SELECT 1 FROM of_b JOIN do_not_link ON a_id = id WHERE b_id IN of_a
             LIMIT 1",
            [a, b],
            |_| Ok(()),
        )?;
        Ok(apart.is_some())
    }

    fn standing(&self) -> Result<Projection> {
        self.read_standing()
    }

    fn nearest(&self, scope: &Scope, pseudonym: &Pseudonym) -> Result<Option<Nearest>> {
        let mut statement = self.connection.prepare_cached(NEAREST).at(&self.path)?;
        let mut rows = statement.query(place(scope, pseudonym)).at(&self.path)?;
        let Some(row) = rows.next().at(&self.path)? else { return Ok(None) };
        let handle = row.get(4).map(Handle::from_bytes).at(&self.path)?;
        let person = Seen { id: row.get(3).at(&self.path)?, state: self.state(row, 5)?, handle };
        let current = match (row.get(7).at(&self.path)?, row.get(8).at(&self.path)?) {
            (Some(epoch), Some(value)) => Some(Pseudonym::from_parts(Epoch::new(epoch)?, value)),
            _ => None,
        };
        Ok(Some(Nearest {
            is_it: row.get(0).at(&self.path)?,
            epoch_state: self.epoch_state(&self.text(row, 1)?)?,
            objects: row.get(2).at(&self.path)?,
            person,
            redirected: row.get(6).at(&self.path)?,
            current,
        }))
    }

    fn issued_for(
        &self,
        scope: &Scope,
        pseudonym: &Pseudonym,
        moment: i64,
    ) -> Result<Option<PersonId>> {
        let (epoch, value) = (pseudonym.epoch().number(), pseudonym.value());
        self.one(
            "SELECT person.person_id FROM pseudonym
             JOIN scope USING (scope_id)
             JOIN person USING (person_id)
             WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3 AND value = ?4
               AND (SELECT min(recorded_at) FROM event WHERE run_id = minted_in) <= ?5",
            params![scope.agency(), scope.purpose(), epoch, value, moment],
            |row| row.get(0),
        )
    }

    fn survivor_at(&self, person: PersonId, moment: i64) -> Result<Option<PersonId>> {
        self.one(
            "SELECT survivor_id FROM merge
             JOIN event AS made ON made.seq = merge_id
             LEFT JOIN event AS undone ON undone.seq = undone_by
             WHERE loser_id = ?1 AND made.recorded_at <= ?2
               AND (undone.seq IS NULL OR undone.recorded_at > ?2)
             ORDER BY merge_id DESC LIMIT 1",
            [person, moment],
            |row| row.get(0),
        )
    }

    fn pseudonym_of(
        &self,
        scope: ScopeId,
        epoch: Epoch,
        person: PersonId,
    ) -> Result<Option<Pseudonym>> {
        self.one(
            "SELECT value FROM pseudonym WHERE scope_id = ?1 AND epoch = ?2 AND person_id = ?3",
            params![scope, epoch.number(), person],
            |row| Ok(Pseudonym::from_parts(epoch, row.get(0)?)),
        )
    }

    fn members(&self, scope: &Scope, epoch: Epoch) -> Result<Vec<Person>> {
        let mut members = Vec::new();
        self.each(
            "SELECT person.person_id, person_key, person.state
             FROM (
                SELECT person_id FROM scope JOIN pseudonym USING (scope_id)
                WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3
                ORDER BY person_id LIMIT -1) AS issued_for
             LEFT JOIN alias USING (person_id)
             CROSS JOIN person
                ON person.person_id = coalesce(alias.current_id, issued_for.person_id)",
            params![scope.agency(), scope.purpose(), epoch.number()],
            |row| {
                members.push(self.read_person(row)?);
                Ok(())
            },
        )?;
        // In the order of the file, which is the quickest to read and to write.
        members.sort_unstable_by_key(|person| person.id);
        members.dedup_by_key(|person| person.id);
        Ok(members)
    }

    fn visit_issued(
        &self,
        scope: &Scope,
        epoch: Epoch,
        visit: &mut dyn FnMut(Listed) -> Result<()>,
    ) -> Result<()> {
        // CROSS JOIN keeps the order of the tables: handles are walked, not sorted.
        self.each(
            "SELECT handle, value, person.state,
                EXISTS (
                    SELECT 1 FROM objection
                    WHERE objection.person_id = person.person_id
                      AND objection.scope_id = scope.scope_id)
             FROM scope
             CROSS JOIN person
             CROSS JOIN pseudonym USING (scope_id, person_id)
             WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3
             ORDER BY handle",
            params![scope.agency(), scope.purpose(), epoch.number()],
            |row| {
                visit(Listed {
                    handle: row.get(0).map(Handle::from_bytes).at(&self.path)?,
                    pseudonym: Pseudonym::from_parts(epoch, row.get(1).at(&self.path)?),
                    state: self.state(row, 2)?,
                    objects: row.get(3).at(&self.path)?,
                })
            },
        )
    }

    fn visit_crossed(
        &self,
        scope: &Scope,
        epochs: [Epoch; 2],
        visit: &mut dyn FnMut(Crossed) -> Result<()>,
    ) -> Result<()> {
        self.read_crossed(scope, epochs, visit)
    }

    fn damage(&self) -> Result<Vec<String>> {
        let mut damage = Vec::new();
        let sound = self.one("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))?;
        if sound.as_deref() != Some("ok") {
            damage.push("pages of the file are damaged".into());
        }
        let loose = self.count("pragma_foreign_key_check")?;
        if loose > 0 {
            damage.push(format!("{loose} rows refer to rows that are not there"));
        }
        Ok(damage)
    }
}

fn place<'a>(scope: &'a Scope, pseudonym: &'a Pseudonym) -> impl Params + 'a {
    (scope.agency(), scope.purpose(), pseudonym.epoch().number(), pseudonym.value())
}

/// Finds a pseudonym or the one after it, with all that an answer depends on.
///
/// What is asked of a person stands among the columns: a condition would end the work for some
/// sooner than for others.
pub(super) const NEAREST: &str = "
    WITH seat AS (
        SELECT scope_id, epoch, value, person_id
        FROM scope JOIN pseudonym USING (scope_id)
        WHERE agency = ?1 AND purpose = ?2 AND epoch = ?3 AND value >= ?4
        ORDER BY value LIMIT 1)
    SELECT seat.value = ?4,
        key_epoch.state,
        EXISTS (
            SELECT 1 FROM objection
            WHERE objection.person_id = person.person_id
              AND objection.scope_id = seat.scope_id),
        person.person_id, person.handle, person.state, alias.person_id IS NOT NULL,
        latest.epoch, latest.value
    FROM seat
    JOIN key_epoch USING (scope_id, epoch)
    LEFT JOIN alias ON alias.person_id = seat.person_id
    JOIN person ON person.person_id = coalesce(alias.current_id, seat.person_id)
    LEFT JOIN key_epoch AS active
        ON active.scope_id = seat.scope_id AND active.state = 'active'
    LEFT JOIN pseudonym AS latest
        ON latest.scope_id = seat.scope_id AND latest.epoch = active.epoch
        AND latest.person_id = person.person_id";
