-- name: GetMeta :one
SELECT value FROM meta WHERE name = ?;

-- name: InsertMeta :exec
INSERT INTO meta (name, value) VALUES (?, ?);

-- name: ReplaceMeta :execrows
UPDATE meta SET value = sqlc.arg(next) WHERE name = sqlc.arg(name) AND value = sqlc.arg(previous);
