package main

import (
	"context"

	"merlon.dev/merlon/internal/app"
)

type invocationsCommand struct{ folder }

// Run prints the log.
func (c *invocationsCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error { return a.Invocations(ctx, w.stdout) })
}
