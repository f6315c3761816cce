package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"merlon.dev/merlon/internal/sigv4"
)

// streamed is what a client saw of one answer.
type streamed struct {
	asked, first, end time.Time
	at                []time.Time // of each delta
	bytes             []int       // of the answer, after each delta
}

// converse asks for a stream and reads it. An empty mode asks without a guardrail.
func (c *client) converse(prompt, guardrail, mode string) (s streamed, err error) {
	ask := map[string]any{"messages": []any{map[string]any{"role": "user", "content": []any{map[string]string{"text": prompt}}}}}
	if mode != "" {
		ask["guardrailConfig"] = map[string]string{"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "streamProcessingMode": mode}
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return s, err
	}
	r, err := http.NewRequest(http.MethodPost, c.endpoint+"/model/bench.upstream/converse-stream", bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	r.Header.Set("Content-Type", "application/json")
	c.signer.Sign(r, sigv4.HashPayload(body), time.Now())
	s.asked = time.Now()
	response, err := c.http.Do(r)
	if err != nil {
		return s, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		data, _ := io.ReadAll(response.Body)
		return s, fmt.Errorf("stream: %s: %.300s", response.Status, data)
	}
	stop := ""
	for decoder := eventstream.NewDecoder(); ; {
		m, err := decoder.Decode(response.Body, nil)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
		var event struct {
			Delta      struct{ Text string }
			StopReason string
		}
		if err := json.Unmarshal(m.Payload, &event); err != nil {
			return s, err
		}
		if v := m.Headers.Get(":exception-type"); v != nil {
			return s, fmt.Errorf("stream: %s: %s", v, m.Payload)
		}
		if event.StopReason != "" {
			stop = event.StopReason
			s.end = time.Now()
		}
		if event.Delta.Text != "" {
			n := len(event.Delta.Text)
			if len(s.bytes) > 0 {
				n += s.bytes[len(s.bytes)-1]
			}
			s.at, s.bytes = append(s.at, time.Now()), append(s.bytes, n)
		}
	}
	if stop != "end_turn" || len(s.at) == 0 {
		return s, fmt.Errorf("stream: %d deltas, stop reason %q", len(s.at), stop)
	}
	s.first = s.at[0]
	return s, nil
}

// benchStreams: what a guardrail adds to ConverseStream. An answer of 1 kB that the model gives at once: when its first text comes. Then 500
// answers side by side, a delta of 8 bytes each 100 ms: what words and PII add to each delta (async) or to the end (sync), the memory, errors.
func benchStreams(s *settings) error {
	u := newUpstream(text(1000), 8)
	defer u.Close()
	return withConfig(s, fmt.Sprintf("models: [{id: bench.upstream, provider: openai, base_url: %q}]\n", u.URL+"/v1"), func(m *server) error {
		c := newClient(m.endpoint, 600)
		words := guardrail("streams", 100, 0)
		light, err := c.create(words)
		if err != nil {
			return err
		}
		words["name"], words["contentPolicyConfig"] = "streams-content", fivePolicies()["contentPolicyConfig"]
		full, err := c.create(words)
		if err != nil {
			return err
		}
		if err := c.firstText(u, full, 20*s.runs); err != nil {
			return err
		}
		_, before := m.rss()
		u.set(100 * time.Millisecond)
		const open = 500
		for _, mode := range []string{"", "async", "sync"} {
			began := m.cpu()
			if err := c.openStreams(u, light, mode, open); err != nil {
				return err
			}
			fmt.Printf("; processor time of the server %s a stream\n", ms((m.cpu()-began)/open))
		}
		_, peak := m.rss()
		fmt.Printf("streams: peak RSS %.0f MiB, %.0f MiB before the 500 streams\n", peak, before)
		return nil
	})
}

// firstText compares the time to the first text of n calls in each mode, in turns.
func (c *client) firstText(u *upstream, guardrail string, n int) error {
	u.set(0)
	took := map[string][]time.Duration{}
	for i := range n + 3 {
		for _, mode := range []string{"", "async", "sync"} {
			got, err := c.converse(fmt.Sprintf("call %d: tell me about the parcel, please", i), guardrail, mode)
			if err != nil {
				return err
			}
			if i >= 3 { // the first calls open connections and grow memory
				took[mode] = append(took[mode], got.first.Sub(got.asked))
			}
		}
	}
	p := func(mode string, percent int) time.Duration {
		slices.Sort(took[mode])
		return took[mode][(len(took[mode])-1)*percent/100]
	}
	fmt.Printf("streams: first text of a 1 kB answer, words + PII + content: bare p50 %s; sync adds p50 %s, p90 %s; async adds p50 %s, p90 %s\n",
		ms(p("", 50)), ms(p("sync", 50)-p("", 50)), ms(p("sync", 90)-p("", 90)), ms(p("async", 50)-p("", 50)), ms(p("async", 90)-p("", 90)))
	return nil
}

// openStreams runs n streams side by side.
func (c *client) openStreams(u *upstream, guardrail, mode string, n int) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var deltas, ends []time.Duration
	failed := 0
	var last error
	for i := range n {
		group.Go(func() {
			time.Sleep(time.Duration(i) * 2 * time.Millisecond) // as callers come: not all at one moment
			prompt := fmt.Sprintf("%s stream %d", mode, i)
			got, err := c.converse(prompt, guardrail, mode)
			mu.Lock()
			defer mu.Unlock()
			sent := u.times(prompt)
			if err != nil || len(sent) == 0 {
				failed, last = failed+1, err
				return
			}
			for k, b := range got.bytes {
				deltas = append(deltas, got.at[k].Sub(sent[min((b+u.delta-1)/u.delta, len(sent))-1]))
			}
			ends = append(ends, got.end.Sub(sent[len(sent)-1]))
		})
	}
	group.Wait()
	if failed > 0 {
		return fmt.Errorf("%d of %d streams failed, one with %w", failed, n, last)
	}
	slices.Sort(deltas)
	slices.Sort(ends)
	name := mode
	if name == "" {
		name = "bare"
	}
	at := func(v []time.Duration, percent int) string { return ms(v[(len(v)-1)*percent/100]) }
	fmt.Printf("streams: %d at a time, words + PII, %s: from the model's last byte to the end p50 %s, p99 %s", n, name, at(ends, 50), at(ends, 99))
	if mode != "sync" { // which holds text back for text that is still to come
		fmt.Printf("; from a delta of the model to its delta p50 %s, p99 %s", at(deltas, 50), at(deltas, 99))
	}
	return nil
}
