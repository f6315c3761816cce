package policy

import (
	"math/bits"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// Set is every policy of one kind that applies together: a principal's identity policies, the policies of one session, one level
// of service control policies. A Set allows what one of its statements allows and none denies. It is immutable and safe for
// concurrent use; build it once per change, not per request.
//
// A nil Set in Inputs means that there is no such policy; an empty one allows nothing.
type Set struct {
	kind    Kind
	entries []entry
	index   index
	keys    []string
	answers int // how many conditions are answered once for all statements that have them
}

// ContextKeys gives the condition keys that the policies read, in capitals and in order, so that a caller can leave out of a request's
// Context what nobody asks for. A nil Set reads none. Callers must not change it.
func (s *Set) ContextKeys() []string {
	if s == nil {
		return nil
	}
	return s.keys
}

// entry is a statement and the policy it stands in.
type entry struct {
	policy *Policy
	*statement
	places []int // of the answer to each condition of the statement
}

// index finds the statements that can match an action. Numbers are places in Set.entries.
type index struct {
	exact    map[string][]int    // action without wildcards, lower case
	services map[string][]family // patterns whose service has no wildcards, by service
	wide     []family            // the other patterns
	negated  []int               // statements with NotAction
}

// family is an action pattern and the statements that have it.
type family struct {
	pattern glob
	entries []int
}

// NewSet indexes policies as kind. Identity documents may also serve as Boundary and Session; any other mixture is an error.
func NewSet(kind Kind, policies ...*Policy) (*Set, error) {
	if !kind.Valid() {
		return nil, fault.New(fault.Internal, "not a kind of policy: %q", string(kind))
	}
	s := &Set{kind: kind}
	for _, p := range policies {
		if p == nil || p.doc == nil || !p.doc.kind.servesAs(kind) {
			return nil, fault.New(fault.Internal, "a policy was used as %s that is none", kind)
		}
		for i := range p.doc.compiled {
			s.entries = append(s.entries, entry{policy: p, statement: &p.doc.compiled[i]})
		}
	}
	s.index.build(s.entries)
	s.answers = place(s.entries)
	for _, p := range policies {
		s.keys = append(s.keys, p.ContextKeys()...)
	}
	slices.Sort(s.keys)
	s.keys = slices.Compact(s.keys)
	return s, nil
}

func (x *index) build(entries []entry) {
	x.exact, x.services = map[string][]int{}, map[string][]family{}
	known := map[string]*family{}
	var order []string // patterns in order of appearance
	for i, e := range entries {
		if e.notAction {
			x.negated = append(x.negated, i)
			continue
		}
		for _, g := range e.actions {
			if text, ok := g.literal(); ok {
				x.exact[text] = append(x.exact[text], i)
				continue
			}
			text := g.String()
			if known[text] == nil {
				known[text] = &family{pattern: g}
				order = append(order, text)
			}
			known[text].entries = append(known[text].entries, i)
		}
	}
	for _, text := range order {
		service, _, _ := strings.Cut(text, ":")
		if strings.ContainsAny(service, "*?") {
			x.wide = append(x.wide, *known[text])
		} else {
			x.services[service] = append(x.services[service], *known[text])
		}
	}
}

// bitset is a set of places in Set.entries. Up to inlineBits it needs no memory of its own.
type bitset []uint64

const inlineBits = 1024

// inlineSet is where the bitset of a small Set lives.
type inlineSet [inlineBits / 64]uint64

// bits gives an empty bitset for s, in room if it fits.
func (s *Set) bits(room *inlineSet) bitset {
	words := (len(s.entries) + 63) / 64
	if words > len(room) {
		return make(bitset, words)
	}
	return room[:words]
}

func (b bitset) add(places []int) {
	for _, i := range places {
		b[i/64] |= 1 << (i % 64)
	}
}

// len counts the members.
func (b bitset) len() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// each yields the members in order. The one that was just yielded may be removed.
func (b bitset) each(yield func(i int) bool) {
	for at, word := range b {
		for ; word != 0; word &= word - 1 {
			if !yield(at*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

// candidates marks the entries whose action matches; action is in lower case.
func (s *Set) candidates(action string, marked bitset) {
	x := &s.index
	marked.add(x.exact[action])
	service, _, _ := strings.Cut(action, ":")
	for _, families := range [2][]family{x.services[service], x.wide} {
		for i := range families {
			if families[i].pattern.match(action) {
				marked.add(families[i].entries)
			}
		}
	}
next:
	for _, i := range x.negated {
		for _, g := range s.entries[i].actions {
			if g.match(action) {
				continue next
			}
		}
		marked[i/64] |= 1 << (i % 64)
	}
}

// match leaves in marked, which starts empty, the entries that match the request. It gives the closest grade at which an Allow
// names the principal, and whether there is a Deny.
func (s *Set) match(req *Request, action string, marked bitset) (allowed grade, denied bool) {
	s.candidates(action, marked)
	var room inlineAnswers
	known, ask := s.unanswered(&room), questions{context: &req.Context}
	for i := range marked.each {
		e := &s.entries[i]
		named, ok := e.appliesTo(req)
		switch {
		case !ok || !ask.hold(e, known):
			marked[i/64] &^= 1 << (i % 64)
		case e.effect == Deny:
			denied = true
		default:
			allowed = max(allowed, named)
		}
	}
	return allowed, denied
}
