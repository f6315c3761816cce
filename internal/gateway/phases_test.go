package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway/gatewaytest"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

const createBody = `{"name":"g","blockedInputMessaging":"in","blockedOutputsMessaging":"out"}`

func TestSuccess(t *testing.T) {
	t.Parallel()
	var saw *operation.Call
	f := setup(t, func(f *fixture) {
		f.apply = func(_ context.Context, call *operation.Call, in *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			saw = call
			if *in.GuardrailIdentifier != "abcdefabcdef" || *in.GuardrailVersion != "DRAFT" || *in.Content[0].Text.Text != "hello" {
				return nil, errors.New("decoded wrongly")
			}
			return &bedrockruntime.ApplyGuardrailResponse{}, nil
		}
	})
	a := f.expect(t, "apply", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
	want := operation.Call{
		Caller:    operation.Caller{Account: account, Partition: "aws", Region: "us-east-1", Principal: "arn:aws:iam::" + account + ":root", AccessKeyID: "AKIDROOT"},
		RequestID: a.Header.Get("x-amzn-RequestId"), Time: now, SourceIP: "127.0.0.1", UserAgent: "Go-http-client/1.1",
	}
	if *saw != want {
		t.Errorf("call %+v, want %+v", *saw, want)
	}
	a = f.expect(t, "create", f.request(t, "POST", "/guardrails", createBody, nil), 202, "OK")
	if a.ContentLength != int64(len(a.text)) || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", a.Header)
	}
}

// TestFailures has one row for each way in which each phase fails.
func TestFailures(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.config.Regions = []string{"us-east-1"} })
	sign := func(change func(*sigv4.Signer), at time.Time) func(*http.Request) {
		return func(r *http.Request) {
			signer := sigv4.Signer{Credentials: f.signer.Credentials, Region: f.signer.Region, Service: f.signer.Service}
			change(&signer)
			body, _ := r.GetBody()
			data := make([]byte, r.ContentLength)
			_, _ = body.Read(data)
			r.Header.Del("X-Amz-Date")
			r.Header.Del("Authorization")
			signer.Sign(r, sigv4.HashPayload(data), at)
		}
	}
	same := func(*sigv4.Signer) {}
	for _, c := range []struct {
		name, method, path, body string
		change                   func(*http.Request)
		status                   int
		code, says               string
	}{
		{"URI too long", "POST", "/" + strings.Repeat("a", 17<<10), "", nil, 400, "ValidationException", "16384 bytes"},
		{"too many headers", "POST", applyPath, applyBody, func(r *http.Request) {
			for i := range 200 {
				r.Header.Set(fmt.Sprintf("X-%d", i), "x")
			}
		}, 400, "ValidationException", "128 header lines"},
		{"unsigned", "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"unsigned, unknown path", "POST", "/nothing", "", func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationTokenException", ""},
		{"bearer", "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Set("Authorization", "Bearer key") }, 403, "AccessDeniedException", "API keys"},
		{"half a signature", "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/B/C/D/E") }, 400, "IncompleteSignature", "'Signature'"},
		{"other service", "POST", applyPath, applyBody, sign(func(s *sigv4.Signer) { s.Service = "s3" }, now), 403, "InvalidSignatureException", "correct service"},
		{"unknown path", "POST", "/nothing", "", nil, 404, "UnknownOperationException", ""},
		{"wrong method", "PATCH", "/guardrails", "", nil, 404, "UnknownOperationException", ""},
		{"model operation that is not served", "GET", "/guardrails", "", nil, 404, "UnknownOperationException", ""},
		{"dot segments", "POST", "/x/.." + applyPath, applyBody, nil, 404, "UnknownOperationException", ""},
		{"unknown key", "POST", applyPath, applyBody, sign(func(s *sigv4.Signer) { s.Credentials.AccessKeyID = "AKIDNOBODY" }, now), 403, "UnrecognizedClientException", "security token"},
		{"wrong secret", "POST", applyPath, applyBody, sign(func(s *sigv4.Signer) { s.Credentials.Secret = secret.New("wrong") }, now), 403, "InvalidSignatureException", "does not match"},
		{"stranger's session token", "POST", applyPath, applyBody, sign(func(s *sigv4.Signer) { s.Credentials.SessionToken = secret.New("t") }, now), 403, "UnrecognizedClientException", ""},
		{"other region", "POST", applyPath, applyBody, sign(func(s *sigv4.Signer) { s.Region = "eu-west-1" }, now), 403, "InvalidSignatureException", "valid region"},
		{"expired", "POST", applyPath, applyBody, sign(same, now.Add(-6*time.Minute)), 400, "RequestExpired", "Signature expired"},
		{"future", "POST", applyPath, applyBody, sign(same, now.Add(6*time.Minute)), 400, "RequestExpired", "not yet current"},
		{"changed header", "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Set("Content-Type", "text/json") }, 403, "InvalidSignatureException", ""},
		{"body too large", "POST", applyPath, strings.Repeat(" ", bodyLimit+1), nil, 400, "ValidationException", "4096 bytes"},
		{"malformed body", "POST", applyPath, `{"source":`, nil, 400, "SerializationException", ""},
		{"constraint", "POST", applyPath, `{"source":"SIDEWAYS","content":[]}`, nil, 400, "ValidationException", "enum value set"},
		{"missing members", "POST", "/guardrails", `{}`, nil, 400, "ValidationException", "Member must not be null"},
	} {
		a := f.expect(t, c.name, f.request(t, c.method, c.path, c.body, c.change), c.status, c.code)
		if !strings.Contains(a.message, c.says) {
			t.Errorf("%s: message %q does not say %q", c.name, a.message, c.says)
		}
	}
	if strings.Contains(f.log.String(), "SIDEWAYS") {
		t.Error("the log holds content")
	}
}

