package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/store/sqlite"
)

// invocations is the log of model calls and what accounts have asked of it.
type invocations struct {
	*invocation.Service
	*invocation.Log
}

// openInvocations starts the log. Whoever opened it closes it, before the store.
func openInvocations(store *sqlite.Store, sealer envelope.Sealer, c config.InvocationLogs, log *slog.Logger, registry prometheus.Registerer) (*invocations, error) {
	lost := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "merlon_invocation_records_lost_total", Help: "Records of model calls that were asked for and could not be kept.",
	})
	if err := registry.Register(lost); err != nil {
		return nil, err
	}
	rows := store.Invocations()
	return &invocations{invocation.NewService(rows), invocation.NewLog(invocation.LogConfig{
		Store: rows, Sealer: sealer, Log: log, Keep: c.Keep, Most: c.Most, Lost: func(n int) { lost.Add(float64(n)) },
	})}, nil
}

// Wanted tells whether calls in a scope are recorded, and whether with their texts.
func (i *invocations) Wanted(ctx context.Context, scope guardrail.Scope) (recorded, texts bool, err error) {
	settings, ok, err := i.Get(ctx, invocation.Scope(scope))
	return ok, ok && settings.Text != nil && *settings.Text, err
}

// Invocations writes every record of a data folder's log as a line of JSON, oldest first.
func (a *Admin) Invocations(ctx context.Context, w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return invocation.Read(ctx, a.store.Invocations(), a.keyring, 0, func(_ int64, record []byte) error {
		return encoder.Encode(json.RawMessage(record))
	})
}
