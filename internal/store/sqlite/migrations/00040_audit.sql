-- +goose Up

CREATE TABLE trail (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    name    TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;

-- +goose Down
DROP TABLE trail;
