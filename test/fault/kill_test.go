package fault

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// acknowledged is what clients were told, over all rounds.
type acknowledged struct {
	mu       sync.Mutex
	names    map[string]string          // guardrail id -> name
	versions map[string]map[string]bool // guardrail id -> numbers given out
	words    map[string]string          // guardrail id -> last word whose update was acknowledged
	maybe    map[string]map[string]bool // guardrail id -> words of updates that got no answer since
}

// TestNothingAcknowledgedIsLost kills the server at random moments under 16 writers. After each restart every acknowledged guardrail,
// version and update is there, and no version number was given out twice.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	rounds := 8
	if n, err := strconv.Atoi(os.Getenv("MERLON_FAULT_ROUNDS")); err == nil {
		rounds = n
	}
	if testing.Short() {
		rounds = 3
	}
	data := filepath.Join(t.TempDir(), "data")
	all := &acknowledged{names: map[string]string{}, versions: map[string]map[string]bool{}, words: map[string]string{}, maybe: map[string]map[string]bool{}}
	slowest := time.Duration(0)
	for round := range rounds {
		s := start(t, data)
		slowest = max(slowest, s.started)
		all.check(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for w := range 16 {
			writers.Go(func() { all.write(ctx, t, s, path("r%d-w%d", round, w)) })
		}
		time.Sleep(50*time.Millisecond + rand.N(400*time.Millisecond)) // the random moment is what is tested
		s.kill()
		cancel()
		writers.Wait()
	}
	s := start(t, data)
	all.check(t, s)
	s.kill()
	if out, err := exec.Command(binary, "verify", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("merlon verify: %v\n%s", err, out)
	}
	if slowest > 10*time.Second { // beside other work; how fast it is, test/bench measures
		t.Errorf("the slowest start after a kill took %s, want at most 10s", slowest)
	}
	t.Logf("%d rounds: %d guardrails, slowest start %s", rounds, len(all.names), slowest)
	if len(all.names) < rounds {
		t.Errorf("only %d guardrails were acknowledged: nothing was tried", len(all.names))
	}
}

// write makes guardrails, versions and updates until the server dies.
func (a *acknowledged) write(ctx context.Context, t *testing.T, s *server, prefix string) {
	for i := 0; ; i++ {
		name := path("%s-%d", prefix, i)
		status, body, err := s.call(ctx, http.MethodPost, "/guardrails", guardrail(name, "first"))
		if err != nil {
			return
		}
		var made struct{ GuardrailID, Version string }
		if status != http.StatusAccepted || json.Unmarshal(body, &made) != nil {
			t.Errorf("create: %d %s", status, body)
			return
		}
		id := made.GuardrailID
		a.mu.Lock()
		a.names[id], a.words[id], a.versions[id], a.maybe[id] = name, "first", map[string]bool{}, map[string]bool{}
		a.mu.Unlock()
		for range 2 {
			status, body, err = s.call(ctx, http.MethodPost, "/guardrails/"+id, map[string]any{})
			if err != nil {
				return
			}
			if status != http.StatusAccepted || json.Unmarshal(body, &made) != nil {
				t.Errorf("version: %d %s", status, body)
				return
			}
			a.mu.Lock()
			if a.versions[id][made.Version] {
				t.Errorf("version %s of %s was given out twice", made.Version, id)
			}
			a.versions[id][made.Version] = true
			a.mu.Unlock()
		}
		word := "second"
		a.mu.Lock()
		a.maybe[id][word] = true
		a.mu.Unlock()
		if status, body, err = s.call(ctx, http.MethodPut, "/guardrails/"+id, guardrail(name, word)); err != nil {
			return
		}
		if status != http.StatusAccepted {
			t.Errorf("update: %d %s", status, body)
			return
		}
		a.mu.Lock()
		a.words[id], a.maybe[id] = word, map[string]bool{}
		a.mu.Unlock()
	}
}

// check compares the server with what was acknowledged so far.
func (a *acknowledged) check(t *testing.T, s *server) {
	t.Helper()
	for id, name := range a.names {
		var got struct {
			Name       string
			WordPolicy struct{ Words []struct{ Text string } }
		}
		s.get(t, "/guardrails/"+id, &got)
		if got.Name != name {
			t.Errorf("guardrail %s is called %q, want %q", id, got.Name, name)
		}
		if word := got.WordPolicy.Words[0].Text; word != a.words[id] && !a.maybe[id][word] {
			t.Errorf("guardrail %s has word %q, want %q", id, word, a.words[id])
		}
		var listed struct{ Guardrails []struct{ Version string } }
		s.get(t, "/guardrails?guardrailIdentifier="+id, &listed)
		there := map[string]bool{}
		for _, g := range listed.Guardrails {
			if there[g.Version] {
				t.Errorf("guardrail %s lists version %s twice", id, g.Version)
			}
			there[g.Version] = true
		}
		for version := range a.versions[id] {
			if !there[version] {
				t.Errorf("guardrail %s lost version %s", id, version)
			}
		}
	}
}
