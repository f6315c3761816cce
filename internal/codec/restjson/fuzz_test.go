package restjson_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/bedrock"
)

// FuzzCreateGuardrail: a body that is accepted is JSON to encoding/json too, and reads the same after it was written again; one
// that is not is the caller's fault.
func FuzzCreateGuardrail(f *testing.F) {
	for _, seed := range []string{
		`{"name":"n","blockedInputMessaging":"no","topicPolicyConfig":{"topicsConfig":[{"name":"a","examples":["x"],"type":"DENY","inputEnabled":true}]}}`,
		`{"contextualGroundingPolicyConfig":{"filtersConfig":[{"type":"GROUNDING","threshold":0.75},{"threshold":"NaN"},{"threshold":1e-7}]},"tags":[]}`,
		`{"name":null,"unknown":{"name":1}}`, `{"name":1}`, `{"tags":[null]}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	decode := func(t *testing.T, body []byte) (*bedrock.CreateGuardrailRequest, error) {
		t.Helper()
		in := new(bedrock.CreateGuardrailRequest)
		r := httptest.NewRequest("POST", "/guardrails", nil)
		err := restjson.Protocol{}.DecodeRequest(bedrock.CreateGuardrail, r, nil, body, in)
		if err != nil && (!fault.Is(err, fault.Malformed) || fault.From(err).Code != "SerializationException") {
			t.Fatalf("%q: %v is no malformed request", body, err)
		}
		return in, err
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := decode(t, body)
		if err != nil {
			return
		}
		if len(body) > 0 && !json.Valid(body) {
			t.Fatalf("accepted %q, which is no JSON", body)
		}
		// Checks must hold for whatever can be decoded.
		_ = codec.Check(in)
		r, err := restjson.Client{}.EncodeRequest(bedrock.CreateGuardrail, in)
		if err != nil {
			t.Fatal(err)
		}
		written := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(written); err != nil {
			t.Fatal(err)
		}
		again, err := decode(t, written)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", body, written, err)
		}
		nan := cmp.Comparer(func(a, b float64) bool { return a == b || (a != a && b != b) })
		if diff := cmp.Diff(in, again, nan); diff != "" {
			t.Fatalf("%q was written as %q: %s", body, written, diff)
		}
	})
}
