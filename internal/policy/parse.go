package policy

import (
	"unicode"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

// Parse reads text as a policy document of the given kind. What it accepts is complete: Document.Compile cannot fail.
//
// It refuses, as a fault with code MalformedPolicyDocument and the line and column: text that is not strict JSON (names that
// occur twice or differ only in case included), unknown elements and versions, elements that kind does not allow or lacks,
// operators that do not exist and values that an operator cannot read. A text beyond Kind.Limit is a LimitExceeded fault.
func Parse(kind Kind, text string) (*Document, error) {
	g, ok := grammarOf(kind)
	if !ok {
		return nil, fault.New(fault.Internal, "not a kind of policy: %q", string(kind))
	}
	if len(text) > maxText || size(text, g.spaceless) > g.limit {
		f := fault.New(fault.OverQuota, "Cannot exceed quota for %s: %d", g.quota, g.limit)
		f.Code = CodeTooLarge
		return nil, f
	}
	root, bad := readJSON(text)
	if bad != nil {
		return nil, malformed(text, bad)
	}
	p := &parser{kind: kind, grammar: g, cursor: cursor{text: text}, text: text, doc: &Document{kind: kind, version: Version2008}}
	if bad := p.document(root); bad != nil {
		return nil, malformed(text, bad)
	}
	return p.doc, nil
}

// size counts the characters of text, without white space if spaceless.
func size(text string, spaceless bool) int {
	if !spaceless {
		return utf8.RuneCountInString(text)
	}
	n := 0
	for _, c := range text {
		if !unicode.IsSpace(c) {
			n++
		}
	}
	return n
}

// parser turns JSON into a document of one kind.
type parser struct {
	kind    Kind
	grammar grammar
	cursor  cursor
	text    string
	doc     *Document
}

// elements gives the members of n by name and refuses those that are not among names.
func elements(n *node, where string, names ...string) (map[string]*node, *refusal) {
	if n.form != formObject {
		return nil, refuse(n, "Syntax errors in policy: %s must be an object, not %s", where, n.form)
	}
	found := make(map[string]*node, len(n.members))
next:
	for _, m := range n.members {
		for _, name := range names {
			if m.name == name {
				found[name] = m.value
				continue next
			}
		}
		for _, name := range names {
			if fold(m.name) == fold(name) {
				return nil, &refusal{m.at, "Syntax errors in policy: unknown element \"" + m.name + "\" in " + where + ": write \"" + name + "\""}
			}
		}
		return nil, &refusal{m.at, "Syntax errors in policy: unknown element \"" + m.name + "\" in " + where}
	}
	return found, nil
}

func (p *parser) document(root *node) *refusal {
	found, bad := elements(root, "the policy", "Version", "Id", "Statement")
	if bad != nil {
		return bad
	}
	if bad := p.version(root, found["Version"]); bad != nil {
		return bad
	}
	if id := found["Id"]; id != nil {
		if id.form != formString {
			return refuse(id, "Syntax errors in policy: Id must be a string, not %s", id.form)
		}
		p.doc.id = id.text
	}
	list := found["Statement"]
	switch {
	case list == nil:
		return refuse(root, "Syntax errors in policy: the policy has no Statement")
	case list.form == formObject:
		list = &node{form: formArray, start: list.start, items: []*node{list}}
	case list.form != formArray:
		return refuse(list, "Syntax errors in policy: Statement must be an object or a list, not %s", list.form)
	case len(list.items) == 0:
		return refuse(list, "Syntax errors in policy: the policy has no statement")
	}
	p.doc.statements = make([]Statement, len(list.items))
	p.doc.compiled = make([]statement, len(list.items))
	sids := map[string]bool{}
	for i, item := range list.items {
		if bad := p.statement(i, item); bad != nil {
			return bad
		}
		sid := p.doc.statements[i].Sid
		if sid != "" && sids[sid] {
			return refuse(item, "Statement IDs (SID) in a single policy must be unique: %q occurs twice", sid)
		}
		sids[sid] = true
	}
	return nil
}

func (p *parser) version(root, n *node) *refusal {
	switch {
	case n == nil && p.grammar.modern:
		return refuse(root, "Policy document must state its version: %q", Version2012)
	case n == nil:
		return nil
	case n.form == formString && (n.text == Version2012 || n.text == Version2008 && !p.grammar.modern):
		p.doc.version = n.text
		return nil
	case p.grammar.modern:
		return refuse(n, "Policy document must be version %q", Version2012)
	default:
		return refuse(n, "Policy document must be version %q or %q, not %s", Version2012, Version2008, p.text[n.start:n.end])
	}
}
