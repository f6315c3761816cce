package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// TestMigrationKeepsIdentities: the schema with groups keeps the users, roles and what they carry of the schema before it.
func TestMigrationKeepsIdentities(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pool, err := sql.Open("sqlite", dsn(filepath.Join(dir, databaseFile)))
	if err != nil {
		t.Fatal(err)
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	const before = 50
	if _, err := provider.UpTo(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO iam_principal VALUES ('U1', '1', 'user', 'Ann', '/', 1, '', '', '', 0, 0, ''), ('R1', '1', 'role', 'r', '/', 1, 'arn:b', '{}', '', 3600, 0, '')`,
		`INSERT INTO iam_inline VALUES ('U1', 'p', '{}'), ('R1', 'p', '{}')`,
		`INSERT INTO iam_attachment VALUES ('U1', 'arn:p')`,
		`INSERT INTO iam_service_credential VALUES (7, 'ACCA1', '1', 'U1', 's', 'alias', 'Active', 1, 0, x'00')`,
	} {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for query, want := range map[string]int{
		`SELECT count(*) FROM iam_principal`:                                                                            2,
		`SELECT count(*) FROM iam_inline`:                                                                               2,
		`SELECT count(*) FROM iam_attachment`:                                                                           1,
		`SELECT seq FROM iam_service_credential WHERE owner = 'U1'`:                                                     7,
		`SELECT count(*) FROM pragma_foreign_key_check`:                                                                 0,
		`SELECT count(*) FROM iam_principal WHERE account = '1' AND name = 'ANN'`:                                       1,
		`SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name LIKE 'iam!_%' ESCAPE '!'`: 5,
		`SELECT count(*) FROM pragma_foreign_key_list('iam_inline') WHERE "table" = 'iam_principal'`:                    1,
	} {
		var got int
		if err := s.reads.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", query, got, err, want)
		}
	}
}
