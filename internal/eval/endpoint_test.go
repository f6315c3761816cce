package eval

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// answer is what a scripted endpoint says to one call.
type answer struct {
	status int
	code   string // header X-Amzn-Errortype
	body   string
}

const clean = `{"action": "NONE", "assessments": [{"contentPolicy": {"filters": [{"type": "HATE", "confidence": "NONE", "action": "NONE", "detected": false}]}}]}`

// scripted is an endpoint that gives its answers in turn, the last one again and again, and how often it was called. Every call must bear
// a good signature.
func scripted(t *testing.T, version string, answers ...answer) (e *Endpoint, bodies *[]map[string]any) {
	t.Helper()
	credentials := sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", Secret: secret.New("hush"), SessionToken: secret.New("token")}
	verifier := sigv4.Verifier{Now: time.Now}
	bodies = new([]map[string]any)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		claim, err := sigv4.Parse(r)
		if err == nil {
			err = verifier.Verify(r, claim, credentials, data, sigv4.Rules{Service: "bedrock"})
		}
		if err != nil || r.URL.EscapedPath() != "/base/guardrail/arn:aws:bedrock:us-east-1:123456789012:guardrail%2Fabc/version/"+version+"/apply" {
			t.Errorf("%s: %v", r.URL.EscapedPath(), err)
		}
		var body map[string]any
		if err := json.Unmarshal(data, &body); err != nil {
			t.Error(err)
		}
		a := answers[min(len(*bodies), len(answers)-1)]
		*bodies = append(*bodies, body)
		if a.code != "" {
			w.Header().Set("X-Amzn-Errortype", a.code)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	e, err := NewEndpoint(EndpointConfig{
		URL: server.URL + "/base/", Identifier: "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", Version: version, Region: "us-east-1",
		Credentials: credentials, Source: guardrail.Output, Attempts: 3, Wait: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e, bodies
}

func TestEndpointReadsEveryPolicy(t *testing.T) {
	t.Parallel()
	e, bodies := scripted(t, "3", answer{status: 200, body: `{"action": "GUARDRAIL_INTERVENED", "outputs": [], "assessments": [{
		"topicPolicy": {"topics": [{"name": "Cats", "type": "DENY", "action": "BLOCKED"}, {"name": "Dogs", "type": "DENY", "action": "NONE", "detected": false}]},
		"contentPolicy": {"filters": [{"type": "HATE", "confidence": "LOW", "action": "NONE", "detected": false}, {"type": "INSULTS", "confidence": "HIGH", "action": "BLOCKED", "detected": true}]},
		"wordPolicy": {"customWords": [{"match": "x", "action": "NONE", "detected": true}], "managedWordLists": [{"match": "y", "type": "PROFANITY", "action": "BLOCKED", "detected": true}]},
		"sensitiveInformationPolicy": {
			"piiEntities": [{"type": "EMAIL", "match": "a@b.c", "action": "ANONYMIZED", "detected": true}, {"type": "EMAIL", "match": "d@e.f", "action": "ANONYMIZED", "detected": true}, {"type": "NAME", "match": "", "action": "NONE", "detected": false}],
			"regexes": [{"name": "Ticket", "regex": "T-\\d", "match": "T-1", "action": "NONE", "detected": true}]},
		"contextualGroundingPolicy": {"filters": [{"type": "GROUNDING", "threshold": 0.7, "score": 0.25, "action": "BLOCKED", "detected": true}, {"type": "RELEVANCE", "threshold": 0.5, "score": 0.5, "action": "NONE", "detected": false}]}
	}]}`})
	reading, err := e.Score(t.Context(), Row{Text: "t", Sources: []string{"s1", "s2"}, Query: "q"})
	if err != nil {
		t.Fatal(err)
	}
	yes, no := new(true), new(false)
	want := map[string]Verdict{
		Anything: {Detected: yes}, AnyContent: {Detected: yes, Confidence: "HIGH"}, "HATE": {Detected: no, Confidence: "LOW"}, "INSULTS": {Detected: yes, Confidence: "HIGH"},
		CustomWord: {Detected: yes}, "PROFANITY": {Detected: yes}, "Cats": {Detected: yes}, "Dogs": {Detected: no}, "EMAIL": {Detected: yes}, "NAME": {Detected: no}, "Ticket": {Detected: yes},
		Ungrounded: {Detected: yes, Score: new(0.75)}, Irrelevant: {Detected: no, Score: new(0.5)},
	}
	if diff := cmp.Diff(want, reading.Verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if want := []Span{{"EMAIL", "a@b.c"}, {"EMAIL", "d@e.f"}}; !slices.Equal(reading.Entities, want) || reading.Took <= 0 {
		t.Errorf("entities %v in %v", reading.Entities, reading.Took)
	}
	block := func(s, qualifier string) any {
		return map[string]any{"text": map[string]any{"text": s, "qualifiers": []any{qualifier}}}
	}
	sent := map[string]any{"source": "OUTPUT", "outputScope": "FULL", "content": []any{
		block("s1", "grounding_source"), block("s2", "grounding_source"), block("q", "query"), block("t", "guard_content"),
	}}
	if diff := cmp.Diff(sent, (*bodies)[0]); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if _, err := e.Score(t.Context(), Row{Text: "t"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{map[string]any{"text": map[string]any{"text": "t"}}}, (*bodies)[1]["content"]); diff != "" {
		t.Errorf("sent of a plain row (-want +got):\n%s", diff)
	}
}

func TestEndpointErrors(t *testing.T) {
	t.Parallel()
	busy := answer{429, "ThrottlingException", `{"message": "slow down"}`}
	for name, c := range map[string]struct {
		answers []answer
		calls   int
		failure string // code; empty for none
		stops   bool   // the error is of the whole run
	}{
		"throttled for a while":     {[]answer{busy, busy, {200, "", clean}}, 3, "", false},
		"throttled for ever":        {[]answer{busy}, 3, "ThrottlingException", false},
		"throttled by old ways":     {[]answer{{400, "ThrottlingException:http://x", ""}, {200, "", clean}}, 2, "", false},
		"broken":                    {[]answer{{503, "", "<html>"}}, 3, "HTTP503", false},
		"a row that is refused":     {[]answer{{400, "", `{"__type": "com.amazon#ValidationException", "message": "too long"}`}}, 1, "ValidationException", false},
		"no permission":             {[]answer{{403, "AccessDeniedException", `{"message": "not you"}`}}, 1, "", true},
		"not there":                 {[]answer{{404, "ResourceNotFoundException", "{}"}}, 1, "", true},
		"another server":            {[]answer{{302, "", ""}}, 1, "", true},
		"no JSON":                   {[]answer{{200, "", "hello"}}, 1, "UnreadableAnswer", false},
		"JSON of something else":    {[]answer{{200, "", "{}"}}, 1, "UnreadableAnswer", false},
		"an answer that is cut off": {[]answer{{200, "", clean[:40]}}, 1, "UnreadableAnswer", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, bodies := scripted(t, "DRAFT", c.answers...)
			outcomes, err := Judge(t.Context(), []Row{{Text: "a", Labels: []string{"HATE"}}}, e, 1)
			if len(*bodies) != c.calls {
				t.Errorf("%d calls, not %d", len(*bodies), c.calls)
			}
			if c.failure == "" && !c.stops {
				if err != nil || outcomes[0].Failure != "" || outcomes[0].Verdicts["HATE"].Confidence != "NONE" {
					t.Errorf("error %v, outcome %+v", err, outcomes)
				}
				return
			}
			if err == nil || c.stops == strings.Contains(err.Error(), "none of 1 rows") || !strings.Contains(err.Error(), c.failure) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestFailedRowsAreNotClean has a server that refuses every row but the first. The figures must be those of the first alone.
func TestFailedRowsAreNotClean(t *testing.T) {
	t.Parallel()
	e, _ := scripted(t, "1", answer{200, "", clean}, answer{400, "ValidationException", "{}"})
	rows := []Row{{Text: "a", Labels: []string{"HATE"}}, {Text: "b", Labels: []string{"HATE"}}, {Text: "c", Labels: []string{}}}
	outcomes, err := Judge(t.Context(), rows, e, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Measure(rows, outcomes, 0.02)
	for _, table := range r.Tables {
		if table.Rows != 1 || table.Positives != 1 || table.Points[0].Recall.Value != 0 || table.Points[0].FalsePositive != nil {
			t.Errorf("table %+v", table)
		}
	}
	if diff := cmp.Diff(map[string]int{"ValidationException": 2}, r.Failures); diff != "" || len(r.Tables) != 3 {
		t.Errorf("%d tables, failures (-want +got):\n%s", len(r.Tables), diff)
	}
}

func TestEndpointNotReached(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	config := EndpointConfig{
		URL: server.URL, Identifier: "abc", Version: "1", Region: "us-east-1", Attempts: 2, Wait: time.Millisecond,
		Credentials: sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", Secret: secret.New("hush")},
	}
	e, err := NewEndpoint(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Score(t.Context(), Row{Text: "a"}); err == nil || !strings.HasPrefix(err.Error(), "ConnectionError") {
		t.Errorf("error %v", err)
	}
	for name, spoil := range map[string]func(*EndpointConfig){
		"no URL":        func(c *EndpointConfig) { c.URL = "localhost:8080" },
		"a file":        func(c *EndpointConfig) { c.URL = "file:///etc" },
		"a password":    func(c *EndpointConfig) { c.URL = "https://me:pass@example.com" },
		"no identifier": func(c *EndpointConfig) { c.Identifier = "" },
		"no Region":     func(c *EndpointConfig) { c.Region = "" },
		"no secret":     func(c *EndpointConfig) { c.Credentials.Secret = secret.New("") },
	} {
		c := config
		spoil(&c)
		if _, err := NewEndpoint(c); err == nil || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
