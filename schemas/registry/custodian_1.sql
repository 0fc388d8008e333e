-- Memberships of the linkage custodian, version 1: which record belongs to which entity, since
-- when in the world and since when as far as was known. No name, no number, no local identifier:
-- a record is a keyed tag, an entity the random handle that the issuer shares.

CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL, -- seconds since 1970, never before the run before
    day INTEGER NOT NULL, -- day as at which the records were, in days since 1970
    records INTEGER NOT NULL,
    toolkit TEXT NOT NULL
) STRICT;

CREATE TABLE record (
    record_id INTEGER PRIMARY KEY,
    tag BLOB NOT NULL UNIQUE CHECK (length(tag) = 16)
) STRICT;

-- A row is what was known from run recorded_from until run recorded_to: that the record belonged
-- to the entity from valid_from until valid_to. Knowledge is replaced, never changed.
CREATE TABLE membership (
    record_id INTEGER NOT NULL REFERENCES record (record_id),
    handle BLOB NOT NULL CHECK (length(handle) = 16),
    valid_from INTEGER NOT NULL,
    valid_to INTEGER, -- null while the record is in its source
    recorded_from INTEGER NOT NULL REFERENCES run (run_id),
    recorded_to INTEGER REFERENCES run (run_id), -- null while it is what is known
    CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CHECK (recorded_to IS NULL OR recorded_to > recorded_from)
) STRICT;

-- No record belongs to two entities.
CREATE UNIQUE INDEX one_entity ON membership (record_id) WHERE recorded_to IS NULL;
CREATE INDEX history ON membership (record_id, recorded_from);

CREATE TRIGGER membership_is_replaced_once BEFORE UPDATE ON membership
WHEN NEW.record_id <> OLD.record_id OR NEW.handle <> OLD.handle
    OR NEW.valid_from <> OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to
    OR NEW.recorded_from <> OLD.recorded_from OR OLD.recorded_to IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'what was known is never changed');
END;

CREATE TRIGGER membership_is_never_deleted BEFORE DELETE ON membership
BEGIN
    SELECT RAISE(ABORT, 'what was known is never changed');
END;
