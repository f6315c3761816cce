package jsontext

import (
	"strconv"

	"merlon.dev/merlon/internal/codec"
)

// Member gives the next member of the open structure that the schema knows.
func (d *Decoder) Member(s *codec.Schema) *codec.Member {
	for d.next('}') {
		name := d.name()
		if d.err != nil {
			return nil
		}
		f := &d.stack[len(d.stack)-1]
		f.member = nil
		m := s.ByWire(name, f.hint)
		// Only the outermost structure has members outside the body.
		if m == nil || (m.Location != codec.Body && len(d.stack) == 1) {
			if s.Has(codec.Union) && !d.options.Lenient && name != "__type" {
				d.fail("unknown member " + strconv.Quote(name) + " of the union " + s.Name)
				return nil
			}
			d.once(f, name)
			d.skip()
			continue
		}
		f.member, f.hint = m, m.Index+1
		if m.Index >= 64 {
			d.once(f, name)
		} else if bit := uint64(1) << m.Index; f.known&bit != 0 {
			d.fail("duplicate name " + strconv.Quote(name))
		} else {
			f.known |= bit
		}
		if d.peek() == 'n' {
			d.literal("null")
			continue
		}
		if d.err != nil {
			return nil
		}
		return m
	}
	return nil
}

// next moves to the next member or item of the open object or array, or past its closing character.
func (d *Decoder) next(closing byte) bool {
	if d.err != nil {
		return false
	}
	f := &d.stack[len(d.stack)-1]
	c := d.peek()
	switch {
	case c == closing:
		d.pos++
		d.pop()
		return false
	case !f.started:
		f.started = true
	case c == ',':
		d.pos++
	default:
		d.fail("expected ',' or '" + string(closing) + "', found " + d.token())
		return false
	}
	return true
}

func (d *Decoder) push() {
	if len(d.stack) == maxDepth {
		d.fail("more than 100 levels")
		return
	}
	d.stack = append(d.stack, frame{index: -1, base: len(d.keys)})
}

func (d *Decoder) pop() {
	last := len(d.stack) - 1
	d.keys = d.keys[:d.stack[last].base]
	d.stack = d.stack[:last]
}

// few is how many names of an object are compared one by one before a map takes over.
const few = 16

// once fails where the open object had this name before.
func (d *Decoder) once(f *frame, name string) {
	if f.many != nil {
		if _, dup := f.many[name]; dup {
			d.fail("duplicate name " + strconv.Quote(name))
		}
		f.many[name] = struct{}{}
		return
	}
	for _, k := range d.keys[f.base:] {
		if k == name {
			d.fail("duplicate name " + strconv.Quote(name))
			return
		}
	}
	d.keys = append(d.keys, name)
	if len(d.keys)-f.base > few {
		f.many = make(map[string]struct{}, 4*few)
		for _, k := range d.keys[f.base:] {
			f.many[k] = struct{}{}
		}
	}
}

// Struct reads v from an object.
func (d *Decoder) Struct(m *codec.Member, v codec.Shape) {
	if d.err == nil && d.peek() != '{' {
		d.mismatch(m)
	}
	d.structure(v)
}

func (d *Decoder) structure(v codec.Shape) {
	if d.err != nil {
		return
	}
	if d.peek() != '{' {
		d.fail("expected an object, found " + d.token())
		return
	}
	d.push()
	if d.err == nil {
		d.pos++
		v.Decode(d)
	}
}

// StartList opens an array.
func (d *Decoder) StartList(m *codec.Member) { d.open(m, '[') }

// StartMap opens an object that is a map.
func (d *Decoder) StartMap(m *codec.Member) { d.open(m, '{') }

func (d *Decoder) open(m *codec.Member, c byte) {
	if d.err != nil {
		return
	}
	if d.peek() != c {
		d.mismatch(m)
		return
	}
	d.push()
	if d.err == nil {
		d.pos++
		d.stack[len(d.stack)-1].sparse = m.Target.Has(codec.Sparse)
	}
}

// Item moves to the next item of the open array.
func (d *Decoder) Item(*codec.Member) bool {
	for d.next(']') {
		f := &d.stack[len(d.stack)-1]
		f.index++
		if !d.dropNull(f) {
			return d.err == nil
		}
	}
	return false
}

// Key moves to the next entry of the open map.
func (d *Decoder) Key(*codec.Member) (string, bool) {
	for d.next('}') {
		name := d.name()
		if d.err != nil {
			break
		}
		f := &d.stack[len(d.stack)-1]
		d.once(f, name)
		f.key, f.keyed = name, true
		if !d.dropNull(f) {
			return name, d.err == nil
		}
	}
	return "", false
}

// dropNull passes over a null that the open list or map does not hold, or fails.
func (d *Decoder) dropNull(f *frame) bool {
	if f.sparse || d.peek() != 'n' {
		return false
	}
	if !d.options.Lenient {
		d.fail("NULL_VALUE in a list or map that holds none")
		return false
	}
	d.literal("null")
	return true
}

// Null consumes a null.
func (d *Decoder) Null(*codec.Member) bool {
	if d.err != nil || d.peek() != 'n' {
		return false
	}
	d.literal("null")
	return d.err == nil
}
