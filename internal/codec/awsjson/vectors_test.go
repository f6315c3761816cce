package awsjson_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/codectest"
)

// The vectors come from botocore's copy of Smithy's protocol tests, Apache-2.0. One in these lists does not apply in that
// direction, for the reason given.
var (
	compressed = "compression is the HTTP client's work"
	endpoint   = "the endpoint is the HTTP client's, not the protocol's"
	oneWay     = "another spelling of the same value, which we read and never write"

	skipEncodeRequest = map[string]string{
		"serializes_string_shapes_with_jsonvalue_trait":           "the text in the string has its names in another order",
		"AwsJson11HostWithPath":                                   endpoint,
		"AwsJson10HostWithPath":                                   endpoint,
		"SDKAppliedContentEncoding_awsJson1_1":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1": compressed,
		"SDKAppliedContentEncoding_awsJson1_0":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0": compressed,
	}
	skipDecodeRequest = map[string]string{
		"SDKAppliedContentEncoding_awsJson1_1":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1": compressed,
		"SDKAppliedContentEncoding_awsJson1_0":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0": compressed,
	}
	skipEncodeAnswer = map[string]string{
		"AwsJson11DateTimeWithNegativeOffset":          oneWay,
		"AwsJson11DateTimeWithPositiveOffset":          oneWay,
		"handles_unexpected_json_output":               oneWay,
		"AwsJson11DeserializeIgnoreType":               oneWay,
		"AwsJson11StructuresDontDeserializeNullValues": oneWay,
		"AwsJson10DeserializeIgnoreType":               oneWay,
		"AwsJson10DeserializeAllowNulls":               oneWay,
		"AwsJson10HandlesUnexpectedJsonOutput":         oneWay,
	}
	skipDecodeAnswer = map[string]string{}
)

func vectors(t *testing.T, direction string) []*codectest.Vector {
	t.Helper()
	var all []*codectest.Vector
	for _, name := range []string{"json", "json_1_0", "json_1_0-query-compatible"} {
		data, err := os.ReadFile("testdata/" + direction + "-" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		list, err := codectest.ReadVectors(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	return all
}

func shape(v *codectest.Vector) codec.Shape {
	if v.Value == nil {
		return codec.NewEmpty()
	}
	return v.Value
}

func TestEncodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipEncodeRequest, 69, func(t *testing.T, v *codectest.Vector) {
		r, err := awsjson.Client{}.EncodeRequest(v.Operation, shape(v))
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != v.Request.Method || r.URL.Path != v.Request.URI {
			t.Errorf("%s %s, want %s %s", r.Method, r.URL.Path, v.Request.Method, v.Request.URI)
		}
		for name, want := range v.Request.Headers {
			if got := r.Header.Get(name); got != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if v.Request.Body != nil {
			sameJSON(t, string(body), *v.Request.Body)
		}
	})
}

func TestDecodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipDecodeRequest, 72, func(t *testing.T, v *codectest.Vector) {
		r := httptest.NewRequest(v.Request.Method, v.Request.URI, nil)
		for name, value := range v.Request.Headers {
			r.Header.Set(name, value)
		}
		var body []byte
		if v.Request.Body != nil {
			body = []byte(*v.Request.Body)
		}
		in := v.Operation.NewInput()
		if err := (awsjson.Protocol{}).DecodeRequest(v.Operation, r, nil, body, in); err != nil {
			t.Fatal(err)
		}
		sameValue(t, in, v)
	})
}

func TestEncodeResponse(t *testing.T) {
	t.Parallel()
	// Failures are another test's: see TestEncodeError.
	answers := slices.DeleteFunc(vectors(t, "output"), func(v *codectest.Vector) bool { return v.ErrorCode != "" })
	codectest.Run(t, answers, skipEncodeAnswer, 58, func(t *testing.T, v *codectest.Vector) {
		w := httptest.NewRecorder()
		if err := (awsjson.Protocol{}).EncodeResponse(w, v.Operation, shape(v)); err != nil {
			t.Fatal(err)
		}
		if got, want := w.Header().Get("Content-Type"), "application/x-amz-json-"+v.Operation.Service.JSONVersion; got != want {
			t.Errorf("content type %q, want %q", got, want)
		}
		if w.Code != v.Response.Status {
			t.Errorf("status %d, want %d", w.Code, v.Response.Status)
		}
		if v.Response.Body != "" {
			sameJSON(t, w.Body.String(), v.Response.Body)
		}
	})
}

func TestDecodeResponse(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "output"), skipDecodeAnswer, 92, func(t *testing.T, v *codectest.Vector) {
		client := awsjson.Client{}
		if v.ErrorCode != "" {
			if got := client.ErrorCode(v.Header(), []byte(v.Response.Body)); got != v.ErrorCode {
				t.Errorf("code %q, want %q", got, v.ErrorCode)
			}
		}
		out := codec.NewEmpty()
		if v.Value != nil {
			out = codectest.NewDynamic(v.Value.Schema())
		}
		if err := client.DecodeResponse([]byte(v.Response.Body), out); err != nil {
			t.Fatal(err)
		}
		sameValue(t, out, v)
	})
}

// TestEncodeError writes the failures of the output vectors: with the namespace that each body has, so that bodies which name
// their code as we do come out the same.
func TestEncodeError(t *testing.T) {
	t.Parallel()
	ran, same := 0, 0
	for _, v := range vectors(t, "output") {
		if v.ErrorCode == "" {
			continue
		}
		ran++
		service := *v.Operation.Service
		if service.JSONVersion == "1.0" {
			service.ErrorNamespace = "aws.protocoltests.json10"
		}
		exception := service.Exceptions[0]
		w := httptest.NewRecorder()
		awsjson.Protocol{}.EncodeError(w, codec.Failure{
			Service: &service, Code: exception.Code, Status: v.Response.Status, Message: v.ErrorMessage, RequestID: "id",
		})
		if w.Code != v.Response.Status {
			t.Errorf("%s: status %d, want %d", v.ID, w.Code, v.Response.Status)
		}
		if got := (awsjson.Client{}).ErrorCode(w.Header(), w.Body.Bytes()); got != v.ErrorCode {
			t.Errorf("%s: code %q, want %q", v.ID, got, v.ErrorCode)
		}
		if got := w.Header().Get("X-Amzn-Requestid"); got != "id" {
			t.Errorf("%s: request id %q", v.ID, got)
		}
		if want := http.Header(v.Header()).Get("X-Amzn-Query-Error"); want != "" && w.Header().Get("X-Amzn-Query-Error") != want {
			t.Errorf("%s: query error %q, want %q", v.ID, w.Header().Get("X-Amzn-Query-Error"), want)
		}
		var members map[string]any
		if json.Unmarshal([]byte(v.Response.Body), &members) == nil && members["__type"] != nil && v.ErrorMessage != "" {
			same++
			sameJSON(t, w.Body.String(), v.Response.Body)
		}
	}
	if ran != 26 || same != 4 {
		t.Errorf("ran %d failures, %d of them compared whole", ran, same)
	}
}

func sameValue(t *testing.T, got codec.Shape, v *codectest.Vector) {
	t.Helper()
	if shape, ok := got.(*codectest.Dynamic); ok && !shape.Equal(v.Value) {
		t.Errorf("got %v, want %v", shape, v.Value)
	}
}

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%q: %v", want, err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%q: %v", got, err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}
