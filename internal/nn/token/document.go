package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Limits of a tokenizer file. Those of the largest open models stay below them by far.
const (
	maxFile   = 128 << 20 // bytes
	maxPieces = 1 << 20
	maxID     = 1 << 21
	maxPiece  = 1 << 10 // bytes
	maxAdded  = 1 << 14
	maxDepth  = 16 // of nested values
	maxSteps  = 16 // normalisers in a sequence
)

// ErrFormat is wrapped by every error about the content of a tokenizer file.
var ErrFormat = errors.New("not a tokenizer file that is served")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// document walks JSON token by token: encoding/json alone would take duplicate and differently spelled names.
type document struct{ d *json.Decoder }

func newDocument(text []byte) (document, error) {
	if len(text) > maxFile {
		return document{}, malformed("%d bytes of at most %d", len(text), maxFile)
	}
	if !utf8.Valid(text) {
		return document{}, malformed("the JSON is not UTF-8")
	}
	d := document{json.NewDecoder(bytes.NewReader(text))}
	d.d.UseNumber()
	return d, nil
}

// end sees that nothing follows.
func (d document) end() error {
	if _, err := d.d.Token(); !errors.Is(err, io.EOF) {
		return malformed("text follows the JSON object")
	}
	return nil
}

func (d document) next() (json.Token, error) {
	t, err := d.d.Token()
	if err != nil {
		return nil, malformed("bad JSON near byte %d", d.d.InputOffset())
	}
	return t, nil
}

func (d document) expect(want json.Delim) error {
	t, err := d.next()
	if err == nil && t != want {
		err = malformed("%q was expected before byte %d", want.String(), d.d.InputOffset())
	}
	return err
}

func (d document) text() (string, error) {
	t, err := d.next()
	s, ok := t.(string)
	if err == nil && !ok {
		err = malformed("a string was expected before byte %d", d.d.InputOffset())
	}
	return s, err
}

func (d document) number() (json.Number, error) {
	t, err := d.next()
	n, ok := t.(json.Number)
	if err == nil && !ok {
		err = malformed("a number was expected before byte %d", d.d.InputOffset())
	}
	return n, err
}

// object calls member after each name of an object whose brace was read; member reads the value.
func (d document) object(member func(name string) error) error {
	seen := map[string]bool{}
	return d.pairs(func(name string) error {
		if seen[name] {
			return malformed("%.80q comes twice", name)
		}
		seen[name] = true
		return member(name)
	})
}

// pairs is object for names that member keeps apart.
func (d document) pairs(member func(name string) error) error {
	for d.d.More() {
		name, err := d.text()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
	return d.expect('}')
}

// array calls element before each value of an array whose bracket was read.
func (d document) array(element func() error) error {
	for d.d.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return d.expect(']')
}

// value reads any value: nil, bool, string, json.Number, list or component.
func (d document) value(depth int) (any, error) {
	if depth == maxDepth {
		return nil, malformed("values are nested deeper than %d", maxDepth)
	}
	t, err := d.next()
	switch {
	case err != nil:
		return nil, err
	case t == json.Delim('['):
		list := []any{}
		err := d.array(func() error {
			v, err := d.value(depth + 1)
			list = append(list, v)
			return err
		})
		return list, err
	case t == json.Delim('{'):
		c := component{}
		return c, d.object(func(name string) error {
			v, err := d.value(depth + 1)
			c[name] = v
			return err
		})
	default:
		return t, nil
	}
}

// component is a JSON object that describes one part of a tokenizer.
type component map[string]any

// only refuses members that are not named. A member that is not known may change what the tokenizer does.
func (c component) only(names ...string) error {
	known := 0
	for _, n := range names {
		if _, ok := c[n]; ok {
			known++
		}
	}
	if known == len(c) {
		return nil
	}
	for name := range c {
		if !slices.Contains(names, name) {
			return malformed("%.40q has a member %.40q that is not known", c.kind(), name)
		}
	}
	return nil
}

func (c component) kind() string {
	s, _ := c["type"].(string)
	return s
}

// flag is a member that is true or false. It is otherwise if it is missing or null.
func (c component) flag(name string, otherwise bool) (bool, error) {
	switch v := c[name].(type) {
	case nil:
		return otherwise, nil
	case bool:
		return v, nil
	default:
		return false, malformed("%.40q: %q is not true or false", c.kind(), name)
	}
}

// flags reads members that are true or false and must be there.
func (c component) flags(into map[string]*bool) error {
	for name, p := range into {
		v, ok := c[name].(bool)
		if !ok {
			return malformed("%.40q: %q is not true or false", c.kind(), name)
		}
		*p = v
	}
	return nil
}

func (c component) text(name string) (string, error) {
	s, ok := c[name].(string)
	if !ok {
		return "", malformed("%.40q: %q is not a string", c.kind(), name)
	}
	return s, nil
}

func (c component) list(name string) ([]any, error) {
	l, ok := c[name].([]any)
	if !ok {
		return nil, malformed("%.40q: %q is not a list", c.kind(), name)
	}
	return l, nil
}

// id reads a number that may be a token's id.
func id(v any) (int32, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, malformed("an id is not a number")
	}
	i, err := n.Int64()
	if err != nil || i < 0 || i >= maxID {
		return 0, malformed("id %.40q is not a whole number below %d", n, maxID)
	}
	return int32(i), nil
}
