-- Who may come in: users, their sessions, and tokens for programs. Of secrets only hashes are kept. These rows change;
-- what was changed, by whom and when is in the audit trail.

CREATE TABLE users (
    user_id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name           TEXT COLLATE "C" NOT NULL,
    -- The name in small letters: no two users differ by case alone.
    name_key       TEXT COLLATE "C" NOT NULL UNIQUE,
    display_name   TEXT COLLATE "C" NOT NULL,
    password_hash  TEXT COLLATE "C" NOT NULL,
    roles          TEXT COLLATE "C" NOT NULL,
    employee_id    TEXT COLLATE "C",
    active         BIGINT NOT NULL CHECK (active IN (0, 1)),
    failed         BIGINT NOT NULL,
    locked_until   BIGINT,
    version        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE sessions (
    secret_hash  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (user_id),
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE tokens (
    token_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (user_id),
    name         TEXT COLLATE "C" NOT NULL,
    secret_hash  TEXT COLLATE "C" NOT NULL UNIQUE,
    scopes       TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    used_on      TEXT COLLATE "C"
);
CREATE INDEX tokens_of_user ON tokens (user_id);

-- The reporting line, walked downwards.
CREATE INDEX employees_of_manager ON employees (manager_id) WHERE manager_id IS NOT NULL;

-- Users and tokens are disabled and revoked, never removed; sessions end.
CREATE TRIGGER users_stay BEFORE DELETE OR TRUNCATE ON users FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('users are never removed');
CREATE TRIGGER tokens_stay BEFORE DELETE OR TRUNCATE ON tokens FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('tokens are never removed');
REVOKE DELETE, TRUNCATE ON users, tokens FROM CURRENT_USER;
