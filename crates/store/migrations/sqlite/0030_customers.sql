-- What is known of customers and how they are served: all kept the same way. A thing has a number, and each change of it
-- is a row of its own, a version; the one before is superseded. Rows are never altered or removed, except that
-- superseded_at/superseded_by are set once.


-- A person at a customer.
CREATE TABLE contacts (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT NOT NULL,
    name           TEXT NOT NULL,
    position       TEXT,
    email          TEXT,
    phones         TEXT NOT NULL,
    language       TEXT,
    preferred      TEXT,
    main           TEXT NOT NULL,
    active         TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX contacts_present ON contacts (number) WHERE superseded_at IS NULL;
CREATE INDEX contacts_of_account ON contacts (account_id);
CREATE TRIGGER contacts_append_only BEFORE UPDATE ON contacts
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.name IS NOT OLD.name OR NEW.position IS NOT OLD.position OR NEW.email IS NOT
     OLD.email OR NEW.phones IS NOT OLD.phones OR NEW.language IS NOT OLD.language OR NEW.preferred IS NOT
     OLD.preferred OR NEW.main IS NOT OLD.main OR NEW.active IS NOT OLD.active OR NEW.recorded_at IS NOT
     OLD.recorded_at OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'contacts are append-only'); END;
CREATE TRIGGER contacts_stay BEFORE DELETE ON contacts
BEGIN SELECT RAISE(ABORT, 'contacts are append-only'); END;

-- What a customer wants or lacks.
CREATE TABLE needs (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT NOT NULL,
    need           TEXT NOT NULL,
    product_line   TEXT,
    stage          TEXT,
    since          TEXT NOT NULL,
    state          TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX needs_present ON needs (number) WHERE superseded_at IS NULL;
CREATE INDEX needs_of_account ON needs (account_id);
CREATE TRIGGER needs_append_only BEFORE UPDATE ON needs
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.need IS NOT OLD.need OR NEW.product_line IS NOT OLD.product_line OR NEW.stage IS NOT
     OLD.stage OR NEW.since IS NOT OLD.since OR NEW.state IS NOT OLD.state OR NEW.recorded_at IS NOT
     OLD.recorded_at OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'needs are append-only'); END;
CREATE TRIGGER needs_stay BEFORE DELETE ON needs
BEGIN SELECT RAISE(ABORT, 'needs are append-only'); END;

-- What should be known before speaking with a customer; one an account.
CREATE TABLE particulars (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT NOT NULL,
    note           TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX particulars_present ON particulars (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX particulars_of_account ON particulars (account_id) WHERE superseded_at IS NULL;
CREATE INDEX particulars_ever ON particulars (account_id);
CREATE TRIGGER particulars_append_only BEFORE UPDATE ON particulars
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.note IS NOT OLD.note OR NEW.recorded_at IS NOT OLD.recorded_at OR NEW.recorded_by IS
     NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'particulars are append-only'); END;
CREATE TRIGGER particulars_stay BEFORE DELETE ON particulars
BEGIN SELECT RAISE(ABORT, 'particulars are append-only'); END;

-- How an employee is to be reached, where somebody wrote it down; one an employee.
CREATE TABLE employee_ways (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    employee_id    TEXT NOT NULL,
    email          TEXT,
    phones         TEXT NOT NULL,
    hours          TEXT,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX employee_ways_present ON employee_ways (number) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX employee_ways_of_employee ON employee_ways (employee_id) WHERE superseded_at IS NULL;
CREATE TRIGGER employee_ways_append_only BEFORE UPDATE ON employee_ways
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.employee_id IS
     NOT OLD.employee_id OR NEW.email IS NOT OLD.email OR NEW.phones IS NOT OLD.phones OR NEW.hours IS NOT
     OLD.hours OR NEW.recorded_at IS NOT OLD.recorded_at OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'employee_ways are append-only'); END;
CREATE TRIGGER employee_ways_stay BEFORE DELETE ON employee_ways
BEGIN SELECT RAISE(ABORT, 'employee_ways are append-only'); END;

-- A communication or a task; each step with it is a version.
CREATE TABLE communications (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT,
    caller         TEXT,
    contact        TEXT,
    channel        TEXT NOT NULL,
    task           TEXT,
    direction      TEXT NOT NULL,
    subject        TEXT NOT NULL,
    body           TEXT NOT NULL,
    role           TEXT,
    product_line   TEXT,
    stage          TEXT,
    due_on         TEXT,
    received_by    TEXT,
    received_at    TEXT NOT NULL,
    state          TEXT NOT NULL,
    given_to       TEXT,
    step           TEXT NOT NULL,
    note           TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX communications_present ON communications (number) WHERE superseded_at IS NULL;
CREATE INDEX communications_of_account ON communications (account_id);
CREATE INDEX communications_under_way ON communications (due_on, number)
    WHERE superseded_at IS NULL AND state IN ('open', 'passed', 'in-progress');
CREATE TRIGGER communications_append_only BEFORE UPDATE ON communications
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.caller IS NOT OLD.caller OR NEW.contact IS NOT OLD.contact OR NEW.channel IS NOT
     OLD.channel OR NEW.task IS NOT OLD.task OR NEW.direction IS NOT OLD.direction OR NEW.subject IS NOT
     OLD.subject OR NEW.body IS NOT OLD.body OR NEW.role IS NOT OLD.role OR NEW.product_line IS NOT
     OLD.product_line OR NEW.stage IS NOT OLD.stage OR NEW.due_on IS NOT OLD.due_on OR NEW.received_by IS NOT
     OLD.received_by OR NEW.received_at IS NOT OLD.received_at OR NEW.state IS NOT OLD.state OR NEW.given_to IS NOT
     OLD.given_to OR NEW.step IS NOT OLD.step OR NEW.note IS NOT OLD.note OR NEW.recorded_at IS NOT OLD.recorded_at
     OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'communications are append-only'); END;
CREATE TRIGGER communications_stay BEFORE DELETE ON communications
BEGIN SELECT RAISE(ABORT, 'communications are append-only'); END;

-- The public card of an account behind a secret, of which a hash is kept.
CREATE TABLE card_links (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    account_id     TEXT NOT NULL,
    label          TEXT NOT NULL,
    secret_hash    TEXT NOT NULL,
    expires_at     TEXT,
    revoked        TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL,
    recorded_by    INTEGER NOT NULL,
    superseded_at  INTEGER,
    superseded_by  INTEGER,
    UNIQUE (number, version),
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK (superseded_at > recorded_at)
) STRICT;
CREATE UNIQUE INDEX card_links_present ON card_links (number) WHERE superseded_at IS NULL;
CREATE INDEX card_links_of_account ON card_links (account_id);
CREATE UNIQUE INDEX card_links_by_secret ON card_links (secret_hash) WHERE superseded_at IS NULL;
CREATE TRIGGER card_links_append_only BEFORE UPDATE ON card_links
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
  OR NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number OR NEW.version IS NOT OLD.version OR NEW.account_id IS
     NOT OLD.account_id OR NEW.label IS NOT OLD.label OR NEW.secret_hash IS NOT OLD.secret_hash OR NEW.expires_at
     IS NOT OLD.expires_at OR NEW.revoked IS NOT OLD.revoked OR NEW.recorded_at IS NOT OLD.recorded_at OR
     NEW.recorded_by IS NOT OLD.recorded_by
BEGIN SELECT RAISE(ABORT, 'card_links are append-only'); END;
CREATE TRIGGER card_links_stay BEFORE DELETE ON card_links
BEGIN SELECT RAISE(ABORT, 'card_links are append-only'); END;