// TestOrder pins which of two failures a caller sees.
func TestOrder(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) {
		f.requires = func(*operation.Call) []operation.Requirement {
			return []operation.Requirement{{Action: "bedrock:ApplyGuardrail", Resource: "arn:aws:bedrock:us-east-1:000000000000:guardrail/x"}}
		}
	})
	bad := func(r *http.Request) {
		h := r.Header.Get("Authorization")
		r.Header.Set("Authorization", h[:len(h)-1]+string('0'+(h[len(h)-1]+1)%2))
	}
	unknownKey := func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "AKIDROOT", "AKIDNONE", 1))
	}
	large := strings.Repeat(" ", bodyLimit+1)
	for _, c := range []struct {
		name, path, body string
		change           func(*http.Request)
		code             string
	}{
		{"unknown operation before signature", "/nothing", "", bad, "UnknownOperationException"},
		{"unknown operation before key", "/nothing", "", unknownKey, "UnknownOperationException"},
		{"key before size", applyPath, large, unknownKey, "UnrecognizedClientException"},
		{"size before signature", applyPath, large, bad, "ValidationException"},
		{"signature before syntax", applyPath, "{", bad, "InvalidSignatureException"},
		{"signature before constraint", applyPath, "{}", bad, "InvalidSignatureException"},
		{"syntax before authorisation", applyPath, "{", nil, "SerializationException"},
		{"constraint before authorisation", applyPath, "{}", nil, "ValidationException"},
		{"authorisation before handler", applyPath, applyBody, nil, "AccessDeniedException"},
	} {
		if a := send(t, f.request(t, "POST", c.path, c.body, c.change)); a.code() != c.code {
			t.Errorf("%s: %s %s", c.name, a.code(), a.text)
		}
	}
}

