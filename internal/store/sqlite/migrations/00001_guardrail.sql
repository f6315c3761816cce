-- +goose Up

-- Times are microseconds since 1970 UTC. Columns stand before config so that lists never read the pages of large configurations.
CREATE TABLE guardrail (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    profile_id   TEXT    NOT NULL,
    kms_key_arn  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL CHECK (revision > 0),
    last_version INTEGER NOT NULL CHECK (last_version >= 0),
    config       BLOB    NOT NULL,
    UNIQUE (account, region, id),
    UNIQUE (account, region, name)
) STRICT;

CREATE INDEX guardrail_order ON guardrail (account, region, seq);

CREATE TABLE guardrail_version (
    account     TEXT    NOT NULL,
    region      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    profile_id  TEXT    NOT NULL,
    kms_key_arn TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    config      BLOB    NOT NULL,
    PRIMARY KEY (account, region, id, version),
    FOREIGN KEY (account, region, id) REFERENCES guardrail (account, region, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE guardrail_tag (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    id      TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (account, region, id, key),
    FOREIGN KEY (account, region, id) REFERENCES guardrail (account, region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE guardrail_policy (
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    resource TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, region, resource)
) STRICT;

-- The reference to the version holds back every deletion that the domain should have refused.
CREATE TABLE guardrail_enforced (
    account       TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    config_id     TEXT    NOT NULL,
    guardrail_id  TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    system_mode   TEXT    NOT NULL,
    messages_mode TEXT    NOT NULL,
    models        TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    updated_at    INTEGER NOT NULL,
    updated_by    TEXT    NOT NULL,
    PRIMARY KEY (account, region),
    FOREIGN KEY (account, region, guardrail_id, version) REFERENCES guardrail_version (account, region, id, version)
) STRICT;

CREATE TABLE guardrail_token (
    account     TEXT    NOT NULL,
    region      TEXT    NOT NULL,
    operation   TEXT    NOT NULL,
    token       TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    id          TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (account, region, operation, token)
) STRICT;

CREATE INDEX guardrail_token_expiry ON guardrail_token (expires_at);

-- Values of the store itself, such as the key that signs page tokens.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE meta;
DROP TABLE guardrail_token;
DROP TABLE guardrail_enforced;
DROP TABLE guardrail_policy;
DROP TABLE guardrail_tag;
DROP TABLE guardrail_version;
DROP TABLE guardrail;
