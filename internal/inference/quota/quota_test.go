package quota_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/inference/quota"
	"merlon.dev/merlon/internal/model"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func of(account, principal string) inference.Request {
	return inference.Request{Scope: guardrail.Scope{Account: account, Region: "us-east-1"}, Principal: principal}
}

func setup(t *testing.T, c quota.Config) (*quota.Meter, *clock, *prometheus.Registry) {
	t.Helper()
	at := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	registry := prometheus.NewRegistry()
	c.Now, c.Metrics = at.now, registry
	m, err := quota.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m, at, registry
}

// retry gives the hint of a refusal, 0 for an admitted call.
func retry(t *testing.T, err error) time.Duration {
	t.Helper()
	var f *fault.Error
	if err == nil {
		return 0
	}
	if !errors.As(err, &f) || f.Kind != fault.Throttled || f.RetryAfter <= 0 {
		t.Fatalf("refused by %v", err)
	}
	return f.RetryAfter
}

func TestRequests(t *testing.T) {
	t.Parallel()
	m, at, _ := setup(t, quota.Config{Requests: 3, PrincipalRequests: 2})
	for i, step := range []struct {
		wait               time.Duration
		account, who, name string
		want               time.Duration
	}{
		{0, "1", "ann", "m", 0},
		{0, "1", "ann", "m", 0},
		{0, "1", "ann", "m", 30 * time.Second}, // her own share; the account's was given back
		{0, "1", "bob", "m", 0},
		{0, "1", "bob", "m", 20 * time.Second}, // the account's share
		{0, "1", "bob", "n", 0},                // another model
		{0, "2", "ann", "m", 0},                // another account
		{30 * time.Second, "1", "ann", "m", 0},
	} {
		at.at = at.at.Add(step.wait)
		_, err := m.Begin(of(step.account, step.who), step.name, 0)
		if got := retry(t, err); got != step.want {
			t.Errorf("step %d: retry after %v, want %v", i, got, step.want)
		}
	}
}

// TestTokens: the estimate is taken at once, the real cost at the end, and a debt has to be waited out.
func TestTokens(t *testing.T) {
	t.Parallel()
	m, at, _ := setup(t, quota.Config{Tokens: 600})
	end, err := m.Begin(of("1", "ann"), "m", 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Begin(of("1", "bob"), "m", 501); retry(t, err) != time.Second {
		t.Error("more than is left passed")
	}
	end(model.Usage{InputTokens: 50, OutputTokens: 850}, nil) // 300 beyond
	if _, err := m.Begin(of("1", "ann"), "m", 10); retry(t, err) != 31*time.Second {
		t.Errorf("in debt: %v", err)
	}
	at.at = at.at.Add(31 * time.Second)
	end, err = m.Begin(of("1", "ann"), "m", 10)
	if err != nil {
		t.Fatal(err)
	}
	end(model.Usage{}, errors.New("the model was not asked")) // costs nothing
	if _, err := m.Begin(of("1", "ann"), "m", 10); err != nil {
		t.Errorf("what was not used is not given back: %v", err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	m, _, registry := setup(t, quota.Config{PrincipalRequests: 2})
	for range 3 {
		if end, err := m.Begin(of("1", "ann"), "m", 5); err == nil {
			end(model.Usage{InputTokens: 7, OutputTokens: 11}, nil)
		}
	}
	got := counted(t, registry)
	want := map[string]float64{
		"1 m answered ann": 2, "1 m throttled ann": 1, // labels in the order of their names
		"1 m ann input": 14, "1 m ann output": 22,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// counted gives every counter by the values of its labels.
func counted(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			out[strings.Join(values, " ")] = m.GetCounter().GetValue()
		}
	}
	return out
}

// TestBounded: no number of principals makes more than so many metrics.
func TestBounded(t *testing.T) {
	t.Parallel()
	m, _, registry := setup(t, quota.Config{})
	for i := range 3000 {
		end, err := m.Begin(of("1", fmt.Sprint("user", i)), "m", 0)
		if err != nil {
			t.Fatal(err)
		}
		end(model.Usage{}, nil)
	}
	calls := 0
	for labels := range counted(t, registry) {
		if strings.Contains(labels, "answered") {
			calls++
		}
	}
	if calls != 1001 {
		t.Errorf("%d metrics of calls", calls)
	}
}
