-- Work that takes longer than a request: what is to be done, how far it is, and what came of it. Not history: what a job
-- changed is in the audit trail.

CREATE TABLE jobs (
    -- Sorts by the moment it was made.
    job_id       TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    params       TEXT NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    result       TEXT,
    error        TEXT,
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    actor        TEXT NOT NULL,
    -- Whether somebody wants it to stop.
    cancel       INTEGER NOT NULL CHECK (cancel IN (0, 1)),
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER,
    -- The entry of the audit trail by which its records came in.
    entry        INTEGER
) STRICT;
CREATE INDEX jobs_that_wait ON jobs (state, job_id);

-- What a job is made of, until it is done.
CREATE TABLE job_parts (
    job_id   TEXT NOT NULL REFERENCES jobs (job_id),
    part     INTEGER NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (job_id, part)
) STRICT;

-- Rows that could not be used, with their reasons.
CREATE TABLE job_rejects (
    job_id   TEXT NOT NULL REFERENCES jobs (job_id),
    number   INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
) STRICT;
