package xmltext_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/xmltext"
	"merlon.dev/merlon/internal/fault"
)

var (
	str     = &codec.Schema{Name: "String", Type: codec.String}
	integer = &codec.Schema{Name: "Integer", Type: codec.Integer}
	list    = &codec.Schema{Name: "List", Type: codec.List, Item: &codec.Member{Name: "member", Wire: "member", Target: str, Traits: codec.Element}}
	table   = &codec.Schema{
		Name: "Map", Type: codec.Map,
		Key:   &codec.Member{Name: "key", Wire: "key", Target: str, Traits: codec.Element},
		Value: &codec.Member{Name: "value", Wire: "value", Target: integer, Traits: codec.Element},
	}
	grantee = &codec.Schema{Name: "Grantee", Type: codec.Structure, Members: []codec.Member{
		{Name: "ID", Wire: "ID", Index: 0, Target: str},
		{Name: "Type", Wire: "xsi:type", Index: 1, Target: str, Traits: codec.XMLAttribute},
	}}
	all = &codec.Schema{Name: "All", Type: codec.Structure, Members: []codec.Member{
		{Name: "Text", Wire: "Text", Index: 0, Target: str},
		{Name: "Number", Wire: "Number", Index: 1, Target: integer},
		{Name: "List", Wire: "List", Index: 2, Target: list},
		{Name: "Flat", Wire: "Flat", Index: 3, Target: list, Traits: codec.Flattened},
		{Name: "Map", Wire: "Map", Index: 4, Target: table},
		{Name: "FlatMap", Wire: "FlatMap", Index: 5, Target: table, Traits: codec.Flattened},
		{
			Name: "Grantee", Wire: "Grantee", Index: 6, New: func() codec.Shape { return codectest.NewDynamic(grantee) },
			XMLNamespace: "urn:xsi", XMLPrefix: "xsi",
		},
		{Name: "Bound", Wire: "Bound", Index: 7, Target: str, Location: codec.Header},
	}}
)

func value(text string) *codectest.Dynamic {
	v, g := codectest.NewDynamic(all), codectest.NewDynamic(grantee)
	g.Values["ID"], g.Values["Type"] = text, text
	v.Values = map[string]any{
		"Text": text, "Number": int64(-7), "List": []any{text, ""}, "Flat": []any{text, "b"}, "Map": map[string]any{text: int64(1)},
		"FlatMap": map[string]any{text: int64(2), text + "b": int64(3)}, "Grantee": g,
	}
	return v
}

func encode(v codec.Shape) string {
	e := xmltext.NewEncoder(nil, codec.ISO8601)
	e.Encode("All", "urn:all", v)
	return string(e.Bytes())
}

func decode(text string, options xmltext.Options) (*codectest.Dynamic, error) {
	v := codectest.NewDynamic(all)
	doc, err := xmltext.Parse([]byte(text))
	if err != nil {
		return v, err
	}
	return v, doc.Decode(xmltext.Element{}, v, options)
}

func TestEncode(t *testing.T) {
	t.Parallel()
	v := value("a<\"\r\u0085")
	v.Values["Bound"] = "elsewhere"
	want := `<All xmlns="urn:all"><Text>a&lt;"&#xD;&#x85;</Text><Number>-7</Number><List><member>a&lt;"&#xD;&#x85;</member><member></member></List>` +
		`<Flat>a&lt;"&#xD;&#x85;</Flat><Flat>b</Flat><Map><entry><key>a&lt;"&#xD;&#x85;</key><value>1</value></entry></Map>` +
		`<FlatMap><key>a&lt;"&#xD;&#x85;</key><value>2</value></FlatMap><FlatMap><key>a&lt;"&#xD;&#x85;b</key><value>3</value></FlatMap>` +
		`<Grantee xmlns:xsi="urn:xsi" xsi:type="a&lt;&quot;&#xD;&#x85;"><ID>a&lt;"&#xD;&#x85;</ID></Grantee></All>`
	if got := encode(v); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestParse: what is not in the strict part of XML is refused, with its place.
func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<a/>`: "", "\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c & <d> --><a b='1' c = \"2\" >&#x41;<![CDATA[<&]]></a >\n<!---->": "",
		``: "no element", `a`: "no element", `<a>`: "element without end", `<a></b>`: "end of \"b\"", `<a/><b/>`: "text after the end", `<a/>x`: "text after the end",
		`<!DOCTYPE a><a/>`: "no name", `<a><?php ?></a>`: "no name", `<?xml version="1.1"?><a/>`: "unknown declaration", `<?xml version="1.0" encoding="latin1"?><a/>`: "unknown declaration",
		`<a>&nbsp;</a>`: "unknown reference", `<a>&</a>`: "unknown reference", `<a>&#0;</a>`: "unknown reference", `<a>&#x110000;</a>`: "unknown reference", `<a>&#xD800;</a>`: "unknown reference",
		`<a>&#+1;</a>`: "unknown reference", "<a>\x01</a>": "character U+1", "<a>\uffff</a>": "character U+FFFF", "<a>\xff</a>": "invalid UTF-8",
		`<a b="1" b="2"/>`: "duplicate attribute", `<a b/>`: "attribute without value", `<a b=1/>`: "attribute without quotes", `<a b="<"/>`: `"<" in an attribute`, `<a b="1"c="2"/>`: "unfinished start tag",
		`<a>]]></a>`: "outside of a section", `<a><!-- -- --></a>`: "inside a comment", `<a><![CDATA[</a>`: "no \"]]>\"", `<1/>`: "no name", `<a:b:c/>`: "bad name",
		strings.Repeat("<a>", 101): "more than 100 levels", "<a>" + strings.Repeat("<b/>", 100_000) + "</a>": "more than 100000 elements",
		"<a" + strings.Repeat(" a", 1) + `="" ` + attributes(64) + "/>": "more than 64 attributes",
	} {
		_, err := xmltext.Parse([]byte(text))
		switch {
		case want == "" && err != nil, want != "" && (!fault.Is(err, fault.Malformed) || !strings.Contains(err.Error(), want)):
			t.Errorf("%.60q: got %v, want %q", text, err, want)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" b" + strings.Repeat("x", i) + `=""`)
	}
	return b.String()
}

