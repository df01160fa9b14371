-- What is done to a draft by hand or by a new optimisation, undone and done again; no row is ever altered or removed. What
-- holds follows from the rows, oldest first.

CREATE TABLE plan_edits (
    id           INTEGER PRIMARY KEY,
    plan_id      TEXT NOT NULL REFERENCES proposals (plan_id),
    step         TEXT NOT NULL CHECK (step IN ('edit', 'undo', 'redo')),
    kind         TEXT NOT NULL,
    of_edit      INTEGER NOT NULL,
    row_count    INTEGER NOT NULL,
    content      TEXT NOT NULL,
    summary      TEXT NOT NULL,
    actor        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_edits_of_plan ON plan_edits (plan_id, id);

CREATE TRIGGER plan_edits_never_change BEFORE UPDATE ON plan_edits
BEGIN SELECT RAISE(ABORT, 'the edits of a plan are append-only'); END;
CREATE TRIGGER plan_edits_stay BEFORE DELETE ON plan_edits
BEGIN SELECT RAISE(ABORT, 'the edits of a plan are append-only'); END;

-- Somebody says why an assignment of theirs should be another's; somebody answers.
CREATE TABLE appeals (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT NOT NULL,
    role           TEXT NOT NULL,
    product_line   TEXT,
    employee_id    TEXT NOT NULL,
    reason         TEXT NOT NULL,
    state          TEXT NOT NULL,
    answer         TEXT NOT NULL,
    answered_by    TEXT,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX appeals_present ON appeals (number) WHERE superseded_at IS NULL;
CREATE INDEX appeals_of_account ON appeals (account_id);
CREATE TRIGGER appeals_append_only BEFORE UPDATE ON appeals
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.role IS NOT OLD.role OR NEW.product_line IS NOT OLD.product_line OR NEW.employee_id
     IS NOT OLD.employee_id OR NEW.reason IS NOT OLD.reason OR NEW.state IS NOT OLD.state OR NEW.answer IS NOT
     OLD.answer OR NEW.answered_by IS NOT OLD.answered_by OR NEW.recorded_at IS NOT OLD.recorded_at OR
     NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'appeals are append-only'); END;
CREATE TRIGGER appeals_stay BEFORE DELETE ON appeals
BEGIN SELECT RAISE(ABORT, 'appeals are append-only'); END;
