package jsontext_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
)

// all has a member of each type; Node is recursive.
func all() *codec.Schema {
	s := &codec.Schema{Name: "All", Type: codec.Structure}
	union := &codec.Schema{Name: "Choice", Type: codec.Structure, Traits: codec.Union}
	simple := func(t codec.Type) *codec.Schema { return &codec.Schema{Name: t.String(), Type: t} }
	list := func(item *codec.Member, traits codec.Trait) *codec.Schema {
		item.Name, item.Traits = "member", codec.Element
		return &codec.Schema{Name: "List", Type: codec.List, Item: item, Traits: traits}
	}
	table := func(value *codec.Member, traits codec.Trait) *codec.Schema {
		value.Name, value.Traits = "value", codec.Element
		return &codec.Schema{Name: "Map", Type: codec.Map, Key: &codec.Member{Name: "key", Target: simple(codec.String), Traits: codec.Element}, Value: value, Traits: traits}
	}
	self := func() codec.Shape { return codectest.NewDynamic(s) }
	members := []codec.Member{
		{Name: "Bool", Target: simple(codec.Boolean)},
		{Name: "Int", Target: simple(codec.Integer)},
		{Name: "Long", Target: simple(codec.Long)},
		{Name: "Float", Target: simple(codec.Float)},
		{Name: "Double", Target: simple(codec.Double)},
		{Name: "String", Target: simple(codec.String)},
		{Name: "Blob", Target: simple(codec.Blob)},
		{Name: "Time", Target: simple(codec.Timestamp)},
		{Name: "ISO", Target: simple(codec.Timestamp), Time: codec.ISO8601},
		{Name: "Document", Target: simple(codec.AnyDocument)},
		{Name: "JSON", Target: simple(codec.String), Traits: codec.JSONValue},
		{Name: "Node", New: self},
		{Name: "Nodes", Target: list(&codec.Member{New: self}, 0)},
		{Name: "Strings", Target: list(&codec.Member{Target: simple(codec.String)}, 0)},
		{Name: "Holes", Target: list(&codec.Member{Target: simple(codec.Integer)}, codec.Sparse)},
		{Name: "Map", Target: table(&codec.Member{Target: simple(codec.Integer)}, 0)},
		{Name: "HoleMap", Target: table(&codec.Member{Target: simple(codec.String)}, codec.Sparse)},
		{Name: "Choice", New: func() codec.Shape { return codectest.NewDynamic(union) }},
		{Name: "Outside", Target: simple(codec.String), Location: codec.Header},
	}
	for i := range members {
		members[i].Wire, members[i].Index = members[i].Name, i
	}
	s.Members = members
	union.Members = []codec.Member{
		{Name: "a", Wire: "a", Target: simple(codec.String)}, {Name: "b", Wire: "b", Index: 1, Target: simple(codec.Integer)},
	}
	return s
}

func read(text string, options jsontext.Options) (*codectest.Dynamic, error) {
	v := codectest.NewDynamic(all())
	err := jsontext.NewDecoder([]byte(text), options).Decode(v)
	return v, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, member string
		want         any
	}{
		{`{"Bool":true}`, "Bool", true},
		{` { "Bool" : false } `, "Bool", false},
		{`{"Int":-2147483648}`, "Int", int64(math.MinInt32)},
		{`{"Int":1.0}`, "Int", int64(1)},
		{`{"Int":1e2}`, "Int", int64(100)},
		{`{"Int":-0}`, "Int", int64(0)},
		{`{"Long":9223372036854775807}`, "Long", int64(math.MaxInt64)},
		{`{"Float":0.1}`, "Float", float64(float32(0.1))},
		{`{"Double":"-Infinity"}`, "Double", math.Inf(-1)},
		{`{"Double":"NaN"}`, "Double", math.NaN()},
		{`{"Double":5}`, "Double", 5.0},
		{`{"String":"a\/\b\f\n\r\t\"\\\u0000\u00e9\uD83D\uDE00é😀"}`, "String", "a/\b\f\n\r\t\"\\\x00é😀é😀"},
		{`{"Str\u0069ng":"name with an escape"}`, "String", "name with an escape"},
		{`{"String":null}`, "String", nil},
		{`{"string":"names have case"}`, "String", nil},
		{`{"Blob":"aGk="}`, "Blob", []byte("hi")},
		{`{"Blob":""}`, "Blob", []byte{}},
		{`{"Time":1.5}`, "Time", time.Unix(1, 5e8)},
		{`{"ISO":"1970-01-01T00:00:01Z"}`, "ISO", time.Unix(1, 0)},
		{`{"Document":{"a":[1,1.5,"x",null,true]}}`, "Document", map[string]any{"a": []any{int64(1), 1.5, "x", nil, true}}},
		{`{"JSON":"{\"a\":1}"}`, "JSON", map[string]any{"a": int64(1)}},
		{`{"Strings":[]}`, "Strings", []any{}},
		{`{"Holes":[1,null]}`, "Holes", []any{int64(1), nil}},
		{`{"Map":{"":1,"b":2}}`, "Map", map[string]any{"": int64(1), "b": int64(2)}},
		{`{"HoleMap":{"a":null}}`, "HoleMap", map[string]any{"a": nil}},
		{`{"Outside":"travels in a header"}`, "Outside", nil},
		{`{"unknown":{"a":[1,{"b":null}]},"Bool":true}`, "Bool", true},
	}
	for _, test := range tests {
		got, err := read(test.text, jsontext.Options{Time: codec.Epoch})
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		want := codectest.NewDynamic(got.Schema())
		if test.want != nil {
			want.Values[test.member] = test.want
		}
		if !got.Equal(want) {
			t.Errorf("%s: got %#v, want %#v", test.text, got.Values, want.Values)
		}
	}
}

