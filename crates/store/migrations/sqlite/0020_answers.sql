-- Answers to requests that carried an Idempotency-Key, written in the transaction of what the request changed. They expire.

CREATE TABLE answers (
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    key_hash     TEXT NOT NULL,
    -- Of method, address and body.
    fingerprint  TEXT NOT NULL,
    status       INTEGER NOT NULL,
    -- A JSON object.
    headers      TEXT NOT NULL,
    body         TEXT NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (user_id, key_hash)
) STRICT;
CREATE INDEX answers_that_expire ON answers (expires_at);
