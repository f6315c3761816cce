package policy

import (
	"slices"
	"strings"
)

// Evaluate decides a request. It is pure and safe for concurrent use; it does not change its arguments or keep them, apart from
// the statements in the reasons. The package comment draws the order.
func Evaluate(in *Inputs, req *Request) Decision {
	e := evaluation{req: req, action: strings.ToLower(req.Action)}
	for _, level := range in.ServiceControl {
		e.ceiling(ServiceControl, level)
	}
	for _, level := range in.ResourceControl {
		e.ceiling(ResourceControl, level)
	}
	if in.Endpoint != nil {
		e.ceiling(Endpoint, in.Endpoint)
	}
	named := e.resource(in)
	identity := e.layer(Identity, in.Identity) || req.Principal.Kind == Root
	boundary := e.layer(Boundary, in.Boundary) || in.Boundary == nil
	session := e.layer(Session, in.Session) || in.Session == nil
	if e.denied {
		return Decision{Explicit: true, DeniedBy: e.deniedBy, decided: e.decided}
	}
	e.grant(in, named, identity, boundary, session)
	if len(e.missing) > 0 {
		return Decision{DeniedBy: e.missing[0], Missing: e.missing, decided: e.decided}
	}
	return Decision{Effect: Allow, decided: e.decided}
}

// evaluation is the work on one request.
type evaluation struct {
	req      *Request
	action   string // lower case
	denied   bool
	deniedBy Kind
	missing  []Kind
	// decided holds Allows until the first Deny, and then Denies only.
	decided []deciding
}

// layer matches one Set as kind and reports whether it allows. A Set of another kind is a mistake of the caller's: it denies.
func (e *evaluation) layer(kind Kind, s *Set) bool {
	return e.named(kind, s) > unnamed
}

// ceiling matches a Set that has to allow.
func (e *evaluation) ceiling(kind Kind, s *Set) {
	if !e.layer(kind, s) {
		e.lacks(kind)
	}
}

// lacks notes that kind would have to allow.
func (e *evaluation) lacks(kind Kind) {
	for _, k := range e.missing {
		if k == kind {
			return
		}
	}
	e.missing = append(e.missing, kind)
}

// named matches one Set as kind and gives the closest grade at which it allows.
func (e *evaluation) named(kind Kind, s *Set) grade {
	if s == nil {
		return unnamed
	}
	if s.kind != kind {
		e.deny(kind)
		return unnamed
	}
	var room inlineSet
	marked := s.bits(&room)
	best, denied := s.match(e.req, e.action, marked)
	if denied {
		e.deny(kind)
	}
	e.record(kind, s, marked)
	return best
}

// record keeps the marked entries of s as reasons: Allows as long as nothing is denied, and then Denies only.
func (e *evaluation) record(kind Kind, s *Set, marked bitset) {
	if marked.len() == 0 {
		return
	}
	effect := Allow
	if e.denied {
		effect = Deny
	}
	e.decided = append(e.decided, deciding{kind: kind, set: s, marked: slices.Clone(marked), effect: effect})
}

// deny notes an explicit denial; the first names the decision.
func (e *evaluation) deny(kind Kind) {
	if !e.denied {
		e.denied, e.deniedBy, e.decided = true, kind, nil
	}
}

// resource matches the resource's policy and the grants, and gives the closest grade at which one names the principal.
func (e *evaluation) resource(in *Inputs) grade {
	best := unnamed
	if in.Resource != nil {
		kind := in.Resource.kind
		if kind != Resource && kind != Key && kind != Trust {
			kind = Resource // and so the Set's kind is another
		}
		best = e.named(kind, in.Resource)
	}
	for _, g := range in.Grants {
		named := g.names(&e.req.Principal)
		if named > unnamed && !e.denied {
			e.decided = append(e.decided, deciding{kind: Key, grant: g.ID})
		}
		best = max(best, named)
	}
	return best
}

// grant notes what is missing for somebody to have allowed the request, given how closely the resource's side names the
// principal and what the three policies of the principal's side say.
func (e *evaluation) grant(in *Inputs, named grade, identity, boundary, session bool) {
	resource := Resource
	sovereign := false // the resource's policy has to allow by itself
	if in.Resource != nil {
		resource = in.Resource.kind
		sovereign = resource == Key || resource == Trust
	}
	p := &e.req.Principal
	owner := e.req.ResourceAccount
	same := p.Account != "" && (owner == p.Account || owner == AccountAWS)
	if p.accountless() {
		if named != namedItself {
			e.lacks(resource)
		}
		return
	}
	if same && named == namedItself {
		return
	}
	if named == unnamed && (sovereign || !same) {
		e.lacks(resource)
	}
	if !identity && !(same && named == byIssuer) {
		e.lacks(Identity)
	}
	if !boundary {
		e.lacks(Boundary)
	}
	if !session {
		e.lacks(Session)
	}
}
