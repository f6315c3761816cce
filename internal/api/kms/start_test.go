package kms

import (
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/store/sqlite"
	wire "merlon.dev/merlon/internal/wire/kms"
)

// TestEveryListedOperationIsServed: an operation whose shapes were generated has a complete entry.
func TestEveryListedOperationIsServed(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: envelopetest.New(t), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := pagination.New(make([]byte, 32), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	service := New(keys, pages)
	if err := service.Check(); err != nil {
		t.Error(err)
	}
	served := map[string]int{}
	for _, op := range service.Operations {
		served[op.Schema.Name]++
	}
	listed := 0
	for _, op := range wire.Service.Operations {
		if op.NewInput == nil {
			continue
		}
		listed++
		if served[op.Name] != 1 {
			t.Errorf("%s is served %d times", op.Name, served[op.Name])
		}
	}
	if listed != 45 || len(served) != listed {
		t.Errorf("%d operations are listed and %d served, want 45", listed, len(served))
	}
}
