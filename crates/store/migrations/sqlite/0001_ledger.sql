-- The ledger. Names and dates are text (dates as YYYY-MM-DD), moments are microseconds since 1970 UTC, JSON is text with
-- sorted keys. "No product line" is the empty text, so that it can take part in a key.
-- Rows are never altered or removed, except that superseded_at/superseded_by (archived_by) are set once.

-- Marks the file as a ledger of Bailiwick: "BLWK".
PRAGMA application_id = 1112299339;

CREATE TABLE audit (
    seq           INTEGER PRIMARY KEY,
    recorded_at   INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    before_state  TEXT NOT NULL,
    after_state   TEXT NOT NULL,
    reason        TEXT NOT NULL,
    digest        TEXT NOT NULL,
    hash          TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    account_id   TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    parent_id    TEXT,
    attributes   TEXT NOT NULL,
    search       TEXT NOT NULL,
    digest       TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;

CREATE INDEX accounts_of_parent ON accounts (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE account_history (
    account_id     TEXT NOT NULL,
    name           TEXT NOT NULL,
    parent_id      TEXT,
    attributes     TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER NOT NULL,
    superseded_by  INTEGER NOT NULL,
    PRIMARY KEY (account_id, recorded_by)
) STRICT;

CREATE TABLE employees (
    employee_id  TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    position     TEXT,
    department   TEXT,
    manager_id   TEXT,
    attributes   TEXT NOT NULL,
    search       TEXT NOT NULL,
    digest       TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;

CREATE TABLE employee_history (
    employee_id    TEXT NOT NULL,
    name           TEXT NOT NULL,
    position       TEXT,
    department     TEXT,
    manager_id     TEXT,
    attributes     TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER NOT NULL,
    superseded_by  INTEGER NOT NULL,
    PRIMARY KEY (employee_id, recorded_by)
) STRICT;

-- A policy as it was used: its text, and what was computed from the data and then frozen (the importance cut points).
CREATE TABLE policies (
    version      INTEGER NOT NULL PRIMARY KEY,
    text         TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    frozen       TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;
CREATE INDEX policies_by_sha256 ON policies (sha256);

CREATE TABLE plans (
    plan_id         TEXT NOT NULL PRIMARY KEY,
    policy_version  INTEGER NOT NULL REFERENCES policies (version),
    base_version    TEXT,
    state           TEXT NOT NULL CHECK (state IN ('applied', 'archived')),
    effective_on    TEXT NOT NULL CHECK (length(effective_on) = 10),
    scope           TEXT NOT NULL,
    summary         TEXT NOT NULL,
    routing         TEXT NOT NULL,
    actor           TEXT NOT NULL,
    recorded_at     INTEGER NOT NULL,
    recorded_by     INTEGER NOT NULL,
    archived_by     INTEGER,
    CHECK ((state = 'archived') = (archived_by IS NOT NULL))
) STRICT;
CREATE INDEX plans_by_date ON plans (effective_on, recorded_by);

CREATE TABLE assignments (
    id             INTEGER PRIMARY KEY,
    account_id     TEXT NOT NULL,
    role           TEXT NOT NULL,
    product_line   TEXT NOT NULL,
    employee_id    TEXT NOT NULL,
    segment        TEXT NOT NULL,
    territory      TEXT,
    rule           TEXT NOT NULL,
    reason         TEXT NOT NULL,
    why            TEXT NOT NULL,
    valid_from     TEXT NOT NULL CHECK (length(valid_from) = 10),
    valid_to       TEXT CHECK (length(valid_to) = 10 AND valid_to > valid_from),
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
-- What holds to our present knowledge; answers "who" and "all holders" without touching the table.
CREATE INDEX assignments_present
    ON assignments (account_id, role, product_line, valid_from, valid_to, employee_id) WHERE superseded_at IS NULL;
-- What we once held to be true.
CREATE INDEX assignments_superseded ON assignments (account_id) WHERE superseded_at IS NOT NULL;

-- No two owners of one account × role × product line at a time. The domain keeps the rule; this is the second fence.
CREATE TRIGGER assignments_one_owner BEFORE INSERT ON assignments
WHEN EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.superseded_at IS NULL
      AND other.account_id = NEW.account_id AND other.role = NEW.role AND other.product_line = NEW.product_line
      AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
      AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from))
BEGIN
    SELECT RAISE(ABORT, 'two owners of one account, role and product line at a time');
END;

CREATE TABLE route_decisions (
    id           INTEGER PRIMARY KEY,
    account_id   TEXT NOT NULL,
    effective_on TEXT NOT NULL CHECK (length(effective_on) = 10),
    arrival      TEXT NOT NULL,
    owners       TEXT NOT NULL,
    why          TEXT NOT NULL,
    seed         TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  INTEGER NOT NULL
) STRICT;
CREATE INDEX route_decisions_by_account ON route_decisions (account_id);

-- Append-only.
CREATE TRIGGER assignments_append_only BEFORE UPDATE ON assignments
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id <> OLD.id OR NEW.account_id <> OLD.account_id OR NEW.role <> OLD.role
  OR NEW.product_line <> OLD.product_line OR NEW.employee_id <> OLD.employee_id OR NEW.segment <> OLD.segment
  OR NEW.territory IS NOT OLD.territory OR NEW.rule <> OLD.rule OR NEW.reason <> OLD.reason OR NEW.why <> OLD.why
  OR NEW.valid_from <> OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to
  OR NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by <> OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END;
CREATE TRIGGER plans_append_only BEFORE UPDATE ON plans
WHEN OLD.archived_by IS NOT NULL OR NEW.archived_by IS NULL OR NEW.plan_id <> OLD.plan_id
  OR NEW.policy_version <> OLD.policy_version OR NEW.base_version IS NOT OLD.base_version
  OR NEW.effective_on <> OLD.effective_on OR NEW.scope <> OLD.scope OR NEW.summary <> OLD.summary
  OR NEW.routing <> OLD.routing OR NEW.actor <> OLD.actor
  OR NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by <> OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'plans are append-only'); END;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER policies_never_change BEFORE UPDATE ON policies
BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;
CREATE TRIGGER routes_never_change BEFORE UPDATE ON route_decisions
BEGIN SELECT RAISE(ABORT, 'route decisions are append-only'); END;
CREATE TRIGGER account_history_never_changes BEFORE UPDATE ON account_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER employee_history_never_changes BEFORE UPDATE ON employee_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER assignments_stay BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END;
CREATE TRIGGER plans_stay BEFORE DELETE ON plans
BEGIN SELECT RAISE(ABORT, 'plans are append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER policies_stay BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;
CREATE TRIGGER routes_stay BEFORE DELETE ON route_decisions
BEGIN SELECT RAISE(ABORT, 'route decisions are append-only'); END;
CREATE TRIGGER account_history_stays BEFORE DELETE ON account_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER employee_history_stays BEFORE DELETE ON employee_history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'accounts are never removed'); END;
CREATE TRIGGER employees_stay BEFORE DELETE ON employees
BEGIN SELECT RAISE(ABORT, 'employees are never removed'); END;
