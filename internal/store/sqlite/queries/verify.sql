-- name: VerifyDrafts :many
SELECT * FROM guardrail WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: VerifyVersions :many
SELECT * FROM guardrail_version WHERE account = ? AND region = ? AND id = ? ORDER BY version;
