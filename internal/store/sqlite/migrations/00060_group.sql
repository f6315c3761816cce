-- +goose Up

-- A group is kept beside users and roles. SQLite cannot change a CHECK, so the table is made anew with those that refer to it: dropping
-- it alone would take their rows along.
CREATE TABLE iam_entity (
    id           TEXT    NOT NULL PRIMARY KEY,
    account      TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('user', 'role', 'group')),
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

CREATE TABLE iam_embedded (
    owner    TEXT NOT NULL REFERENCES iam_entity (id) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE iam_attached (
    owner TEXT NOT NULL REFERENCES iam_entity (id) ON DELETE CASCADE,
    arn   TEXT NOT NULL,
    PRIMARY KEY (owner, arn)
) STRICT, WITHOUT ROWID;

CREATE TABLE iam_credential (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    account    TEXT    NOT NULL,
    owner      TEXT    NOT NULL REFERENCES iam_entity (id),
    service    TEXT    NOT NULL,
    alias      TEXT    NOT NULL UNIQUE,
    status     TEXT    NOT NULL CHECK (status IN ('Active', 'Inactive')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    secret     BLOB    NOT NULL -- ciphertext
) STRICT;

INSERT INTO iam_entity SELECT * FROM iam_principal;
INSERT INTO iam_embedded SELECT * FROM iam_inline;
INSERT INTO iam_attached SELECT * FROM iam_attachment;
INSERT INTO iam_credential SELECT * FROM iam_service_credential;

DROP TABLE iam_service_credential;
DROP TABLE iam_attachment;
DROP TABLE iam_inline;
DROP TABLE iam_principal;

ALTER TABLE iam_entity RENAME TO iam_principal;
ALTER TABLE iam_embedded RENAME TO iam_inline;
ALTER TABLE iam_attached RENAME TO iam_attachment;
ALTER TABLE iam_credential RENAME TO iam_service_credential;

CREATE INDEX iam_principal_boundary ON iam_principal (account, boundary) WHERE boundary <> '';
CREATE INDEX iam_attachment_policy ON iam_attachment (arn);
CREATE INDEX iam_service_credential_owner ON iam_service_credential (account, owner);

-- Which users are in which groups.
CREATE TABLE iam_member (
    group_id TEXT NOT NULL REFERENCES iam_principal (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES iam_principal (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX iam_member_user ON iam_member (user_id);

-- +goose Down
DROP TABLE iam_member;
DELETE FROM iam_principal WHERE kind = 'group';
