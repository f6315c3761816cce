package policy

import (
	"maps"
	"slices"
)

// Policy is a compiled document with the name that reasons give it. It is immutable.
type Policy struct {
	id  string
	doc *Document
}

// Compile gives the document, ready to match. id names it in reasons and messages: the ARN of a managed policy, the name of an
// inline policy, the ARN of the resource that carries it.
func (d *Document) Compile(id string) *Policy { return &Policy{id: id, doc: d} }

// ID gives the name that Compile was told.
func (p *Policy) ID() string { return p.id }

// ContextKeys gives the condition keys that the policy's conditions and variables read, in capitals and in order; a simulation
// reports those that a request lacks.
func (p *Policy) ContextKeys() []string {
	keys := map[string]bool{}
	for i := range p.doc.compiled {
		s := &p.doc.compiled[i]
		for _, r := range s.resources {
			addKeys(keys, r.toks)
		}
		for _, c := range s.conditions {
			keys[c.key] = true
			for _, v := range c.values {
				switch v := v.(type) {
				case textPattern:
					addKeys(keys, v.toks)
				case foldPattern:
					addKeys(keys, v.toks)
				case arnPattern:
					addKeys(keys, v.toks)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

func addKeys(keys map[string]bool, toks []token) {
	for _, t := range toks {
		if t.kind == tokVariable {
			keys[t.text] = true
		}
	}
}

// statement is a compiled statement.
type statement struct {
	source *Statement
	effect Effect
	// An empty principals means that the statement is about whatever its document is attached to.
	principals   []principalEntry
	notPrincipal bool
	actions      []glob // lower case
	notAction    bool
	// An empty resources means the one that the document is attached to.
	resources   []textPattern
	notResource bool
	anyResource bool // every resource matches: one of resources is "*", or there are none
	open        bool // and so does every principal
	conditions  []condition
}

// settle notes what the elements say together, once all of them are read.
func (s *statement) settle() {
	s.effect = s.source.Effect
	s.anyResource = len(s.resources) == 0 || !s.notResource && slices.ContainsFunc(s.resources, func(r textPattern) bool {
		return len(r.toks) == 1 && r.toks[0].kind == tokMany
	})
	s.open = s.anyResource && len(s.principals) == 0 && !s.notPrincipal
}

// appliesTo reports whether s matches the request in everything but its action and conditions, and how closely it names the principal.
func (s *statement) appliesTo(req *Request) (grade, bool) {
	if s.open {
		return namedItself, true
	}
	if !s.matchesResource(req) {
		return unnamed, false
	}
	named := namedItself
	if s.notPrincipal {
		if exempts(s.principals, &req.Principal) {
			return unnamed, false
		}
	} else if len(s.principals) > 0 {
		if named = closest(s.principals, &req.Principal); named == unnamed {
			return unnamed, false
		}
	}
	return named, true
}

func (s *statement) matchesResource(req *Request) bool {
	if s.anyResource {
		return true
	}
	uncertain := false
	for i := range s.resources {
		// What a variable stands for need not be known where the text before it differs, unless something else than a match is asked for.
		if !s.notResource && !s.resources[i].begins(req.Resource) {
			continue
		}
		switch s.resources[i].compare(req.Resource, &req.Context) {
		case yes:
			return !s.notResource
		case unknown:
			uncertain = true
		case no:
		}
	}
	if uncertain {
		return s.notResource && s.effect == Deny
	}
	return s.notResource
}
