package codectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/codec"
)

// shapes makes schemas of a model's shapes as they are asked for. It knows what protocol tests use of botocore's format; the
// generator, which knows all of it, is the reference.
type shapes struct {
	raw  map[string]rawShape
	made map[string]*codec.Schema
}

type rawShape struct {
	Type            string     `json:"type"`
	Members         rawMembers `json:"members"`
	Required        []string   `json:"required"`
	Member          *rawRef    `json:"member"`
	Key             *rawRef    `json:"key"`
	Value           *rawRef    `json:"value"`
	Payload         string     `json:"payload"`
	TimestampFormat string     `json:"timestampFormat"`
	Union           bool       `json:"union"`
	Document        bool       `json:"document"`
	Sparse          bool       `json:"sparse"`
	Flattened       bool       `json:"flattened"`
	LocationName    string     `json:"locationName"`
	XMLNamespace    rawSpace   `json:"xmlNamespace"`
	Error           struct {
		Code           string `json:"code"`
		HTTPStatusCode int    `json:"httpStatusCode"`
	} `json:"error"`
}

type rawRef struct {
	Name             string   `json:"-"`
	Shape            string   `json:"shape"`
	Location         string   `json:"location"`
	LocationName     string   `json:"locationName"`
	TimestampFormat  string   `json:"timestampFormat"`
	JSONValue        bool     `json:"jsonvalue"`
	Streaming        bool     `json:"streaming"`
	IdempotencyToken bool     `json:"idempotencyToken"`
	Flattened        bool     `json:"flattened"`
	XMLAttribute     bool     `json:"xmlAttribute"`
	XMLNamespace     rawSpace `json:"xmlNamespace"`
}

// rawSpace is an XML namespace, which models write as a string or as an object.
type rawSpace struct{ URI, Prefix string }

func (x *rawSpace) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &x.URI)
	}
	type plain rawSpace
	return json.Unmarshal(data, (*plain)(x))
}

// rawMembers keeps the model's order.
type rawMembers []rawRef

func (m *rawMembers) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		ref := rawRef{Name: name.(string)}
		if err := d.Decode(&ref); err != nil {
			return err
		}
		*m = append(*m, ref)
	}
	return nil
}

var types = map[string]codec.Type{
	"boolean": codec.Boolean, "integer": codec.Integer, "long": codec.Long, "float": codec.Float, "double": codec.Double,
	"string": codec.String, "blob": codec.Blob, "timestamp": codec.Timestamp, "list": codec.List, "map": codec.Map,
	"structure": codec.Structure,
}

var locations = map[string]codec.Location{
	"uri": codec.Label, "querystring": codec.Query, "header": codec.Header, "headers": codec.Headers, "statusCode": codec.StatusCode,
}

var formats = map[string]codec.TimeFormat{"iso8601": codec.ISO8601, "unixTimestamp": codec.Epoch, "rfc822": codec.HTTPDate}

func (m *shapes) schema(name string) *codec.Schema {
	if s := m.made[name]; s != nil {
		return s
	}
	raw := m.raw[name]
	s := &codec.Schema{Name: name, Type: types[raw.Type], XMLName: raw.LocationName, XMLNamespace: raw.XMLNamespace.URI, XMLPrefix: raw.XMLNamespace.Prefix}
	m.made[name] = s
	if raw.Document {
		s.Type = codec.AnyDocument
		return s
	}
	if raw.Union {
		s.Traits |= codec.Union
	}
	if raw.Sparse {
		s.Traits |= codec.Sparse
	}
	if raw.Flattened {
		s.Traits |= codec.Flattened
	}
	for i, ref := range raw.Members {
		member := m.member(ref.Name, ref)
		member.Index = i
		if ref.Name == raw.Payload {
			member.Location = codec.Payload
		}
		if member.Location != codec.Body {
			s.Traits |= codec.Bound
		}
		if slices.Contains(raw.Required, ref.Name) {
			member.Traits |= codec.Required
		}
		s.Members = append(s.Members, *member)
	}
	if raw.Member != nil {
		s.Item = m.element("member", *raw.Member)
	}
	if raw.Key != nil {
		s.Key, s.Value = m.element("key", *raw.Key), m.element("value", *raw.Value)
	}
	return s
}

