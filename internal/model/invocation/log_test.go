package invocation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func store(t *testing.T) invocation.Store {
	t.Helper()
	s, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.Invocations()
}

func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

func record(n int) invocation.Record {
	return invocation.Record{
		Timestamp: noon().Add(6789), Account: "1", Region: "us-east-1", RequestID: fmt.Sprint(n),
		Input: invocation.Input{Body: json.RawMessage(`{"prompt":"secret"}`)},
	}
}

// ids gives the request ids of what can be read.
func ids(t *testing.T, s invocation.Store, sealer envelope.Sealer) (out []string, err error) {
	t.Helper()
	err = invocation.Read(t.Context(), s, sealer, 0, func(_ int64, b []byte) error {
		var r invocation.Record
		err := json.Unmarshal(b, &r)
		out = append(out, r.RequestID)
		return err
	})
	return out, err
}

func TestLog(t *testing.T) {
	t.Parallel()
	s, keys := store(t), envelopetest.New(t)
	log := invocation.NewLog(invocation.LogConfig{Store: s, Sealer: keys, Log: slog.New(slog.DiscardHandler), Now: noon, Most: 200})
	for n := range 250 {
		log.Add(record(n))
	}
	log.Close()
	log.Close()
	got, err := ids(t, s, keys)
	// Trimming is done now and then, not after each record.
	if err != nil || len(got) < 200 || got[len(got)-1] != "249" {
		t.Fatalf("%d records, %v", len(got), err)
	}
	if _, err := ids(t, s, envelopetest.New(t)); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("another key: %v", err)
	}
}

// stuck is a store that does not write before it is let go.
type stuck struct {
	invocation.Store
	let chan struct{}
}

func (s stuck) Append(context.Context, []invocation.Row) error {
	<-s.let
	return errors.New("broken")
}

func (s stuck) Trim(context.Context, time.Time, int) error { return nil }

// TestCallsDoNotWait: a log that cannot keep up or write loses records and says how many.
func TestCallsDoNotWait(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lost := 0
	s := stuck{let: make(chan struct{})}
	log := invocation.NewLog(invocation.LogConfig{Store: s, Sealer: envelopetest.New(t), Log: slog.New(slog.DiscardHandler), Now: noon, Lost: func(n int) {
		mu.Lock()
		defer mu.Unlock()
		lost += n
	}})
	for n := range 1500 {
		log.Add(record(n))
	}
	close(s.let)
	log.Close()
	log.Add(record(1500))
	if lost != 1501 {
		t.Errorf("%d of 1501 records are known to be lost", lost)
	}
}

func TestRewrap(t *testing.T) {
	t.Parallel()
	s, record1, from, to := store(t), &envelopetest.Store{}, envelopetest.NewRoot(t), envelopetest.NewRoot(t)
	keys, err := envelope.Create(t.Context(), record1, from)
	if err != nil {
		t.Fatal(err)
	}
	log := invocation.NewLog(invocation.LogConfig{Store: s, Sealer: keys, Log: slog.New(slog.DiscardHandler), Now: noon})
	for n := range 250 {
		log.Add(record(n))
	}
	log.Close()
	changed, err := envelope.Rotation{Store: record1, From: from, To: to, Holders: []envelope.Holder{invocation.Records{Store: s}}}.Run(t.Context())
	if err != nil || changed != 250 {
		t.Fatalf("changed %d, %v", changed, err)
	}
	if keys, err = envelope.Load(t.Context(), record1, to); err != nil {
		t.Fatal(err)
	}
	if got, err := ids(t, s, keys); err != nil || len(got) != 250 {
		t.Errorf("%d records, %v", len(got), err)
	}
}