func TestDecodeNested(t *testing.T) {
	t.Parallel()
	got, err := read(`{"Nodes":[{"Node":{"Outside":"bound at the top only"}},{}]}`, jsontext.Options{})
	if err != nil {
		t.Fatal(err)
	}
	inner := got.Values["Nodes"].([]any)[0].(*codectest.Dynamic).Values["Node"].(*codectest.Dynamic)
	if inner.Values["Outside"] != "bound at the top only" {
		t.Errorf("got %v", inner)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	tests := []struct{ text, want string }{
		{``, "expected an object, found END_OF_INPUT (byte 0)"},
		{`[]`, "expected an object, found START_ARRAY (byte 0)"},
		{`null`, "expected an object, found NULL_VALUE (byte 0)"},
		{"\ufeff{}", "expected an object, found INVALID_TOKEN (byte 0)"},
		{`{}x`, "text after the end of the value (byte 2)"},
		{`{} {}`, "text after the end of the value (byte 3)"},
		{`{"Bool":1}`, "NUMBER_VALUE can not be converted to Boolean at 'bool' (byte 8)"},
		{`{"Bool":"true"}`, "STRING_VALUE can not be converted to Boolean at 'bool' (byte 8)"},
		{`{"Int":1.5}`, "NUMBER_VALUE can not be converted to Integer at 'int' (byte 7)"},
		{`{"Int":2147483648}`, "NUMBER_VALUE can not be converted to Integer at 'int' (byte 7)"},
		{`{"Int":1e10}`, "NUMBER_VALUE can not be converted to Integer at 'int' (byte 7)"},
		{`{"Int":"1"}`, "STRING_VALUE can not be converted to Integer at 'int' (byte 7)"},
		{`{"Long":9223372036854775808}`, "NUMBER_VALUE can not be converted to Long at 'long' (byte 8)"},
		{`{"Double":1e999}`, "number out of range at 'double' (byte 10)"},
		{`{"Double":"inf"}`, "STRING_VALUE can not be converted to Double at 'double' (byte 10)"},
		{`{"Float":1e39}`, "number out of range at 'float' (byte 9)"},
		{`{"String":1}`, "NUMBER_VALUE can not be converted to String at 'string' (byte 10)"},
		{`{"String":"\ud800"}`, "lone surrogate in a string at 'string' (byte 11)"},
		{`{"String":"\udc00\ud800"}`, "lone surrogate in a string at 'string' (byte 11)"},
		{"{\"String\":\"\xff\"}", "invalid UTF-8 (byte 11)"},
		{"{\"String\":\"\xed\xa0\x80\"}", "invalid UTF-8 (byte 11)"},
		{"{\"String\":\"a\nb\"}", "control character in a string at 'string' (byte 12)"},
		{`{"String":"a`, "string without an end at 'string' (byte 12)"},
		{`{"Blob":"aGk"}`, "invalid base64 at 'blob' (byte 8)"},
		{`{"Blob":"aG\nk="}`, "invalid base64 at 'blob' (byte 8)"},
		{`{"Time":"1970-01-01T00:00:01Z"}`, "STRING_VALUE can not be converted to Timestamp at 'time' (byte 8)"},
		{`{"ISO":1}`, "NUMBER_VALUE can not be converted to Timestamp at 'iSO' (byte 7)"},
		{`{"JSON":"{"}`, "invalid JSON in a string at 'jSON' (byte 8)"},
		{`{"Node":[]}`, "START_ARRAY can not be converted to Structure at 'node' (byte 8)"},
		{`{"Nodes":[{},{"Node":{"Bool":2}}]}`, "NUMBER_VALUE can not be converted to Boolean at 'nodes.2.member.node.bool' (byte 29)"},
		{`{"Strings":["a",null]}`, "NULL_VALUE in a list or map that holds none at 'strings.2.member' (byte 16)"},
		{`{"Strings":["a",]}`, "INVALID_TOKEN can not be converted to String at 'strings.2.member' (byte 16)"},
		{`{"Strings":{}}`, "START_OBJECT can not be converted to List at 'strings' (byte 11)"},
		{`{"Map":{"k":"v"}}`, "STRING_VALUE can not be converted to Integer at 'map.k.member' (byte 12)"},
		{`{"Map":{"k":1,"\u006b":1}}`, `duplicate name "k" at 'map.k.member' (byte 23)`},
		{`{"Bool":true,"Bool":true}`, `duplicate name "Bool" at 'bool' (byte 20)`},
		{`{"Bool":null,"Bool":true}`, `duplicate name "Bool" at 'bool' (byte 20)`},
		{`{"x":1,"y":1,"x":1}`, `duplicate name "x" (byte 17)`},
		{`{"u":{"x":1,"x":1}}`, `duplicate name "x" at 'x.member' (byte 16)`},
		{`{"u":{` + strings.Join(many, ",") + `,"k7":1}}`, `duplicate name "k7"`},
		{`{"Choice":{"c":1}}`, `unknown member "c" of the union Choice at 'choice' (byte 15)`},
		{`{"Bool":true,}`, "expected a name"},
		{`{Bool:true}`, "expected a name"},
		{`{"Bool" true}`, "expected ':' after a name"},
		{`{"Bool":truth}`, "invalid literal"},
		{`{"u":01}`, "expected ',' or '}'"},
		{strings.Repeat(`{"Node":`, 100) + `{}` + strings.Repeat(`}`, 100), "more than 100 levels"},
		{`{"u":` + strings.Repeat(`[`, 100), "more than 100 levels"},
	}
	for _, test := range tests {
		_, err := read(test.text, jsontext.Options{Time: codec.Epoch})
		if !fault.Is(err, fault.Malformed) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%.80s: got %v, want %s", test.text, err, test.want)
		}
	}
	deep := strings.Repeat(`{"Node":`, 99) + `{}` + strings.Repeat(`}`, 99)
	if _, err := read(deep, jsontext.Options{}); err != nil {
		t.Errorf("100 levels are refused: %v", err)
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	t.Parallel()
	const text = `{"Bool":true,"Int":-5,"Long":9007199254740993,"Float":0.1,"Double":1e-7,"String":"\u0001\"\\é😀","Blob":"aGk=","Time":1.5,` +
		`"ISO":"2026-01-02T03:04:05.000001Z","Document":{"a":[1,1.5,"x",null,true]},"JSON":"{\"a\":1}","Node":{"Outside":"x"},"Nodes":[{},{"Bool":false}],` +
		`"Strings":[],"Holes":[1,null],"Map":{"a":1,"b":2},"HoleMap":{"a":null},"Choice":{"a":"x"}}`
	v, err := read(text, jsontext.Options{Time: codec.Epoch})
	if err != nil {
		t.Fatal(err)
	}
	e := jsontext.NewEncoder(nil, codec.Epoch)
	e.Encode(v)
	if got := string(e.Bytes()); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
}

func TestEncodeNumbers(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{
		"0": 0, "1": 1, "0.75": 0.75, "100000000000000000000": 1e20, "1e+21": 1e21, "1e-7": 1e-7, `"NaN"`: math.NaN(), `"Infinity"`: math.Inf(1), `"-Infinity"`: math.Inf(-1),
	} {
		if got := string(jsontext.AppendDocument(nil, v)); got != want {
			t.Errorf("%v is written as %s, want %s", v, got, want)
		}
	}
	if got := string(jsontext.AppendString(nil, "a\xffb")); got != `"a`+"\ufffd"+`b"` {
		t.Errorf("invalid UTF-8 is written as %s", got)
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	v, err := read(`{"Strings":["a",null,"b"],"Map":{"a":null,"b":1},"Choice":{"later":1,"a":"x"}}`, jsontext.Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.String(), `{"Choice":{"a":"x"},"Map":{"b":1},"Strings":["a","b"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
