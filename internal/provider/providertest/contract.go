package providertest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// Timing is what a provider under test is set up with, so that its limits are reached within a test.
const (
	Wait     = 300 * time.Millisecond // for an answer to begin
	Stall    = 300 * time.Millisecond // within an answer
	Attempts = 3
)

// Contract holds a provider to what model.Provider says. open makes one for a server, with the limits above.
func Contract(t *testing.T, open func(t *testing.T, baseURL string) model.Provider) {
	ask := model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: "hi"}}}}}
	setup := func(t *testing.T, reply Reply) (*Upstream, model.Provider) {
		u := NewUpstream(t, reply)
		return u, open(t, u.BaseURL())
	}
	t.Run("a stream is the whole", func(t *testing.T) {
		_, p := setup(t, Says("Grüße ", "aus ", "Köln, 안녕 🙂"))
		whole, err := p.Generate(t.Context(), ask)
		if err != nil || len(whole.Content) != 1 || whole.Content[0].Text != "Grüße aus Köln, 안녕 🙂" {
			t.Fatalf("generate: %+v, %v", whole, err)
		}
		text, end, err := read(t.Context(), p, ask)
		if err != nil || text != whole.Content[0].Text || end != whole.End || end.Usage != (model.Usage{InputTokens: 7, OutputTokens: 11}) || end.Stop != model.EndTurn {
			t.Errorf("stream: %q, %+v, %v", text, end, err)
		}
	})
	t.Run("every byte may come alone", func(t *testing.T) {
		_, p := setup(t, func(w http.ResponseWriter, _ *http.Request, _ Body, _ int) {
			const events = "data: {\"choices\":[{\"delta\":{\"content\":\"안녕\"}}]}\r\n\r\n: a comment\n\ndata:{\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"
			for i := range len(events) {
				Raw(w, events[i:i+1])
			}
		})
		if text, end, err := read(t.Context(), p, ask); err != nil || text != "안녕!" || end.Stop != model.StopForTokens {
			t.Errorf("%q, %+v, %v", text, end, err)
		}
	})
	t.Run("busy and broken servers are tried again", func(t *testing.T) {
		for _, status := range []int{429, 500, 502, 503} {
			u, p := setup(t, func(w http.ResponseWriter, r *http.Request, b Body, n int) {
				if n < Attempts {
					Status(status, "{}")(w, r, b, n)
					return
				}
				Says("hello")(w, r, b, n)
			})
			if text, _, err := read(t.Context(), p, ask); err != nil || text != "hello" || len(u.Bodies()) != Attempts {
				t.Errorf("status %d: %q, %v, %d attempts", status, text, err, len(u.Bodies()))
			}
		}
	})
	t.Run("faults", func(t *testing.T) {
		late := func(_ http.ResponseWriter, r *http.Request, _ Body, _ int) { <-r.Context().Done() }
		for _, test := range []struct {
			name     string
			reply    Reply
			kind     fault.Kind
			attempts int
		}{
			{"429", Status(429, "{}"), fault.Throttled, Attempts},
			{"500", Status(500, "{}"), fault.Upstream, Attempts},
			{"503", Status(503, "{}"), fault.Unavailable, Attempts},
			{"400", Status(400, "{}"), fault.Invalid, 1},
			{"401", Status(401, "{}"), fault.Unavailable, 1},
			{"504", Status(504, "{}"), fault.Timeout, 1},
			{"redirect", Status(307, ""), fault.Unavailable, 1},
			{"context", Status(400, `{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}`), fault.Invalid, 1},
			{"late", late, fault.Timeout, 1},
			{"no JSON", func(w http.ResponseWriter, _ *http.Request, _ Body, _ int) { Raw(w, "data: {\"choi\n\n") }, fault.Upstream, 1},
			{"empty", Status(200, ""), fault.Upstream, 1},
		} {
			u, p := setup(t, test.reply)
			if _, err := p.Generate(t.Context(), ask); !fault.Is(err, test.kind) {
				t.Errorf("%s: generate: %v", test.name, err)
			}
			if n := len(u.Bodies()); n != test.attempts {
				t.Errorf("%s: %d attempts, want %d", test.name, n, test.attempts)
			}
			if text, _, err := read(t.Context(), p, ask); !fault.Is(err, test.kind) || text != "" {
				t.Errorf("%s: stream: %q, %v", test.name, text, err)
			}
		}
	})
	t.Run("an answer that breaks off is an error", func(t *testing.T) {
		begin := func(then func(http.ResponseWriter, *http.Request)) Reply {
			return func(w http.ResponseWriter, r *http.Request, _ Body, _ int) {
				Chunk(w, map[string]any{"content": "half"}, "")
				then(w, r)
			}
		}
		for _, test := range []struct {
			name string
			then func(http.ResponseWriter, *http.Request)
			kind fault.Kind
		}{
			{"end without a reason", func(http.ResponseWriter, *http.Request) {}, fault.Upstream},
			{"done without a reason", func(w http.ResponseWriter, _ *http.Request) { Raw(w, "data: [DONE]\n\n") }, fault.Upstream},
			{"reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault.Upstream},
			{"stall", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fault.Timeout},
			{"malformed chunk", func(w http.ResponseWriter, _ *http.Request) { Raw(w, "data: {nonsense\n\n") }, fault.Upstream},
			{"error chunk", func(w http.ResponseWriter, _ *http.Request) {
				Event(w, map[string]any{"error": map[string]string{"message": "oom"}})
			}, fault.Upstream},
		} {
			u, p := setup(t, begin(test.then))
			if _, _, err := read(t.Context(), p, ask); !fault.Is(err, test.kind) {
				t.Errorf("%s: %v", test.name, err)
			}
			if n := len(u.Bodies()); n != 1 {
				t.Errorf("%s: tried %d times though an answer had begun", test.name, n)
			}
		}
	})
	t.Run("who leaves frees the model", func(t *testing.T) {
		u, p := setup(t, func(w http.ResponseWriter, r *http.Request, _ Body, _ int) {
			Chunk(w, map[string]any{"content": "half"}, "")
			<-r.Context().Done()
		})
		enough := errors.New("enough")
		if _, err := p.Stream(t.Context(), ask, func(model.Delta) error { return enough }); !errors.Is(err, enough) || !u.Left(1) {
			t.Errorf("yield: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := p.Stream(ctx, ask, func(model.Delta) error { cancel(); return nil }); !errors.Is(err, context.Canceled) || !u.Left(2) {
			t.Errorf("cancel: %v", err)
		}
	})
	t.Run("tools", func(t *testing.T) {
		_, p := setup(t, func(w http.ResponseWriter, _ *http.Request, body Body, _ int) {
			call := map[string]any{"index": 0, "id": "call_1", "type": "function", "function": map[string]string{"name": "weather", "arguments": `{"city":`}}
			rest := map[string]any{"index": 0, "function": map[string]string{"arguments": `"Köln"}`}}
			if !body.Stream {
				call["function"] = map[string]string{"name": "weather", "arguments": `{"city":"Köln"}`}
				Whole(w, map[string]any{"content": nil, "tool_calls": []any{call}}, "tool_calls")
				return
			}
			Chunk(w, map[string]any{"content": "let me see"}, "")
			Chunk(w, map[string]any{"tool_calls": []any{call}}, "")
			Chunk(w, map[string]any{"tool_calls": []any{rest}}, "")
			Done(w, "tool_calls")
		})
		whole, err := p.Generate(t.Context(), ask)
		if err != nil || whole.Stop != model.StopForTool || len(whole.Content) != 1 || whole.Content[0].ToolUse.Input.(map[string]any)["city"] != "Köln" {
			t.Errorf("generate: %+v, %v", whole, err)
		}
		var input, name string
		blocks := 0
		_, err = p.Stream(t.Context(), ask, func(d model.Delta) error {
			blocks = max(blocks, d.Block+1)
			if d.Tool != nil {
				input, name = input+d.Tool.Input, name+d.Tool.Name
			}
			return nil
		})
		if err != nil || input != `{"city":"Köln"}` || name != "weather" || blocks != 2 {
			t.Errorf("stream: %q, %q, %d blocks, %v", input, name, blocks, err)
		}
	})
}

// read gives the text of a stream.
func read(ctx context.Context, p model.Provider, r model.Request) (string, model.End, error) {
	var text strings.Builder
	end, err := p.Stream(ctx, r, func(d model.Delta) error { text.WriteString(d.Text); return nil })
	return text.String(), end, err
}
