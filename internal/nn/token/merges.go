package token

import (
	"encoding/json"
	"strings"
)

// maxMerges bounds the merges of a BPE model.
const maxMerges = 1 << 21

// readMerges reads a list of pairs, spelled "a b" or ["a", "b"].
func (v *vocabulary) readMerges(d document) error {
	if err := d.expect('['); err != nil {
		return err
	}
	v.merges = [][2]string{}
	return d.array(func() error {
		if len(v.merges) == maxMerges {
			return malformed("more than %d merges", maxMerges)
		}
		t, err := d.next()
		if err != nil {
			return err
		}
		var pair [2]string
		switch t := t.(type) {
		case string:
			var ok bool
			if pair[0], pair[1], ok = strings.Cut(t, " "); !ok || strings.Contains(pair[1], " ") {
				return malformed("the merge %.80q is not two pieces", t)
			}
		case json.Delim:
			if t != '[' {
				return malformed("a merge is not two pieces")
			}
			for i := range pair {
				if pair[i], err = d.text(); err != nil {
					return err
				}
			}
			if err := d.expect(']'); err != nil {
				return err
			}
		default:
			return malformed("a merge is not two pieces")
		}
		if pair[0] == "" || pair[1] == "" {
			return malformed("a merge has an empty piece")
		}
		v.merges = append(v.merges, pair)
		return nil
	})
}

// optionalText reads a string or null, which is "".
func (d document) optionalText() (string, error) {
	t, err := d.next()
	s, ok := t.(string)
	if err == nil && t != nil && !ok {
		err = malformed("a string was expected before byte %d", d.d.InputOffset())
	}
	return s, err
}

// flag reads true or false.
func (d document) flag() (bool, error) {
	t, err := d.next()
	b, ok := t.(bool)
	if err == nil && !ok {
		err = malformed("true or false was expected before byte %d", d.d.InputOffset())
	}
	return b, err
}
