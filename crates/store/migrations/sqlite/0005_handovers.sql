-- Portfolios that leavers handed over. While a row holds, the employee is given nothing any more; a hand-over that is taken
-- back is superseded.

CREATE TABLE handovers (
    id             INTEGER PRIMARY KEY,
    employee_id    TEXT NOT NULL,
    effective_on   TEXT NOT NULL CHECK (length(effective_on) = 10),
    reason         TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
-- Nobody leaves twice.
CREATE UNIQUE INDEX handovers_present ON handovers (employee_id) WHERE superseded_at IS NULL;

CREATE TRIGGER handovers_append_only BEFORE UPDATE ON handovers
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id <> OLD.id OR NEW.employee_id <> OLD.employee_id OR NEW.effective_on <> OLD.effective_on
  OR NEW.reason <> OLD.reason OR NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by <> OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'hand-overs are append-only'); END;
CREATE TRIGGER handovers_stay BEFORE DELETE ON handovers
BEGIN SELECT RAISE(ABORT, 'hand-overs are append-only'); END;
