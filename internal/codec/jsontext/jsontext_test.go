package jsontext_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"merlon.dev/merlon/internal/codec/jsontext"
)

// implementationDefined pins what the suite leaves open: true where we accept.
var implementationDefined = map[string]bool{
	// A number out of range is an error where a value is made of it, as it is here.
	"i_number_double_huge_neg_exp.json":   true, // rounds to zero
	"i_number_huge_exp.json":              false,
	"i_number_neg_int_huge_exp.json":      false,
	"i_number_pos_double_huge_exp.json":   false,
	"i_number_real_neg_overflow.json":     false,
	"i_number_real_pos_overflow.json":     false,
	"i_number_real_underflow.json":        true,
	"i_number_too_big_neg_int.json":       true, // the nearest double
	"i_number_too_big_pos_int.json":       true,
	"i_number_very_big_negative_int.json": true,
	"i_structure_500_nested_arrays.json":  false, // our limit is 100
}

func TestSuite(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/json_test_suite.json")
	if err != nil {
		t.Fatal(err)
	}
	var suite map[string]string
	if err := json.Unmarshal(data, &suite); err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{
		"n_structure_100000_opening_arrays.json": []byte(strings.Repeat("[", 100000)),
		"n_structure_open_array_object.json":     []byte(strings.Repeat(`[{"":`, 50000)),
	}
	for name, encoded := range suite {
		text, err := hex.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	counts := map[byte]int{}
	for name, text := range texts {
		counts[name[0]]++
		want := name[0] == 'y'
		if name[0] == 'i' {
			// What is not listed is about invalid UTF-8 and lone surrogates, which we never accept.
			want = implementationDefined[name]
		}
		switch name {
		case "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json":
			want = false // stricter than RFC 8259, see doc.go
		}
		_, err := jsontext.NewDecoder(text, jsontext.Options{}).DecodeDocument()
		if got := err == nil; got != want {
			t.Errorf("%s: accepted %v, want %v: %v", name, got, want, err)
		}
	}
	if counts['y'] != 95 || counts['n'] != 188 || counts['i'] != 35 {
		t.Errorf("ran %v, want 95 y, 188 n, 35 i", counts)
	}
}

func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/naughty_strings.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		encodings := [][]byte{jsontext.AppendString(nil, s)}
		escaped, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var ascii strings.Builder
		for _, unit := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&ascii, `\u%04x`, unit)
		}
		for _, text := range append(encodings, escaped, []byte(`"`+ascii.String()+`"`)) {
			got, err := jsontext.NewDecoder(text, jsontext.Options{}).DecodeDocument()
			if err != nil || got != s {
				t.Errorf("%s: got %q, %v, want %q", text, got, err, s)
			}
			var std string
			if err := json.Unmarshal(text, &std); err != nil || std != s {
				t.Errorf("encoding/json reads %s as %q, %v", text, std, err)
			}
		}
	}
	if len(list) != 515 {
		t.Errorf("ran %d strings", len(list))
	}
}
