-- Audit log, version 1: what was asked and what came of it, each entry bound to the one before.
-- No identifier of anybody is in it: actions, scopes, outcomes and counts.

CREATE TABLE entry (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at INTEGER NOT NULL, -- seconds since 1970, never before the entry before
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    mac BLOB NOT NULL CHECK (length(mac) = 16)
) STRICT;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER entry_comes_last BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- Roots of the perfect Merkle trees that the entries fall into, largest first, so that a
-- checkpoint needs no reading of the log.
CREATE TABLE frontier (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    size INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) % 32 = 0)
) STRICT;

INSERT INTO frontier VALUES (1, 0, x'');
