package iam_test

import (
	"sync/atomic"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/store/sqlite"
)

const (
	open  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}`
)

var home = iam.Scope{Partition: "aws", Account: "123456789012"}

// world is the domain on an empty store.
type world struct {
	*testing.T
	*iam.Service
	store     iam.Store
	directory *directory.Directory
	clock     *atomic.Int64 // seconds after the start
}

func setup(t *testing.T, limits iam.Limits) *world {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	clock := new(atomic.Int64)
	start := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return start.Add(time.Duration(clock.Load()) * time.Second) }
	sealer := envelopetest.New(t)
	s, err := iam.NewService(iam.Options{Store: store.IAM(), Sealer: sealer, Limits: limits, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, s, store.IAM(), directory.New(store.IAM(), sealer, now), clock}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused checks that err is a fault of kind, with the wire code where it has one of its own.
func (w *world) refused(err error, kind fault.Kind, code string) {
	w.Helper()
	f := fault.From(err)
	if f == nil || f.Kind != kind || f.Code != code {
		w.Errorf("%v (%+v), want kind %s code %q", err, f, kind, code)
	}
}

func (w *world) user(name string) iam.Principal {
	w.Helper()
	p, err := w.Create(w.Context(), home, iam.Proposal{Kind: iam.User, Name: name})
	w.must(err)
	return p
}

func (w *world) role(name string) iam.Principal {
	w.Helper()
	p, err := w.Create(w.Context(), home, iam.Proposal{Kind: iam.Role, Name: name, Trust: trust})
	w.must(err)
	return p
}

func (w *world) policy(name string) string {
	w.Helper()
	p, err := w.CreatePolicy(w.Context(), home, iam.PolicyProposal{Name: name, Document: open})
	w.must(err)
	return p.ARN("aws")
}
