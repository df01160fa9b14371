-- Answers to requests that carried an Idempotency-Key, written in the transaction of what the request changed. They expire.

CREATE TABLE answers (
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (user_id),
    key_hash     TEXT COLLATE "C" NOT NULL,
    -- Of method, address and body.
    fingerprint  TEXT COLLATE "C" NOT NULL,
    status       BIGINT NOT NULL,
    -- A JSON object.
    headers      TEXT COLLATE "C" NOT NULL,
    body         TEXT COLLATE "C" NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX answers_that_expire ON answers (expires_at);
