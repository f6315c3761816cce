package policy

import (
	"fmt"
	"strings"
)

// maxText is the largest text that is read at all (IAM's policyDocumentType); maxDepth is twice what any policy needs.
const (
	maxText  = 131072
	maxDepth = 16
)

// form is the JSON type of a node.
type form int

const (
	formNull form = iota
	formBool
	formNumber
	formString
	formArray
	formObject
)

func (f form) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[f]
}

// node is a JSON value and where it stands: text[start:end].
type node struct {
	form       form
	start, end int
	text       string // the string's value, or the number or boolean as written
	items      []*node
	members    []member
}

// member is one name and value of an object; at is the offset of the name.
type member struct {
	name  string
	at    int
	value *node
}

// reader reads JSON (RFC 8259) and refuses what readers of policies could understand differently: names that occur twice or
// differ only in case, invalid UTF-8, lone surrogates, depth beyond maxDepth and text after the value.
type reader struct {
	text string
	pos  int
}

// readJSON reads the one value that text holds.
func readJSON(text string) (*node, *refusal) {
	r := &reader{text: text}
	r.space()
	n, bad := r.value(0)
	if bad != nil {
		return nil, bad
	}
	r.space()
	if r.pos < len(text) {
		return nil, r.refuse("Syntax errors in policy: text after the end of the document")
	}
	return n, nil
}

func (r *reader) refuse(format string, args ...any) *refusal {
	return &refusal{min(r.pos, len(r.text)), fmt.Sprintf(format, args...)}
}

func (r *reader) space() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

// peek gives the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

func (r *reader) value(depth int) (*node, *refusal) {
	if depth > maxDepth {
		return nil, r.refuse("Syntax errors in policy: nested deeper than %d levels", maxDepth)
	}
	n := &node{start: r.pos}
	var bad *refusal
	switch c := r.peek(); {
	case c == '{':
		n.form = formObject
		n.members, bad = r.object(depth)
	case c == '[':
		n.form = formArray
		n.items, bad = r.array(depth)
	case c == '"':
		n.form = formString
		n.text, bad = r.str()
	case c == '-' || '0' <= c && c <= '9':
		n.form = formNumber
		n.text, bad = r.number()
	default:
		n.form, n.text, bad = r.word()
	}
	n.end = r.pos
	return n, bad
}

func (r *reader) word() (form, string, *refusal) {
	for _, w := range []string{"null", "true", "false"} {
		if strings.HasPrefix(r.text[r.pos:], w) {
			r.pos += len(w)
			if w == "null" {
				return formNull, w, nil
			}
			return formBool, w, nil
		}
	}
	if r.pos >= len(r.text) {
		return 0, "", r.refuse("Syntax errors in policy: the document ends too early")
	}
	return 0, "", r.refuse("Syntax errors in policy: expected a value")
}

func (r *reader) object(depth int) (members []member, bad *refusal) {
	seen := map[string]string{}
	bad = r.list('}', func() *refusal {
		m := member{at: r.pos}
		if r.peek() != '"' {
			return r.refuse("Syntax errors in policy: expected a name in double quotes")
		}
		var bad *refusal
		if m.name, bad = r.str(); bad != nil {
			return bad
		}
		key := fold(m.name)
		if first, again := seen[key]; again {
			r.pos = m.at
			if first == m.name {
				return r.refuse("Syntax errors in policy: %q occurs twice in one object", m.name)
			}
			return r.refuse("Syntax errors in policy: %q and %q differ only in case", first, m.name)
		}
		seen[key] = m.name
		r.space()
		if r.peek() != ':' {
			return r.refuse("Syntax errors in policy: expected a colon after the name %q", m.name)
		}
		r.pos++
		r.space()
		m.value, bad = r.value(depth + 1)
		members = append(members, m)
		return bad
	})
	return members, bad
}

func (r *reader) array(depth int) (items []*node, bad *refusal) {
	bad = r.list(']', func() *refusal {
		n, bad := r.value(depth + 1)
		items = append(items, n)
		return bad
	})
	return items, bad
}

// list reads what stands between brackets: elements with commas between them, up to closing.
func (r *reader) list(closing byte, element func() *refusal) *refusal {
	r.pos++
	r.space()
	if r.peek() == closing {
		r.pos++
		return nil
	}
	for {
		if bad := element(); bad != nil {
			return bad
		}
		r.space()
		switch r.peek() {
		case closing:
			r.pos++
			return nil
		case ',':
			r.pos++
			r.space()
		default:
			return r.refuse("Syntax errors in policy: expected a comma or %q", closing)
		}
	}
}

// number reads a JSON number and gives it as written.
func (r *reader) number() (string, *refusal) {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	whole := r.pos
	ok := r.digits() && (r.text[whole] != '0' || r.pos == whole+1)
	if ok && r.peek() == '.' {
		r.pos++
		ok = r.digits()
	}
	if c := r.peek(); ok && (c == 'e' || c == 'E') {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		ok = r.digits()
	}
	if !ok {
		return "", r.refuse("Syntax errors in policy: not a number")
	}
	return r.text[start:r.pos], nil
}

// digits reads at least one digit.
func (r *reader) digits() bool {
	start := r.pos
	for c := r.peek(); '0' <= c && c <= '9'; c = r.peek() {
		r.pos++
	}
	return r.pos > start
}
