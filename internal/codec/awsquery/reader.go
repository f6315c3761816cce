package awsquery

import (
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/codec"
)

// reader is a codec.Decoder over the sorted parameters of a form.
type reader struct {
	list  []parameter
	stack []level
	err   error
	// What is read next: the parameters from lo to hi, whose names share their first used bytes.
	lo, hi, used int
}

// level is an open structure, list or map: the parameters from at to hi are still to be read.
type level struct {
	at, hi int
	used   int // bytes of the names that lead here, with the dot behind them
	hint   int // where in the schema to look for the next member

	member *codec.Member // that is being read
	index  int           // of the item or entry, from 0; -1 before the first and outside lists
	key    string        // of the entry
	keyed  bool
	keys   map[string]bool
}

// decode reads v from the whole list.
func decode(list []parameter, v codec.Shape) error {
	d := reader{list: list}
	d.stack = append(make([]level, 0, 8), level{hi: len(list), index: -1})
	v.Decode(&d)
	return d.err
}

func (d *reader) top() *level { return &d.stack[len(d.stack)-1] }

func (d *reader) pop() { d.stack = d.stack[:len(d.stack)-1] }

// fail keeps the first error, with the place where it was found.
func (d *reader) fail(problem string) {
	if d.err != nil {
		return
	}
	path := make(codec.Path, 0, len(d.stack))
	for _, l := range d.stack {
		step := codec.Step{Member: l.member, Index: l.index, Key: l.key, Keyed: l.keyed}
		if l.keyed {
			step.Index = -1
		}
		path = append(path, step)
	}
	where := ""
	if text := path.String(); text != "" {
		where = " at '" + text + "'"
	}
	d.err = malformed("%s%s", problem, where)
}

// scalar reports whether what comes next is one parameter whose name ends there.
func (d *reader) scalar() bool { return d.hi == d.lo+1 && len(d.list[d.lo].name) == d.used }

// next gives the next part of a name below the open level, and makes all parameters below that part the next to read.
func (d *reader) next() (string, bool) {
	l := d.top()
	if d.err != nil || l.at == l.hi {
		return "", false
	}
	name := d.list[l.at].name
	part, _, _ := strings.Cut(name[l.used:], ".")
	used := l.used + len(part)
	end := l.at + 1
	// The names in front of l.used are the same for all of the level.
	for end < l.hi && below(d.list[end].name, name[:used]) {
		end++
	}
	d.lo, d.hi, d.used = l.at, end, used
	l.at = end
	return part, true
}

// below reports whether name is prefix or leads further down from it.
func below(name, prefix string) bool {
	return strings.HasPrefix(name, prefix) && (len(name) == len(prefix) || name[len(prefix)] == '.')
}

// enter opens what comes next, of which no parameter may end there.
func (d *reader) enter(m *codec.Member) bool {
	if d.err != nil {
		return false
	}
	if len(d.list[d.lo].name) == d.used {
		d.mismatch(m)
		return false
	}
	d.stack = append(d.stack, level{at: d.lo, hi: d.hi, used: d.used + 1, index: -1})
	return true
}

// Member gives the next member of the open structure that the schema knows.
func (d *reader) Member(s *codec.Schema) *codec.Member {
	for part, ok := d.next(); ok; part, ok = d.next() {
		l := d.top()
		m := s.ByWire(part, l.hint)
		if m == nil {
			if s.Has(codec.Union) {
				d.fail("unknown member " + strconv.Quote(cut(part)) + " of the union " + s.Name)
				return nil
			}
			continue
		}
		l.member, l.hint = m, m.Index+1
		return m
	}
	return nil
}

// Struct reads v from the parameters below a name.
func (d *reader) Struct(m *codec.Member, v codec.Shape) {
	if d.enter(m) {
		v.Decode(d)
		d.pop()
	}
}

// empty passes over a name without value, which stands for an empty list or map.
func (d *reader) empty() bool {
	if d.err != nil || !d.scalar() || d.list[d.lo].value != "" {
		return false
	}
	d.stack = append(d.stack, level{at: d.hi, hi: d.hi, index: -1})
	return true
}

// StartList opens a list.
func (d *reader) StartList(m *codec.Member) { d.open(m, m.Target.Item.Wire) }

// StartMap opens a map.
func (d *reader) StartMap(m *codec.Member) { d.open(m, "entry") }

// open goes below the name of a list or map, and below the word between that and the numbers unless it is flattened.
func (d *reader) open(m *codec.Member, word string) {
	if d.empty() || !d.enter(m) || m.Has(codec.Flattened) || m.Target.Has(codec.Flattened) {
		return
	}
	part, _ := d.next()
	l := d.top()
	if part != word || l.at != l.hi || len(d.list[d.lo].name) == d.used {
		d.fail("expected ." + word + ".1 behind the name")
		return
	}
	l.at, l.used = d.lo, d.used+1
}

// number moves to the next number of the open list or map, or out of it.
func (d *reader) number() bool {
	part, ok := d.next()
	if !ok {
		if d.err == nil {
			d.pop()
		}
		return false
	}
	l := d.top()
	l.index++
	if part != strconv.Itoa(l.index+1) {
		d.fail("found number " + strconv.Quote(cut(part)) + " where " + strconv.Itoa(l.index+1) + " is next")
		return false
	}
	return true
}

// Item moves to the next item of the open list.
func (d *reader) Item(*codec.Member) bool { return d.number() }

// Key moves to the next entry of the open map.
func (d *reader) Key(m *codec.Member) (string, bool) {
	if !d.number() {
		return "", false
	}
	l := d.top()
	keyName, valueName := m.Target.Key.Wire, m.Target.Value.Wire
	lo, hi, used := d.lo, d.hi, d.used
	prefix := d.list[lo].name[:used]
	key, ok := find(d.list[lo:hi], prefix+"."+keyName)
	if !ok {
		d.fail("an entry of a map without " + keyName)
		return "", false
	}
	l.key, l.keyed = key, true
	if l.keys[key] {
		d.fail("duplicate key")
		return "", false
	}
	if l.keys == nil {
		l.keys = map[string]bool{}
	}
	l.keys[key] = true
	// Keys and values stand side by side; what else there is belongs to neither.
	d.lo, d.used = -1, used+1+len(valueName)
	for i := lo; i < hi; i++ {
		name := d.list[i].name
		switch {
		case below(name, prefix+"."+valueName):
			if d.lo < 0 {
				d.lo = i
			}
			d.hi = i + 1
		case name != prefix+"."+keyName:
			d.fail("unexpected parameter in an entry of a map")
			return "", false
		}
	}
	if d.lo < 0 {
		d.fail("an entry of a map without " + valueName)
		return "", false
	}
	return key, true
}

// Null never comes: a form has none.
func (d *reader) Null(*codec.Member) bool { return false }
