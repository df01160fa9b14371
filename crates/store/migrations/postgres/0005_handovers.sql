-- Portfolios that leavers handed over. While a row holds, the employee is given nothing any more; a hand-over that is taken
-- back is superseded.

CREATE TABLE handovers (
    id             BIGINT PRIMARY KEY,
    employee_id    TEXT COLLATE "C" NOT NULL,
    effective_on   TEXT COLLATE "C" NOT NULL CHECK (length(effective_on) = 10),
    reason         TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
-- Nobody leaves twice.
CREATE UNIQUE INDEX handovers_present ON handovers (employee_id) WHERE superseded_at IS NULL;

CREATE TRIGGER handovers_append_only BEFORE UPDATE ON handovers FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.employee_id, NEW.effective_on, NEW.reason, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM (OLD.id, OLD.employee_id, OLD.effective_on, OLD.reason, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('hand-overs are append-only');
CREATE TRIGGER handovers_stay BEFORE DELETE OR TRUNCATE ON handovers FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('hand-overs are append-only');
REVOKE UPDATE, DELETE, TRUNCATE ON handovers FROM CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON handovers TO CURRENT_USER;
