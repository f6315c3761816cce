-- name: GetToken :one
SELECT * FROM guardrail_token WHERE account = ? AND region = ? AND operation = ? AND token = ?;

-- name: PutToken :exec
INSERT INTO guardrail_token (account, region, operation, token, fingerprint, id, version, at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account, region, operation, token) DO UPDATE SET fingerprint = excluded.fingerprint, id = excluded.id,
    version = excluded.version, at = excluded.at, expires_at = excluded.expires_at;

-- name: DropTokens :exec
DELETE FROM guardrail_token
WHERE rowid IN (SELECT t.rowid FROM guardrail_token AS t WHERE t.expires_at < sqlc.arg(before) ORDER BY t.expires_at LIMIT sqlc.arg(most));
