package restjson_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/restjson"
)

// The vectors come from botocore's copy of Smithy's protocol tests, Apache-2.0. One in these lists does not apply in that
// direction, for the reason given.
var (
	compressed = "compression is the HTTP client's work"
	anError    = "a failure: see TestEncodeError"
	oneWay     = "another spelling of the same value, which we read and never write"

	skipEncodeRequest = map[string]string{
		"RestJsonHostWithPath":                           "the endpoint is the HTTP client's, not the protocol's",
		"RestJsonHttpChecksumRequired":                   "checksums are the signer's work",
		"SDKAppliedContentEncoding_restJson1":            compressed,
		"SDKAppendedGzipAfterProvidedEncoding_restJson1": compressed,
		"RestJsonQueryIdempotencyTokenAutoFill":          "tokens are made by callers, who want to repeat them",
	}
	skipDecodeRequest = map[string]string{
		"RestJsonHostWithPath":                           "the path is not the operation's",
		"SDKAppliedContentEncoding_restJson1":            compressed,
		"SDKAppendedGzipAfterProvidedEncoding_restJson1": compressed,
		"RestJsonQueryIdempotencyTokenAutoFill":          "the token is there on the wire, not in the value",
		"RestJsonHttpPrefixHeadersAreNotPresent":         "an empty map leaves no trace in headers",
		"RestJsonOmitsEmptyListQueryValues":              "empty lists leave no trace in the query",
		"RestJsonQueryParamsStringListMap":               "a server's map holds the parameters of other members too",
		"RestJsonQueryPrecedence":                        "the map's entry gave way to a member's on the wire",
		"RestJsonHttpWithEmptyStructurePayload":          "an absent structure is sent as an empty one",
		"RestJsonHttpWithHeadersButNoPayload":            "an absent structure is sent as an empty one",
	}
	skipEncodeAnswer = map[string]string{
		"RestJsonDateTimeWithNegativeOffset":                     oneWay,
		"RestJsonDateTimeWithPositiveOffset":                     oneWay,
		"RestJsonDeserializesDenseSetMapAndSkipsNull":            oneWay,
		"RestJsonDeserializeIgnoreType":                          oneWay,
		"RestJsonDoesntDeserializeNullStructureValues":           oneWay,
		"RestJsonFooErrorUsingXAmznErrorType":                    anError,
		"RestJsonFooErrorUsingXAmznErrorTypeWithUri":             anError,
		"RestJsonFooErrorUsingXAmznErrorTypeWithUriAndNamespace": anError,
		"RestJsonFooErrorUsingCode":                              anError,
		"RestJsonFooErrorUsingCodeAndNamespace":                  anError,
		"RestJsonFooErrorUsingCodeUriAndNamespace":               anError,
		"RestJsonFooErrorWithDunderType":                         anError,
		"RestJsonFooErrorWithDunderTypeAndNamespace":             anError,
		"RestJsonFooErrorWithDunderTypeUriAndNamespace":          anError,
		"RestJsonComplexErrorWithNoMessage":                      anError,
		"RestJsonEmptyComplexErrorWithNoMessage":                 anError,
		"RestJsonInvalidGreetingError":                           anError,
	}
	skipDecodeAnswer = map[string]string{}
)

func vectors(t *testing.T, name string) []*codectest.Vector {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := codectest.ReadVectors(data)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func input(v *codectest.Vector) codec.Shape {
	if v.Value == nil {
		return codec.NewEmpty()
	}
	return v.Value
}

func TestEncodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipEncodeRequest, 108, func(t *testing.T, v *codectest.Vector) {
		r, err := restjson.Client{}.EncodeRequest(v.Operation, input(v))
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != v.Request.Method {
			t.Errorf("method %s, want %s", r.Method, v.Request.Method)
		}
		wantURL, err := url.Parse(v.Request.URI)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL.EscapedPath() != wantURL.EscapedPath() {
			t.Errorf("path %s, want %s", r.URL.EscapedPath(), wantURL.EscapedPath())
		}
		if diff := cmp.Diff(wantURL.Query(), r.URL.Query()); diff != "" {
			t.Error(diff)
		}
		for name, want := range v.Request.Headers {
			if got, ok := r.Header[http.CanonicalHeaderKey(name)]; !ok || strings.Join(got, ", ") != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
		for _, name := range v.Request.ForbidHeader {
			if got := r.Header.Values(name); len(got) > 0 {
				t.Errorf("header %s is %q, want none", name, got)
			}
		}
		var body []byte
		if r.Body != nil {
			if body, err = io.ReadAll(r.Body); err != nil {
				t.Fatal(err)
			}
		}
		if v.Request.Body != nil {
			sameBody(t, string(body), *v.Request.Body)
		}
	})
}

func TestDecodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipDecodeRequest, 103, func(t *testing.T, v *codectest.Vector) {
		var body []byte
		if v.Request.Body != nil {
			body = []byte(*v.Request.Body)
		}
		r := httptest.NewRequest(v.Request.Method, v.Request.URI, bytes.NewReader(body))
		for name, value := range v.Request.Headers {
			r.Header.Set(name, value)
		}
		in := v.Operation.NewInput()
		labels := labels(t, v.Operation.URI, r.URL.EscapedPath())
		if err := (restjson.Protocol{}).DecodeRequest(v.Operation, r, labels, body, in); err != nil {
			t.Fatal(err)
		}
		sameValue(t, in, v)
	})
}

func TestEncodeResponse(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "output"), skipEncodeAnswer, 74, func(t *testing.T, v *codectest.Vector) {
		w := httptest.NewRecorder()
		if err := (restjson.Protocol{}).EncodeResponse(w, v.Operation, input(v)); err != nil {
			t.Fatal(err)
		}
		if w.Code != v.Response.Status {
			t.Errorf("status %d, want %d", w.Code, v.Response.Status)
		}
		for name, want := range v.Header() {
			if got := w.Header()[name]; strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
		if v.Response.Body != "" {
			sameBody(t, w.Body.String(), v.Response.Body)
		}
	})
}

func TestDecodeResponse(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "output"), skipDecodeAnswer, 91, func(t *testing.T, v *codectest.Vector) {
		client := restjson.Client{}
		if v.ErrorCode != "" {
			if got := client.ErrorCode(v.Header(), []byte(v.Response.Body)); got != v.ErrorCode {
				t.Errorf("code %q, want %q", got, v.ErrorCode)
			}
		}
		if v.Value == nil {
			return
		}
		out := codectest.NewDynamic(v.Value.Schema())
		if err := client.DecodeResponse(v.Response.Status, v.Header(), []byte(v.Response.Body), out); err != nil {
			t.Fatal(err)
		}
		sameValue(t, out, v)
	})
}

func TestEncodeError(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, v := range vectors(t, "output") {
		if v.ErrorCode == "" {
			continue
		}
		ran++
		w := httptest.NewRecorder()
		restjson.Protocol{}.EncodeError(w, codec.Failure{
			Code: v.ErrorCode, Status: v.Response.Status, Message: "it \"failed\"", RequestID: "id", Members: map[string]string{"resourceName": "a"},
		})
		if w.Code != v.Response.Status {
			t.Errorf("%s: status %d, want %d", v.ID, w.Code, v.Response.Status)
		}
		if got := (restjson.Client{}).ErrorCode(w.Header(), w.Body.Bytes()); got != v.ErrorCode {
			t.Errorf("%s: code %q, want %q", v.ID, got, v.ErrorCode)
		}
		if got, want := w.Body.String(), `{"message":"it \"failed\"","resourceName":"a"}`; got != want {
			t.Errorf("%s: body %s, want %s", v.ID, got, want)
		}
		if got := w.Header().Get("x-amzn-RequestId"); got != "id" {
			t.Errorf("%s: request id %q", v.ID, got)
		}
	}
	if ran != 12 {
		t.Errorf("ran %d failures, want 12", ran)
	}
}

func sameValue(t *testing.T, got codec.Shape, v *codectest.Vector) {
	t.Helper()
	shape, ok := got.(*codectest.Dynamic)
	if !ok {
		return
	}
	if !shape.Equal(v.Value) {
		t.Errorf("got %v, want %v", shape, v.Value)
	}
}

// sameBody compares JSON by its value and everything else by its bytes.
func sameBody(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if json.Unmarshal([]byte(want), &w) != nil || json.Unmarshal([]byte(got), &g) != nil {
		if got != want {
			t.Errorf("body %q, want %q", got, want)
		}
		return
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}

// labels cuts the labels out of an escaped path, as the gateway's router does.
func labels(t *testing.T, uri, path string) []string {
	t.Helper()
	uri, _, _ = strings.Cut(uri, "?")
	var out []string
	for uri != "" {
		before, rest, found := strings.Cut(uri, "{")
		if !strings.HasPrefix(path, before) {
			t.Fatalf("path %s does not fit %s", path, uri)
		}
		path = path[len(before):]
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		end := strings.IndexByte(path, '/')
		if strings.HasSuffix(name, "+") {
			end = len(path) - len(after)
		} else if end < 0 {
			end = len(path)
		}
		out, path, uri = append(out, path[:end]), path[end:], after
	}
	return out
}
