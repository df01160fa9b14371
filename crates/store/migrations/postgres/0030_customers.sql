-- What is known of customers and how they are served: all kept the same way. A thing has a number, and each change of it
-- is a row of its own, a version; the one before is superseded. Rows are never altered or removed, except that
-- superseded_at/superseded_by are set once.


-- A person at a customer.
CREATE TABLE contacts (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    position       TEXT COLLATE "C",
    email          TEXT COLLATE "C",
    phones         TEXT COLLATE "C" NOT NULL,
    language       TEXT COLLATE "C",
    preferred      TEXT COLLATE "C",
    main           TEXT COLLATE "C" NOT NULL,
    active         TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX contacts_present ON contacts (number) WHERE superseded_at IS NULL;
CREATE INDEX contacts_of_account ON contacts (account_id);
CREATE TRIGGER contacts_one_writer BEFORE INSERT OR UPDATE ON contacts
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER contacts_append_only BEFORE UPDATE ON contacts FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.name, NEW.position, NEW.email, NEW.phones,
      NEW.language, NEW.preferred, NEW.main, NEW.active, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.name, OLD.position, OLD.email, OLD.phones,
      OLD.language, OLD.preferred, OLD.main, OLD.active, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('contacts are append-only');
CREATE TRIGGER contacts_stay BEFORE DELETE OR TRUNCATE ON contacts FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('contacts are append-only');

-- What a customer wants or lacks.
CREATE TABLE needs (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL,
    need           TEXT COLLATE "C" NOT NULL,
    product_line   TEXT COLLATE "C",
    stage          TEXT COLLATE "C",
    since          TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX needs_present ON needs (number) WHERE superseded_at IS NULL;
CREATE INDEX needs_of_account ON needs (account_id);
CREATE TRIGGER needs_one_writer BEFORE INSERT OR UPDATE ON needs
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER needs_append_only BEFORE UPDATE ON needs FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.need, NEW.product_line, NEW.stage, NEW.since,
      NEW.state, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.need, OLD.product_line, OLD.stage, OLD.since,
      OLD.state, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('needs are append-only');
CREATE TRIGGER needs_stay BEFORE DELETE OR TRUNCATE ON needs FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('needs are append-only');

-- What should be known before speaking with a customer; one an account.
CREATE TABLE particulars (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL,
    note           TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX particulars_present ON particulars (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX particulars_of_account ON particulars (account_id) WHERE superseded_at IS NULL;
CREATE INDEX particulars_ever ON particulars (account_id);
CREATE TRIGGER particulars_one_writer BEFORE INSERT OR UPDATE ON particulars
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER particulars_append_only BEFORE UPDATE ON particulars FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.note, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.note, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('particulars are append-only');
CREATE TRIGGER particulars_stay BEFORE DELETE OR TRUNCATE ON particulars FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('particulars are append-only');

-- How an employee is to be reached, where somebody wrote it down; one an employee.
CREATE TABLE employee_ways (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    employee_id    TEXT COLLATE "C" NOT NULL,
    email          TEXT COLLATE "C",
    phones         TEXT COLLATE "C" NOT NULL,
    hours          TEXT COLLATE "C",
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX employee_ways_present ON employee_ways (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX employee_ways_of_employee ON employee_ways (employee_id) WHERE superseded_at IS NULL;
CREATE TRIGGER employee_ways_one_writer BEFORE INSERT OR UPDATE ON employee_ways
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER employee_ways_append_only BEFORE UPDATE ON employee_ways FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.employee_id, NEW.email, NEW.phones, NEW.hours, NEW.recorded_at,
      NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.employee_id, OLD.email, OLD.phones, OLD.hours, OLD.recorded_at,
      OLD.recorded_by))
EXECUTE FUNCTION append_only('employee_ways are append-only');
CREATE TRIGGER employee_ways_stay BEFORE DELETE OR TRUNCATE ON employee_ways FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('employee_ways are append-only');

-- A communication or a task; each step with it is a version.
CREATE TABLE communications (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C",
    caller         TEXT COLLATE "C",
    contact        TEXT COLLATE "C",
    channel        TEXT COLLATE "C" NOT NULL,
    task           TEXT COLLATE "C",
    direction      TEXT COLLATE "C" NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    body           TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C",
    product_line   TEXT COLLATE "C",
    stage          TEXT COLLATE "C",
    due_on         TEXT COLLATE "C",
    received_by    TEXT COLLATE "C",
    received_at    TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    given_to       TEXT COLLATE "C",
    step           TEXT COLLATE "C" NOT NULL,
    note           TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX communications_present ON communications (number) WHERE superseded_at IS NULL;
CREATE INDEX communications_of_account ON communications (account_id);
CREATE INDEX communications_under_way ON communications (due_on, number)
    WHERE superseded_at IS NULL AND state IN ('open', 'passed', 'in-progress');
CREATE TRIGGER communications_one_writer BEFORE INSERT OR UPDATE ON communications
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER communications_append_only BEFORE UPDATE ON communications FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.caller, NEW.contact, NEW.channel, NEW.task,
      NEW.direction, NEW.subject, NEW.body, NEW.role, NEW.product_line, NEW.stage, NEW.due_on, NEW.received_by,
      NEW.received_at, NEW.state, NEW.given_to, NEW.step, NEW.note, NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.caller, OLD.contact, OLD.channel, OLD.task,
      OLD.direction, OLD.subject, OLD.body, OLD.role, OLD.product_line, OLD.stage, OLD.due_on, OLD.received_by,
      OLD.received_at, OLD.state, OLD.given_to, OLD.step, OLD.note, OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('communications are append-only');
CREATE TRIGGER communications_stay BEFORE DELETE OR TRUNCATE ON communications FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('communications are append-only');

-- The public card of an account behind a secret, of which a hash is kept.
CREATE TABLE card_links (
    id             BIGINT PRIMARY KEY,
    number         BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    account_id     TEXT COLLATE "C" NOT NULL,
    label          TEXT COLLATE "C" NOT NULL,
    secret_hash    TEXT COLLATE "C" NOT NULL,
    expires_at     TEXT COLLATE "C",
    revoked        TEXT COLLATE "C" NOT NULL,
    recorded_at    BIGINT NOT NULL,
    recorded_by    BIGINT NOT NULL,
    superseded_at  BIGINT,
    superseded_by  BIGINT,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
);
CREATE UNIQUE INDEX card_links_present ON card_links (number) WHERE superseded_at IS NULL;
CREATE INDEX card_links_of_account ON card_links (account_id);
CREATE UNIQUE INDEX card_links_by_secret ON card_links (secret_hash) WHERE superseded_at IS NULL;
CREATE TRIGGER card_links_one_writer BEFORE INSERT OR UPDATE ON card_links
    FOR EACH STATEMENT EXECUTE FUNCTION one_writer();
CREATE TRIGGER card_links_append_only BEFORE UPDATE ON card_links FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR (NEW.id, NEW.number, NEW.version, NEW.account_id, NEW.label, NEW.secret_hash, NEW.expires_at, NEW.revoked,
      NEW.recorded_at, NEW.recorded_by)
  IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.version, OLD.account_id, OLD.label, OLD.secret_hash, OLD.expires_at, OLD.revoked,
      OLD.recorded_at, OLD.recorded_by))
EXECUTE FUNCTION append_only('card_links are append-only');
CREATE TRIGGER card_links_stay BEFORE DELETE OR TRUNCATE ON card_links FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('card_links are append-only');

REVOKE UPDATE, DELETE, TRUNCATE ON contacts, needs, particulars, employee_ways, communications, card_links
    FROM CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON contacts TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON needs TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON particulars TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON employee_ways TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON communications TO CURRENT_USER;
GRANT UPDATE (superseded_at, superseded_by) ON card_links TO CURRENT_USER;
