-- Work that takes longer than a request: what is to be done, how far it is, and what came of it. Not history: what a job
-- changed is in the audit trail.

CREATE TABLE jobs (
    -- Sorts by the moment it was made.
    job_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    params       TEXT COLLATE "C" NOT NULL,
    done         BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    result       TEXT COLLATE "C",
    error        TEXT COLLATE "C",
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (user_id),
    actor        TEXT COLLATE "C" NOT NULL,
    -- Whether somebody wants it to stop.
    cancel       BIGINT NOT NULL CHECK (cancel IN (0, 1)),
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    finished_at  BIGINT,
    -- The entry of the audit trail by which its records came in.
    entry        BIGINT
);
CREATE INDEX jobs_that_wait ON jobs (state, job_id);

-- What a job is made of, until it is done.
CREATE TABLE job_parts (
    job_id   TEXT COLLATE "C" NOT NULL REFERENCES jobs (job_id),
    part     BIGINT NOT NULL,
    content  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, part)
);

-- Rows that could not be used, with their reasons.
CREATE TABLE job_rejects (
    job_id   TEXT COLLATE "C" NOT NULL REFERENCES jobs (job_id),
    number   BIGINT NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    content  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, number)
);