func (m *shapes) element(name string, ref rawRef) *codec.Member {
	member := m.member(name, ref)
	member.Traits |= codec.Element
	return member
}

func (m *shapes) member(name string, ref rawRef) *codec.Member {
	target := m.raw[ref.Shape]
	member := &codec.Member{
		Name: name, Wire: ref.LocationName, Location: locations[ref.Location], Time: formats[ref.TimestampFormat],
		XMLNamespace: ref.XMLNamespace.URI, XMLPrefix: ref.XMLNamespace.Prefix,
	}
	if member.Wire == "" && ref.Location != "headers" {
		member.Wire = name
	}
	if member.Time == codec.DefaultTime {
		member.Time = formats[target.TimestampFormat]
	}
	if member.Location == codec.Query && target.Type == "map" {
		member.Location = codec.Queries
	}
	if ref.JSONValue {
		member.Traits |= codec.JSONValue
	}
	if ref.Streaming {
		member.Traits |= codec.Streaming
	}
	if ref.Flattened {
		member.Traits |= codec.Flattened
	}
	if ref.XMLAttribute {
		member.Traits |= codec.XMLAttribute
	}
	if ref.IdempotencyToken {
		member.Traits |= codec.IdempotencyToken
	}
	if target.Type == "structure" && !target.Document {
		member.New = func() codec.Shape { return NewDynamic(m.schema(ref.Shape)) }
	} else {
		member.Target = m.schema(ref.Shape)
	}
	return member
}

// fill makes a shape of a vector's JSON values. Timestamps are seconds, blobs are text.
func fill(s *codec.Schema, raw json.RawMessage) (*Dynamic, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	v := NewDynamic(s)
	for name, value := range values {
		i := slices.IndexFunc(s.Members, func(m codec.Member) bool { return m.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("shape %s has no member %s", s.Name, name)
		}
		// A null says that the member is absent.
		if string(value) == "null" {
			continue
		}
		filled, err := fillValue(&s.Members[i], value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		v.Values[name] = filled
	}
	return v, nil
}

func fillValue(m *codec.Member, raw json.RawMessage) (any, error) {
	if string(raw) == "null" && m.Type() != codec.AnyDocument {
		return nil, nil
	}
	var text string
	// A value that is no string leaves text empty; the cases below look at raw then.
	_ = json.Unmarshal(raw, &text)
	switch m.Type() {
	case codec.Structure:
		return fill(m.Shape(), raw)
	case codec.List:
		return fillList(m, raw)
	case codec.Map:
		return fillMap(m, raw)
	case codec.AnyDocument:
		return document(raw)
	case codec.String:
		if m.Has(codec.JSONValue) {
			return document([]byte(text))
		}
		return text, nil
	case codec.Blob:
		return []byte(text), nil
	case codec.Boolean:
		var v bool
		err := json.Unmarshal(raw, &v)
		return v, err
	case codec.Integer, codec.Long:
		var v int64
		err := json.Unmarshal(raw, &v)
		return v, err
	case codec.Timestamp:
		t, err := codec.ParseTime(strings.Trim(string(raw), `"`), codec.Epoch)
		if err != nil {
			t, err = codec.ParseTime(text, codec.ISO8601)
		}
		return t, err
	}
	switch text {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	var v float64
	err := json.Unmarshal(raw, &v)
	if m.Type() == codec.Float {
		v = float64(float32(v))
	}
	return v, err
}

func fillList(m *codec.Member, raw json.RawMessage) (any, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	list := []any{}
	for _, item := range items {
		v, err := fillValue(m.Target.Item, item)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func fillMap(m *codec.Member, raw json.RawMessage) (any, error) {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, err
	}
	table := map[string]any{}
	for key, entry := range entries {
		v, err := fillValue(m.Target.Value, entry)
		if err != nil {
			return nil, err
		}
		table[key] = v
	}
	return table, nil
}

// document reads JSON with integers kept apart from other numbers.
func document(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return plain(v), nil
}

func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}
