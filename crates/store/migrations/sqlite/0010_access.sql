-- Who may come in: users, their sessions, and tokens for programs. Of secrets only hashes are kept. These rows change;
-- what was changed, by whom and when is in the audit trail.

CREATE TABLE users (
    user_id        TEXT NOT NULL PRIMARY KEY,
    name           TEXT NOT NULL,
    -- The name in small letters: no two users differ by case alone.
    name_key       TEXT NOT NULL UNIQUE,
    display_name   TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    roles          TEXT NOT NULL,
    employee_id    TEXT,
    active         INTEGER NOT NULL CHECK (active IN (0, 1)),
    failed         INTEGER NOT NULL,
    locked_until   INTEGER,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    secret_hash  TEXT NOT NULL PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE tokens (
    token_id     TEXT NOT NULL PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    name         TEXT NOT NULL,
    secret_hash  TEXT NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    used_on      TEXT
) STRICT;
CREATE INDEX tokens_of_user ON tokens (user_id);

-- The reporting line, walked downwards.
CREATE INDEX employees_of_manager ON employees (manager_id) WHERE manager_id IS NOT NULL;

-- Users and tokens are disabled and revoked, never removed; sessions end.
CREATE TRIGGER users_stay BEFORE DELETE ON users
BEGIN SELECT RAISE(ABORT, 'users are never removed'); END;
CREATE TRIGGER tokens_stay BEFORE DELETE ON tokens
BEGIN SELECT RAISE(ABORT, 'tokens are never removed'); END;
