package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/policy/policytest"
)

// compiled compiles a world or fails the test.
func compiled(t *rapid.T, w policytest.World) *policy.Inputs {
	in, err := w.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestCompiledEqualsNaive holds the compiled evaluator against the oracle; it counts its cases and what they came to.
func TestCompiledEqualsNaive(t *testing.T) {
	t.Parallel()
	var cases, allowed, explicit atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		in := compiled(t, w)
		for range requests {
			req := genRequest(t)
			got, want := policy.Evaluate(in, &req), w.Decide(req)
			cases.Add(1)
			if got.Allowed() {
				allowed.Add(1)
			}
			if got.Explicit {
				explicit.Add(1)
			}
			reasons := want.Allows
			if want.Explicit {
				reasons = want.Denies
			}
			if got.Allowed() != want.Allowed || got.Explicit != want.Explicit || len(got.Reasons()) != reasons {
				t.Fatalf("compiled says %+v, the oracle %+v\nrequest %+v\nworld %+v", got, want, req, w)
			}
			checkShape(t, got)
		}
	})
	t.Logf("%d cases: %d allowed, %d explicitly denied", cases.Load(), allowed.Load(), explicit.Load())
	if want := int64(worlds * requests); !testing.Short() && cases.Load() < want {
		t.Errorf("ran %d cases, want at least %d", cases.Load(), want)
	}
	if n := cases.Load(); allowed.Load() < n/20 || explicit.Load() < n/20 {
		t.Errorf("of %d cases %d were allowed and %d explicitly denied: too few to mean anything", n, allowed.Load(), explicit.Load())
	}
}

// checkShape checks what every decision promises.
func checkShape(t *rapid.T, d policy.Decision) {
	switch {
	case d.Allowed() && (d.Explicit || d.DeniedBy != "" || len(d.Missing) > 0),
		d.Explicit && (d.DeniedBy == "" || len(d.Missing) > 0 || len(d.Reasons()) == 0),
		!d.Allowed() && !d.Explicit && (len(d.Missing) == 0 || d.DeniedBy != d.Missing[0]):
		t.Fatalf("incoherent decision %+v", d)
	}
	for _, r := range d.Reasons() {
		if r.Statement != nil && (r.Statement.Effect == policy.Deny) != d.Explicit {
			t.Fatalf("reason %+v does not fit decision %+v", r, d)
		}
	}
}

// each puts random requests to a world before and after a change, a quarter as many as the comparison with the oracle takes.
func each(t *rapid.T, before, after policytest.World, check func(req policy.Request, before, after policy.Decision)) {
	a, b := compiled(t, before), compiled(t, after)
	for range requests / 4 {
		req := genRequest(t)
		check(req, policy.Evaluate(a, &req), policy.Evaluate(b, &req))
	}
}

func TestDenyAlwaysWins(t *testing.T) {
	t.Parallel()
	const deny = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`
	const denyAll = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`
	const denySTS = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:*"}}`
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		after := w
		everywhere := true
		switch pick(t, "where", []policy.Kind{policy.Identity, policy.Boundary, policy.Session, policy.ServiceControl, policy.ResourceControl, policy.Endpoint, policy.Resource}) {
		case policy.Identity:
			after.Identity = append(after.Identity[:len(w.Identity):len(w.Identity)], deny)
		case policy.Boundary:
			after.Boundary = append(after.Boundary[:len(w.Boundary):len(w.Boundary)], deny)
		case policy.Session:
			after.Session = append(after.Session[:len(w.Session):len(w.Session)], deny)
		case policy.ServiceControl:
			after.ServiceControl = append(after.ServiceControl[:len(w.ServiceControl):len(w.ServiceControl)], []string{deny})
		case policy.ResourceControl:
			after.ResourceControl = append(after.ResourceControl[:len(w.ResourceControl):len(w.ResourceControl)], []string{denyAll})
		case policy.Endpoint:
			after.Endpoint = append(after.Endpoint[:len(w.Endpoint):len(w.Endpoint)], denyAll)
		default:
			text := denyAll
			if everywhere = w.ResourceKind != policy.Trust; !everywhere {
				text = denySTS
			}
			after.Resource = append(after.Resource[:len(w.Resource):len(w.Resource)], text)
		}
		each(t, w, after, func(req policy.Request, _, d policy.Decision) {
			if (everywhere || req.Action == "sts:AssumeRole") && (d.Allowed() || !d.Explicit || d.DeniedBy == "") {
				t.Fatalf("with a Deny for everything the answer is %+v", d)
			}
		})
	})
}

func TestAddingALimitNeverWidens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		kind := pick(t, "limit", []policy.Kind{policy.Boundary, policy.Session, policy.ServiceControl, policy.ResourceControl, policy.Endpoint})
		limit := genPolicies(t, kind, 0)
		after := w
		switch kind {
		case policy.Boundary:
			w.Boundary, after.Boundary = nil, limit
		case policy.Session:
			w.Session, after.Session = nil, limit
		case policy.Endpoint:
			w.Endpoint, after.Endpoint = nil, limit
		case policy.ServiceControl:
			after.ServiceControl = append(after.ServiceControl[:len(w.ServiceControl):len(w.ServiceControl)], limit)
		default:
			after.ResourceControl = append(after.ResourceControl[:len(w.ResourceControl):len(w.ResourceControl)], limit)
		}
		each(t, w, after, func(req policy.Request, before, d policy.Decision) {
			if d.Allowed() && !before.Allowed() {
				t.Fatalf("a %s policy widened %+v to %+v", kind, before, d)
			}
		})
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		after := w
		after.Identity, after.Resource, after.Session = shuffled(t, random, w.Identity), shuffled(t, random, w.Resource), shuffled(t, random, w.Session)
		each(t, w, after, func(_ policy.Request, before, d policy.Decision) {
			if d.Effect != before.Effect || d.Explicit != before.Explicit || d.DeniedBy != before.DeniedBy || len(d.Reasons()) != len(before.Reasons()) {
				t.Fatalf("another order turned %+v into %+v", before, d)
			}
		})
	})
}

// shuffled gives the policies, and the statements in each, in another order.
func shuffled(t *rapid.T, random *rand.Rand, policies []string) []string {
	if policies == nil {
		return nil
	}
	out := []string{}
	for _, text := range policies {
		var doc map[string]any
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		list := doc["Statement"].([]any)
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(changed))
	}
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
