-- The ledger. Names and dates are text (dates as YYYY-MM-DD), moments are microseconds since 1970 UTC, JSON is text with
-- sorted keys. "No product line" is the empty text, so that it can take part in a key.
-- Texts are ordered by their bytes (COLLATE "C"), as Rust and SQLite order them: changes are found by walking through
-- what is planned and what is recorded side by side.
-- Rows are never altered or removed, except that superseded_at/superseded_by (archived_by) are set once.

CREATE TABLE audit (
    seq           BIGINT PRIMARY KEY,
    recorded_at   BIGINT NOT NULL,
    actor         TEXT COLLATE "C" NOT NULL,
    action        TEXT COLLATE "C" NOT NULL,
    subject       TEXT COLLATE "C" NOT NULL,
    before_state  TEXT COLLATE "C" NOT NULL,
    after_state   TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C" NOT NULL,
    digest        TEXT COLLATE "C" NOT NULL,
    hash          TEXT COLLATE "C" NOT NULL
);

-- Marks the schema as a ledger.
COMMENT ON TABLE audit IS 'Bailiwick ledger';

CREATE TABLE accounts (
    account_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    parent_id    TEXT COLLATE "C",
    attributes   TEXT COLLATE "C" NOT NULL,
    search       TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);

CREATE INDEX accounts_of_parent ON accounts (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE account_history (
    account_id     TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    parent_id      TEXT COLLATE "C",
    attributes     TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT NOT NULL,
    superseded_by  BIGINT NOT NULL,
    PRIMARY KEY (account_id, recorded_by)
);

CREATE TABLE employees (
    employee_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    position     TEXT COLLATE "C",
    department   TEXT COLLATE "C",
    manager_id   TEXT COLLATE "C",
    attributes   TEXT COLLATE "C" NOT NULL,
    search       TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);

CREATE TABLE employee_history (
    employee_id    TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    position       TEXT COLLATE "C",
    department     TEXT COLLATE "C",
    manager_id     TEXT COLLATE "C",
    attributes     TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT NOT NULL,
    superseded_by  BIGINT NOT NULL,
    PRIMARY KEY (employee_id, recorded_by)
);

-- A policy as it was used: its text, and what was computed from the data and then frozen (the importance cut points).
CREATE TABLE policies (
    version      BIGINT NOT NULL PRIMARY KEY,
    text         TEXT COLLATE "C" NOT NULL,
    sha256       TEXT COLLATE "C" NOT NULL,
    frozen       TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);
CREATE INDEX policies_by_sha256 ON policies (sha256);

CREATE TABLE plans (
    plan_id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    policy_version  BIGINT NOT NULL REFERENCES policies (version),
    base_version    TEXT COLLATE "C",
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('applied', 'archived')),
    effective_on    TEXT COLLATE "C" NOT NULL CHECK (length(effective_on) = 10),
    scope           TEXT COLLATE "C" NOT NULL,
    summary         TEXT COLLATE "C" NOT NULL,
    routing         TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    recorded_at     BIGINT NOT NULL,
    recorded_by     BIGINT NOT NULL,
    archived_by     BIGINT,
    CHECK ((state = 'archived') = (archived_by IS NOT NULL))
);
CREATE INDEX plans_by_date ON plans (effective_on, recorded_by);