// TestHandlerFailures sees each kind of error rendered.
func TestHandlerFailures(t *testing.T) {
	t.Parallel()
	var failure error
	f := setup(t, func(f *fixture) {
		f.config.Limits.HandleTime = 20 * time.Millisecond
		f.create = func(ctx context.Context, _ *operation.Call, _ *bedrock.CreateGuardrailRequest) (*bedrock.CreateGuardrailResponse, error) {
			switch {
			case errors.Is(failure, errPanic):
				panic("the plaintext key is hunter3")
			case errors.Is(failure, errSlow):
				<-ctx.Done()
				return nil, ctx.Err()
			default:
				return nil, failure
			}
		}
	})
	for _, c := range []struct {
		name    string
		failure error
		status  int
		code    string
		says    string
	}{
		{"fault", fault.New(fault.NotFound, "no such thing"), 404, "ResourceNotFoundException", "no such thing"},
		{"wrapped fault", fmt.Errorf("load: %w", fault.New(fault.Conflict, "taken")), 400, "ConflictException", "taken"},
		{"cause stays inside", fault.Wrap(errors.New("hunter2"), fault.Invalid, "no"), 400, "ValidationException", "no"},
		{"own code", &fault.Error{Kind: fault.Invalid, Code: "ServiceQuotaExceededException", Message: "x"}, 400, "ServiceQuotaExceededException", "x"},
		{"code that is in no table", &fault.Error{Kind: fault.NotFound, Code: "NoSuchThing", Message: "x"}, 404, "NoSuchThing", "x"},
		{"throttled", fault.New(fault.Throttled, "slow down"), 429, "ThrottlingException", "slow down"},
		{"denied", fault.New(fault.Denied, "key is disabled"), 403, "AccessDeniedException", "disabled"},
		{"unavailable", fault.New(fault.Unavailable, "later"), 503, "ServiceUnavailableException", "later"},
		{"kind that the service does not know", fault.New(fault.InUse, "hunter2"), 500, "InternalServerException", "internal error, request id "},
		{"internal fault", fault.New(fault.Internal, "hunter2"), 500, "InternalServerException", "internal error, request id "},
		{"unknown error", errors.New("hunter2"), 500, "InternalServerException", "internal error, request id "},
		{"panic", errPanic, 500, "InternalServerException", "internal error, request id "},
		{"no answer", nil, 500, "InternalServerException", "internal error, request id "},
		{"too slow", errSlow, 500, "InternalServerException", "too long"},
	} {
		failure = c.failure
		a := f.expect(t, c.name, f.request(t, "POST", "/guardrails", createBody, nil), c.status, c.code)
		if !strings.Contains(a.message, c.says) || strings.Contains(a.text, "hunter2") {
			t.Errorf("%s: message %q", c.name, a.message)
		}
		if e := f.auditor.last(t); e.Code != c.code {
			t.Errorf("%s: recorded as %q", c.name, e.Code)
		}
	}
	failure = &fault.Error{Kind: fault.TooManyTags, Message: "51", Resource: "arn:x"}
	if a := send(t, f.request(t, "POST", "/guardrails", createBody, nil)); !strings.Contains(a.text, `"resourceName":"arn:x"`) {
		t.Errorf("too many tags: %s", a.text)
	}
	if strings.Contains(f.log.String(), "hunter3") {
		t.Error("the log holds what the panic held")
	}
	if !strings.Contains(f.log.String(), "panic in phase handle") || metric(t, f, "merlon_panics_total") != 1 {
		t.Errorf("the panic was not logged and counted once: %v\n%s", metric(t, f, "merlon_panics_total"), f.log)
	}
}

var (
	errPanic = errors.New("panic")
	errSlow  = errors.New("slow")
)

