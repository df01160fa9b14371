-- Who is told of changes, and what they are to be told: written in the transaction of the change, delivered afterwards.

CREATE TABLE webhooks (
    webhook_id     TEXT NOT NULL PRIMARY KEY,
    url            TEXT NOT NULL,
    -- Signs what is sent; it cannot be kept as a hash.
    secret         TEXT NOT NULL,
    -- Actions of the audit trail with a blank between; all where it is empty.
    events         TEXT NOT NULL,
    active         INTEGER NOT NULL CHECK (active IN (0, 1)),
    failing_since  INTEGER,
    -- Why the service has disabled it.
    disabled       TEXT,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id           INTEGER NOT NULL PRIMARY KEY,
    webhook_id   TEXT NOT NULL REFERENCES webhooks (webhook_id),
    -- The entry of the audit trail that is told of.
    entry        INTEGER NOT NULL,
    event        TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    status       INTEGER,
    error        TEXT,
    tried_at     INTEGER,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, id);
