-- Vault of the identifier's issuer, version 1: person keys and the pseudonyms made of them.
-- No demographics, no national number, no key bytes: a handle is all that the issuer knows.

-- Agency and purpose for which pseudonyms are issued. Masks differ, so that a pseudonym pasted
-- into another scope's system always fails its check symbols.
CREATE TABLE scope (
    scope_id INTEGER PRIMARY KEY,
    agency TEXT NOT NULL,
    purpose TEXT NOT NULL,
    check_mask INTEGER NOT NULL UNIQUE CHECK (check_mask BETWEEN 0 AND 1023),
    UNIQUE (agency, purpose)
) STRICT;

-- Key periods. The fingerprint tells keys apart; two scopes never share a key.
CREATE TABLE key_epoch (
    scope_id INTEGER NOT NULL REFERENCES scope,
    epoch INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 31),
    fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 8),
    state TEXT NOT NULL
        CHECK (state IN ('pending', 'active', 'accept_only', 'retired', 'destroyed')),
    PRIMARY KEY (scope_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_active_epoch ON key_epoch (scope_id) WHERE state = 'active';

-- One row for each linkage whose entities got identifiers: digests of its inputs and settings.
CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    inputs BLOB NOT NULL CHECK (length(inputs) = 32),
    settings BLOB NOT NULL CHECK (length(settings) = 32),
    toolkit TEXT NOT NULL,
    UNIQUE (inputs, settings)
) STRICT;

-- person_id is a place in this file and never leaves it: four bytes where other tables would
-- repeat sixteen. The handle is how the linkage custodian names the entity.
CREATE TABLE person (
    person_id INTEGER PRIMARY KEY,
    person_key BLOB NOT NULL UNIQUE CHECK (length(person_key) = 16),
    handle BLOB NOT NULL UNIQUE CHECK (length(handle) = 16),
    state TEXT NOT NULL CHECK (state IN ('provisional', 'one_time', 'confirmed', 'superseded',
        'invalidated', 'sealed', 'deceased', 'erased')),
    minted_in INTEGER NOT NULL REFERENCES run (run_id)
) STRICT;

-- The counter is 0 unless the value was another person's already.
CREATE TABLE pseudonym (
    scope_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    value BLOB NOT NULL CHECK (length(value) = 10),
    person_id INTEGER NOT NULL REFERENCES person,
    counter INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),
    PRIMARY KEY (scope_id, epoch, value),
    UNIQUE (scope_id, epoch, person_id),
    FOREIGN KEY (scope_id, epoch) REFERENCES key_epoch
) STRICT, WITHOUT ROWID;

-- What was done, in order. Payloads hold counts and names of scopes, never anything of a person.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run,
    recorded_at INTEGER NOT NULL, -- seconds since 1970, for people; seq alone is the order
    type TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    idempotency_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

-- INSERT OR REPLACE would delete the old row without asking the trigger above.
CREATE TRIGGER event_is_never_replaced BEFORE INSERT ON event
WHEN EXISTS (
    SELECT 1 FROM event WHERE seq = NEW.seq OR idempotency_key = NEW.idempotency_key
)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