// TestDecode: a request is read strictly, an answer passes over what it need not have.
func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want, lenient string }{
		{"unknown element", "<x/><Text>a</Text>", `{"Text":"a"}`, `{"Text":"a"}`},
		{"flattened in parts", "<Flat>a</Flat><Number>1</Number><Flat>b</Flat>", `{"Flat":["a","b"],"Number":1}`, `{"Flat":["a","b"],"Number":1}`},
		{"white space", "\n<Number>1</Number>\n", `{"Number":1}`, `{"Number":1}`},
		{"twice", "<Text>a</Text><Text>b</Text>", "duplicate element at 'text'", `{"Text":"a"}`},
		{"text between", "x<Text>a</Text>", "text between elements", `{"Text":"a"}`},
		{"padded number", "<Number> 1 </Number>", "STRING_VALUE can not be converted to Integer at 'number'", `{"Number":1}`},
		{"stranger in a list", "<List><member>a</member><x/></List>", "unexpected element at 'list.1.member'", `{"List":["a"]}`},
		{"elements in a string", "<Text><a/></Text>", "START_OBJECT can not be converted to String at 'text'", "START_OBJECT can not be converted to String at 'text'"},
		{"no key", "<Map><entry><value>1</value></entry></Map>", "an entry of a map needs one key and one value at 'map'", "an entry of a map needs one key and one value at 'map'"},
		{"key twice", "<Map><entry><key>a</key><value>1</value></entry><entry><key>a</key><value>2</value></entry></Map>", "duplicate key at 'map.a.member'", `{"Map":{"a":1}}`},
		{"bound", "<Bound>a</Bound>", "{}", "{}"},
		{"attribute", `<Grantee xsi:type="a"/>`, `{"Grantee":{"Type":"a"}}`, `{"Grantee":{"Type":"a"}}`},
		{"element for an attribute", `<Grantee><xsi:type>a</xsi:type></Grantee>`, `{"Grantee":{}}`, `{"Grantee":{}}`},
	}
	for _, test := range tests {
		for _, lenient := range []bool{false, true} {
			v, err := decode("<All>"+test.text+"</All>", xmltext.Options{Time: codec.ISO8601, Lenient: lenient})
			got, want := v.String(), test.want
			if err != nil {
				got = err.Error()
			}
			if lenient {
				want = test.lenient
			}
			if got != want {
				t.Errorf("%s, lenient %t: got %s, want %s", test.name, lenient, got, want)
			}
		}
	}
}

// FuzzRoundTrip: what is written is XML to encoding/xml too, and reads the same again, up to the characters that XML cannot hold.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "a", "<&>\"'", "\r\n\t ", "\u0085\u2028", "\x00\x1f\ufffe", "\xff\xfe", "]]>", "&amp;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written := encode(value(text))
		for d := xml.NewDecoder(strings.NewReader(written)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%q: %v", written, err)
			}
		}
		got, err := decode(written, xmltext.Options{Time: codec.ISO8601})
		if err != nil {
			t.Fatalf("%q: %v", written, err)
		}
		if want := value(held(text)); !got.Equal(want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

// held is the text with U+FFFD in place of what XML cannot hold.
func held(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return 0xFFFD
		}
		return r
	}, text)
}

// FuzzParse: a text that is accepted is XML to encoding/xml too, with the same root and text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`<a b="1">x&lt;<c/>y<![CDATA[z]]></a>`, `<?xml version="1.0"?><!-- --><x:a/>`, "<a>\r\n</a>", `<a`, `<All><Flat>1</Flat></All>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := xmltext.Parse(text)
		if err != nil {
			if !fault.Is(err, fault.Malformed) {
				t.Fatalf("%q: %v is no malformed text", text, err)
			}
			return
		}
		var want strings.Builder
		root, depth := "", 0
		for d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))); ; {
			token, err := d.RawToken()
			if errors.Is(err, io.EOF) {
				break
			}
			// encoding/xml knows which characters names are made of; AWS's names are plain, and ours match nothing else.
			if err != nil && strings.Contains(err.Error(), "invalid XML name") {
				return
			}
			if err != nil {
				t.Fatalf("accepted %q: %v", text, err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				if depth++; root == "" {
					root = token.Name.Local
				}
			case xml.EndElement:
				depth--
			case xml.CharData:
				if depth == 1 {
					want.Write(token)
				}
			}
		}
		if doc.Name(xmltext.Element{}) != root || doc.Text(xmltext.Element{}) != want.String() {
			t.Fatalf("%q: root %q with %q, want %q with %q", text, doc.Name(xmltext.Element{}), doc.Text(xmltext.Element{}), root, want.String())
		}
		_, _ = decode(string(text), xmltext.Options{Time: codec.ISO8601}) // must end, whatever it says
	})
}
