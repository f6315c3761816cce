// Package providertest holds a model server that does what a test tells it to, and the contract that every provider keeps.
package providertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Reply answers one request to an Upstream; n counts the requests from 1.
type Reply func(w http.ResponseWriter, r *http.Request, body Body, n int)

// Body is what a request says, as far as tests look at it.
type Body struct {
	Model    string
	Stream   bool
	Messages []struct {
		Role       string
		Content    any
		ToolCallID string `json:"tool_call_id"`
		ToolCalls  []any  `json:"tool_calls"`
	}
	Raw map[string]any `json:"-"` // everything
}

// Text joins the contents of all messages.
func (b Body) Text() string {
	var out []string
	for _, m := range b.Messages {
		out = append(out, fmt.Sprint(m.Content))
	}
	return strings.Join(out, "\n")
}

// Upstream is a model server of any dialect.
type Upstream struct {
	*httptest.Server
	mu     sync.Mutex
	reply  Reply
	bodies []Body
	left   int
	change chan struct{} // closed and made anew when a client leaves
}

// NewUpstream starts a server that ends with the test.
func NewUpstream(t testing.TB, reply Reply) *Upstream {
	t.Helper()
	u := &Upstream{reply: reply, change: make(chan struct{})}
	u.Server = httptest.NewServer(http.HandlerFunc(u.serve))
	t.Cleanup(u.Close)
	return u
}

// BaseURL is what a provider of chat completions is set up with; other dialects have the server's own URL.
func (u *Upstream) BaseURL() string { return u.URL + "/v1" }

// Set changes the reply to the requests to come and forgets those that were.
func (u *Upstream) Set(reply Reply) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reply, u.bodies = reply, nil
}

// Bodies gives what was asked so far.
func (u *Upstream) Bodies() []Body {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]Body(nil), u.bodies...)
}

// Left waits until n clients have left before their answer ended, and reports whether they have within a few seconds.
func (u *Upstream) Left(n int) bool {
	late := time.After(5 * time.Second)
	for {
		u.mu.Lock()
		left, change := u.left, u.change
		u.mu.Unlock()
		if left >= n {
			return true
		}
		select {
		case <-change:
		case <-late:
			return false
		}
	}
}

func (u *Upstream) serve(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	var body Body
	streams := strings.HasSuffix(r.URL.Path, "/converse-stream")
	known := streams || r.URL.Path == "/v1/chat/completions" || strings.HasSuffix(r.URL.Path, "/converse") || strings.HasSuffix(r.URL.Path, "/count-tokens")
	if err != nil || json.Unmarshal(data, &body) != nil || json.Unmarshal(data, &body.Raw) != nil || !known {
		http.Error(w, "no call of a model", http.StatusTeapot)
		return
	}
	body.Stream = body.Stream || streams
	u.mu.Lock()
	u.bodies = append(u.bodies, body)
	n, reply := len(u.bodies), u.reply
	u.mu.Unlock()
	reply(w, r, body, n)
	if r.Context().Err() != nil {
		u.mu.Lock()
		u.left++
		close(u.change)
		u.change = make(chan struct{})
		u.mu.Unlock()
	}
}

// Says answers with a text, in deltas of the given pieces when the client wants a stream.
func Says(pieces ...string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, body Body, _ int) {
		if !body.Stream {
			Whole(w, map[string]any{"role": "assistant", "content": strings.Join(pieces, "")}, "stop")
			return
		}
		for _, p := range pieces {
			Chunk(w, map[string]any{"content": p}, "")
		}
		Done(w, "stop")
	}
}

// Status refuses with a status and a body.
func Status(code int, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ Body, _ int) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// Whole writes a whole answer with usage 7 and 11.
func Whole(w http.ResponseWriter, message any, finish string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"object": "chat.completion", "choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": finish}},
		"usage": map[string]int{"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18},
	})
}

// Chunk writes one event of a stream and sends it off. An empty finish is null, as servers send it.
func Chunk(w http.ResponseWriter, delta any, finish string) {
	var reason any
	if finish != "" {
		reason = finish
	}
	Event(w, map[string]any{"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}}})
}

// Event writes any JSON as an event and sends it off.
func Event(w http.ResponseWriter, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	Raw(w, "data: "+string(data)+"\n\n")
}

// Raw writes bytes of a stream and sends them off.
func Raw(w http.ResponseWriter, s string) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, s)
	_ = http.NewResponseController(w).Flush()
}

// Done ends a stream well, with usage 7 and 11.
func Done(w http.ResponseWriter, finish string) {
	Chunk(w, map[string]any{}, finish)
	Event(w, map[string]any{"choices": []any{}, "usage": map[string]int{"prompt_tokens": 7, "completion_tokens": 11}})
	Raw(w, "data: [DONE]\n\n")
}