func TestRootAuthorizer(t *testing.T) {
	t.Parallel()
	call := &operation.Call{Caller: operation.Caller{Account: account, Partition: "aws", Principal: "arn:aws:iam::" + account + ":root"}}
	user := &operation.Call{Caller: operation.Caller{Account: account, Partition: "aws", Principal: "arn:aws:iam::" + account + ":user/ann"}}
	const own, theirs, base = "arn:aws:bedrock:us-east-1:" + account + ":guardrail/*", "arn:aws:bedrock:us-east-1:999999999999:guardrail/x", "arn:aws:bedrock:us-east-1::foundation-model/m"
	for _, c := range []struct {
		name      string
		call      *operation.Call
		resources []string
		want      string
	}{
		{"own", call, []string{own}, ""},
		{"nobody's", call, []string{base, "*"}, ""},
		{"another account's", call, []string{own, theirs}, "User: arn:aws:iam::123456789012:root is not authorized to perform: bedrock:X on resource: " + theirs + " because no resource-based policy allows the bedrock:X action"},
		{"a user", user, []string{own}, "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: bedrock:X on resource: " + own + " because no identity-based policy allows the bedrock:X action"},
		{"no ARN", call, []string{"guardrail"}, "User: arn:aws:iam::123456789012:root is not authorized to perform: bedrock:X on resource: guardrail because no resource-based policy allows the bedrock:X action"},
		{"zero call", &operation.Call{}, []string{own}, "User:  is not authorized to perform: bedrock:X on resource: " + own + " because no identity-based policy allows the bedrock:X action"},
	} {
		var requirements []operation.Requirement
		for _, resource := range c.resources {
			requirements = append(requirements, operation.Requirement{Action: "bedrock:X", Resource: resource})
		}
		got := ""
		if err := (gatewaytest.RootAuthorizer{}).Authorize(t.Context(), c.call, requirements); err != nil {
			got = err.Error()
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: not a denial", c.name)
			}
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestNothingToAuthorise: an operation that asks for nothing is refused, not allowed.
func TestNothingToAuthorise(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.requires = func(*operation.Call) []operation.Requirement { return nil } })
	f.expect(t, "no requirement", f.request(t, "POST", applyPath, applyBody, nil), 500, "InternalServerException")
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.config.Requests = map[string]float64{"ApplyGuardrail": 2} })
	for range 2 {
		f.expect(t, "within the rate", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
	}
	a := f.expect(t, "beyond", f.request(t, "POST", applyPath, applyBody, nil), 429, "ThrottlingException")
	if want := "ApplyGuardrail requestId: " + a.Header.Get("x-amzn-RequestId") + " got throttled for the accountId: " + account; a.message != want {
		t.Errorf("message %q, want %q", a.message, want)
	}
	f.expect(t, "other operation", f.request(t, "POST", "/guardrails", createBody, nil), 202, "OK")
	f.signer.Region = "eu-west-1"
	f.expect(t, "other region", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
}

// TestPresigned: the query form works end to end.
func TestPresigned(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	r := f.request(t, "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Del("X-Amz-Date") })
	u, err := r.URL.Parse(f.signer.Presign(r, sigv4.HashPayload([]byte(applyBody)), now.Add(-50*time.Minute), time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	r.URL = u
	f.expect(t, "presigned", r, 200, "OK")
}

// TestEmptyLabel: an empty segment reaches its operation, signed as it is sent, and as botocore does, which signs it away.
func TestEmptyLabel(t *testing.T) {
	t.Parallel()
	var versions []string
	f := setup(t, func(f *fixture) {
		f.apply = func(_ context.Context, _ *operation.Call, in *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			versions = append(versions, *in.GuardrailVersion)
			return nil, fault.New(fault.Invalid, "no version")
		}
	})
	const path = "/guardrail/abc/version//apply"
	f.expect(t, "as sent", f.request(t, "POST", path, applyBody, nil), 400, "ValidationException")
	r := f.request(t, "POST", "/guardrail/abc/version/apply", applyBody, func(r *http.Request) { r.URL.Path = path })
	f.expect(t, "without the empty segment", r, 400, "ValidationException")
	if len(versions) != 2 || versions[0] != "" || versions[1] != "" {
		t.Errorf("versions %q", versions)
	}
}
