package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/store/sqlite"
)

const (
	ours   = config.DevAccount
	theirs = "444455556666"
)

// product is everything that a server in dev mode is made of, up to the front.
type product struct {
	gateway.Config
	store   *sqlite.Store
	keyring *envelope.Keyring
}

func assembled(t *testing.T) *product {
	t.Helper()
	c := config.Default()
	c.Data, c.Log.Level = t.TempDir(), "error"
	c.Quotas = config.Quotas{}
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), c.Data)
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := openKeyring(t.Context(), store, resolved)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	keys, err := openKeys(t.Context(), store.KMS(), keyring, log)
	if err != nil {
		t.Fatal(err)
	}
	audit, err := openAudit(t.Context(), c.Data, keyring, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		keys.Close()
		if err := audit.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	models, err := openModels(resolved)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(models.Close)
	front, err := assemble(t.Context(), store, resolved, log, keyring, keys.Service, audit, prometheus.NewRegistry(), evaluate.RuleFactories(), models)
	if err != nil {
		t.Fatal(err)
	}
	return &product{front, store, keyring}
}

// served is one operation with an input that obeys its model.
type served struct {
	*operation.Operation
	service *codec.Service
	input   *codectest.Dynamic
}

func (s *served) String() string { return s.service.Name + ":" + s.Schema.Name }

// wellFormed replaces what obeys the model alone by what names something.
var wellFormed = map[string]string{
	"RoleArn":             "arn:aws:iam::" + ours + ":role/worker",
	"PolicyArn":           "arn:aws:iam::" + ours + ":policy/p",
	"PolicySourceArn":     "arn:aws:iam::" + ours + ":user/ann",
	"PermissionsBoundary": "arn:aws:iam::" + ours + ":policy/p",
	"guardrailIdentifier": "abc123abc123",
	"guardrailVersion":    "DRAFT",
	"resourceARN":         "arn:aws:bedrock:us-east-1:" + ours + ":guardrail/abc123abc123",
	"resourceArn":         "arn:aws:bedrock:us-east-1:" + ours + ":guardrail/abc123abc123",
	"modelId":             "anthropic.test",
}

// operations gives every operation that is served.
func (p *product) operations(t *testing.T) (all []*served) {
	t.Helper()
	for _, service := range p.Services {
		for i := range service.Operations {
			op := &service.Operations[i]
			input, err := codectest.Minimal(op.Schema)
			if err != nil {
				t.Fatalf("%s: %v", op.Schema.Name, err)
			}
			for member, value := range wellFormed {
				if _, ok := input.Values[member]; ok {
					input.Values[member] = value
				}
			}
			all = append(all, &served{op, service.Schema, input})
		}
	}
	return all
}

// request writes the operation's request as a client of its protocol does.
func (s *served) request() (*http.Request, error) {
	switch s.service.Protocol {
	case "rest-json", "openai-json": // the request of both is a body with headers; errors and streams differ
		return restjson.Client{}.EncodeRequest(s.Schema, s.input)
	case "json":
		return awsjson.Client{}.EncodeRequest(s.Schema, s.input)
	case "query":
		return awsquery.Client{}.EncodeRequest(s.Schema, s.input)
	default:
		return nil, fmt.Errorf("no client of protocol %s", s.service.Protocol)
	}
}

// requirements gives what the operation asks of the caller.
func (s *served) requirements(t *testing.T, protocols map[string]codec.Protocol, call *operation.Call) []operation.Requirement {
	t.Helper()
	r, err := s.request()
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	in := s.Schema.NewInput()
	if err := protocols[s.service.Protocol].DecodeRequest(s.Schema, r, labels(s.Schema.URI, r.URL.EscapedPath()), body, in); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return s.Requires(call, in)
}

// labels gives the parts of path that the template leaves open.
func labels(template, path string) (found []string) {
	template, _, _ = strings.Cut(template, "?")
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(template, "/") {
		if strings.HasPrefix(part, "{") && i < len(parts) {
			found = append(found, parts[i])
		}
	}
	return found
}

func callOf(c operation.Caller) *operation.Call {
	c.Partition, c.Region = "aws", "us-east-1"
	return &operation.Call{Caller: c, RequestID: "r", Time: time.Now(), SourceIP: "192.0.2.1", UserAgent: "test"}
}
