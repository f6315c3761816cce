package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// upstream is a model server in this process that says one answer over and over, in deltas of some bytes with a pause between two.
type upstream struct {
	*httptest.Server
	answer string
	delta  int // bytes

	mu    sync.Mutex
	pause time.Duration
	sent  map[string][]time.Time // by prompt: when each delta was written
}

func newUpstream(answer string, delta int) *upstream {
	u := &upstream{answer: answer, delta: delta, sent: map[string][]time.Time{}}
	u.Server = httptest.NewServer(u)
	return u
}

// set makes the pause between two deltas that of the calls from now on, and forgets the calls before.
func (u *upstream) set(pause time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.pause = pause
	clear(u.sent)
}

// times gives when the deltas for a prompt were written.
func (u *upstream) times(prompt string) []time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.sent[prompt]
}

// message is one of a chat: its content is a string, or parts of which some are text.
type message struct{ Content json.RawMessage }

func (m message) text() string {
	var whole string
	if json.Unmarshal(m.Content, &whole) == nil {
		return whole
	}
	var parts []struct{ Text string }
	_ = json.Unmarshal(m.Content, &parts) // what is neither has no text
	for _, p := range parts {
		whole += p.Text
	}
	return whole
}

// ServeHTTP answers a streamed chat completion.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []message
	}
	data, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(data, &body)
	}
	if err != nil || len(body.Messages) == 0 {
		http.Error(w, "not a chat", http.StatusBadRequest)
		return
	}
	prompt := body.Messages[len(body.Messages)-1].text()
	u.mu.Lock()
	pause := u.pause
	u.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	times := make([]time.Time, 0, len(u.answer)/u.delta+1)
	next := time.Now()
	for at := 0; at < len(u.answer); at += u.delta {
		if pause > 0 && at > 0 {
			next = next.Add(pause)
			time.Sleep(time.Until(next))
		}
		text, _ := json.Marshal(u.answer[at:min(at+u.delta, len(u.answer))])
		times = append(times, time.Now())
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", text)
		if err := flush.Flush(); err != nil {
			return
		}
	}
	u.mu.Lock()
	u.sent[prompt] = times
	u.mu.Unlock()
	fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":200}}\n\ndata: [DONE]\n\n")
}
