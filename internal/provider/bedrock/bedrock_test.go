package bedrock_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/bedrock"
	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/provider/remote"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const modelID = "anthropic.claude-test-v1:0"

var static = bedrock.Credentials{Static: sigv4.Credentials{AccessKeyID: "AKIATEST", Secret: secret.New("sesame"), SessionToken: secret.New("session")}}

func open(t *testing.T, u *providertest.Upstream, c bedrock.Credentials) *bedrock.Provider {
	t.Helper()
	return within(t, time.Minute, u, c)
}

// within makes a provider whose server has so much time.
func within(t *testing.T, limit time.Duration, u *providertest.Upstream, c bedrock.Credentials) *bedrock.Provider {
	t.Helper()
	p, err := bedrock.New(bedrock.Config{
		Region: "eu-central-1", BaseURL: u.URL, Model: modelID, Credentials: c,
		Calls: remote.Config{Attempts: providertest.Attempts, Backoff: time.Millisecond, Wait: limit, Stall: limit},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestContract(t *testing.T) {
	t.Parallel()
	providertest.Contract(t, providertest.Bedrock(), func(t *testing.T, u *providertest.Upstream) model.Provider {
		return within(t, providertest.Wait, u, static)
	})
}

func text(s string) model.Block { return model.Block{Text: s} }

func TestRequest(t *testing.T) {
	t.Parallel()
	path := ""
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		path = r.URL.EscapedPath()
		providertest.Bedrock().Says("ok")(w, r, b, n)
	})
	p := open(t, u, static)
	_, err := p.Generate(t.Context(), model.Request{
		System: []model.Block{text("be "), {Text: "brief", Guard: &model.Guard{GuardContent: true}}},
		Messages: []model.Message{
			{Role: model.User, Content: []model.Block{text("look"), text(""), {Image: &model.Image{Format: "png", Bytes: []byte{1}}}}},
			{Role: model.Assistant, Content: []model.Block{text(""), {ToolUse: &model.ToolUse{ID: "t1", Name: "f", Input: map[string]any{"a": int64(1)}}}, {ToolUse: &model.ToolUse{ID: "t2", Name: "g"}}}},
			{Role: model.User, Content: []model.Block{{ToolResult: &model.ToolResult{ID: "t1", Content: []model.Block{text("4"), text("2")}}}}},
			{Role: model.User, Content: []model.Block{{ToolResult: &model.ToolResult{ID: "t2", Failed: true}}}},
			{Role: model.User, Content: []model.Block{text("go on")}},
		},
		Inference: model.Inference{MaxTokens: new(9), Temperature: new(0.5), TopP: new(0.25), Stop: []string{"END"}},
		Tools:     []model.Tool{{Name: "f", Description: "does f", Schema: map[string]any{"type": "object"}}, {Name: "g"}}, ToolChoice: model.ToolChoice{Any: true},
		Extra: map[string]any{"top_k": int64(3)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(u.Bodies()[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"additionalModelRequestFields":{"top_k":3},"additionalModelResponseFieldPaths":["/stop_sequence"],` +
		`"inferenceConfig":{"maxTokens":9,"stopSequences":["END"],"temperature":0.5,"topP":0.25},` +
		`"messages":[{"content":[{"text":"look"},{"image":{"format":"png","source":{"bytes":"AQ=="}}}],"role":"user"},` +
		`{"content":[{"toolUse":{"input":{"a":1},"name":"f","toolUseId":"t1"}},{"toolUse":{"input":{},"name":"g","toolUseId":"t2"}}],"role":"assistant"},` +
		`{"content":[{"toolResult":{"content":[{"text":"42"}],"toolUseId":"t1"}},{"toolResult":{"content":[],"status":"error","toolUseId":"t2"}},{"text":"go on"}],"role":"user"}],` +
		`"system":[{"text":"be brief"}],"toolConfig":{"toolChoice":{"any":{}},` +
		`"tools":[{"toolSpec":{"description":"does f","inputSchema":{"json":{"type":"object"}},"name":"f"}},{"toolSpec":{"inputSchema":{"json":{"properties":{},"type":"object"}},"name":"g"}}]}}`
	if string(got) != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
	if path != "/model/anthropic.claude-test-v1%3A0/converse" {
		t.Errorf("path %s", path)
	}
}

// TestToolChoice: Converse has no word for the choice none.
func TestToolChoice(t *testing.T) {
	t.Parallel()
	u := providertest.NewUpstream(t, providertest.Bedrock().Says("ok"))
	p := open(t, u, static)
	ask := model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{text("hi")}}}, Tools: []model.Tool{{Name: "f"}}}
	for _, test := range []struct {
		choice model.ToolChoice
		want   string // of toolConfig
	}{
		{model.ToolChoice{}, `{"tools":[{"toolSpec":{"inputSchema":{"json":{"properties":{},"type":"object"}},"name":"f"}}]}`},
		{model.ToolChoice{Name: "f"}, `{"toolChoice":{"tool":{"name":"f"}},"tools":[{"toolSpec":{"inputSchema":{"json":{"properties":{},"type":"object"}},"name":"f"}}]}`},
		{model.ToolChoice{None: true}, `null`},
	} {
		ask.ToolChoice = test.choice
		if _, err := p.Generate(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
		bodies := u.Bodies()
		if got, err := json.Marshal(bodies[len(bodies)-1].Raw["toolConfig"]); err != nil || string(got) != test.want {
			t.Errorf("%+v: %s, %v", test.choice, got, err)
		}
	}
	ask.Messages = append(ask.Messages, model.Message{Role: model.Assistant, Content: []model.Block{{ToolUse: &model.ToolUse{ID: "t", Name: "f"}}}})
	if _, err := p.Generate(t.Context(), ask); !fault.Is(err, fault.Invalid) {
		t.Errorf("tools were used: %v", err)
	}
}

// TestAnswer reads what answers are made of.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		want       string // the texts, each in brackets
		stop       model.StopReason
		kind       fault.Kind
	}{
		{"reasoning is left away", `{"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"hm"}}},{"text":"a"},{"text":"b"}]}},"stopReason":"end_turn","usage":{"inputTokens":1}}`, "[a][b]", model.EndTurn, ""},
		{"nothing", `{"output":{"message":{"content":[]}},"stopReason":"max_tokens","usage":{}}`, "", model.StopForTokens, ""},
		{"a full window", `{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"model_context_window_exceeded","usage":{}}`, "[a]", model.StopForTokens, ""},
		{"a guardrail over there", `{"output":{"message":{"content":[{"text":"no"}]}},"stopReason":"guardrail_intervened","usage":{}}`, "[no]", model.ContentFiltered, ""},
		{"a stop sequence", `{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"stop_sequence","usage":{},"additionalModelResponseFields":{"stop_sequence":"END"}}`, "[a]", model.StopAtSequence, ""},
		{"unknown content", `{"output":{"message":{"content":[{"text":"a"},{"video":{}}]}},"stopReason":"end_turn","usage":{}}`, "", "", fault.Upstream},
		{"malformed output", `{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"malformed_model_output","usage":{}}`, "", "", fault.Upstream},
		{"no usage", `{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"end_turn"}`, "", "", fault.Upstream},
	} {
		p := open(t, providertest.NewUpstream(t, providertest.Status(200, test.body)), static)
		out, err := p.Generate(t.Context(), model.Request{})
		if test.kind != "" {
			if !fault.Is(err, test.kind) {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		got := ""
		for _, b := range out.Content {
			got += "[" + b.Text + "]"
		}
		if err != nil || got != test.want || out.Stop != test.stop || test.stop == model.StopAtSequence && out.StopSequence != "END" {
			t.Errorf("%s: %+v, %v", test.name, out, err)
		}
	}
}

func TestCountTokens(t *testing.T) {
	t.Parallel()
	u := providertest.NewUpstream(t, providertest.Status(200, `{"inputTokens":12}`))
	n, err := open(t, u, static).CountTokens(t.Context(), model.Request{
		Messages: []model.Message{{Role: model.User, Content: []model.Block{text("hi")}}}, Inference: model.Inference{MaxTokens: new(1)},
	})
	got, _ := json.Marshal(u.Bodies()[0].Raw)
	if err != nil || n != 12 || string(got) != `{"input":{"converse":{"messages":[{"content":[{"text":"hi"}],"role":"user"}]}}}` {
		t.Errorf("%d, %v, sent %s", n, err, got)
	}
	for body, want := range map[string]fault.Kind{`{}`: fault.Upstream, `x`: fault.Upstream} {
		if _, err := open(t, providertest.NewUpstream(t, providertest.Status(200, body)), static).CountTokens(t.Context(), model.Request{}); !fault.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	cannot := providertest.Status(400, `{"message":"The provided model doesn't support counting tokens."}`)
	_, err = open(t, providertest.NewUpstream(t, cannot), static).CountTokens(t.Context(), model.Request{})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]bedrock.Config{
		"no Region":   {Model: "m", Credentials: static},
		"no model":    {Region: "us-east-1", Credentials: static},
		"no keys":     {Region: "us-east-1", Model: "m"},
		"two keys":    {Region: "us-east-1", Model: "m", Credentials: bedrock.Credentials{APIKey: secret.New("k"), Static: static.Static}},
		"no secret":   {Region: "us-east-1", Model: "m", Credentials: bedrock.Credentials{Static: sigv4.Credentials{AccessKeyID: "a"}}},
		"no file":     {Region: "us-east-1", Model: "m", Credentials: bedrock.Credentials{File: "/nowhere"}},
		"no protocol": {Region: "us-east-1", BaseURL: "ftp://x", Model: "m", Credentials: static},
		"user":        {Region: "us-east-1", BaseURL: "http://u:p@x", Model: "m", Credentials: static},
	} {
		if _, err := bedrock.New(c); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
