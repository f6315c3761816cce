package policy

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// plainValue gives n as encoding/json would, with numbers as json.Number.
func plainValue(n *node) any {
	switch n.form {
	case formNull:
		return nil
	case formBool:
		return n.text == "true"
	case formNumber:
		return json.Number(n.text)
	case formString:
		return n.text
	case formArray:
		list := []any{}
		for _, item := range n.items {
			list = append(list, plainValue(item))
		}
		return list
	default:
		object := map[string]any{}
		for _, m := range n.members {
			object[m.name] = plainValue(m.value)
		}
		return object
	}
}

// checkJSON holds the reader against encoding/json: what it accepts means the same there, and every node delimits its own text.
func checkJSON(t *testing.T, text string) (accepted bool) {
	t.Helper()
	n, bad := readJSON(text)
	if bad != nil {
		if bad.offset < 0 || bad.offset > len(text) {
			t.Fatalf("refusal of %q points at %d", text, bad.offset)
		}
		locate(text, bad.offset)
		return false
	}
	var want any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("accepted %q, which encoding/json refuses: %v", text, err)
	}
	if got := plainValue(n); !reflect.DeepEqual(got, want) {
		t.Fatalf("read %q as %#v, encoding/json as %#v", text, got, want)
	}
	inner, bad := readJSON(text[n.start:n.end])
	if bad != nil || !reflect.DeepEqual(plainValue(inner), want) {
		t.Fatalf("of %q the value is said to be %q", text, text[n.start:n.end])
	}
	return true
}

func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e+3,true,false,null,"\u00e9\ud83d\ude00\n\"\\\/"]}`, ` [ ] `, `{"a":1,"A":2}`, `{"k":1,"\u212a":2}`, "\"\x80\"", `"\ud800"`, `01`, `1.`, `[1,]`, `{"a"}`, "\"\ufffd\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkJSON(t, text) })
}

// TestJSONSuite reads the JSON parsing test suite of Nicolas Seriot (MIT licence): must-accept, must-refuse and free cases.
func TestJSONSuite(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "vectors", "json_test_suite.json"))
	if err != nil {
		t.Skipf("the suite is not here: %v", err)
	}
	var suite map[string]string
	if err := json.Unmarshal(data, &suite); err != nil {
		t.Fatal(err)
	}
	// The suite wants duplicate names accepted; a policy reader must not.
	strict := map[string]bool{"y_object_duplicated_key.json": true, "y_object_duplicated_key_and_value.json": true}
	ran := 0
	for name, encoded := range suite {
		text, err := hex.DecodeString(encoded)
		if err != nil {
			continue // a case too large for the file is described in words
		}
		ran++
		accepted := checkJSON(t, string(text))
		switch {
		case name[0] == 'y' && accepted == strict[name]:
			t.Errorf("%s: accepted = %v", name, accepted)
		case name[0] == 'n' && accepted:
			t.Errorf("%s: accepted %q", name, text)
		}
	}
	if ran < 300 {
		t.Errorf("ran %d of %d cases", ran, len(suite))
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, where, why string }{
		"duplicate":           {"{\"a\":1,\n \"a\":2}", "line 2, column 2", `"a" occurs twice`},
		"case variant":        {`{"Action":1,"action":2}`, "line 1, column 13", `"Action" and "action" differ only in case`},
		"kelvin sign":         {`{"k":1,"` + "\u212a" + `":2}`, "line 1, column 8", "differ only in case"},
		"long s":              {`{"s":1,"ſ":2}`, "line 1, column 8", "differ only in case"},
		"nested duplicate":    {`{"a":[{"b":1,"B":1}]}`, "line 1, column 14", "differ only in case"},
		"column in letters":   {`["é",]`, "line 1, column 6", "expected a value"},
		"text after":          {"{}\n\n x", "line 3, column 2", "after the end"},
		"early end":           {`{"a":`, "line 1, column 6", "ends too early"},
		"open string":         {`{"a`, "line 1, column 4", "closing quote"},
		"lone surrogate":      {`["\ud800x"]`, "line 1, column 3", "surrogate"},
		"control character":   {"[\"a\tb\"]", "line 1, column 4", "control character"},
		"invalid UTF-8":       {"[\"a\xff\"]", "line 1, column 4", "UTF-8"},
		"depth":               {strings.Repeat("[", 100) + strings.Repeat("]", 100), "line 1, column 18", "deeper"},
		"byte order mark":     {"\ufeff{}", "line 1, column 1", "expected a value"},
		"comment":             {"{} // no", "line 1, column 4", "after the end"},
		"single quotes":       {"{'a':1}", "line 1, column 2", "double quotes"},
		"unknown escape":      {`["\x41"]`, "line 1, column 3", "escape"},
		"number leading zero": {`[01]`, "line 1, column 4", "not a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, bad := readJSON(c.text)
			if bad == nil {
				t.Fatal("accepted")
			}
			if where := locate(c.text, bad.offset).String(); where != c.where || !strings.Contains(bad.text, c.why) {
				t.Errorf("refused with %q at %s, want %q at %s", bad.text, where, c.why, c.where)
			}
		})
	}
}
