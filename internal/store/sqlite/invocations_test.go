package sqlite

import (
	"context"
	"testing"

	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestInvocations(t *testing.T) {
	t.Parallel()
	storetest.RunInvocations(t, func(t *testing.T) invocation.Store {
		s, err := OpenMemory(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s.Invocations()
	})
}
