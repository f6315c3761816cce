package restjson_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/bedrock"
)

func TestDecodeRequestRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		op          *codec.Operation
		target      string
		labels      []string
		contentType string
		body        string
		want        string
	}{
		{"integer in query", bedrock.ListGuardrails, "/guardrails?maxResults=1.5", nil, "", "", "STRING_VALUE can not be converted to Integer at 'maxResults' (in the query string)"},
		{"hexadecimal in query", bedrock.ListGuardrails, "/guardrails?maxResults=0x1", nil, "", "", "STRING_VALUE can not be converted to Integer at 'maxResults' (in the query string)"},
		{"plus sign in query", bedrock.ListGuardrails, "/guardrails?maxResults=%2B1", nil, "", "", "STRING_VALUE can not be converted to Integer at 'maxResults' (in the query string)"},
		{"parameter twice", bedrock.ListGuardrails, "/guardrails?nextToken=a&nextToken=b", nil, "", "", "STRING_VALUE can not be converted to String at 'nextToken' (in the query string)"},
		{"semicolon in query", bedrock.ListGuardrails, "/guardrails?a;b", nil, "", "", "invalid query string"},
		{"bytes in query", bedrock.ListGuardrails, "/guardrails?nextToken=%ff", nil, "", "", "invalid UTF-8 in the query string"},
		{"bytes in path", bedrock.GetGuardrail, "/guardrails/x", []string{"%ff"}, "", "", "invalid escape in the path at 'guardrailIdentifier'"},
		{"escape in path", bedrock.GetGuardrail, "/guardrails/x", []string{"%2"}, "", "", "invalid escape in the path at 'guardrailIdentifier'"},
		{"label missing", bedrock.GetGuardrail, "/guardrails/x", nil, "", "", "the path does not fit /guardrails/{guardrailIdentifier}"},
		{"form", bedrock.CreateGuardrail, "/guardrails", nil, "application/x-www-form-urlencoded", "{}", `content type "application/x-www-form-urlencoded" is not supported, use application/json`},
		{"broken type", bedrock.CreateGuardrail, "/guardrails", nil, "json", "{}", `content type "json" is not supported, use application/json`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(test.op.Method, test.target, nil)
			if test.contentType != "" {
				r.Header.Set("Content-Type", test.contentType)
			}
			err := restjson.Protocol{}.DecodeRequest(test.op, r, test.labels, []byte(test.body), test.op.NewInput())
			if !fault.Is(err, fault.Malformed) || err.Error() != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if code := fault.From(err).Code; code != "SerializationException" {
				t.Errorf("code %s", code)
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"", "application/json", "application/json; charset=utf-8", "application/octet-stream", "application/x-amz-json-1.1"} {
		r := httptest.NewRequest("POST", "/guardrails", nil)
		r.Header.Set("Content-Type", contentType)
		in := new(bedrock.CreateGuardrailRequest)
		if err := (restjson.Protocol{}).DecodeRequest(bedrock.CreateGuardrail, r, nil, []byte(`{"name":"n"}`), in); err != nil {
			t.Errorf("%q: %v", contentType, err)
		}
	}
}

func TestEmptyBodyAndLabel(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("PUT", "/guardrails/", nil)
	in := new(bedrock.UpdateGuardrailRequest)
	if err := (restjson.Protocol{}).DecodeRequest(bedrock.UpdateGuardrail, r, []string{""}, nil, in); err != nil {
		t.Fatal(err)
	}
	// The shape says what is missing: that is a better answer than "no body".
	err := codec.Check(in)
	if err == nil || !strings.Contains(err.Error(), "Value null at 'name'") {
		t.Errorf("got %v", err)
	}
}

// The body of a request may carry what the path carries; the path is what was authorised.
func TestBodyCannotReplaceLabel(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("PUT", "/guardrails/mine", nil)
	in := new(bedrock.UpdateGuardrailRequest)
	if err := (restjson.Protocol{}).DecodeRequest(bedrock.UpdateGuardrail, r, []string{"mine"}, []byte(`{"guardrailIdentifier":"yours"}`), in); err != nil {
		t.Fatal(err)
	}
	if *in.GuardrailIdentifier != "mine" {
		t.Errorf("got %s", *in.GuardrailIdentifier)
	}
}

func TestEncodeResponseTimes(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	out := new(bedrock.DeleteGuardrailResponse)
	if err := (restjson.Protocol{}).EncodeResponse(w, bedrock.DeleteGuardrail, out); err != nil {
		t.Fatal(err)
	}
	if w.Code != 202 || w.Body.String() != "{}" || w.Header().Get("Content-Length") != "2" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
}
