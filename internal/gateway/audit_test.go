package gateway_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/wire/bedrock"
)

func metric(t testing.TB, f *fixture, name string) (sum float64) {
	t.Helper()
	families, err := f.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			switch family.GetType() {
			case dto.MetricType_COUNTER:
				sum += m.GetCounter().GetValue()
			case dto.MetricType_GAUGE:
				sum += m.GetGauge().GetValue()
			default:
				t.Fatalf("%s: %s", name, family.GetType())
			}
		}
	}
	return sum
}

// TestAuditRecords: every call of a proven caller ends in one record; a stranger's in none.
func TestAuditRecords(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	for _, c := range []struct {
		name, path, body string
		change           func(*http.Request)
		begun, ended     int
		code             string
	}{
		{"success", "/guardrails", createBody, nil, 1, 1, ""},
		{"constraint", "/guardrails", "{}", nil, 0, 1, "ValidationException"},
		{"malformed", "/guardrails", "{", nil, 0, 1, "SerializationException"},
		{"bad signature", "/guardrails", createBody, func(r *http.Request) { r.Header.Set("Content-Type", "x") }, 0, 0, ""},
		{"unsigned", "/guardrails", createBody, func(r *http.Request) { r.Header.Del("Authorization") }, 0, 0, ""},
		{"unknown operation", "/nothing", "", nil, 0, 0, ""},
	} {
		begun, ended := f.auditor.counts()
		send(t, f.request(t, "POST", c.path, c.body, c.change))
		begunNow, endedNow := f.auditor.counts()
		if begunNow-begun != c.begun || endedNow-ended != c.ended {
			t.Errorf("%s: %d begun, %d ended", c.name, begunNow-begun, endedNow-ended)
		}
		if c.ended == 0 {
			continue
		}
		if e := f.auditor.last(t); e.Code != c.code || e.Operation != "CreateGuardrail" || e.Service != "bedrock" || e.Effect != operation.Write || e.Call.Account != account {
			t.Errorf("%s: recorded %+v", c.name, e)
		}
	}
}

// TestAuditDenial: a denied call is recorded with what it asked for.
func TestAuditDenial(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) {
		f.requires = func(*operation.Call) []operation.Requirement {
			return []operation.Requirement{{Action: "bedrock:ApplyGuardrail", Resource: "arn:aws:bedrock:us-east-1:999999999999:guardrail/x"}}
		}
	})
	f.expect(t, "denied", f.request(t, "POST", applyPath, applyBody, nil), 403, "AccessDeniedException")
	if e := f.auditor.last(t); e.Code != "AccessDeniedException" || len(e.Requirements) != 1 {
		t.Errorf("recorded %+v", e)
	}
	if begun, _ := f.auditor.counts(); begun != 0 {
		t.Error("a denied call was begun")
	}
}

// TestAuditorFails: a call fails with its record, a reading one as well.
func TestAuditorFails(t *testing.T) {
	t.Parallel()
	created := 0
	f := setup(t, func(f *fixture) {
		f.create = func(context.Context, *operation.Call, *bedrock.CreateGuardrailRequest) (*bedrock.CreateGuardrailResponse, error) {
			created++
			return &bedrock.CreateGuardrailResponse{}, nil
		}
	})
	f.auditor.failBegin = true
	a := f.expect(t, "write, begin fails", f.request(t, "POST", "/guardrails", createBody, nil), 500, "InternalServerException")
	if created != 0 || strings.Contains(a.text, "space") {
		t.Errorf("created %d, answered %s", created, a.text)
	}
	f.expect(t, "read, begin fails", f.request(t, "POST", applyPath, applyBody, nil), 500, "InternalServerException")
	f.auditor.failBegin, f.auditor.failEnd = false, true
	f.expect(t, "write, end fails", f.request(t, "POST", "/guardrails", createBody, nil), 500, "InternalServerException")
	f.expect(t, "refused write, end fails", f.request(t, "POST", "/guardrails", "{}", nil), 400, "ValidationException")
	f.expect(t, "read, end fails", f.request(t, "POST", applyPath, applyBody, nil), 500, "InternalServerException")
	f.auditor.panicEnd = true
	f.expect(t, "write, end panics", f.request(t, "POST", "/guardrails", createBody, nil), 500, "InternalServerException")
	if got := metric(t, f, "merlon_audit_failures_total"); got != 6 {
		t.Errorf("%v audit failures counted, want 6", got)
	}
	if !strings.Contains(f.log.String(), "no space left on device") {
		t.Error("the cause is not in the log")
	}
}

// TestRecord: one log record and one count a request.
func TestRecord(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	f.expect(t, "apply", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
	f.expect(t, "unknown", f.request(t, "POST", "/nothing", "", nil), 404, "UnknownOperationException")
	f.expect(t, "unsigned", f.request(t, "POST", "/nothing", "", func(r *http.Request) { r.Header.Del("Authorization") }), 403, "MissingAuthenticationTokenException")
	if lines := strings.Count(f.log.String(), "\n"); lines != 3 {
		t.Errorf("%d log records, want 3:\n%s", lines, f.log.String())
	}
	for _, want := range []string{`"operation":"ApplyGuardrail"`, `"status":200`, `"account":"123456789012"`, `"phase":"route"`, `"code":"UnknownOperationException"`} {
		if !strings.Contains(f.log.String(), want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if strings.Contains(f.log.String(), "hello") {
		t.Error("the log holds content")
	}
	if got := metric(t, f, "merlon_requests_total"); got != 3 {
		t.Errorf("%v requests counted", got)
	}
}
