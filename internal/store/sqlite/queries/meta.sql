-- name: GetMeta :one
SELECT value FROM meta WHERE name = ?;

-- name: InsertMeta :exec
INSERT INTO meta (name, value) VALUES (?, ?);
