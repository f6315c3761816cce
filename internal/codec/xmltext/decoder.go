package xmltext

import (
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
)

// Options change how a document is decoded.
type Options struct {
	// Time is the format of timestamps whose schema names none.
	Time codec.TimeFormat
	// Lenient reads answers: what the schema lacks or holds once is passed over where a request with it is refused.
	Lenient bool
}

// Element is one element of a document. The zero value is the root.
type Element struct{ at int32 }

// Name gives the name of an element without its prefix.
func (d *Document) Name(e Element) string { return d.nodes[e.at].name }

// Text gives the text of an element.
func (d *Document) Text(e Element) string { return d.nodes[e.at].text }

// Child finds the first element of this name inside another.
func (d *Document) Child(e Element, name string) (Element, bool) {
	for c := d.nodes[e.at].first; c != 0; c = d.nodes[c].next {
		if d.nodes[c].name == name {
			return Element{c}, true
		}
	}
	return Element{}, false
}

// Decode reads v from the attributes and elements of e. The error is a fault of kind Malformed that says where.
func (d *Document) Decode(e Element, v codec.Shape, options Options) error {
	r := decoder{nodes: d.nodes, options: options, at: e.at}
	r.Struct(nil, v)
	return r.err
}

// decoder is a codec.Decoder over the elements of a document.
type decoder struct {
	nodes   []node
	options Options
	err     error
	stack   []level
	// What is read next: the element at, or, with attribute set, a value of its own.
	at        int32
	attribute *attribute
}

// level is an open structure, list or map.
type level struct {
	at        int32        // the structure, or the element around a list or map that is not flattened
	attribute int          // the next one to look at
	child     int32        // the next one to look at
	hint      int          // where in the schema to look for the next member
	seen      uint64       // the first 64 members that were read
	more      map[int]bool // the others

	member  *codec.Member // that is being read
	name    string        // of the items or entries
	index   int           // of the item, from 0; -1 outside lists
	key     string        // of the entry
	keyed   bool
	entries map[string]bool
}

func (d *decoder) top() *level { return &d.stack[len(d.stack)-1] }

// fail keeps the first error, with the place where it was found.
func (d *decoder) fail(problem string) {
	if d.err != nil {
		return
	}
	path := make(codec.Path, 0, len(d.stack))
	for _, l := range d.stack {
		path = append(path, codec.Step{Member: l.member, Index: l.index, Key: l.key, Keyed: l.keyed})
	}
	where := ""
	if text := path.String(); text != "" {
		where = " at '" + text + "'"
	}
	d.err = fault.New(fault.Malformed, "%s%s", problem, where)
}

// Struct reads v from the element that comes next.
func (d *decoder) Struct(m *codec.Member, v codec.Shape) {
	if d.err != nil {
		return
	}
	if d.attribute != nil {
		d.mismatch(m)
		return
	}
	d.stack = append(d.stack, level{at: d.at, child: d.nodes[d.at].first, index: -1})
	d.strayText()
	v.Decode(d)
	d.pop()
}

func (d *decoder) pop() { d.stack = d.stack[:len(d.stack)-1] }

// strayText fails for text between elements.
func (d *decoder) strayText() {
	for _, c := range []byte(d.nodes[d.at].text) {
		if !white(c) && !d.options.Lenient {
			d.fail("text between elements")
			return
		}
	}
}

// Member gives the next attribute or element of the open structure that the schema knows.
func (d *decoder) Member(s *codec.Schema) *codec.Member {
	if d.err != nil {
		return nil
	}
	l := d.top()
	for list := d.nodes[l.at].attributes; l.attribute < len(list); {
		a := &list[l.attribute]
		l.attribute++
		if m := s.ByWire(a.name, l.hint); m != nil && m.Has(codec.XMLAttribute) {
			d.attribute, l.member = a, m
			return m
		}
	}
	d.attribute = nil
	for l.child != 0 {
		at := l.child
		l.child = d.nodes[at].next
		m := s.ByWire(d.nodes[at].name, l.hint)
		if m == nil || m.Has(codec.XMLAttribute) || m.Location != codec.Body && len(d.stack) == 1 {
			continue
		}
		l.member, l.hint = m, m.Index+1
		if d.again(l, m) {
			continue
		}
		d.at = at
		return m
	}
	return nil
}

// again reports whether m was read before. A flattened list or map was read whole then; anything else must not come twice.
func (d *decoder) again(l *level, m *codec.Member) bool {
	var was bool
	if bit := uint64(1) << m.Index; bit != 0 { // a shift of 64 or more leaves nothing
		was, l.seen = l.seen&bit != 0, l.seen|bit
	} else {
		if l.more == nil {
			l.more = map[int]bool{}
		}
		was, l.more[m.Index] = l.more[m.Index], true
	}
	if was && !repeated(m) && !d.options.Lenient {
		d.fail("duplicate element")
	}
	return was
}

// repeated reports whether m is a flattened list or map.
func repeated(m *codec.Member) bool {
	return (m.Type() == codec.List || m.Type() == codec.Map) && flattened(m)
}

// StartList opens a list.
func (d *decoder) StartList(m *codec.Member) { d.open(m, m.Target.Item) }

// StartMap opens a map.
func (d *decoder) StartMap(m *codec.Member) { d.open(m, nil) }

func (d *decoder) open(m, item *codec.Member) {
	if d.err != nil {
		return
	}
	if d.attribute != nil {
		d.mismatch(m)
		return
	}
	l := level{at: d.at, child: d.nodes[d.at].first, name: "entry", index: -1}
	if item != nil {
		l.name = item.Wire
	}
	if flattened(m) {
		// The items are the elements of this name from here on.
		l.child, l.name = d.at, d.nodes[d.at].name
	} else {
		d.strayText()
	}
	d.stack = append(d.stack, l)
}

// next moves to the next item or entry, or out of the list or map.
func (d *decoder) next(m *codec.Member) bool {
	if d.err != nil {
		return false
	}
	l := d.top()
	for l.child != 0 {
		at := l.child
		l.child = d.nodes[at].next
		if d.nodes[at].name == l.name {
			d.at = at
			return true
		}
		if !flattened(m) && !d.options.Lenient {
			d.fail("unexpected element")
			return false
		}
	}
	d.pop()
	return false
}

// Item moves to the next item of the open list.
func (d *decoder) Item(m *codec.Member) bool {
	if !d.next(m) {
		return false
	}
	d.top().index++
	return true
}

// Key moves to the next entry of the open map.
func (d *decoder) Key(m *codec.Member) (string, bool) {
	for d.next(m) {
		key, value, complete := int32(0), int32(0), true
		for c := d.nodes[d.at].first; c != 0; c = d.nodes[c].next {
			switch name := d.nodes[c].name; {
			case name == m.Target.Key.Wire && key == 0:
				key = c
			case name == m.Target.Value.Wire && value == 0:
				value = c
			default:
				complete = false
			}
		}
		if key == 0 || value == 0 || !complete && !d.options.Lenient {
			d.fail("an entry of a map needs one " + m.Target.Key.Wire + " and one " + m.Target.Value.Wire)
			return "", false
		}
		l := d.top()
		l.key, l.keyed = d.nodes[key].text, true
		if l.entries == nil {
			l.entries = map[string]bool{}
		}
		if l.entries[l.key] {
			if !d.options.Lenient {
				d.fail("duplicate key")
				return "", false
			}
			continue
		}
		l.entries[l.key] = true
		d.at = value
		return l.key, true
	}
	return "", false
}

// Null never comes: XML has none.
func (d *decoder) Null(*codec.Member) bool { return false }
