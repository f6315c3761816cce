package safetensors

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"unicode/utf8"
)

// header walks the JSON token by token: encoding/json alone would take duplicate and differently spelled names.
type header struct{ d *json.Decoder }

func parseHeader(text []byte) (map[string]Tensor, map[string]string, error) {
	if len(text) == 0 || text[0] != '{' || !utf8.Valid(text) {
		return nil, nil, malformed("the header is not a JSON object in UTF-8")
	}
	h := header{json.NewDecoder(bytes.NewReader(text))}
	h.d.UseNumber()
	tensors, metadata := map[string]Tensor{}, map[string]string{}
	err := h.object(func(name string) error {
		if name == "__metadata__" {
			return h.object(func(key string) error {
				v, err := h.text()
				metadata[key] = v
				return err
			})
		}
		if len(tensors) == maxTensors {
			return malformed("more than %d tensors", maxTensors)
		}
		t, err := h.tensor()
		if err == nil {
			err = t.check(name)
		}
		tensors[name] = t
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if _, err := h.d.Token(); err != io.EOF {
		return nil, nil, malformed("text follows the header's object")
	}
	return tensors, metadata, nil
}

func (h header) tensor() (Tensor, error) {
	var t Tensor
	seen := 0
	err := h.object(func(key string) error {
		seen++
		switch key {
		case "dtype":
			v, err := h.text()
			t.DType = DType(v)
			return err
		case "shape":
			return h.array(maxRank, func(v int64) { t.Shape = append(t.Shape, int(v)) })
		case "data_offsets":
			var ends []int64
			if err := h.array(2, func(v int64) { ends = append(ends, v) }); err != nil {
				return err
			}
			if len(ends) != 2 {
				return malformed("data_offsets has %d numbers", len(ends))
			}
			t.begin, t.end = ends[0], ends[1]
			return nil
		default:
			return malformed("unknown field %.40q", key)
		}
	})
	if err == nil && seen != 3 {
		err = malformed("a tensor has %d fields of dtype, shape and data_offsets", seen)
	}
	return t, err
}

// check holds the place against type and shape.
func (t Tensor) check(name string) error {
	size := t.DType.size()
	if size == 0 {
		return malformed("tensor %.80q has unknown type %.20q", name, string(t.DType))
	}
	for _, d := range t.Shape {
		if d != 0 && size > math.MaxInt64/int64(d) {
			return malformed("tensor %.80q is too large", name)
		}
		size *= int64(d)
	}
	if t.end < t.begin || t.end-t.begin != size {
		return malformed("tensor %.80q takes %d bytes but lies at [%d, %d)", name, size, t.begin, t.end)
	}
	return nil
}

// object calls member after each name of an object; member reads the value.
func (h header) object(member func(name string) error) error {
	if err := h.expect('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for h.d.More() {
		name, err := h.text()
		if err != nil {
			return err
		}
		if seen[name] {
			return malformed("%.80q comes twice", name)
		}
		seen[name] = true
		if err := member(name); err != nil {
			return err
		}
	}
	return h.expect('}')
}

// array reads up to limit whole numbers that are not negative.
func (h header) array(limit int, add func(v int64)) error {
	if err := h.expect('['); err != nil {
		return err
	}
	for n := 0; h.d.More(); n++ {
		token, err := h.d.Token()
		number, ok := token.(json.Number)
		if err != nil || !ok {
			return malformed("a number was expected")
		}
		v, err := number.Int64()
		if err != nil || v < 0 || n == limit {
			return malformed("a number is out of range, or there are more than %d", limit)
		}
		add(v)
	}
	return h.expect(']')
}

func (h header) text() (string, error) {
	token, err := h.d.Token()
	s, ok := token.(string)
	if err != nil || !ok {
		return "", malformed("a string was expected")
	}
	return s, nil
}

func (h header) expect(want json.Delim) error {
	if token, err := h.d.Token(); err != nil || token != want {
		return malformed("%q was expected", want.String())
	}
	return nil
}
