-- Memberships of the linkage custodian, version 3: what seals hide. A token stands for a record
-- that is retired, or for two that are never to be linked; which, only the seal key can test.
-- Tokens of every kind lie together in the order of their bytes, filled up with random ones.

CREATE TABLE seal_token (
    token BLOB PRIMARY KEY CHECK (length(token) = 16)
) STRICT, WITHOUT ROWID;

-- That a seal was made, by whom and why; not of whom.
CREATE TABLE seal (
    seal_id INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL, -- seconds since 1970, never before the seal before
    actor TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 64)
) STRICT;

CREATE TRIGGER seal_token_is_never_changed BEFORE UPDATE ON seal_token
BEGIN
    SELECT RAISE(ABORT, 'what is sealed stays sealed');
END;

CREATE TRIGGER seal_token_is_never_deleted BEFORE DELETE ON seal_token
BEGIN
    SELECT RAISE(ABORT, 'what is sealed stays sealed');
END;

CREATE TRIGGER seal_is_never_changed BEFORE UPDATE ON seal
BEGIN
    SELECT RAISE(ABORT, 'what is sealed stays sealed');
END;

CREATE TRIGGER seal_is_never_deleted BEFORE DELETE ON seal
BEGIN
    SELECT RAISE(ABORT, 'what is sealed stays sealed');
END;
