-- +goose Up

-- Times are microseconds since 1970 UTC, 0 where unset. Key material stands in here as ciphertext only.
CREATE TABLE kms_key (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    partition     TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    account       TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    spec          TEXT    NOT NULL,
    usage         TEXT    NOT NULL,
    origin        TEXT    NOT NULL,
    manager       TEXT    NOT NULL,
    multi_region  INTEGER NOT NULL CHECK (multi_region IN (0, 1)),
    state         TEXT    NOT NULL,
    policy        TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    deletion_at   INTEGER NOT NULL,
    window_days   INTEGER NOT NULL,
    rotates       INTEGER NOT NULL CHECK (rotates IN (0, 1)),
    period_days   INTEGER NOT NULL,
    next_rotation INTEGER NOT NULL,
    on_demand     INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    UNIQUE (region, id)
) STRICT;

CREATE INDEX kms_key_order ON kms_key (account, region, seq);
CREATE INDEX kms_key_due ON kms_key (due_at) WHERE due_at > 0;

CREATE TABLE kms_material (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    partition   TEXT    NOT NULL,
    region      TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    wrapped     BLOB,
    print       BLOB,
    description TEXT    NOT NULL,
    rotated_at  INTEGER NOT NULL,
    rotation    TEXT    NOT NULL,
    valid_to    INTEGER NOT NULL,
    UNIQUE (region, key_id, id),
    FOREIGN KEY (region, key_id) REFERENCES kms_key (region, id) ON DELETE CASCADE
) STRICT;

-- A key has one current material.
CREATE UNIQUE INDEX kms_material_current ON kms_material (region, key_id) WHERE state = 'CURRENT';

CREATE TABLE kms_alias (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    partition  TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    key_id     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account, region, name),
    FOREIGN KEY (region, key_id) REFERENCES kms_key (region, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX kms_alias_key ON kms_alias (region, key_id);

CREATE TABLE kms_grant (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    partition          TEXT    NOT NULL,
    region             TEXT    NOT NULL,
    account            TEXT    NOT NULL,
    key_id             TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    created_at         INTEGER NOT NULL,
    grantee            TEXT    NOT NULL,
    grantee_service    TEXT    NOT NULL,
    retiring           TEXT    NOT NULL,
    retiring_service   TEXT    NOT NULL,
    issuer             TEXT    NOT NULL,
    operations         TEXT    NOT NULL,
    context_equals     TEXT    NOT NULL,
    context_subset     TEXT    NOT NULL,
    source_arn         TEXT    NOT NULL,
    UNIQUE (region, key_id, id),
    FOREIGN KEY (region, key_id) REFERENCES kms_key (region, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX kms_grant_name ON kms_grant (region, key_id, name) WHERE name <> '';
CREATE INDEX kms_grant_retiring ON kms_grant (account, region, retiring) WHERE retiring <> '';
CREATE INDEX kms_grant_retiring_service ON kms_grant (account, region, retiring_service) WHERE retiring_service <> '';

CREATE TABLE kms_tag (
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (region, key_id, key),
    FOREIGN KEY (region, key_id) REFERENCES kms_key (region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE kms_tag;
DROP TABLE kms_grant;
DROP TABLE kms_alias;
DROP TABLE kms_material;
DROP TABLE kms_key;
