-- name: GetAccount :one
SELECT * FROM iam_account WHERE id = ?;

-- name: ListAccounts :many
SELECT * FROM iam_account ORDER BY id;

-- name: InsertAccount :exec
INSERT INTO iam_account (id, name, created_at) VALUES (?, ?, ?);

-- name: GetPrincipal :one
SELECT * FROM iam_principal WHERE account = ? AND kind = ? AND name = ?;

-- name: GetPrincipalByID :one
SELECT * FROM iam_principal WHERE id = ?;

-- name: ListPrincipals :many
SELECT * FROM iam_principal
WHERE account = sqlc.arg(account) AND kind = sqlc.arg(kind) AND name > sqlc.arg(after)
  AND substr(path, 1, length(CAST(sqlc.arg(prefix) AS TEXT))) = CAST(sqlc.arg(prefix) AS TEXT)
ORDER BY name LIMIT sqlc.arg(most);

-- name: CountPrincipals :one
SELECT count(*) FROM iam_principal WHERE account = ? AND kind = ?;

-- name: InsertPrincipal :exec
INSERT INTO iam_principal (id, account, kind, name, path, created_at, boundary, trust, description, max_session, last_used_at, last_region)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplacePrincipal :execrows
UPDATE iam_principal SET name = ?, path = ?, boundary = ?, trust = ?, description = ?, max_session = ? WHERE id = ?;

-- name: DeletePrincipal :execrows
DELETE FROM iam_principal WHERE id = ?;

-- name: TouchRole :exec
UPDATE iam_principal SET last_used_at = ?, last_region = ? WHERE id = ?;

-- name: ListInlines :many
SELECT name, document FROM iam_inline WHERE owner = ? ORDER BY name;

-- name: PutInline :exec
INSERT INTO iam_inline (owner, name, document) VALUES (?, ?, ?)
ON CONFLICT (owner, name) DO UPDATE SET document = excluded.document;

-- name: DeleteInline :execrows
DELETE FROM iam_inline WHERE owner = ? AND name = ?;

-- name: ListAttachments :many
SELECT arn FROM iam_attachment WHERE owner = ? ORDER BY arn;

-- name: PutAttachment :exec
INSERT INTO iam_attachment (owner, arn) VALUES (?, ?) ON CONFLICT (owner, arn) DO NOTHING;

-- name: DeleteAttachment :execrows
DELETE FROM iam_attachment WHERE owner = ? AND arn = ?;

-- name: ListGroupsOfUser :many
SELECT p.* FROM iam_principal AS p JOIN iam_member AS m ON m.group_id = p.id WHERE m.user_id = ? ORDER BY p.name;

-- name: ListMembers :many
SELECT p.* FROM iam_principal AS p JOIN iam_member AS m ON m.user_id = p.id WHERE m.group_id = ? ORDER BY p.name;

-- name: PutMember :exec
INSERT INTO iam_member (group_id, user_id) VALUES (?, ?) ON CONFLICT (group_id, user_id) DO NOTHING;

-- name: DeleteMember :exec
DELETE FROM iam_member WHERE group_id = ? AND user_id = ?;

-- name: ListPolicyAttached :many
SELECT p.* FROM iam_principal AS p JOIN iam_attachment AS a ON a.owner = p.id WHERE a.arn = ? AND p.account = ? ORDER BY p.name, p.kind;

-- name: ListPolicyBounded :many
SELECT * FROM iam_principal WHERE account = ? AND boundary = ? AND boundary <> '' ORDER BY name, kind;

-- name: ListOwnerTags :many
SELECT key, value FROM iam_tag WHERE owner = ? ORDER BY key;

-- name: PutOwnerTag :exec
INSERT INTO iam_tag (owner, key, value) VALUES (?, ?, ?)
ON CONFLICT (owner, key) DO UPDATE SET key = excluded.key, value = excluded.value;

-- name: DeleteOwnerTag :exec
DELETE FROM iam_tag WHERE owner = ? AND key = ?;

-- name: DeleteOwnerTags :exec
DELETE FROM iam_tag WHERE owner = ?;

-- name: GetManagedPolicy :one
SELECT * FROM iam_policy WHERE account = ? AND name = ?;

-- name: ListManagedPolicies :many
SELECT * FROM iam_policy
WHERE account = sqlc.arg(account) AND name > sqlc.arg(after)
  AND substr(path, 1, length(CAST(sqlc.arg(prefix) AS TEXT))) = CAST(sqlc.arg(prefix) AS TEXT)
ORDER BY name LIMIT sqlc.arg(most);

-- name: CountManagedPolicies :one
SELECT count(*) FROM iam_policy WHERE account = ?;

-- name: InsertManagedPolicy :exec
INSERT INTO iam_policy (id, account, name, path, description, default_version, last_version, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: ReplaceManagedPolicy :execrows
UPDATE iam_policy SET default_version = ?, last_version = ?, updated_at = ? WHERE id = ?;

-- name: DeleteManagedPolicy :execrows
DELETE FROM iam_policy WHERE id = ?;

-- name: GetPolicyVersion :one
SELECT version, document, created_at FROM iam_policy_version WHERE policy = ? AND version = ?;

-- name: ListPolicyVersions :many
SELECT version, document, created_at FROM iam_policy_version WHERE policy = ? ORDER BY version DESC;

-- name: InsertPolicyVersion :exec
INSERT INTO iam_policy_version (policy, version, document, created_at) VALUES (?, ?, ?, ?);

-- name: DeletePolicyVersion :execrows
DELETE FROM iam_policy_version WHERE policy = ? AND version = ?;

-- name: GetAccessKey :one
SELECT * FROM iam_key WHERE id = ?;

-- name: ListAccessKeys :many
SELECT * FROM iam_key WHERE account = ? AND owner = ? ORDER BY seq;

-- name: AllAccessKeys :many
SELECT * FROM iam_key WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: ReplaceAccessKeySecret :execrows
UPDATE iam_key SET secret = ? WHERE id = ?;

-- name: InsertAccessKey :exec
INSERT INTO iam_key (id, account, owner, status, created_at, last_used_at, last_region, last_service, secret)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: SetAccessKeyStatus :execrows
UPDATE iam_key SET status = ? WHERE id = ?;

-- name: TouchAccessKey :exec
UPDATE iam_key SET last_used_at = ?, last_region = ?, last_service = ? WHERE id = ?;

-- name: DeleteAccessKey :execrows
DELETE FROM iam_key WHERE id = ?;

-- name: GetServiceCredential :one
SELECT * FROM iam_service_credential WHERE id = ?;

-- name: GetServiceCredentialByAlias :one
SELECT * FROM iam_service_credential WHERE alias = ?;

-- name: ListServiceCredentials :many
SELECT * FROM iam_service_credential
WHERE account = sqlc.arg(account) AND (CAST(sqlc.arg(owner) AS TEXT) = '' OR owner = CAST(sqlc.arg(owner) AS TEXT)) ORDER BY seq;

-- name: AllServiceCredentials :many
SELECT * FROM iam_service_credential WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: InsertServiceCredential :exec
INSERT INTO iam_service_credential (id, account, owner, service, alias, status, created_at, expires_at, secret)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: SetServiceCredentialStatus :execrows
UPDATE iam_service_credential SET status = ? WHERE id = ?;

-- name: ReplaceServiceCredentialSecret :execrows
UPDATE iam_service_credential SET secret = ? WHERE id = ?;

-- name: DeleteServiceCredential :execrows
DELETE FROM iam_service_credential WHERE id = ?;
