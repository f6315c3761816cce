package bedrock

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/detect/pattern"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/guardrailtest"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/store/sqlite"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 123456789, time.UTC)

// server is the service on an empty store. Calls go through what the gateway does between decoding and encoding: the wire's
// checks, the requirements, the handler.
type server struct {
	t          *testing.T
	operations map[string]operation.Operation
	codes      map[fault.Kind]string
	call       operation.Call
	clock      *atomic.Int64 // seconds after noon; every reading of the clock adds one
}

func setup(t *testing.T, limits guardrail.Limits) *server {
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
	now := func() time.Time { return noon.Add(time.Duration(clock.Add(1)) * time.Second) }
	guardrails, err := guardrail.NewService(guardrail.Options{
		Store: store.Guardrails(), Keys: &guardrailtest.Keys{}, Limits: limits, Now: now,
		CheckRegex: pattern.Check, NewID: func() string { return ident.Lower(12) },
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := store.PageKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := pagination.New(key, now)
	if err != nil {
		t.Fatal(err)
	}
	service := New(guardrails, nil, pages, func(*operation.Call, string, ...string) []operation.Requirement { return nil })
	if err := service.Check(); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, operations: map[string]operation.Operation{}, codes: service.Codes, clock: clock, call: operation.Call{
		Caller: operation.Caller{
			Account: "123456789012", Partition: "aws", Region: "us-east-1", Principal: "arn:aws:iam::123456789012:user/ann",
		},
		RequestID: ident.UUID(), Time: noon,
	}}
	for _, op := range service.Operations {
		s.operations[op.Schema.Name] = op
	}
	return s
}

// as gives the same server to another caller.
func (s *server) as(account, region string) *server {
	other := *s
	other.call.Account, other.call.Region = account, region
	return &other
}

// try runs an operation.
func try[Out codec.Shape](s *server, name string, in codec.Shape) (out Out, err error) {
	s.t.Helper()
	op, ok := s.operations[name]
	if !ok {
		s.t.Fatalf("no operation %s", name)
	}
	if err := codec.Check(in); err != nil {
		return out, err
	}
	if len(op.Requires(&s.call, in)) == 0 {
		s.t.Fatalf("%s requires nothing", name)
	}
	answer, err := op.Handle(context.Background(), &s.call, in)
	if err != nil {
		return out, err
	}
	out, ok = answer.(Out)
	if !ok {
		s.t.Fatalf("%s answered %T", name, answer)
	}
	// What leaves must obey the model as well.
	if err := codec.Check(answer); err != nil {
		s.t.Errorf("%s: the answer breaks the model: %v", name, err)
	}
	return out, nil
}

// must runs an operation that has to succeed.
func must[Out codec.Shape](s *server, name string, in codec.Shape) Out {
	s.t.Helper()
	out, err := try[Out](s, name, in)
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	return out
}

// refused runs an operation that has to fail with this code and message part.
func refused(s *server, name string, in codec.Shape, code, part string) {
	s.t.Helper()
	_, err := try[codec.Shape](s, name, in)
	if err == nil {
		s.t.Errorf("%s succeeded, want %s", name, code)
		return
	}
	f := fault.From(err)
	if got := s.codes[f.Kind]; got != code || f.Code != "" || !strings.Contains(f.Message, part) {
		s.t.Errorf("%s: %s %q (%v), want %s with %q", name, got, f.Message, err, code, part)
	}
}

// valid is the smallest request that makes a guardrail.
func valid(name string, change ...func(*wire.CreateGuardrailRequest)) *wire.CreateGuardrailRequest {
	in := &wire.CreateGuardrailRequest{
		Name: &name, BlockedInputMessaging: new("Sorry, no."), BlockedOutputsMessaging: new("Sorry, no answer."),
		WordPolicyConfig: &wire.GuardrailWordPolicyConfig{WordsConfig: []wire.GuardrailWordConfig{{Text: new("Bluewhale")}}},
	}
	for _, f := range change {
		f(in)
	}
	return in
}

// create makes a guardrail and gives its id.
func (s *server) create(name string, change ...func(*wire.CreateGuardrailRequest)) string {
	s.t.Helper()
	return *must[*wire.CreateGuardrailResponse](s, "CreateGuardrail", valid(name, change...)).GuardrailId
}

func (s *server) get(identifier string, version *string) *wire.GetGuardrailResponse {
	s.t.Helper()
	return must[*wire.GetGuardrailResponse](s, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: &identifier, GuardrailVersion: version})
}

func (s *server) version(identifier string) string {
	s.t.Helper()
	in := &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: &identifier, Description: new("as of now")}
	return *must[*wire.CreateGuardrailVersionResponse](s, "CreateGuardrailVersion", in).Version
}

// list gives "id version" of all entries, page by page.
func (s *server) list(identifier *string, size int32) (entries []string) {
	s.t.Helper()
	in := &wire.ListGuardrailsRequest{GuardrailIdentifier: identifier, MaxResults: &size}
	for {
		out := must[*wire.ListGuardrailsResponse](s, "ListGuardrails", in)
		for _, e := range out.Guardrails {
			entries = append(entries, *e.Id+" "+*e.Version)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return entries
		}
		if len(out.Guardrails) != int(size) {
			s.t.Fatalf("a page of %d that is not the last, want %d", len(out.Guardrails), size)
		}
	}
}

func arnOf(id string) string { return "arn:aws:bedrock:us-east-1:123456789012:guardrail/" + id }

func numbered[T any](n int, f func(string) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = f(fmt.Sprint(i))
	}
	return list
}
