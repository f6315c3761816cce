package chattemplate

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// ordered decodes JSON with objects in their order.
func ordered(t testing.TB, d *json.Decoder) any {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			out := []any{}
			for d.More() {
				out = append(out, ordered(t, d))
			}
			_, _ = d.Token() // the bracket
			return out
		}
		out := Object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, Member{name.(string), ordered(t, d)})
		}
		_, _ = d.Token() // the brace
		return out
	default:
		return token
	}
}

// contents makes the contents of messages foreign.
func contents(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = contents(v[i])
		}
	case Object:
		for i := range v {
			if s, ok := v[i].Value.(string); ok && (v[i].Name == "content" || v[i].Name == "text") {
				v[i].Value = Foreign(s)
			} else {
				v[i].Value = contents(v[i].Value)
			}
		}
	}
	return v
}

// TestRendersAsJinja holds templates against Jinja as transformers sets it up; testdata/golden.py wrote what it makes of them.
func TestRendersAsJinja(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Template string
		Values         json.RawMessage
		Want, Error    *string
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range cases {
		parsed, err := Parse(c.Template)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		values := map[string]any{}
		for _, m := range contents(ordered(t, json.NewDecoder(bytes.NewReader(c.Values)))).(Object) {
			values[m.Name] = m.Value
		}
		out, err := parsed.Render(values)
		ran++
		switch {
		case c.Error != nil && err == nil:
			t.Errorf("%s: rendered, Jinja says %q", c.Name, *c.Error)
		case c.Error == nil && err != nil:
			t.Errorf("%s: %v", c.Name, err)
		case c.Error == nil && out.Text != *c.Want:
			t.Errorf("%s:\n got %q\nwant %q", c.Name, out.Text, *c.Want)
		}
		checkSpans(t, out)
	}
	if ran < 20 {
		t.Errorf("ran %d cases", ran)
	}
}

func checkSpans(t testing.TB, out Output) {
	t.Helper()
	at := 0
	for _, s := range out.Foreign {
		if s.From < at || s.To <= s.From || s.To > len(out.Text) {
			t.Fatalf("foreign spans %v of %d bytes", out.Foreign, len(out.Text))
		}
		at = s.To
	}
}

// TestForeignTextIsTold follows what others wrote through the ways in which templates put it together.
func TestForeignTextIsTold(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`<s>{{ x }}</s>`:                                "<s>[ a<s>b ]</s>",
		`<s>{{ x | trim }}</s>`:                         "<s>[a<s>b]</s>",
		`{{ '<s>' + x.strip() + '</s>' }}`:              "<s>[a<s>b]</s>",
		`{% set y = x %}{{ '<s>' ~ y[1:] }}`:            "<s>[a<s>b ]",
		`{{ x.split('<s>')[1] }}|{{ x | upper }}`:       "[b ]|[ A<S>B ]",
		`{{ [x, '<s>'] | join('-') }}`:                  "[ a<s>b ]-<s>",
		`{{ {'k': x} | tojson }}<s>`:                    `{"k": ["` + ` a<s>b ` + `"]}<s>`,
		`{% set y %}<s>{{ x }}{% endset %}{{ y }}`:      "<s>[ a<s>b ]",
		`{{ x.replace('a', '<t>') }}`:                   "[ ]<t>[<s>b ]",
		`{% for c in x | trim %}{{ c }}{% endfor %}<s>`: "[a<s>b]<s>",
	} {
		parsed, err := Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		out, err := parsed.Render(map[string]any{"x": Foreign(" a<s>b ")})
		if err != nil {
			t.Fatal(err)
		}
		checkSpans(t, out)
		var got strings.Builder
		at := 0
		for _, s := range out.Foreign {
			got.WriteString(out.Text[at:s.From] + "[" + out.Text[s.From:s.To] + "]")
			at = s.To
		}
		got.WriteString(out.Text[at:])
		if got.String() != want {
			t.Errorf("%s: %q, want %q", source, got.String(), want)
		}
	}
}

// TestErrorsNameThePlace wants a line in each refusal, and no way out of the values.
func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"a\n{% if x %}":                         "line 2: the template ends",
		"\n\n{{ x | shell }}":                   `line 3: the filter "shell"`,
		"{{ x is magic }}":                      `line 1: the test "magic"`,
		"{% include 'x' %}":                     `line 1: the block "include"`,
		"{% import 'os' as os %}":               `line 1: the block "import"`,
		"{{ 'a":                                 "line 1: a string has no end",
		"{{ (1 + ":                              "line 1: a tag has no end",
		"{# never":                              "line 1: a comment has no end",
		"{{ 1 ? 2 }}":                           "line 1: unexpected '?'",
		"\n{{ x.__class__.__mro__ }}":           "line 2: __class__ is undefined",
		"{{ messages.append(1) }}":              "append is undefined and cannot be called",
		"{{ x.__init__.__globals__ }}":          "line 1: __init__ is undefined",
		"{{ none.foo() }}":                      "cannot be called",
		"{{ 1 + 'a' }}":                         "line 1: + is not defined",
		"{{ 1 // 0 }}":                          "division by zero",
		"{{ range(99999999) }}":                 "a range",
		"{{ 'x' * 99999999999 }}":               "repeated too often",
		"{{ raise_exception('no ' + 'way') }}":  "line 1: no way",
		"{{ " + strings.Repeat("(", 99) + " }}": "deeper than 64",
		"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}":                                                                    "deeper than 64",
		"{% set n = namespace(s='aaaaaaaa') %}{% for i in range(60000) %}{% set n.s = n.s + n.s %}{% endfor %}":              "more than 67108864 bytes",
		"{% for i in range(60000) %}{% for j in range(60000) %}{% endfor %}{% endfor %}":                                     "more than 1048576 steps",
		"{% for i in range(9) %}" + strings.Repeat("{% if true %}", 70) + strings.Repeat("{% endif %}", 70) + "{% endfor %}": "deeper than 64",
	} {
		parsed, err := Parse(source)
		if err == nil {
			_, err = parsed.Render(map[string]any{"x": "text", "messages": []any{}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", source, err, want)
		}
	}
}

// FuzzTemplate wants an *Error or an output with good spans from any template, and no panic.
func FuzzTemplate(f *testing.F) {
	file, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []struct{ Template string }
	if err := json.Unmarshal(file, &cases); err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		f.Add(c.Template)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := Parse(source)
		if err != nil {
			if !errors.As(err, new(*Error)) {
				t.Fatalf("%T", err)
			}
			return
		}
		out, err := parsed.Render(map[string]any{"messages": []any{Object{{"role", "user"}, {"content", Foreign("hé <s>")}}}, "bos_token": "<s>", "tools": nil})
		if err == nil {
			checkSpans(t, out)
		}
	})
}
