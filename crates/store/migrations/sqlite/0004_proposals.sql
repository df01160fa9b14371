-- Plans on their way to be applied, whole, and the steps that were taken with each. Where a plan stands follows from its
-- steps; no row is ever altered or removed.

CREATE TABLE proposals (
    plan_id       TEXT NOT NULL PRIMARY KEY,
    effective_on  TEXT NOT NULL CHECK (length(effective_on) = 10),
    base_version  TEXT,
    summary       TEXT NOT NULL,
    content       TEXT NOT NULL,
    recorded_at   INTEGER NOT NULL,
    recorded_by   INTEGER NOT NULL
) STRICT;

CREATE TABLE plan_events (
    id           INTEGER PRIMARY KEY,
    plan_id      TEXT NOT NULL REFERENCES proposals (plan_id),
    step         TEXT NOT NULL,
    actor        TEXT NOT NULL,
    comment      TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_events_of_plan ON plan_events (plan_id, id);

CREATE TRIGGER proposals_never_change BEFORE UPDATE ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals are append-only'); END;
CREATE TRIGGER proposals_stay BEFORE DELETE ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals are append-only'); END;
CREATE TRIGGER plan_events_never_change BEFORE UPDATE ON plan_events
BEGIN SELECT RAISE(ABORT, 'the steps of a plan are append-only'); END;
CREATE TRIGGER plan_events_stay BEFORE DELETE ON plan_events
BEGIN SELECT RAISE(ABORT, 'the steps of a plan are append-only'); END;
