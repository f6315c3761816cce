-- name: GetProfile :one
SELECT * FROM inference_profile WHERE account = ? AND region = ? AND id = ?;

-- name: GetProfileByToken :one
SELECT * FROM inference_profile WHERE account = ? AND region = ? AND token = ? AND token <> '';

-- name: ListProfiles :many
SELECT * FROM inference_profile WHERE account = ? AND region = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: CountProfiles :one
SELECT count(*) FROM inference_profile WHERE account = ? AND region = ?;

-- name: InsertProfile :exec
INSERT INTO inference_profile (account, region, id, token, body) VALUES (?, ?, ?, ?, ?);

-- name: UpdateProfile :execrows
UPDATE inference_profile SET body = ? WHERE account = ? AND region = ? AND id = ?;

-- name: DeleteProfile :execrows
DELETE FROM inference_profile WHERE account = ? AND region = ? AND id = ?;

-- name: GetInvocationLogging :one
SELECT body FROM invocation_logging WHERE account = ? AND region = ?;

-- name: PutInvocationLogging :exec
INSERT INTO invocation_logging (account, region, body) VALUES (?, ?, ?)
ON CONFLICT (account, region) DO UPDATE SET body = excluded.body;

-- name: DeleteInvocationLogging :exec
DELETE FROM invocation_logging WHERE account = ? AND region = ?;

-- name: InsertInvocation :exec
INSERT INTO invocation_record (account, region, at, body) VALUES (?, ?, ?, ?);

-- name: ListInvocations :many
SELECT * FROM invocation_record WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: TrimInvocationsBefore :execrows
DELETE FROM invocation_record WHERE at < ?;

-- name: TrimInvocationsBeyond :execrows
DELETE FROM invocation_record WHERE seq <= (SELECT coalesce(max(seq), 0) FROM invocation_record) - CAST(@most AS INTEGER);

-- name: ReplaceInvocation :exec
UPDATE invocation_record SET body = ? WHERE seq = ?;
