package jsontext_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec/jsontext"
)

// stricter are the only reasons for which a text that encoding/json takes may be refused.
var stricter = []string{"duplicate name", "lone surrogate", "invalid UTF-8", "more than 100 levels", "number out of range"}

// FuzzDocument: we accept what encoding/json accepts but for the reasons in stricter, and nothing else; what we accept reads
// the same after it was written again.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00\n",true,null,{}]}`, `[]`, `{"a":1,"a":2}`, `"\ud800"`, `1e999`, "\"\xff\"", `[[[[]]]]`, `-0`, ` 0 `, `{"":{"":0}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		v, err := jsontext.NewDecoder(text, jsontext.Options{}).DecodeDocument()
		if !bytes.Equal(before, text) {
			t.Fatal("the text was changed")
		}
		valid := json.Valid(text)
		if err != nil {
			if valid && !containsAny(err.Error(), stricter) {
				t.Fatalf("refused %q, which encoding/json takes: %v", text, err)
			}
			return
		}
		if !valid {
			t.Fatalf("accepted %q, which encoding/json refuses", text)
		}
		written := jsontext.AppendDocument(nil, v)
		again, err := jsontext.NewDecoder(written, jsontext.Options{}).DecodeDocument()
		if err != nil {
			t.Fatalf("%q was written as %q: %v", text, written, err)
		}
		// A double that is whole is written without a fraction and comes back as an integer: compare as encoding/json sees both.
		var std, stdAgain any
		if json.Unmarshal(text, &std) != nil || json.Unmarshal(written, &stdAgain) != nil || !reflect.DeepEqual(std, stdAgain) {
			t.Fatalf("%q was read as %#v, written as %q, read again as %#v", text, v, written, again)
		}
	})
}

func containsAny(s string, list []string) bool {
	for _, part := range list {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
