package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"merlon.dev/merlon/internal/operation"
)

// Event is what is recorded of one call. Of the content of requests and answers it holds at most what Message quotes.
type Event struct {
	Call      *operation.Call
	Service   string // "bedrock"
	Operation string // "CreateGuardrail"
	Class     operation.AuditClass
	Effect    operation.Effect
	// Requirements are the actions and resources of the call; empty where it failed before they were known.
	Requirements []operation.Requirement
	// Code is the wire code of a failed call, empty for a successful one; Message is what the caller was told. Both are set for End.
	Code     string
	Message  string
	Duration time.Duration
}

// Auditor records calls. It is called concurrently.
type Auditor interface {
	// Begin is called for every allowed call before its handler. Where it fails a call that may change state does not happen.
	Begin(ctx context.Context, e Event) error
	// End is called once for every call of a proven caller, denied and refused ones included, before the answer leaves; the context does
	// not end with the client. Once it returns, the record is as durable as the auditor makes it. Where it fails a call that may
	// change state is answered as failed.
	End(ctx context.Context, e Event) error
}

func (x *exchange) event(duration time.Duration) Event {
	return Event{
		Call: x.call, Service: x.entry.front.schema.Name, Operation: x.entry.schema.Name,
		Class: x.entry.operation.Audit, Effect: x.entry.operation.Effect, Requirements: x.requirements,
		Code: x.failure.Code, Message: x.failure.Message, Duration: duration,
	}
}

// audit begins the record of an allowed call.
func (g *Gateway) audit(x *exchange) error {
	err := g.config.Auditor.Begin(x.r.Context(), x.event(0))
	return g.auditFailed(x, "begin", err)
}

// finishAudit ends the record. A changing call whose record fails is answered as failed, though it may have happened.
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
	if err := g.auditFailed(x, "end", err); err != nil && x.failure.Code == "" {
		g.fail(x, err)
	}
}

// auditFailed decides what a failed record means: it fails a changing call; a reading one goes on and the failure is counted.
func (g *Gateway) auditFailed(x *exchange, step string, err error) error {
	if err == nil {
		return nil
	}
	g.metrics.auditFailures.Inc()
	if x.entry.operation.Effect == operation.Read {
		g.config.Log.LogAttrs(x.r.Context(), slog.LevelError, "audit record failed",
			slog.String("request_id", x.id), slog.String("step", step), slog.Any("error", err))
		return nil
	}
	return fmt.Errorf("audit %s: %w", step, err)
}

// LogAuditor writes audit records to a log.
type LogAuditor struct{ log *slog.Logger }

// NewLogAuditor makes an auditor that writes one record for the outcome of each call.
func NewLogAuditor(log *slog.Logger) LogAuditor { return LogAuditor{log} }

// Begin records nothing: a log has no record that could be left open.
func (LogAuditor) Begin(context.Context, Event) error { return nil }

// End writes the record.
func (a LogAuditor) End(ctx context.Context, e Event) error {
	attrs := []slog.Attr{
		slog.String("event_id", e.Call.RequestID), slog.Time("event_time", e.Call.Time),
		slog.String("event_source", e.Service), slog.String("event_name", e.Operation),
		slog.String("event_category", string(e.Class)), slog.Bool("read_only", e.Effect == operation.Read),
		slog.String("account", e.Call.Account), slog.String("region", e.Call.Region), slog.String("principal", e.Call.Principal),
		slog.String("access_key_id", e.Call.AccessKeyID), slog.String("source_ip", e.Call.SourceIP),
	}
	if len(e.Requirements) > 0 {
		resources := make([]string, len(e.Requirements))
		for i, r := range e.Requirements {
			resources[i] = r.Action + " " + r.Resource
		}
		attrs = append(attrs, slog.Any("resources", resources))
	}
	if e.Code != "" {
		attrs = append(attrs, slog.String("error_code", e.Code)) // its message may quote the input
	}
	record := slog.NewRecord(e.Call.Time, slog.LevelInfo, "audit", 0)
	record.AddAttrs(attrs...)
	return a.log.Handler().Handle(ctx, record)
}
