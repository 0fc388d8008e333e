-- Memberships of the linkage custodian, version 2: what people decided of single records, kept
-- apart or together whatever the evidence says. Appended, never changed; lifting one is another.

CREATE TABLE decision (
    decision_id INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL, -- seconds since 1970, never before the decision before
    what TEXT NOT NULL CHECK (what IN ('apart', 'together', 'lifted')),
    lifts INTEGER UNIQUE REFERENCES decision (decision_id),
    actor TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),
    CHECK ((what = 'lifted') = (lifts IS NOT NULL)),
    CHECK (lifts IS NULL OR lifts < decision_id)
) STRICT;

CREATE TABLE decided_pair (
    decision_id INTEGER NOT NULL REFERENCES decision (decision_id),
    a_id INTEGER NOT NULL REFERENCES record (record_id),
    b_id INTEGER NOT NULL REFERENCES record (record_id),
    PRIMARY KEY (decision_id, a_id, b_id),
    CHECK (a_id < b_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER decision_is_never_changed BEFORE UPDATE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;

CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;

CREATE TRIGGER decided_pair_is_never_changed BEFORE UPDATE ON decided_pair
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;

CREATE TRIGGER decided_pair_is_never_deleted BEFORE DELETE ON decided_pair
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
