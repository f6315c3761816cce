-- +goose Up

-- Times are microseconds since 1970 UTC, 0 for never. Names are the same in any case; all that may be in one is ASCII.
CREATE TABLE iam_account (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Users and roles.
CREATE TABLE iam_principal (
    id           TEXT    NOT NULL PRIMARY KEY,
    account      TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('user', 'role')),
    name         TEXT    NOT NULL COLLATE NOCASE,
    path         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    boundary     TEXT    NOT NULL,
    trust        TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    max_session  INTEGER NOT NULL, -- seconds
    last_used_at INTEGER NOT NULL,
    last_region  TEXT    NOT NULL,
    UNIQUE (account, kind, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX iam_principal_boundary ON iam_principal (account, boundary) WHERE boundary <> '';

CREATE TABLE iam_inline (
    owner    TEXT NOT NULL REFERENCES iam_principal (id) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE iam_attachment (
    owner TEXT NOT NULL REFERENCES iam_principal (id) ON DELETE CASCADE,
    arn   TEXT NOT NULL,
    PRIMARY KEY (owner, arn)
) STRICT, WITHOUT ROWID;

CREATE INDEX iam_attachment_policy ON iam_attachment (arn);

CREATE TABLE iam_policy (
    id              TEXT    NOT NULL PRIMARY KEY,
    account         TEXT    NOT NULL,
    name            TEXT    NOT NULL COLLATE NOCASE,
    path            TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    default_version INTEGER NOT NULL CHECK (default_version > 0),
    last_version    INTEGER NOT NULL CHECK (last_version > 0),
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE iam_policy_version (
    policy     TEXT    NOT NULL REFERENCES iam_policy (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL CHECK (version > 0),
    document   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (policy, version)
) STRICT, WITHOUT ROWID;

-- The owner is a principal or a policy.
CREATE TABLE iam_tag (
    owner TEXT NOT NULL,
    key   TEXT NOT NULL COLLATE NOCASE,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

-- The owner is a user, or empty for the account's root. A user's keys hold back its deletion.
CREATE TABLE iam_key (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT    NOT NULL UNIQUE,
    account      TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN ('Active', 'Inactive')),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    last_region  TEXT    NOT NULL,
    last_service TEXT    NOT NULL,
    secret       BLOB    NOT NULL -- ciphertext
) STRICT;

CREATE INDEX iam_key_owner ON iam_key (account, owner);

CREATE TABLE iam_service_credential (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    account    TEXT    NOT NULL,
    owner      TEXT    NOT NULL REFERENCES iam_principal (id),
    service    TEXT    NOT NULL,
    alias      TEXT    NOT NULL UNIQUE,
    status     TEXT    NOT NULL CHECK (status IN ('Active', 'Inactive')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    secret     BLOB    NOT NULL -- ciphertext
) STRICT;

CREATE INDEX iam_service_credential_owner ON iam_service_credential (account, owner);

-- +goose Down
DROP TABLE iam_service_credential;
DROP TABLE iam_key;
DROP TABLE iam_tag;
DROP TABLE iam_policy_version;
DROP TABLE iam_policy;
DROP TABLE iam_attachment;
DROP TABLE iam_inline;
DROP TABLE iam_principal;
DROP TABLE iam_account;
