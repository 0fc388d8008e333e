-- Vault, version 3: what becomes of a person. Tables here say how things stand; the events say
-- how they came about, and from them these tables can be made again.

-- A merge is an event's number. An undone one stays, for the history.
CREATE TABLE merge (
    merge_id INTEGER PRIMARY KEY REFERENCES event (seq),
    loser_id INTEGER NOT NULL REFERENCES person (person_id),
    survivor_id INTEGER NOT NULL REFERENCES person (person_id),
    loser_state TEXT NOT NULL, -- what an unmerge gives back
    undone_by INTEGER REFERENCES event (seq),
    CHECK (loser_id <> survivor_id)
) STRICT;

CREATE UNIQUE INDEX one_merge_in_force ON merge (loser_id) WHERE undone_by IS NULL;
CREATE INDEX merge_into ON merge (survivor_id) WHERE undone_by IS NULL;

-- The end of every chain of merges, so that an old pseudonym is one step from its person.
CREATE TABLE alias (
    person_id INTEGER PRIMARY KEY REFERENCES person (person_id),
    current_id INTEGER NOT NULL REFERENCES person (person_id),
    CHECK (person_id <> current_id)
) STRICT;

CREATE INDEX alias_to ON alias (current_id);

-- Persons who were one by mistake and shall not become one again.
CREATE TABLE do_not_link (
    a_id INTEGER NOT NULL REFERENCES person (person_id),
    b_id INTEGER NOT NULL REFERENCES person (person_id),
    PRIMARY KEY (a_id, b_id),
    CHECK (a_id < b_id)
) STRICT, WITHOUT ROWID;

-- Scopes in which a person may have no pseudonym.
CREATE TABLE objection (
    person_id INTEGER NOT NULL REFERENCES person (person_id),
    scope_id INTEGER NOT NULL REFERENCES scope (scope_id),
    PRIMARY KEY (person_id, scope_id)
) STRICT, WITHOUT ROWID;

-- Erasure alone destroys a key, in the same step in which the person becomes erased; and nobody
-- comes back from it.
DROP TRIGGER person_keeps_key_and_handle;

CREATE TRIGGER person_keeps_key_and_handle BEFORE UPDATE ON person
WHEN NEW.person_id <> OLD.person_id OR NEW.handle <> OLD.handle
    OR NEW.minted_in <> OLD.minted_in
    OR (NEW.person_key <> OLD.person_key AND (NEW.state <> 'erased' OR OLD.state = 'erased'))
    OR (NEW.state <> OLD.state AND OLD.state = 'erased')
BEGIN
    SELECT RAISE(ABORT, 'a person keeps key and handle');
END;

CREATE TRIGGER person_is_never_deleted BEFORE DELETE ON person
BEGIN
    SELECT RAISE(ABORT, 'a person is never deleted');
END;

CREATE TRIGGER pseudonym_goes_with_its_person BEFORE DELETE ON pseudonym
WHEN NOT EXISTS (
    SELECT 1 FROM person WHERE person_id = OLD.person_id AND state = 'erased'
)
BEGIN
    SELECT RAISE(ABORT, 'a pseudonym is never changed');
END;

CREATE TRIGGER merge_is_never_deleted BEFORE DELETE ON merge
BEGIN
    SELECT RAISE(ABORT, 'a merge is undone, never deleted');
END;

CREATE TRIGGER merge_is_undone_once BEFORE UPDATE ON merge
WHEN NEW.merge_id <> OLD.merge_id OR NEW.loser_id <> OLD.loser_id
    OR NEW.survivor_id <> OLD.survivor_id OR NEW.loser_state <> OLD.loser_state
    OR OLD.undone_by IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a merge is undone, never changed');
END;
