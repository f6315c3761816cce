package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzUnproven gives the gateway requests that nobody with a key has signed. Whatever they hold, the answer is a failure in JSON with a
// code and a request id, no handler runs and nothing is recorded.
func FuzzUnproven(f *testing.F) {
	f.Add("POST", applyPath, "Authorization", "AWS4-HMAC-SHA256 Credential=AKIDROOT/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", applyBody)
	f.Add("GET", "/guardrails?X-Amz-Signature=0", "X-Amz-Target", "A.B", "")
	f.Add("OPTIONS", "*", "", "", "")
	f.Add("POST", "/guardrail/%2F/version//apply", "Authorization", "Bearer x", "{")
	f.Add("PUT", "//", "Transfer-Encoding", "chunked", "x")
	fixture := setup(f, nil)
	f.Fuzz(func(t *testing.T, method, target, name, value, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := &http.Request{
			Method: method, URL: u, RequestURI: target, Host: "localhost", RemoteAddr: "127.0.0.1:1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"X-Amz-Date": {"20260102T030405Z"}}, ContentLength: int64(len(body)),
			Body: http.NoBody,
		}
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		r.Header.Set(name, value)
		w := httptest.NewRecorder()
		fixture.gateway.ServeHTTP(w, r)
		var answer struct{ Message string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Message == "" {
			t.Fatalf("answer %q: %v", w.Body, err)
		}
		if w.Code < 400 || w.Code >= 500 || w.Header().Get("x-amzn-ErrorType") == "" || !uuid.MatchString(w.Header().Get("x-amzn-RequestId")) {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		if begun, ended := fixture.auditor.counts(); begun+ended != 0 {
			t.Fatal("recorded")
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
