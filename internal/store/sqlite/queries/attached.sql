-- name: ListTags :many
SELECT key, value FROM guardrail_tag WHERE account = ? AND region = ? AND id = ? ORDER BY key;

-- name: PutTag :exec
INSERT INTO guardrail_tag (account, region, id, key, value) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account, region, id, key) DO UPDATE SET value = excluded.value;

-- name: DeleteTag :exec
DELETE FROM guardrail_tag WHERE account = ? AND region = ? AND id = ? AND key = ?;

-- name: GetResourcePolicy :one
SELECT document FROM guardrail_policy WHERE account = ? AND region = ? AND resource = ?;

-- name: PutResourcePolicy :exec
INSERT INTO guardrail_policy (account, region, resource, document) VALUES (?, ?, ?, ?)
ON CONFLICT (account, region, resource) DO UPDATE SET document = excluded.document;

-- name: DeleteResourcePolicy :execrows
DELETE FROM guardrail_policy WHERE account = ? AND region = ? AND resource = ?;

-- name: GetEnforced :one
SELECT * FROM guardrail_enforced WHERE account = ? AND region = ?;

-- name: PutEnforced :exec
INSERT INTO guardrail_enforced (account, region, config_id, guardrail_id, version, system_mode, messages_mode, models, created_at, created_by, updated_at, updated_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account, region) DO UPDATE SET config_id = excluded.config_id, guardrail_id = excluded.guardrail_id, version = excluded.version,
    system_mode = excluded.system_mode, messages_mode = excluded.messages_mode, models = excluded.models, created_at = excluded.created_at,
    created_by = excluded.created_by, updated_at = excluded.updated_at, updated_by = excluded.updated_by;

-- name: DeleteEnforced :execrows
DELETE FROM guardrail_enforced WHERE account = ? AND region = ?;
