package jsontext

import (
	"strconv"

	"merlon.dev/merlon/internal/codec"
)

// skip passes a value that no schema describes; it must be valid all the same.
func (d *Decoder) skip() {
	if d.err != nil {
		return
	}
	switch c := d.peek(); {
	case c == '{' || c == '[':
		if !d.enter() {
			return
		}
		if c == '[' {
			for d.Item(nil) {
				d.skip()
			}
			return
		}
		for _, ok := d.Key(nil); ok; _, ok = d.Key(nil) {
			d.skip()
		}
	case c == '"':
		d.str()
	case c == '-' || c-'0' <= 9:
		d.number()
	default:
		d.word()
	}
}

// enter opens an object or array that may hold nulls.
func (d *Decoder) enter() bool {
	if d.push(); d.err != nil {
		return false
	}
	d.pos++
	d.stack[len(d.stack)-1].sparse = true
	return true
}

// word reads a literal of any kind.
func (d *Decoder) word() codec.Document {
	switch d.peek() {
	case 't':
		d.literal("true")
		return true
	case 'f':
		d.literal("false")
		return false
	case 'n':
		d.literal("null")
	default:
		d.fail("expected a value, found " + d.token())
	}
	return nil
}

// value reads a value that no schema describes.
func (d *Decoder) value() codec.Document {
	if d.err != nil {
		return nil
	}
	switch c := d.peek(); {
	case c == '{' || c == '[':
		if !d.enter() {
			return nil
		}
		if c == '[' {
			list := []any{}
			for d.Item(nil) {
				list = append(list, d.value())
			}
			return list
		}
		table := map[string]any{}
		for key, ok := d.Key(nil); ok; key, ok = d.Key(nil) {
			table[key] = d.value()
		}
		return table
	case c == '"':
		return d.str()
	case c == '-' || c-'0' <= 9:
		start := d.pos
		text := d.number()
		if d.err != nil {
			return nil
		}
		if v, err := strconv.ParseInt(text, 10, 64); err == nil {
			return v
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			d.pos = start
			d.fail("number out of range")
		}
		return v
	}
	return d.word()
}
