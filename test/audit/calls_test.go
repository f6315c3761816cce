package audit

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const guardrail = `{"name":"%s","blockedInputMessaging":"no","blockedOutputsMessaging":"no","wordPolicyConfig":{"wordsConfig":[{"text":"word"}]}}`

// expected is what the record of a call must say.
type expected struct {
	caller
	name, code string
	aborted    bool // nobody waits for the answer: the code may be that, or none
	unproven   bool // no record
	answer     string
}

// TestEveryCallOnce: 20 clients, 20,000 calls of all kinds; each is in the journal exactly once, as it was.
func TestEveryCallOnce(t *testing.T) {
	t.Parallel()
	clients, each := 20, 1000
	if testing.Short() {
		each = 50
	}
	s := start(t)
	made := s.send(t, s.sign(t, first, "bedrock", "POST", "/guardrails", fmt.Appendf(nil, guardrail, "shared"), nil))
	var created struct{ GuardrailID, GuardrailArn string }
	if err := json.Unmarshal(made.body, &created); err != nil || made.status >= 300 {
		t.Fatalf("%d %s", made.status, made.body)
	}
	var mu sync.Mutex
	want := map[string]expected{}
	var wait sync.WaitGroup
	for c := range clients {
		wait.Go(func() {
			for i := range each {
				agent := fmt.Sprintf("call-%d-%d", c, i)
				e := s.call(t, c, i, agent, created.GuardrailID, created.GuardrailArn)
				mu.Lock()
				want[agent] = e
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	records, _ := s.records(t)
	seen, ids, kinds := map[string]int{}, map[string]bool{}, map[string]int{}
	for _, r := range records {
		if ids[r.EventID] || r.EventID == "" {
			t.Fatalf("event id %q twice", r.EventID)
		}
		ids[r.EventID] = true
		e, ok := want[r.UserAgent]
		if !ok {
			continue // the guardrail's own creation
		}
		seen[r.UserAgent]++
		if e.unproven {
			t.Errorf("%s was recorded though nobody proved who called: %+v", r.UserAgent, r)
		}
		u := r.UserIdentity
		if u.Type != "Root" || u.ARN != "arn:aws:iam::"+e.account+":root" || u.AccountID != e.account || u.PrincipalID != e.account || u.AccessKeyID != e.key {
			t.Errorf("%s: called by %+v, want %s", r.UserAgent, u, e.account)
		}
		if code := r.ErrorCode; r.EventName != e.name || code != e.code && !(e.aborted && code == "ClientClosedRequest") {
			t.Errorf("%s: %s %q, want %s %q", r.UserAgent, r.EventName, code, e.name, e.code)
		}
		if e.answer != "" && r.RequestID != e.answer {
			t.Errorf("%s: request id %q, want %q", r.UserAgent, r.RequestID, e.answer)
		}
		if r.EventSource != "bedrock.amazonaws.com" || r.AWSRegion != region || r.SourceIP != "127.0.0.1" || r.RecipientAccount != e.account || r.EventType != "AwsApiCall" ||
			time.Since(r.EventTime) > time.Hour || string(r.RequestParameters) != "null" || string(r.ResponseElements) != "null" {
			t.Errorf("%s: %+v", r.UserAgent, r)
		}
		data := e.name == "ApplyGuardrail"
		if *r.ManagementEvent == data || (r.EventCategory == "Data") != data || *r.ReadOnly != (data || strings.HasPrefix(e.name, "Get") || strings.HasPrefix(e.name, "List")) {
			t.Errorf("%s: %s is %s, management %v, read-only %v", r.UserAgent, e.name, r.EventCategory, *r.ManagementEvent, *r.ReadOnly)
		}
	}
	for agent, e := range want {
		once := 1
		if e.unproven {
			once = 0
		}
		if seen[agent] != once {
			t.Errorf("%s, %s %s, aborted %v: %d records, want %d", agent, e.name, e.code, e.aborted, seen[agent], once)
		}
		kind := e.name + " " + e.code
		if e.aborted {
			kind += "aborted"
		}
		if e.unproven {
			kind = "forged"
		}
		kinds[kind]++
	}
	if len(want) != clients*each {
		t.Errorf("%d calls, want %d", len(want), clients*each)
	}
	t.Logf("%d calls, %d records: %v", len(want), len(records), kinds)
}

// call makes one call of a kind that i chooses.
func (s *server) call(t *testing.T, c, i int, agent, id, arn string) expected {
	who := first
	if c%2 == 1 {
		who = second
	}
	header := map[string]string{"User-Agent": agent}
	request := func(who caller, method, path, body string) *http.Request {
		return s.sign(t, who, "bedrock", method, path, []byte(body), header)
	}
	name := fmt.Sprintf("g-%d-%d", c, i)
	apply := "/guardrail/" + id + "/version/DRAFT/apply"
	const hello = `{"source":"INPUT","content":[{"text":{"text":"hello"}}]}`
	e := expected{caller: who}
	var r *http.Request
	switch i % 12 {
	case 0:
		e.name, r = "CreateGuardrail", request(who, "POST", "/guardrails", fmt.Sprintf(guardrail, name))
	case 1:
		e.name, e.code, r = "CreateGuardrail", "ValidationException", request(who, "POST", "/guardrails", `{"name":"!"}`)
	case 2:
		e.name, e.code, r = "CreateGuardrail", "SerializationException", request(who, "POST", "/guardrails", `{"name":`)
	case 3:
		e.name, e.code, r = "GetGuardrail", "ResourceNotFoundException", request(who, "GET", "/guardrails/zzzzzzzzzzzz", "")
	case 4:
		e.name, r = "ListGuardrails", request(who, "GET", "/guardrails", "")
	case 5, 6:
		e.caller = first
		e.name, r = "ApplyGuardrail", request(first, "POST", apply, hello)
	case 7: // of another account
		e.caller = second
		e.name, r = "GetGuardrail", request(second, "GET", "/guardrails/"+strings.NewReplacer(":", "%3A", "/", "%2F").Replace(arn), "")
		a := s.send(t, r)
		e.code, e.answer = strings.TrimSuffix(a.code, "Exception"), a.id
		if a.status < 400 {
			t.Errorf("a stranger got %s", a.body)
		}
		if a.code != "AccessDeniedException" {
			e.code = a.code
		}
		return e
	case 8: // forged
		e.unproven = true
		r = request(who, "POST", "/guardrails", fmt.Sprintf(guardrail, name))
		r.Header.Set("X-Amz-Date", "20200101T000000Z")
	case 9, 10: // sent and not waited for
		e.aborted = true
		e.name, r = "CreateGuardrail", request(who, "POST", "/guardrails", fmt.Sprintf(guardrail, name))
		if i%12 == 10 {
			e.caller = first
			e.name, r = "ApplyGuardrail", request(first, "POST", apply, hello)
		}
		s.abort(t, r)
		return e
	default:
		e.name, e.code, r = "DeleteGuardrail", "ResourceNotFoundException", request(who, "DELETE", "/guardrails/zzzzzzzzzzzz", "")
	}
	a := s.send(t, r)
	if e.answer = a.id; a.code != e.code && !e.unproven {
		t.Errorf("%s %s: answered %d %s %s", agent, e.name, a.status, a.code, a.body)
	}
	return e
}

// abort sends a request and hangs up at once.
func (s *server) abort(t *testing.T, r *http.Request) {
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	if err := r.Write(connection); err != nil {
		t.Error(err)
	}
	if err := connection.Close(); err != nil {
		t.Error(err)
	}
}
