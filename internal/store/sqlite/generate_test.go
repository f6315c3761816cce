package sqlite_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerated makes the db package anew, as `go generate` does, and compares. Building sqlc takes minutes, so that it only runs
// where MERLON_GENERATE_CHECK is set.
func TestGenerated(t *testing.T) {
	t.Parallel()
	if os.Getenv("MERLON_GENERATE_CHECK") == "" {
		t.Skip("MERLON_GENERATE_CHECK is not set: the generated code is not compared with its sources")
	}
	dir := t.TempDir()
	for _, name := range []string{"sqlc.yaml", "migrations", "queries"} {
		here, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(here, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "go", "run", "github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1", "generate", "-f", filepath.Join(dir, "sqlc.yaml"))
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	made, err := filepath.Glob(filepath.Join(dir, "db", "*_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Glob(filepath.Join("db", "*_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(made) == 0 || len(made) != len(here) {
		t.Errorf("sqlc makes %d files, here are %d", len(made), len(here))
	}
	for _, path := range made {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("db", filepath.Base(path)))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not what sqlc makes (%v): run go generate", filepath.Base(path), err)
		}
	}
}