CREATE TABLE assignments (
    id             BIGINT PRIMARY KEY,
    account_id     TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL,
    product_line   TEXT COLLATE "C" NOT NULL,
    employee_id    TEXT COLLATE "C" NOT NULL,
    segment        TEXT COLLATE "C" NOT NULL,
    territory      TEXT COLLATE "C",
    rule           TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    why            TEXT COLLATE "C" NOT NULL,
    valid_from     TEXT COLLATE "C" NOT NULL CHECK (length(valid_from) = 10),
    valid_to       TEXT COLLATE "C" CHECK (length(valid_to) = 10 AND valid_to > valid_from),
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
-- What holds to our present knowledge; answers "who" and "all holders" without touching the table.
CREATE INDEX assignments_present
    ON assignments (account_id, role, product_line, valid_from, valid_to, employee_id) WHERE superseded_at IS NULL;
-- What we once held to be true.
CREATE INDEX assignments_superseded ON assignments (account_id) WHERE superseded_at IS NOT NULL;

CREATE TABLE route_decisions (
    id           BIGINT PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL,
    effective_on TEXT COLLATE "C" NOT NULL CHECK (length(effective_on) = 10),
    arrival      TEXT COLLATE "C" NOT NULL,
    owners       TEXT COLLATE "C" NOT NULL,
    why          TEXT COLLATE "C" NOT NULL,
    seed         TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    recorded_by  BIGINT NOT NULL
);
CREATE INDEX route_decisions_by_account ON route_decisions (account_id);

-- No two owners of one account × role × product line at a time. The domain keeps the rule; this is the second fence. It
-- looks at all rows of a statement at once, one look into the index a row.
CREATE FUNCTION assignments_one_owner() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    -- LATERAL with a limit: row by row, whatever the planner believes of the sizes. A join may be turned round, and then
    -- takes the square of the time.
    IF EXISTS (
        SELECT 1 FROM fresh CROSS JOIN LATERAL (
            SELECT 1 FROM assignments AS other
            WHERE other.superseded_at IS NULL AND fresh.superseded_at IS NULL AND other.id <> fresh.id
              AND other.account_id = fresh.account_id AND other.role = fresh.role
              AND other.product_line = fresh.product_line
              AND (fresh.valid_to IS NULL OR other.valid_from < fresh.valid_to)
              AND (other.valid_to IS NULL OR other.valid_to > fresh.valid_from)
            LIMIT 1) AS another)
    THEN
        RAISE EXCEPTION 'two owners of one account, role and product line at a time';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER assignments_one_owner AFTER INSERT ON assignments
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION assignments_one_owner();

-- Whoever writes to the ledger by other means than Bailiwick waits for its turn, too.
CREATE FUNCTION one_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1112299339, hashtext(TG_TABLE_SCHEMA::text));
    RETURN NULL;
END $$;
CREATE TRIGGER assignments_one_writer BEFORE INSERT OR UPDATE ON assignments
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER audit_one_writer BEFORE INSERT ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();

-- Append-only.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE TRIGGER assignments_append_only BEFORE UPDATE ON assignments FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.account_id, NEW.role, NEW.product_line, NEW.employee_id, NEW.segment, NEW.territory, NEW.rule, NEW.reason,
      NEW.why, NEW.valid_from, NEW.valid_to, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.account_id, OLD.role, OLD.product_line, OLD.employee_id, OLD.segment, OLD.territory, OLD.rule, OLD.reason,
      OLD.why, OLD.valid_from, OLD.valid_to, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('assignments are append-only');
CREATE TRIGGER plans_append_only BEFORE UPDATE ON plans FOR EACH ROW
WHEN (OLD.archived_by IS NOT NULL OR NEW.archived_by IS NULL
  OR (NEW.plan_id, NEW.policy_version, NEW.base_version, NEW.effective_on, NEW.scope, NEW.summary, NEW.routing, NEW.actor,
      NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.plan_id, OLD.policy_version, OLD.base_version, OLD.effective_on, OLD.scope, OLD.summary, OLD.routing, OLD.actor,
      OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('plans are append-only');
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('the audit trail is append-only');
CREATE TRIGGER policies_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON policies FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('policies are append-only');
CREATE TRIGGER route_decisions_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON route_decisions FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('route decisions are append-only');
CREATE TRIGGER account_history_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON account_history FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('history is append-only');
CREATE TRIGGER employee_history_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON employee_history FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('history is append-only');
CREATE TRIGGER assignments_stay BEFORE DELETE OR TRUNCATE ON assignments FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('assignments are append-only');
CREATE TRIGGER plans_stay BEFORE DELETE OR TRUNCATE ON plans FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('plans are append-only');
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON accounts FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('accounts are never removed');
CREATE TRIGGER employees_stay BEFORE DELETE OR TRUNCATE ON employees FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('employees are never removed');

-- The rights to alter and remove are taken from the owner, too; the triggers stand behind for whoever has every right.
-- (The one column of policies is left because a foreign key locks the row it points to, which asks for a right to alter
-- it; its trigger refuses all the same.)
REVOKE UPDATE, DELETE, TRUNCATE ON audit, policies, plans, assignments, route_decisions, account_history, employee_history
    FROM CURRENT_USER;
REVOKE DELETE, TRUNCATE ON accounts, employees FROM CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON assignments TO CURRENT_USER;
GRANT UPDATE (state, archived_by) ON plans TO CURRENT_USER;
GRANT UPDATE (recorded_by) ON policies TO CURRENT_USER;
