package policytest

import (
	"encoding/json"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/policy"
)

// Verdict is the oracle's answer.
type Verdict struct {
	Allowed  bool
	Explicit bool // a Deny statement matched
	// Allows and Denies count the matching statements of all policies; on an explicit denial only Denies is meaningful.
	Allows, Denies int
}

type document struct {
	Version   string
	Statement any
}

// names is how a resource policy or a grant names a principal.
type names struct{ itself, issuer, account bool }

func (n *names) add(o names) {
	n.itself, n.issuer, n.account = n.itself || o.itself, n.issuer || o.issuer, n.account || o.account
}

func (n names) somehow() bool { return n.itself || n.issuer || n.account }

// Decide answers a request by the letter.
func (w World) Decide(req policy.Request) Verdict {
	var v Verdict
	match := func(texts []string) (allowed bool, named names) {
		for _, text := range texts {
			for _, s := range statements(text) {
				applies, how := s.applies(req)
				switch {
				case !applies:
				case s.effect() == "Deny":
					v.Denies++
				default:
					v.Allows++
					allowed = true
					named.add(how)
				}
			}
		}
		return allowed, named
	}
	ceilings := true
	for _, levels := range [][][]string{w.ServiceControl, w.ResourceControl} {
		for _, level := range levels {
			allowed, _ := match(level)
			ceilings = ceilings && allowed
		}
	}
	if w.Endpoint != nil {
		allowed, _ := match(w.Endpoint)
		ceilings = ceilings && allowed
	}
	_, named := match(w.Resource)
	for _, g := range w.Grants {
		if g.Grantee == "*" {
			continue // a grant has one grantee
		}
		how := nameOf("AWS", g.Grantee, req.Principal)
		how.add(nameOf("Service", g.Grantee, req.Principal))
		if how.somehow() {
			v.Allows++
			named.add(how)
		}
	}
	identity, _ := match(w.Identity)
	boundary, _ := match(w.Boundary)
	session, _ := match(w.Session)
	boundary = boundary || w.Boundary == nil
	session = session || w.Session == nil
	identity = identity || req.Principal.Kind == policy.Root

	v.Explicit = v.Denies > 0
	v.Allowed = !v.Explicit && ceilings && w.granted(req, named, identity, boundary, session)
	return v
}

// granted goes through the rows of the tables for same and other accounts.
func (w World) granted(req policy.Request, named names, identity, boundary, session bool) bool {
	p := req.Principal
	sameAccount := p.Account != "" && (req.ResourceAccount == p.Account || req.ResourceAccount == policy.AccountAWS)
	mustAllowItself := w.Resource != nil && (w.ResourceKind == policy.Key || w.ResourceKind == policy.Trust)
	principalSide := identity && boundary && session
	switch {
	case p.Kind == policy.Service || p.Kind == policy.Provider || p.Kind == policy.Anonymous:
		return named.itself
	case !sameAccount:
		return named.somehow() && principalSide
	case named.itself:
		return true
	case named.issuer && boundary && session:
		return true
	case named.account:
		return principalSide
	case mustAllowItself:
		return named.somehow() && principalSide
	default:
		return principalSide
	}
}

// statement is one statement as encoding/json reads it.
type statement struct {
	members map[string]any
	version string
}

func statements(text string) []statement {
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		panic(fmt.Sprintf("oracle was given a bad document: %v", err))
	}
	list, ok := d.Statement.([]any)
	if !ok {
		list = []any{d.Statement}
	}
	var out []statement
	for _, s := range list {
		out = append(out, statement{s.(map[string]any), d.Version})
	}
	return out
}

func (s statement) effect() string { return s.members["Effect"].(string) }

// values gives a member as a list of texts.
func values(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			out = append(out, item)
		default:
			text, _ := json.Marshal(item)
			out = append(out, string(text))
		}
	}
	return out
}

// applies reports whether the statement is about the request, and how it names the principal.
func (s statement) applies(req policy.Request) (bool, names) {
	how := names{itself: true}
	if p, ok := s.members["Principal"]; ok {
		if how = principalNames(p, req.Principal); !how.somehow() {
			return false, how
		}
	}
	if p, ok := s.members["NotPrincipal"]; ok && spared(p, req.Principal) {
		return false, how
	}
	return s.action(req.Action) && s.resource(req) && s.condition(req), how
}

func (s statement) action(action string) bool {
	element, negated := s.members["Action"], false
	if element == nil {
		element, negated = s.members["NotAction"], true
	}
	matched := false
	for _, pattern := range values(element) {
		matched = matched || like(symbols(strings.ToLower(pattern), true), strings.ToLower(action))
	}
	return matched != negated
}

func (s statement) resource(req policy.Request) bool {
	element, negated := s.members["Resource"], false
	if element == nil {
		element, negated = s.members["NotResource"], true
	}
	if element == nil {
		return true
	}
	matched, missing := false, false
	for _, text := range values(element) {
		pattern, ok := s.expand(text, true, req.Context)
		missing = missing || !ok
		matched = matched || ok && like(pattern, req.Resource)
	}
	switch {
	case !negated:
		return matched
	case matched:
		return false
	case missing: // a negated element with a variable that has no value: the safe reading
		return s.effect() == "Deny"
	default:
		return true
	}
}
