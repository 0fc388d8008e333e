-- Vault, version 2: epochs have dates and go forward only; what was issued is never changed.

-- When the epoch came into its state, in seconds since 1970; 0 if version 1 did not say.
ALTER TABLE key_epoch ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER epoch_goes_forward BEFORE UPDATE ON key_epoch
WHEN NEW.scope_id <> OLD.scope_id OR NEW.epoch <> OLD.epoch OR NEW.fingerprint <> OLD.fingerprint
    OR (OLD.state, NEW.state) NOT IN (VALUES
        ('pending', 'active'), ('pending', 'destroyed'),
        ('active', 'accept_only'), ('active', 'retired'),
        ('accept_only', 'retired'), ('retired', 'destroyed'))
BEGIN
    SELECT RAISE(ABORT, 'an epoch goes forward only');
END;

CREATE TRIGGER epoch_is_never_deleted BEFORE DELETE ON key_epoch
BEGIN
    SELECT RAISE(ABORT, 'an epoch goes forward only');
END;

-- A scope's mask stands in every printed pseudonym.
CREATE TRIGGER scope_is_never_changed BEFORE UPDATE ON scope
BEGIN
    SELECT RAISE(ABORT, 'a scope is never changed');
END;

CREATE TRIGGER scope_is_never_deleted BEFORE DELETE ON scope
BEGIN
    SELECT RAISE(ABORT, 'a scope is never changed');
END;

CREATE TRIGGER pseudonym_is_never_changed BEFORE UPDATE ON pseudonym
BEGIN
    SELECT RAISE(ABORT, 'a pseudonym is never changed');
END;

CREATE TRIGGER person_keeps_key_and_handle BEFORE UPDATE ON person
WHEN NEW.person_id <> OLD.person_id OR NEW.person_key <> OLD.person_key
    OR NEW.handle <> OLD.handle OR NEW.minted_in <> OLD.minted_in
BEGIN
    SELECT RAISE(ABORT, 'a person keeps key and handle');
END;
