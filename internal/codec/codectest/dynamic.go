package codectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// Dynamic is a shape that is interpreted by its schema. Values holds what is present, by member name: bool, int64, float64,
// string, []byte, time.Time, codec.Shape, []any, map[string]any, or for documents what codec.Document says.
type Dynamic struct {
	Values map[string]any

	schema *codec.Schema
}

// NewDynamic makes an empty shape.
func NewDynamic(s *codec.Schema) *Dynamic { return &Dynamic{Values: map[string]any{}, schema: s} }

// Schema gives the schema that the shape was made with.
func (v *Dynamic) Schema() *codec.Schema { return v.schema }

// Check finds nothing: constraints are generated code.
func (v *Dynamic) Check(*codec.Checker) {}

// Encode gives every present member to e.
func (v *Dynamic) Encode(e codec.Encoder) {
	for i := range v.schema.Members {
		m := &v.schema.Members[i]
		if value, ok := v.Values[m.Name]; ok {
			encode(e, m, value)
		}
	}
}

func encode(e codec.Encoder, m *codec.Member, value any) {
	if value == nil {
		e.Null(m)
		return
	}
	if wrong, ok := value.(raw); ok {
		wrong.encode(e, m)
		return
	}
	if m.Has(codec.JSONValue) {
		e.Document(m, value)
		return
	}
	switch m.Type() {
	case codec.Boolean:
		e.Bool(m, value.(bool))
	case codec.Integer, codec.Long:
		e.Int(m, value.(int64))
	case codec.Float, codec.Double:
		e.Float(m, value.(float64))
	case codec.String:
		e.String(m, value.(string))
	case codec.Blob:
		if m.Has(codec.Streaming) {
			e.Stream(m, bytes.NewReader(value.([]byte)))
			return
		}
		e.Blob(m, value.([]byte))
	case codec.Timestamp:
		e.Time(m, value.(time.Time))
	case codec.AnyDocument:
		e.Document(m, value)
	case codec.Structure:
		e.Struct(m, value.(codec.Shape))
	case codec.List:
		list := value.([]any)
		if e.StartList(m, len(list)) {
			for _, item := range list {
				encode(e, m.Target.Item, item)
			}
			e.EndList(m)
		}
	case codec.Map:
		table := value.(map[string]any)
		if e.StartMap(m, len(table)) {
			for _, key := range codec.Keys(table) {
				e.Key(m.Target.Key, key)
				encode(e, m.Target.Value, table[key])
			}
			e.EndMap(m)
		}
	}
}

// raw is a value that is not of its member's type.
type raw struct{ v codec.Document }

func (r raw) encode(e codec.Encoder, m *codec.Member) {
	if text, ok := r.v.(string); ok && m.Location != codec.Body {
		e.String(m, text)
		return
	}
	e.Document(m, r.v)
}

// Decode sets the members that d finds.
func (v *Dynamic) Decode(d codec.Decoder) {
	for m := d.Member(v.schema); m != nil; m = d.Member(v.schema) {
		v.Values[m.Name] = decode(d, m)
	}
}

func decode(d codec.Decoder, m *codec.Member) any {
	if m.Has(codec.JSONValue) {
		return d.Document(m)
	}
	switch m.Type() {
	case codec.Boolean:
		return d.Bool(m)
	case codec.Integer, codec.Long:
		return d.Int(m)
	case codec.Float, codec.Double:
		return d.Float(m)
	case codec.String:
		return d.String(m)
	case codec.Blob:
		if m.Has(codec.Streaming) {
			// An error here is one of the decoder's own, which it keeps.
			data, _ := io.ReadAll(d.Stream(m))
			return data
		}
		return d.Blob(m)
	case codec.Timestamp:
		return d.Time(m)
	case codec.AnyDocument:
		return d.Document(m)
	case codec.Structure:
		v := m.New()
		d.Struct(m, v)
		return v
	case codec.List:
		list := []any{}
		for d.StartList(m); d.Item(m); {
			list = append(list, decodeEntry(d, m, m.Target.Item))
		}
		return list
	case codec.Map:
		table := map[string]any{}
		d.StartMap(m)
		for key, ok := d.Key(m); ok; key, ok = d.Key(m) {
			table[key] = decodeEntry(d, m, m.Target.Value)
		}
		return table
	}
	return nil
}

func decodeEntry(d codec.Decoder, m, entry *codec.Member) any {
	if m.Target.Has(codec.Sparse) && d.Null(entry) {
		return nil
	}
	return decode(d, entry)
}

// Equal compares two shapes, so that go-cmp does not look inside; NaN equals itself.
func (v *Dynamic) Equal(o *Dynamic) bool { return equal(v, o) }

func equal(a, b any) bool {
	switch a := a.(type) {
	case *Dynamic:
		b, ok := b.(*Dynamic)
		if !ok {
			return false
		}
		return equal(a.Values, b.Values)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			if other, ok := b[key]; !ok || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || (math.IsNaN(a) && math.IsNaN(b)))
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	}
	return a == b
}

// String shows the values as JSON.
func (v *Dynamic) String() string {
	text, err := json.Marshal(v.Values)
	if err != nil {
		return fmt.Sprintf("%v", v.Values)
	}
	return string(text)
}

// MarshalJSON shows the values of a nested shape.
func (v *Dynamic) MarshalJSON() ([]byte, error) { return json.Marshal(v.Values) }
