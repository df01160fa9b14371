-- What is done to a draft by hand or by a new optimisation, undone and done again; no row is ever altered or removed. What
-- holds follows from the rows, oldest first.

CREATE TABLE plan_edits (
    id           BIGINT PRIMARY KEY,
    plan_id      TEXT COLLATE "C" NOT NULL REFERENCES proposals (plan_id),
    step         TEXT COLLATE "C" NOT NULL CHECK (step IN ('edit', 'undo', 'redo')),
    kind         TEXT COLLATE "C" NOT NULL,
    of_edit      BIGINT NOT NULL,
    row_count    BIGINT NOT NULL,
    content      TEXT COLLATE "C" NOT NULL,
    summary      TEXT COLLATE "C" NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);
CREATE INDEX plan_edits_of_plan ON plan_edits (plan_id, id);

CREATE TRIGGER plan_edits_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_edits FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('the edits of a plan are append-only');

-- Somebody says why an assignment of theirs should be another's; somebody answers.
CREATE TABLE appeals (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL,
    product_line   TEXT COLLATE "C",
    employee_id    TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    answer         TEXT COLLATE "C" NOT NULL,
    answered_by    TEXT COLLATE "C",
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX appeals_present ON appeals (number) WHERE superseded_at IS NULL;
CREATE INDEX appeals_of_account ON appeals (account_id);
CREATE TRIGGER appeals_one_writer BEFORE INSERT OR UPDATE ON appeals
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER appeals_append_only BEFORE UPDATE ON appeals FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.role, NEW.product_line, NEW.employee_id, NEW.reason,
      NEW.state, NEW.answer, NEW.answered_by, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.role, OLD.product_line, OLD.employee_id, OLD.reason,
      OLD.state, OLD.answer, OLD.answered_by, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('appeals are append-only');
CREATE TRIGGER appeals_stay BEFORE DELETE OR TRUNCATE ON appeals FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('appeals are append-only');

REVOKE UPDATE, DELETE, TRUNCATE ON plan_edits, appeals FROM CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON appeals TO CURRENT_USER;
