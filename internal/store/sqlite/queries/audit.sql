-- name: ListTrails :many
SELECT * FROM trail WHERE account = ? ORDER BY region, name;

-- name: PutTrail :exec
INSERT INTO trail (account, region, name, body) VALUES (?, ?, ?, ?)
ON CONFLICT (account, region, name) DO UPDATE SET body = excluded.body;

-- name: DeleteTrail :execrows
DELETE FROM trail WHERE account = ? AND region = ? AND name = ?;
