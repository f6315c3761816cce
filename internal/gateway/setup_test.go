package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/gateway/gatewaytest"
	"merlon.dev/merlon/internal/gateway/listen"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account   = "123456789012"
	bodyLimit = 4096
	applyPath = "/guardrail/abcdefabcdef/version/DRAFT/apply"
	applyBody = `{"source":"INPUT","content":[{"text":{"text":"hello"}}]}`
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fixture is a gateway that serves ApplyGuardrail and CreateGuardrail, with parts that a test may replace before start.
type fixture struct {
	config gateway.Config
	apply  func(context.Context, *operation.Call, *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error)
	create func(context.Context, *operation.Call, *bedrock.CreateGuardrailRequest) (*bedrock.CreateGuardrailResponse, error)
	// connections and perHost limit the listener.
	connections, perHost int

	url      string
	gateway  *gateway.Gateway
	metrics  *prometheus.Registry
	log      *lockedBuffer
	auditor  *recordingAuditor
	signer   sigv4.Signer
	requires func(*operation.Call) []operation.Requirement
}

var codes = map[fault.Kind]string{
	fault.Invalid: "ValidationException", fault.NotFound: "ResourceNotFoundException", fault.Conflict: "ConflictException",
	fault.Denied: "AccessDeniedException", fault.Throttled: "ThrottlingException", fault.Internal: "InternalServerException",
	fault.TooManyTags: "TooManyTagsException",
}

func arnOf(call *operation.Call) string {
	return "arn:aws:bedrock:" + call.Region + ":" + call.Account + ":guardrail/abcdefabcdef"
}

func setup(t testing.TB, change func(*fixture)) *fixture {
	t.Helper()
	root := gatewaytest.Root{Account: account, AccessKeyID: "AKIDROOT", Secret: secret.New("root secret")}
	other := gatewaytest.Root{Account: "999999999999", AccessKeyID: "AKIDOTHER", Secret: secret.New("other secret")}
	authenticator, err := gatewaytest.NewRootAuthenticator(root, other)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{
		log: &lockedBuffer{}, auditor: &recordingAuditor{}, metrics: prometheus.NewRegistry(),
		signer: sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: root.AccessKeyID, Secret: root.Secret}, Region: "us-east-1", Service: "bedrock"},
		apply: func(context.Context, *operation.Call, *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			return &bedrockruntime.ApplyGuardrailResponse{}, nil
		},
		create: func(context.Context, *operation.Call, *bedrock.CreateGuardrailRequest) (*bedrock.CreateGuardrailResponse, error) {
			return &bedrock.CreateGuardrailResponse{}, nil
		},
	}
	f.config = gateway.Config{
		Protocols:     map[string]codec.Protocol{"rest-json": restjson.Protocol{}},
		Authenticator: authenticator, Authorizer: gatewaytest.RootAuthorizer{}, Auditor: f.auditor,
		Log: slog.New(slog.NewJSONHandler(f.log, nil)), Metrics: f.metrics,
		Now: func() time.Time { return now },
	}
	f.requires = func(call *operation.Call) []operation.Requirement {
		return []operation.Requirement{{Action: "bedrock:ApplyGuardrail", Resource: arnOf(call)}}
	}
	f.config.Services = f.services()
	if change != nil {
		change(f)
	}
	f.gateway, err = gateway.New(f.config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = gateway.NewServer(f.gateway)
	server.Listener = listen.Limit(server.Listener, f.connections, f.perHost)
	server.Start()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		server.Close()
	})
	f.url = server.URL
	return f
}

func (f *fixture) services() []operation.Service {
	return []operation.Service{
		{Schema: bedrockruntime.Service, Codes: codes, Operations: []operation.Operation{{
			Schema: bedrockruntime.ApplyGuardrail, Audit: operation.Data, Effect: operation.Read, BodyLimit: bodyLimit,
			Requires: func(call *operation.Call, _ codec.Shape) []operation.Requirement { return f.requires(call) },
			Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
				return f.apply(ctx, call, in)
			}),
		}}},
		{Schema: bedrock.Service, Codes: codes, Operations: []operation.Operation{{
			Schema: bedrock.CreateGuardrail, Audit: operation.Management, Effect: operation.Write, BodyLimit: bodyLimit,
			Requires: func(call *operation.Call, _ codec.Shape) []operation.Requirement {
				return []operation.Requirement{{Action: "bedrock:CreateGuardrail", Resource: "arn:aws:bedrock:us-east-1:" + call.Account + ":guardrail/*"}}
			},
			Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *bedrock.CreateGuardrailRequest) (*bedrock.CreateGuardrailResponse, error) {
				return f.create(ctx, call, in)
			}),
		}}},
	}
}

// request makes a signed request; change runs after signing.
func (f *fixture) request(t testing.TB, method, path, body string, change func(*http.Request)) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	f.signer.Sign(r, sigv4.HashPayload([]byte(body)), now)
	if change != nil {
		change(r)
	}
	return r
}

// answered is what came back, with its body read.
type answered struct {
	*http.Response
	text    string
	message string
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// send checks what every answer of a REST service carries.
func send(t testing.TB, r *http.Request) answered {
	t.Helper()
	a := sendAny(t, r)
	if a.StatusCode >= 300 {
		var m struct{ Message string }
		if err := json.Unmarshal([]byte(a.text), &m); err != nil || m.Message == "" || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("failure without message: %q, %s, %v", a.text, a.Header.Get("Content-Type"), err)
		}
		a.message = m.Message
	}
	return a
}

// sendAny checks what every answer carries.
func sendAny(t testing.TB, r *http.Request) answered {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answered{Response: response, text: string(body)}
	if id := response.Header.Get("x-amzn-RequestId"); !uuid.MatchString(id) {
		t.Errorf("x-amzn-RequestId %q", id)
	}
	if _, err := http.ParseTime(response.Header.Get("Date")); err != nil {
		t.Errorf("Date: %v", err)
	}
	return a
}

// code gives the error code of the answer, or "OK".
func (a answered) code() string {
	if a.StatusCode < 300 {
		return "OK"
	}
	return a.Header.Get("x-amzn-ErrorType")
}

func (f *fixture) expect(t testing.TB, name string, r *http.Request, status int, code string) answered {
	t.Helper()
	a := send(t, r)
	if a.StatusCode != status || a.code() != code {
		t.Errorf("%s: %d %s %s, want %d %s", name, a.StatusCode, a.code(), a.text, status, code)
	}
	return a
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// recordingAuditor keeps events, and fails where it is told to.
type recordingAuditor struct {
	mu               sync.Mutex
	begun, ended     []gateway.Event
	failBegin        bool
	failEnd          bool
	panicEnd         bool
	canceledAtTheEnd bool
}

var errDisk = errors.New("no space left on device")

func (a *recordingAuditor) Begin(_ context.Context, e gateway.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begun = append(a.begun, e)
	if a.failBegin {
		return errDisk
	}
	return nil
}

func (a *recordingAuditor) End(ctx context.Context, e gateway.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = append(a.ended, e)
	a.canceledAtTheEnd = a.canceledAtTheEnd || ctx.Err() != nil
	if a.panicEnd {
		panic("disk")
	}
	if a.failEnd {
		return errDisk
	}
	return nil
}

func (a *recordingAuditor) counts() (begun, ended int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.begun), len(a.ended)
}

func (a *recordingAuditor) last(t testing.TB) gateway.Event {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.ended) == 0 {
		t.Fatal("nothing was recorded")
	}
	return a.ended[len(a.ended)-1]
}

func hashOf(body string) string { return sigv4.HashPayload([]byte(body)) }
