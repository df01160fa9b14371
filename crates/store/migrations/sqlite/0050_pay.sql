-- Pay: orders divided by hand, disputes about credits, and periods that were closed.

-- An order divided among people by hand.
CREATE TABLE credit_splits (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    order_id       TEXT NOT NULL,
    line           TEXT,
    parts          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    active         TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX credit_splits_present ON credit_splits (number) WHERE superseded_at IS NULL;
CREATE INDEX credit_splits_of_order ON credit_splits (order_id);
CREATE TRIGGER credit_splits_append_only BEFORE UPDATE ON credit_splits
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id
  OR NEW.number IS NOT OLD.number
  OR NEW.version IS NOT OLD.version
  OR NEW.order_id IS NOT OLD.order_id
  OR NEW.line IS NOT OLD.line
  OR NEW.parts IS NOT OLD.parts
  OR NEW.reason IS NOT OLD.reason
  OR NEW.active IS NOT OLD.active
  OR NEW.recorded_at IS NOT OLD.recorded_at
  OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'credit_splits are append-only'); END;
CREATE TRIGGER credit_splits_stay BEFORE DELETE ON credit_splits
BEGIN SELECT RAISE(ABORT, 'credit_splits are append-only'); END;

-- An employee says that a credit or a statement is wrong.
CREATE TABLE disputes (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    employee_id    TEXT NOT NULL,
    period         TEXT NOT NULL,
    order_id       TEXT,
    line           TEXT,
    claim          TEXT NOT NULL,
    answer         TEXT,
    state          TEXT NOT NULL,
    amount         TEXT,
    opened_by      TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX disputes_present ON disputes (number) WHERE superseded_at IS NULL;
CREATE INDEX disputes_of_employee ON disputes (employee_id);
CREATE TRIGGER disputes_append_only BEFORE UPDATE ON disputes
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id
  OR NEW.number IS NOT OLD.number
  OR NEW.version IS NOT OLD.version
  OR NEW.employee_id IS NOT OLD.employee_id
  OR NEW.period IS NOT OLD.period
  OR NEW.order_id IS NOT OLD.order_id
  OR NEW.line IS NOT OLD.line
  OR NEW.claim IS NOT OLD.claim
  OR NEW.answer IS NOT OLD.answer
  OR NEW.state IS NOT OLD.state
  OR NEW.amount IS NOT OLD.amount
  OR NEW.opened_by IS NOT OLD.opened_by
  OR NEW.recorded_at IS NOT OLD.recorded_at
  OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;
CREATE TRIGGER disputes_stay BEFORE DELETE ON disputes
BEGIN SELECT RAISE(ABORT, 'disputes are append-only'); END;

-- Everybody's statement of a period, for ever.
CREATE TABLE pay_periods (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    period         TEXT NOT NULL,
    content        TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX pay_periods_present ON pay_periods (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX pay_periods_once ON pay_periods (period);
CREATE TRIGGER pay_periods_append_only BEFORE UPDATE ON pay_periods
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id
  OR NEW.number IS NOT OLD.number
  OR NEW.version IS NOT OLD.version
  OR NEW.period IS NOT OLD.period
  OR NEW.content IS NOT OLD.content
  OR NEW.recorded_at IS NOT OLD.recorded_at
  OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'pay_periods are append-only'); END;
CREATE TRIGGER pay_periods_stay BEFORE DELETE ON pay_periods
BEGIN SELECT RAISE(ABORT, 'pay_periods are append-only'); END;
