package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/openai"
	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/provider/remote"
	"merlon.dev/merlon/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, c openai.Config) *openai.Provider {
	t.Helper()
	if c.Model == "" {
		c.Model = "upstream-model"
	}
	c.Calls.Attempts, c.Calls.Backoff, c.Calls.Wait, c.Calls.Stall = providertest.Attempts, time.Millisecond, providertest.Wait, providertest.Stall
	p, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestContract(t *testing.T) {
	t.Parallel()
	providertest.Contract(t, providertest.OpenAI(), func(t *testing.T, u *providertest.Upstream) model.Provider {
		return open(t, openai.Config{BaseURL: u.BaseURL()})
	})
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var key string
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		key = r.Header.Get("Authorization")
		providertest.Says("ok")(w, r, b, n)
	})
	p := open(t, openai.Config{BaseURL: u.BaseURL() + "/", Key: secret.New("sesame")})
	_, err := p.Generate(t.Context(), model.Request{
		System: []model.Block{{Text: "be "}, {Text: "brief"}},
		Messages: []model.Message{
			{Role: model.User, Content: []model.Block{{Text: "look"}, {Image: &model.Image{Format: "png", Bytes: []byte{1}}}}},
			{Role: model.Assistant, Content: []model.Block{{ToolUse: &model.ToolUse{ID: "t1", Name: "f", Input: map[string]any{"a": int64(1)}}}}},
			{Role: model.User, Content: []model.Block{{ToolResult: &model.ToolResult{ID: "t1", Content: []model.Block{{Text: "42"}}}}, {Text: "go on"}}},
		},
		Inference: model.Inference{MaxTokens: new(9), Temperature: new(0.5), TopP: new(0.25), Stop: []string{"END"}},
		Tools:     []model.Tool{{Name: "f", Description: "does f", Schema: map[string]any{"type": "object"}}}, ToolChoice: model.ToolChoice{Any: true},
		Extra: map[string]any{"top_k": int64(3)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(u.Bodies()[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"max_tokens":9,"messages":[{"content":"be brief","role":"system"},` +
		`{"content":[{"text":"look","type":"text"},{"image_url":{"url":"data:image/png;base64,AQ=="},"type":"image_url"}],"role":"user"},` +
		`{"role":"assistant","tool_calls":[{"function":{"arguments":"{\"a\":1}","name":"f"},"id":"t1","type":"function"}]},` +
		`{"content":"42","role":"tool","tool_call_id":"t1"},{"content":"go on","role":"user"}],` +
		`"model":"upstream-model","stop":["END"],"stream":false,"temperature":0.5,"tool_choice":"required",` +
		`"tools":[{"function":{"description":"does f","name":"f","parameters":{"type":"object"}},"type":"function"}],"top_k":3,"top_p":0.25}`
	if string(got) != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
	if key != "Bearer sesame" {
		t.Errorf("authorization %q", key)
	}
	if _, err := p.Generate(t.Context(), model.Request{Extra: map[string]any{"messages": []any{}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("replaced messages: %v", err)
	}
}

func TestErrorsDoNotQuote(t *testing.T) {
	t.Parallel()
	u := providertest.NewUpstream(t, providertest.Status(400, `{"error":{"message":"cannot read 'my secret prompt'"}}`))
	_, err := open(t, openai.Config{BaseURL: u.BaseURL()}).Generate(t.Context(), model.Request{})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestParallelCallsWait(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		if n == 1 {
			<-release
		}
		providertest.Says("ok")(w, r, b, n)
	})
	p := open(t, openai.Config{BaseURL: u.BaseURL(), Calls: remote.Config{Parallel: 1}})
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := p.Generate(t.Context(), model.Request{})
			ended <- err
		}()
	}
	for len(u.Bodies()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if n := len(u.Bodies()); n != 1 {
		t.Errorf("%d calls are open", n)
	}
	close(release)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// TestCancelledCallFreesItsSlot: the one slot is taken by a stream that would last for ever; the next call gets it when the caller leaves.
func TestCancelledCallFreesItsSlot(t *testing.T) {
	t.Parallel()
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		if n > 1 {
			providertest.Says("ok")(w, r, b, n)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	p := open(t, openai.Config{BaseURL: u.BaseURL(), Calls: remote.Config{Parallel: 1}})
	ctx, leave := context.WithCancel(t.Context())
	_, err := p.Stream(ctx, model.Request{}, func(model.Delta) error {
		leave()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	next, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := p.Generate(next, model.Request{}); err != nil {
		t.Errorf("the slot is not free: %v", err)
	}
	if !u.Left(1) {
		t.Error("the server still works on the cancelled call")
	}
}

func TestSlowReaderIsNoSlowServer(t *testing.T) {
	t.Parallel()
	u := providertest.NewUpstream(t, providertest.Says("hel", "lo"))
	p := open(t, openai.Config{BaseURL: u.BaseURL()})
	text := ""
	_, err := p.Stream(t.Context(), model.Request{}, func(d model.Delta) error {
		text += d.Text
		time.Sleep(2 * providertest.Stall) // the reader's own pace is what is tested
		return nil
	})
	if err != nil || text != "hello" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []openai.Config{{}, {BaseURL: "ftp://x", Model: "m"}, {BaseURL: "http://x"}, {BaseURL: "http://u:p@x", Model: "m"}, {BaseURL: "http://", Model: "m"}} {
		if _, err := openai.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
