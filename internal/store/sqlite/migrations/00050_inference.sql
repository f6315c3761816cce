-- +goose Up

CREATE TABLE inference_profile (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    id      TEXT NOT NULL,
    token   TEXT NOT NULL, -- of the request that made it; empty without one
    body    BLOB NOT NULL,
    UNIQUE (account, region, id)
) STRICT;

CREATE UNIQUE INDEX inference_profile_token ON inference_profile (account, region, token) WHERE token <> '';

CREATE TABLE invocation_logging (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (account, region)
) STRICT;

CREATE TABLE invocation_record (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT    NOT NULL,
    region  TEXT    NOT NULL,
    at      INTEGER NOT NULL, -- microseconds since 1970
    body    BLOB    NOT NULL  -- sealed
) STRICT;

CREATE INDEX invocation_record_at ON invocation_record (at);

-- +goose Down
DROP TABLE invocation_record;
DROP TABLE invocation_logging;
DROP TABLE inference_profile;
