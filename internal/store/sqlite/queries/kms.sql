-- name: GetKMSKey :one
SELECT * FROM kms_key WHERE region = ? AND id = ?;

-- name: ListKMSKeys :many
SELECT * FROM kms_key WHERE account = ? AND region = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: DueKMSKeys :many
SELECT * FROM kms_key WHERE due_at > 0 AND due_at <= sqlc.arg(now) ORDER BY due_at, seq LIMIT sqlc.arg(most);

-- name: CountKMSKeys :one
SELECT count(*) FROM kms_key WHERE account = ? AND region = ? AND manager = 'CUSTOMER';

-- name: InsertKMSKey :exec
INSERT INTO kms_key (partition, region, account, id, description, spec, usage, origin, manager, multi_region, state, policy, created_at,
    deletion_at, window_days, rotates, period_days, next_rotation, on_demand, due_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceKMSKey :execrows
UPDATE kms_key SET description = ?, state = ?, policy = ?, deletion_at = ?, window_days = ?, rotates = ?, period_days = ?,
    next_rotation = ?, on_demand = ?, due_at = ?
WHERE region = ? AND id = ?;

-- name: DeleteKMSKey :execrows
DELETE FROM kms_key WHERE region = ? AND id = ?;

-- name: ListKMSMaterials :many
SELECT * FROM kms_material WHERE region = ? AND key_id = ? ORDER BY seq;

-- name: AllKMSMaterials :many
SELECT * FROM kms_material WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: InsertKMSMaterial :exec
INSERT INTO kms_material (partition, region, account, key_id, id, state, wrapped, print, description, rotated_at, rotation, valid_to)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceKMSMaterial :execrows
UPDATE kms_material SET state = ?, wrapped = ?, print = ?, description = ?, rotated_at = ?, rotation = ?, valid_to = ?
WHERE region = ? AND key_id = ? AND id = ?;

-- name: GetKMSAlias :one
SELECT * FROM kms_alias WHERE account = ? AND region = ? AND name = ?;

-- name: ListKMSAliases :many
SELECT * FROM kms_alias WHERE account = ? AND region = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: ListKMSKeyAliases :many
SELECT * FROM kms_alias WHERE account = ? AND region = ? AND key_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: InsertKMSAlias :exec
INSERT INTO kms_alias (partition, region, account, name, key_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceKMSAlias :execrows
UPDATE kms_alias SET key_id = ?, updated_at = ? WHERE account = ? AND region = ? AND name = ?;

-- name: DeleteKMSAlias :execrows
DELETE FROM kms_alias WHERE account = ? AND region = ? AND name = ?;

-- name: GetKMSGrant :one
SELECT * FROM kms_grant WHERE region = ? AND key_id = ? AND id = ?;

-- name: ListKMSGrants :many
SELECT * FROM kms_grant WHERE region = ? AND key_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: ListRetirableKMSGrants :many
SELECT * FROM kms_grant WHERE account = ? AND region = ? AND retiring = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: ListServiceRetirableKMSGrants :many
SELECT * FROM kms_grant WHERE account = ? AND region = ? AND retiring_service = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: ListNamedKMSGrants :many
SELECT * FROM kms_grant WHERE region = ? AND key_id = ? AND name = ? AND name <> '' ORDER BY seq;

-- name: CountKMSGrants :one
SELECT count(*) FROM kms_grant WHERE region = ? AND key_id = ?;

-- name: InsertKMSGrant :exec
INSERT INTO kms_grant (partition, region, account, key_id, id, name, created_at, grantee, grantee_service, retiring, retiring_service,
    issuer, operations, context_equals, context_subset, source_arn)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: DeleteKMSGrant :execrows
DELETE FROM kms_grant WHERE region = ? AND key_id = ? AND id = ?;

-- name: ListKMSTags :many
SELECT key, value FROM kms_tag WHERE region = ? AND key_id = ? ORDER BY key;

-- name: PutKMSTag :exec
INSERT INTO kms_tag (region, key_id, key, value) VALUES (?, ?, ?, ?)
ON CONFLICT (region, key_id, key) DO UPDATE SET value = excluded.value;

-- name: DeleteKMSTag :exec
DELETE FROM kms_tag WHERE region = ? AND key_id = ? AND key = ?;
