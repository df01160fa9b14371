-- Pay: orders divided by hand, disputes about credits, and periods that were closed.

-- An order divided among people by hand.
CREATE TABLE credit_splits (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    order_id       TEXT COLLATE "C" NOT NULL,
    line           TEXT COLLATE "C",
    parts          TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    active         TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX credit_splits_present ON credit_splits (number) WHERE superseded_at IS NULL;
CREATE INDEX credit_splits_of_order ON credit_splits (order_id);
CREATE TRIGGER credit_splits_one_writer BEFORE INSERT OR UPDATE ON credit_splits
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER credit_splits_append_only BEFORE UPDATE ON credit_splits FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.order_id, NEW.line, NEW.parts, NEW.reason, NEW.active, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.order_id, OLD.line, OLD.parts, OLD.reason, OLD.active, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('credit_splits are append-only');
CREATE TRIGGER credit_splits_stay BEFORE DELETE OR TRUNCATE ON credit_splits FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('credit_splits are append-only');

-- An employee says that a credit or a statement is wrong.
CREATE TABLE disputes (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    employee_id    TEXT COLLATE "C" NOT NULL,
    period         TEXT COLLATE "C" NOT NULL,
    order_id       TEXT COLLATE "C",
    line           TEXT COLLATE "C",
    claim          TEXT COLLATE "C" NOT NULL,
    answer         TEXT COLLATE "C",
    state          TEXT COLLATE "C" NOT NULL,
    amount         TEXT COLLATE "C",
    opened_by      TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX disputes_present ON disputes (number) WHERE superseded_at IS NULL;
CREATE INDEX disputes_of_employee ON disputes (employee_id);
CREATE TRIGGER disputes_one_writer BEFORE INSERT OR UPDATE ON disputes
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER disputes_append_only BEFORE UPDATE ON disputes FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.employee_id, NEW.period, NEW.order_id, NEW.line, NEW.claim, NEW.answer, NEW.state, NEW.amount, NEW.opened_by, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.employee_id, OLD.period, OLD.order_id, OLD.line, OLD.claim, OLD.answer, OLD.state, OLD.amount, OLD.opened_by, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('disputes are append-only');
CREATE TRIGGER disputes_stay BEFORE DELETE OR TRUNCATE ON disputes FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('disputes are append-only');

-- Everybody's statement of a period, for ever.
CREATE TABLE pay_periods (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    period         TEXT COLLATE "C" NOT NULL,
    content        TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX pay_periods_present ON pay_periods (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX pay_periods_once ON pay_periods (period);
CREATE TRIGGER pay_periods_one_writer BEFORE INSERT OR UPDATE ON pay_periods
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER pay_periods_append_only BEFORE UPDATE ON pay_periods FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.period, NEW.content, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.period, OLD.content, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('pay_periods are append-only');
CREATE TRIGGER pay_periods_stay BEFORE DELETE OR TRUNCATE ON pay_periods FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('pay_periods are append-only');

REVOKE UPDATE, DELETE, TRUNCATE ON credit_splits, disputes, pay_periods FROM CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON credit_splits TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON disputes TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON pay_periods TO CURRENT_USER;
