-- name: GetVersion :one
SELECT * FROM guardrail_version WHERE account = ? AND region = ? AND id = ? AND version = ?;

-- name: GetVersionSummary :one
SELECT id, version, name, description, profile_id, kms_key_arn, created_at, updated_at, revision
FROM guardrail_version WHERE account = ? AND region = ? AND id = ? AND version = ?;

-- name: ListVersions :many
SELECT id, version, name, description, profile_id, kms_key_arn, created_at, updated_at, revision
FROM guardrail_version WHERE account = ? AND region = ? AND id = ? AND version > ? ORDER BY version LIMIT ?;

-- name: CountVersions :one
SELECT count(*) FROM guardrail_version WHERE account = ? AND region = ? AND id = ?;

-- name: InsertVersion :exec
INSERT INTO guardrail_version (account, region, id, version, name, description, profile_id, kms_key_arn, created_at, updated_at, revision, config)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceVersionConfig :execrows
UPDATE guardrail_version SET config = ? WHERE account = ? AND region = ? AND id = ? AND version = ?;

-- name: DeleteVersion :execrows
DELETE FROM guardrail_version WHERE account = ? AND region = ? AND id = ? AND version = ?;
