// Package quota holds accounts and principals to their shares of each model, and counts what they use.
package quota

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/rate"
)

// Config sets a Meter up. A limit of 0 is none. All are in a minute and of each model.
type Config struct {
	Requests, Tokens                   int // of an account and Region
	PrincipalRequests, PrincipalTokens int // of a user or role
	Now                                func() time.Time
	Metrics                            prometheus.Registerer // nil registers nothing
}

// maxPrincipals bounds how many principals have metrics of their own. The calls of further ones are counted together.
const maxPrincipals = 1000

// other is the label of the principals beyond the bound.
const other = "other"

// Meter is an inference.Meter. It is safe for concurrent use.
type Meter struct {
	account, principal share
	calls, tokens      *prometheus.CounterVec

	mu    sync.Mutex
	known map[string]bool // principals with metrics of their own
}

var _ inference.Meter = (*Meter)(nil)

// share is what every key of a kind may use.
type share struct{ requests, tokens *rate.Limiter }

// New makes a meter; it fails where its metrics are registered already.
func New(c Config) (*Meter, error) {
	limit := func(n int) *rate.Limiter { return rate.NewPerMinute(float64(n), c.Now) }
	m := &Meter{
		account:   share{limit(c.Requests), limit(c.Tokens)},
		principal: share{limit(c.PrincipalRequests), limit(c.PrincipalTokens)},
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "merlon_model_calls_total", Help: "Calls of models by outcome: answered, throttled or failed. Principals beyond the first 1000 are other.",
		}, []string{"account", "principal", "model", "outcome"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "merlon_model_tokens_total", Help: "Tokens of prompts (input) and answers (output).",
		}, []string{"account", "principal", "model", "side"}),
		known: map[string]bool{},
	}
	if c.Metrics == nil {
		return m, nil
	}
	return m, errors.Join(c.Metrics.Register(m.calls), c.Metrics.Register(m.tokens))
}

// Begin takes a request and the prompt's tokens out of the shares of the account and of the principal, or refuses the call and takes
// nothing.
func (m *Meter) Begin(r inference.Request, modelID string, prompt int) (func(model.Usage, error), error) {
	account := r.Scope.Account + "/" + r.Scope.Region + "/" + modelID
	principal := account + "/" + r.Principal
	name := m.label(r.Principal)
	if err := m.admit(account, principal, prompt); err != nil {
		m.calls.WithLabelValues(r.Scope.Account, name, modelID, "throttled").Inc()
		return nil, err
	}
	return func(u model.Usage, err error) {
		outcome := "answered"
		if err != nil {
			outcome = "failed"
		}
		// The estimate gives way to what it was.
		correction := float64(u.InputTokens + u.OutputTokens - prompt)
		m.account.tokens.Charge(account, correction)
		m.principal.tokens.Charge(principal, correction)
		m.calls.WithLabelValues(r.Scope.Account, name, modelID, outcome).Inc()
		m.tokens.WithLabelValues(r.Scope.Account, name, modelID, "input").Add(float64(u.InputTokens))
		m.tokens.WithLabelValues(r.Scope.Account, name, modelID, "output").Add(float64(u.OutputTokens))
	}, nil
}

// admit takes from all shares or from none.
func (m *Meter) admit(account, principal string, prompt int) error {
	var undo []func()
	for _, s := range []struct {
		limiter *rate.Limiter
		key     string
		n       float64
		what    string
	}{
		{m.account.requests, account, 1, "requests"},
		{m.account.tokens, account, float64(prompt), "tokens"},
		{m.principal.requests, principal, 1, "requests"},
		{m.principal.tokens, principal, float64(prompt), "tokens"},
	} {
		if s.limiter.Allow(s.key, s.n) {
			undo = append(undo, func() { s.limiter.Charge(s.key, -s.n) })
			continue
		}
		for _, back := range undo {
			back()
		}
		err := fault.New(fault.Throttled, "Too many %s, please wait before trying again.", s.what)
		err.RetryAfter = max(time.Second, s.limiter.Wait(s.key, s.n))
		return err
	}
	return nil
}

// label gives the principal's own label, or that of all others once there are many.
func (m *Meter) label(principal string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.known[principal] {
		if len(m.known) >= maxPrincipals {
			return other
		}
		m.known[principal] = true
	}
	return principal
}
