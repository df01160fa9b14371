-- Plans on their way to be applied, whole, and the steps that were taken with each. Where a plan stands follows from its
-- steps; no row is ever altered or removed.

CREATE TABLE proposals (
    plan_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    effective_on  TEXT COLLATE "C" NOT NULL CHECK (length(effective_on) = 10),
    base_version  TEXT COLLATE "C",
    summary       TEXT COLLATE "C" NOT NULL,
    content       TEXT COLLATE "C" NOT NULL,
    recorded_at   BIGINT NOT NULL,
    recorded_by   BIGINT NOT NULL
);

CREATE TABLE plan_events (
    id           BIGINT PRIMARY KEY,
    plan_id      TEXT COLLATE "C" NOT NULL REFERENCES proposals (plan_id),
    step         TEXT COLLATE "C" NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    comment      TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);
CREATE INDEX plan_events_of_plan ON plan_events (plan_id, id);

CREATE TRIGGER proposals_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON proposals FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('proposals are append-only');
CREATE TRIGGER plan_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_events FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('the steps of a plan are append-only');

REVOKE UPDATE, DELETE, TRUNCATE ON proposals, plan_events FROM CURRENT_USER;
-- The foreign key locks the row it points to, which asks for a right to alter it; the trigger refuses all the same.
GRANT UPDATE (recorded_by) ON proposals TO CURRENT_USER;
