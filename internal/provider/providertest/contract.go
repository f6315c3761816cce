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
	Wait     = 1500 * time.Millisecond // for an answer to begin; a busy machine needs a part of it to send the request
	Stall    = 1500 * time.Millisecond // within an answer
	Attempts = 3
)

// Contract holds a provider to what model.Provider says, in front of a server that speaks d. open makes one for a server, with the limits above.
func Contract(t *testing.T, d Dialect, open func(t *testing.T, u *Upstream) model.Provider) {
	ask := model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: "hi"}}}}}
	setup := func(t *testing.T, reply Reply) (*Upstream, model.Provider) {
		u := NewUpstream(t, reply)
		return u, open(t, u)
	}
	t.Run("a stream is the whole", func(t *testing.T) {
		_, p := setup(t, d.Says("Grüße ", "aus ", "Köln, 안녕 🙂"))
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
			for i := range len(d.Stream) {
				Raw(w, d.Stream[i:i+1])
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
				d.Says("hello")(w, r, b, n)
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
			{"context", d.TooLong, fault.Invalid, 1},
			{"late", late, fault.Timeout, 1},
			{"garbage", func(w http.ResponseWriter, _ *http.Request, _ Body, _ int) { Raw(w, d.Garbage) }, fault.Upstream, 1},
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
				d.Half(w)
				then(w, r)
			}
		}
		check := func(name string, kind fault.Kind, then func(http.ResponseWriter, *http.Request)) {
			u, p := setup(t, begin(then))
			if _, _, err := read(t.Context(), p, ask); !fault.Is(err, kind) {
				t.Errorf("%s: %v", name, err)
			}
			if n := len(u.Bodies()); n != 1 {
				t.Errorf("%s: tried %d times though an answer had begun", name, n)
			}
		}
		check("end without a reason", fault.Upstream, func(http.ResponseWriter, *http.Request) {})
		check("reset", fault.Upstream, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		check("stall", fault.Timeout, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		if len(d.Breaks) < 3 {
			t.Errorf("the dialect breaks off in %d ways", len(d.Breaks))
		}
		for name, then := range d.Breaks {
			check(name, fault.Upstream, func(w http.ResponseWriter, _ *http.Request) { then(w) })
		}
	})
	t.Run("who leaves frees the model", func(t *testing.T) {
		u, p := setup(t, func(w http.ResponseWriter, r *http.Request, _ Body, _ int) {
			d.Half(w)
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
		_, p := setup(t, d.CallsTool)
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
