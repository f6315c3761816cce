package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"merlon.dev/merlon/internal/provider/providertest"
)

const benchPolicies = `"wordPolicyConfig":{"wordsConfig":[{"text":"Bluewhale"},{"text":"Project Red"}],"managedWordListsConfig":[{"type":"PROFANITY"}]},
	"sensitiveInformationPolicyConfig":{"piiEntitiesConfig":[{"type":"EMAIL","action":"ANONYMIZE"},{"type":"PHONE","action":"ANONYMIZE"},{"type":"NAME","action":"ANONYMIZE"},
	{"type":"CREDIT_DEBIT_CARD_NUMBER","action":"ANONYMIZE"},{"type":"US_SOCIAL_SECURITY_NUMBER","action":"BLOCK"},{"type":"ADDRESS","action":"ANONYMIZE"},{"type":"AWS_ACCESS_KEY","action":"BLOCK"}]}`

// written is an answer of so many bytes, 1,024 at most, in pieces of four, as a model writes it.
func written(size int, pause time.Duration) providertest.Reply {
	text := strings.Repeat("We are open from nine to five on every day of the week but Sunday. ", 16)[:size]
	return func(w http.ResponseWriter, _ *http.Request, _ providertest.Body, _ int) {
		for i := 0; i < len(text); i += 4 {
			providertest.Chunk(w, map[string]any{"content": text[i : i+4]}, "")
			time.Sleep(pause)
		}
		providertest.Done(w, "stop")
	}
}

// first makes a stream call and gives the time to the first delta and to the end.
func (w *world) first(body []byte) (first, whole time.Duration) {
	start := time.Now()
	response := w.send(http.MethodPost, "/model/"+modelID+"/converse-stream", body)
	if response.StatusCode != http.StatusOK {
		w.Errorf("status %s", response.Status)
		return 0, 0
	}
	decoder, events := eventstream.NewDecoder(), 0
	for {
		message, err := decoder.Decode(response.Body, nil)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			rest, more := io.ReadAll(response.Body)
			w.Errorf("after %d events: %v; %d bytes are left, %v", events, err, len(rest), more)
			return first, time.Since(start)
		}
		events++
		if first == 0 && bytes.Contains(message.Payload, []byte(`"delta"`)) {
			first = time.Since(start)
		}
	}
	response.Body.Close()
	return first, time.Since(start)
}

func quantile(d []time.Duration, q float64) time.Duration {
	slices.Sort(d)
	return d[int(q*float64(len(d)-1))]
}

// TestFirstToken tells how long the first token of a stream takes with words and personal data judged, against none, for a model that
// answers 1 kB at once. It measures rather than holds.
func TestFirstToken(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement")
	}
	w := setup(t, written(1024, 0))
	guard := w.guardrail(benchPolicies)
	for _, mode := range []string{"none", "async", "sync"} {
		body := conversation("", "", message("user", text("When are you open?")))
		if mode != "none" {
			body = conversation(guard, "", message("user", text("When are you open?")))
			body["guardrailConfig"].(object)["streamProcessingMode"] = mode
		}
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		var firsts, wholes []time.Duration
		for i := range 60 {
			first, whole := w.first(data)
			if i >= 10 {
				firsts, wholes = append(firsts, first), append(wholes, whole)
			}
		}
		t.Logf("%-5s first token p50 %v p99 %v, whole p50 %v", mode, quantile(firsts, .5), quantile(firsts, .99), quantile(wholes, .5))
	}
}

// TestManyStreams holds 500 streams open at once: none fails and none is left behind. They are slow and short, and begin one after the other
// within the time that one takes, so that their checks need some ten seconds of a core and not all that two have: more would test the
// deadline of a check on a busy machine instead.
func TestManyStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("500 streams")
	}
	w := setup(t, written(128, 480*time.Millisecond)) // 15 s a stream
	data, err := json.Marshal(conversation(w.guardrail(benchPolicies), "", message("user", text("When are you open?"))))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	var wholes []time.Duration
	for range 500 {
		time.Sleep(20 * time.Millisecond)
		group.Go(func() {
			_, whole := w.first(data)
			mu.Lock()
			wholes = append(wholes, whole)
			mu.Unlock()
		})
	}
	group.Wait()
	t.Logf("500 streams: p50 %v, p99 %v", quantile(wholes, .5), quantile(wholes, .99))
}
