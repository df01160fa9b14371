-- Who is told of changes, and what they are to be told: written in the transaction of the change, delivered afterwards.

CREATE TABLE webhooks (
    webhook_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    url            TEXT COLLATE "C" NOT NULL,
    -- Signs what is sent; it cannot be kept as a hash.
    secret         TEXT COLLATE "C" NOT NULL,
    -- Actions of the audit trail with a blank between; all where it is empty.
    events         TEXT COLLATE "C" NOT NULL,
    active         BIGINT NOT NULL CHECK (active IN (0, 1)),
    failing_since  BIGINT,
    -- Why the service has disabled it.
    disabled       TEXT COLLATE "C",
    version        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE deliveries (
    id           BIGINT NOT NULL PRIMARY KEY,
    webhook_id   TEXT COLLATE "C" NOT NULL REFERENCES webhooks (webhook_id),
    -- The entry of the audit trail that is told of.
    entry        BIGINT NOT NULL,
    event        TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    attempts     BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    status       BIGINT,
    error        TEXT COLLATE "C",
    tried_at     BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, id);
