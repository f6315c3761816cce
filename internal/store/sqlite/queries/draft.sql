-- name: GetDraft :one
SELECT * FROM guardrail WHERE account = ? AND region = ? AND id = ?;

-- name: GetDraftSummary :one
SELECT seq, id, name, description, profile_id, kms_key_arn, created_at, updated_at, revision, last_version
FROM guardrail WHERE account = ? AND region = ? AND id = ?;

-- name: GetDraftNamed :one
SELECT id FROM guardrail WHERE account = ? AND region = ? AND name = ?;

-- name: ListDrafts :many
SELECT seq, id, name, description, profile_id, kms_key_arn, created_at, updated_at, revision, last_version
FROM guardrail WHERE account = ? AND region = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: AllDrafts :many
SELECT * FROM guardrail WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: CountDrafts :one
SELECT count(*) FROM guardrail WHERE account = ? AND region = ?;

-- name: InsertDraft :exec
INSERT INTO guardrail (account, region, id, name, description, profile_id, kms_key_arn, created_at, updated_at, revision, last_version, config)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceDraft :execrows
UPDATE guardrail SET name = ?, description = ?, profile_id = ?, kms_key_arn = ?, updated_at = ?, revision = ?, last_version = ?, config = ?
WHERE account = ? AND region = ? AND id = ?;

-- name: SetLastVersion :execrows
UPDATE guardrail SET last_version = ? WHERE account = ? AND region = ? AND id = ?;

-- name: DeleteDraft :execrows
DELETE FROM guardrail WHERE account = ? AND region = ? AND id = ?;
