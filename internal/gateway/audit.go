package gateway

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/operation"
)

// Event is one call, and what can be recorded of it.
type Event struct {
	Call      *operation.Call
	Service   string // "bedrock"
	Operation string // "CreateGuardrail"
	Class     operation.AuditClass
	Effect    operation.Effect
	// Requirements are the actions and resources of the call; empty where it failed before they were known.
	Requirements []operation.Requirement
	// Code is the wire code of a failed call, empty for a successful one; Message is what the caller was told. Both are set for End.
	Code    string
	Message string
	// Input is what Message may repeat; nothing of it belongs into a record. Unreadable says that it could not be decoded, and that
	// Message may quote any part of the request.
	Input      codec.Shape
	Unreadable bool
	Duration   time.Duration
	Host       string               // that the client called
	TLS        *tls.ConnectionState // nil without TLS
}

// Auditor records calls. It is called concurrently.
type Auditor interface {
	// Begin is called for every allowed call before its handler. Where it fails the call does not happen.
	Begin(ctx context.Context, e Event) error
	// End is called once for every call of a proven caller, denied and refused ones included, before the answer leaves; the context does
	// not end with the client. Once it returns, the record is as durable as the auditor makes it. Where it fails the call is
	// answered as failed.
	End(ctx context.Context, e Event) error
}

func (x *exchange) event(duration time.Duration) Event {
	return Event{
		Call: x.call, Service: x.entry.front.schema.Name, Operation: x.entry.schema.Name,
		Class: x.entry.operation.Audit, Effect: x.entry.operation.Effect, Requirements: x.requirements,
		Code: x.failure.Code, Message: x.failure.Message, Duration: duration,
		Input: x.in, Unreadable: x.phase == "decode", Host: x.r.Host, TLS: x.r.TLS,
	}
}

// audit begins the record of an allowed call.
func (g *Gateway) audit(x *exchange) error {
	err := g.config.Auditor.Begin(x.r.Context(), x.event(0))
	return g.auditFailed("begin", err)
}

// finishAudit ends the record. A call whose record fails is answered as failed, though it may have happened.
func (g *Gateway) finishAudit(x *exchange) {
	if x.call == nil {
		return
	}
	if x.failure.Code == "" {
		x.phase = "audit"
	}
	err := g.guard(x, func() error {
		return g.config.Auditor.End(context.WithoutCancel(x.r.Context()), x.event(g.config.Now().Sub(x.start)))
	})
	switch err := g.auditFailed("end", err); {
	case err == nil:
	case x.failure.Code == "":
		g.fail(x, err)
	default: // the caller is told of the first failure
		g.config.Log.LogAttrs(x.r.Context(), slog.LevelError, "audit record failed", slog.String("request_id", x.id), slog.Any("error", err))
	}
}

// auditFailed says what a failed record means: no call is acknowledged without one, a reading call neither.
func (g *Gateway) auditFailed(step string, err error) error {
	if err == nil {
		return nil
	}
	g.metrics.auditFailures.Inc()
	return fmt.Errorf("audit %s: %w", step, err)
}
