package app

import (
	"context"
	"log/slog"

	"merlon.dev/merlon/internal/api/bedrockruntime"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/inference/quota"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/operation"
)

// models are the models of the configuration, with their providers.
type models struct {
	*model.Catalogue
	providers []provider
	workers   *nn.Pool     // what local models compute on; nil where there are none
	calls     *invocations // the log of their calls; nil before the server is put together
}

// Close gives back what the providers hold, and writes what is left of the log of calls. None may be in flight.
func (m *models) Close() {
	if m.calls != nil {
		m.calls.Close()
	}
	for _, p := range m.providers {
		p.Close()
	}
	if m.workers != nil {
		m.workers.Close()
	}
}

// applied records an evaluation inside a call of a model as an ApplyGuardrail. The call only reads, so that it goes on where the record
// fails; the failure is logged.
func applied(a auditor, log *slog.Logger) func(*operation.Call, string) {
	return func(call *operation.Call, guardrailARN string) {
		err := a.End(context.Background(), gateway.Event{
			Call: call, Service: "bedrock-runtime", Operation: "ApplyGuardrail", Class: operation.Data, Effect: operation.Read,
			Requirements: []operation.Requirement{{Action: "bedrock:ApplyGuardrail", Resource: guardrailARN}},
		})
		if err != nil {
			log.Error("audit record failed", "request_id", call.RequestID, "step", "evaluation", "error", err)
		}
	}
}

// named finds models by their own names and by those of inference profiles.
type named struct {
	catalogue *model.Catalogue
	profiles  *profile.Service
}

// Find asks the catalogue first, which costs no look-up in the store.
func (n named) Find(ctx context.Context, scope guardrail.Scope, identifier string) (inference.Target, error) {
	e, unknown := n.catalogue.Find(identifier)
	if unknown == nil {
		return inference.Target{Entry: e}, nil
	}
	p, err := n.profiles.Get(ctx, profile.Scope(scope), identifier)
	if fault.Is(err, fault.NotFound) {
		return inference.Target{}, unknown
	}
	if err != nil {
		return inference.Target{}, err
	}
	target := inference.Target{ProfileARN: p.ARN(), Tags: make(map[string]string, len(p.Tags))}
	for _, t := range p.Tags {
		target.Tags[t.Key] = t.Value
	}
	target.Entry, err = n.catalogue.Find(p.ModelID)
	return target, err
}

// newInference puts the guardrails before and behind the models.
func newInference(m *models, profiles *profile.Service, resolver inference.Resolver, evaluator inference.Evaluator, guardrails *guardrail.Service, meter meter, shares *quota.Meter, remembered func(skipped, bytes int), c config.Inference) (*inference.Service, error) {
	return inference.New(inference.Options{
		Models: named{m.Catalogue, profiles}, Resolver: resolver, Evaluator: evaluator, Enforcer: guardrails, Meter: shares, Overlap: c.Overlap, Memory: c.Memory, Remembered: remembered, Hold: c.Hold, Step: c.Step, Tail: c.Tail,
		Admit: func(scope guardrail.Scope, u evaluate.Usage) error { return bedrockruntime.Admit(meter, scope, u) },
	})
}
