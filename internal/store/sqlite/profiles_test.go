package sqlite

import (
	"context"
	"testing"

	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestProfiles(t *testing.T) {
	t.Parallel()
	storetest.RunProfiles(t, func(t *testing.T) profile.Store {
		s, err := OpenMemory(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s.Profiles()
	})
}
