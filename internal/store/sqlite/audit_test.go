package sqlite

import (
	"context"
	"testing"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestTrails(t *testing.T) {
	t.Parallel()
	storetest.RunTrails(t, func(t *testing.T) trail.Store {
		s, err := OpenMemory(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s.Trails()
	})
}
