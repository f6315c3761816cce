package sqlite_test

import (
	"testing"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/store/sqlite"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestIAM(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sqlite.Store{
		"folder": func(t *testing.T) *sqlite.Store { return openFolder(t, t.TempDir()) },
		"memory": openMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunIAM(t, func(t *testing.T) iam.Store { return open(t).IAM() })
		})
	}
}
