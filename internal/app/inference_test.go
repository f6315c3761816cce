package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

const modelID = "anthropic.test-v1:0"

// world is a whole server in front of a model server that does what the test says.
type world struct {
	*testing.T
	endpoint string
	data     string // the server's data folder
	upstream *providertest.Upstream
	signer   *sigv4.Signer
}

func setup(t *testing.T, reply providertest.Reply) *world {
	t.Helper()
	w := &world{T: t, data: t.TempDir(), upstream: providertest.NewUpstream(t, reply)}
	c := config.Default()
	c.Listen, c.Data, c.Log.Level = "127.0.0.1:0", w.data, "error"
	c.Quotas = config.Quotas{Regexes: 10}
	for _, id := range []string{modelID, "meta.test-v1:0", "mistral.test-v1:0", "amazon.titan-text-test", "amazon.nova-test-v1:0", "openai.test-v1:0", "other.test"} {
		c.Models = append(c.Models, config.Model{ID: id, Provider: "openai", BaseURL: w.upstream.BaseURL(), Attempts: 1, Wait: 30 * time.Second, Stall: 2 * time.Second})
	}
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: resolved, Stdout: io.Discard, Stderr: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() {
		if err := a.Stop(t.Context()); err != nil && !strings.Contains(err.Error(), "context canceled") {
			t.Error(err)
		}
	})
	w.endpoint = a.Endpoint()
	w.signer = &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: config.DevKey, Secret: secret.New(config.DevKey)}, Region: "us-east-1", Service: "bedrock"}
	return w
}

// object is a JSON object of a test's own making.
type object = map[string]any

// send makes a signed call. Headers are name, value, name, value.
func (w *world) send(method, path string, body any, headers ...string) *http.Response {
	w.Helper()
	data, ok := body.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(body); err != nil {
			w.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(w.Context(), method, w.endpoint+path, bytes.NewReader(data))
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	w.sign(request)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { response.Body.Close() })
	return response
}

// sign signs a request whose body a test has made itself.
func (w *world) sign(request *http.Request) {
	w.Helper()
	body, err := request.GetBody()
	if err != nil {
		w.Fatal(err)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		w.Fatal(err)
	}
	w.signer.Sign(request, sigv4.HashPayload(data), time.Now())
}

// answer is a JSON answer, or what of a stream a test looks at.
type answer struct {
	status int
	code   string // of an error
	body   object
	raw    string
}

func (w *world) call(method, path string, body any, headers ...string) answer {
	w.Helper()
	response := w.send(method, path, body, headers...)
	data, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	a := answer{status: response.StatusCode, code: response.Header.Get("X-Amzn-Errortype"), raw: string(data)}
	if err := json.Unmarshal(data, &a.body); err != nil {
		w.Fatalf("%s %s: %d %s", method, path, a.status, data)
	}
	return a
}

// at walks into an answer: names for objects, numbers for lists.
func (a answer) at(path string) any {
	var v any = a.body
	for step := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case object:
			v = in[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// event is one frame of a stream.
type event struct {
	kind, name string // "event" or "exception", and which
	answer
}

// stream makes a call whose answer is a stream; a refusal is one event of the kind "refused".
func (w *world) stream(path string, body any, headers ...string) []event {
	w.Helper()
	response := w.send(http.MethodPost, path, body, headers...)
	if response.StatusCode != http.StatusOK {
		data, _ := io.ReadAll(response.Body)
		return []event{{"refused", response.Header.Get("X-Amzn-Errortype"), answer{status: response.StatusCode, raw: string(data)}}}
	}
	if got := response.Header.Get("Content-Type"); got != "application/vnd.amazon.eventstream" {
		w.Errorf("content type %q", got)
	}
	var out []event
	decoder := eventstream.NewDecoder()
	for {
		message, err := decoder.Decode(response.Body, nil)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			w.Fatalf("after %d events: %v", len(out), err)
		}
		kind := message.Headers.Get(":message-type").String()
		e := event{kind: kind, name: message.Headers.Get(":" + kind + "-type").String()}
		e.raw = string(message.Payload)
		if err := json.Unmarshal(message.Payload, &e.body); err != nil {
			w.Fatal(err)
		}
		if encoded, ok := e.body["bytes"].(string); ok {
			chunk, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil || json.Unmarshal(chunk, &e.body) != nil {
				w.Fatalf("chunk %q", encoded)
			}
			delete(e.body, "bytes")
			e.raw = string(chunk)
		}
		out = append(out, e)
	}
}

// guardrail makes one and gives its id.
func (w *world) guardrail(policies string) string {
	w.Helper()
	body := fmt.Sprintf(`{"name":%q,"blockedInputMessaging":"no prompt","blockedOutputsMessaging":"no answer",%s}`, fmt.Sprintf("g%d", time.Now().UnixNano()), policies)
	made := w.call(http.MethodPost, "/guardrails", []byte(body))
	if made.status != 202 {
		w.Fatalf("create guardrail: %s", made.raw)
	}
	return made.body["guardrailId"].(string)
}

// Policies that tests are made of.
const (
	wordPolicy = `"wordPolicyConfig":{"wordsConfig":[{"text":"Bluewhale"}]}`
	maskPolicy = `"sensitiveInformationPolicyConfig":{"piiEntitiesConfig":[{"type":"EMAIL","action":"ANONYMIZE","inputAction":"ANONYMIZE","inputEnabled":true}]}`
)

func text(s string) object { return object{"text": s} }

func guarded(s string, qualifiers ...string) object {
	inner := object{"text": s}
	if len(qualifiers) > 0 {
		inner["qualifiers"] = qualifiers
	}
	return object{"guardContent": object{"text": inner}}
}

func message(role string, content ...any) object { return object{"role": role, "content": content} }

// conversation is a Converse body with a guardrail; trace may be empty.
func conversation(guardrail, trace string, messages ...any) object {
	body := object{"messages": messages}
	if guardrail != "" {
		config := object{"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT"}
		if trace != "" {
			config["trace"] = trace
		}
		body["guardrailConfig"] = config
	}
	return body
}

func (w *world) converse(body any) answer {
	w.Helper()
	return w.call(http.MethodPost, "/model/"+modelID+"/converse", body)
}

func (w *world) want(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: %v, want %v", what, got, want)
	}
}
