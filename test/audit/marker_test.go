package audit

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
	"merlon.dev/merlon/internal/wire/cloudtrail"
	"merlon.dev/merlon/internal/wire/iam"
	"merlon.dev/merlon/internal/wire/kms"
	"merlon.dev/merlon/internal/wire/sts"
)

// marker is planted in texts. It is no identifier: those do belong into records.
const marker = "planted 'text' \"of\" a prompt"

// TestNoContentInRecords: whatever text field of whatever operation holds something, no record does.
func TestNoContentInRecords(t *testing.T) {
	t.Parallel()
	s := start(t)
	operations, planted, answered := 0, 0, map[int]int{}
	for _, service := range []*codec.Service{bedrock.Service, bedrockruntime.Service, cloudtrail.Service, iam.Service, sts.Service, kms.Service} {
		for _, op := range service.Operations {
			if op.NewInput == nil {
				continue
			}
			operations++
			inputs := []*codectest.Dynamic{codectest.Full(op.NewInput().Schema(), 0)}
			for i := range op.NewInput().Schema().Members {
				input, err := codectest.Minimal(op)
				if err != nil {
					t.Fatal(err)
				}
				m := &op.NewInput().Schema().Members[i]
				if _, ok := input.Values[m.Name]; !ok {
					input.Values[m.Name] = codectest.Full(op.NewInput().Schema(), 0).Values[m.Name]
				}
				for name := range input.Values {
					if name != m.Name {
						continue
					}
					n := 0
					input.Values[name] = plant(input.Values[name], &n)
					planted += n
				}
				inputs = append(inputs, input)
			}
			for n := range inputs[0].Values {
				inputs[0].Values[n] = plant(inputs[0].Values[n], &planted)
			}
			for _, input := range inputs {
				status, ok := s.plant(t, service, op, input)
				if ok {
					answered[status]++
				}
			}
		}
	}
	// Calls that succeed, with texts everywhere that takes free ones.
	free := strings.NewReplacer("'", "", `"`, "").Replace(marker)
	a := s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrails", fmt.Appendf(nil, `{"name":"planted-name","description":%[1]q,"blockedInputMessaging":%[1]q,"blockedOutputsMessaging":%[1]q,
		"wordPolicyConfig":{"wordsConfig":[{"text":%[1]q}]},"tags":[{"key":"planted","value":"planted"}],
		"sensitiveInformationPolicyConfig":{"regexesConfig":[{"name":"planted","description":%[1]q,"pattern":"planted","action":"BLOCK"}]}}`, free), nil))
	if a.status >= 300 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	again := s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrails", []byte(`{"name":"planted-name","blockedInputMessaging":"x","blockedOutputsMessaging":"x","wordPolicyConfig":{"wordsConfig":[{"text":"x"}]}}`), nil))
	if again.status < 400 {
		t.Errorf("a name was taken twice: %d", again.status)
	}
	id := between(string(a.body), `"guardrailId":"`)
	apply := s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrail/"+id+"/version/DRAFT/apply", fmt.Appendf(nil, `{"source":"INPUT","content":[{"text":{"text":%q}}]}`, free), nil))
	if apply.status != http.StatusOK || !bytes.Contains(apply.body, []byte("INTERVENED")) {
		t.Fatalf("%d %s", apply.status, apply.body)
	}
	records, text := s.records(t)
	for _, hidden := range []string{"planted", "a prompt", first.secret, second.secret, "BEGIN "} {
		if i := bytes.Index(text, []byte(hidden)); i >= 0 {
			t.Errorf("a record holds %q: %s", hidden, text[max(0, i-1000):min(len(text), i+200)])
		}
	}
	if operations < 25 || planted < 100 || len(records) < 100 {
		t.Errorf("%d operations, %d texts planted, %d records: too few", operations, planted, len(records))
	}
	t.Logf("%d operations, %d texts planted, %d records, answered %v", operations, planted, len(records), answered)
}

func between(s, begin string) string {
	_, after, _ := strings.Cut(s, begin)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// plant gives v with every string in it replaced by the marker.
func plant(v any, n *int) any {
	switch v := v.(type) {
	case string:
		*n++
		return marker
	case []byte:
		*n++
		return []byte(marker)
	case *codectest.Dynamic:
		for name := range v.Values {
			v.Values[name] = plant(v.Values[name], n)
		}
		return v
	case []any:
		for i := range v {
			v[i] = plant(v[i], n)
		}
		return v
	case map[string]any:
		planted := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			planted[marker] = plant(v[key], n)
		}
		return planted
	default:
		return v
	}
}

// plant sends an input; ok is false for one that no request can carry.
func (s *server) plant(t *testing.T, service *codec.Service, op *codec.Operation, in codec.Shape) (status int, ok bool) {
	encode := restjson.Client{}.EncodeRequest
	switch service.Protocol {
	case "json":
		encode = awsjson.Client{}.EncodeRequest
	case "query":
		encode = awsquery.Client{}.EncodeRequest
	}
	made, err := encode(op, in)
	if err != nil {
		return 0, false
	}
	var body []byte
	if made.Body != nil {
		if body, err = io.ReadAll(made.Body); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequest(made.Method, s.url+made.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, false
	}
	for name, values := range made.Header {
		r.Header[name] = values
	}
	signer := sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: first.key, Secret: secret.New(first.secret)}, Region: region, Service: service.SigningName}
	signer.Sign(r, sigv4.HashPayload(body), time.Now())
	response, err := s.client.Do(r)
	if err != nil {
		return 0, false // such as a header that HTTP cannot carry
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return response.StatusCode, true
}
