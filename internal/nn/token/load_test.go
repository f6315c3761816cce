package token

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const small = `{"version":"1.0","truncation":null,"padding":null,
"added_tokens":[{"id":1,"special":true,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
 {"id":90,"special":false,"content":"<new>","single_word":false,"lstrip":true,"rstrip":true,"normalized":false}],
"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":null,
"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":9,
 "vocab":{"[UNK]":0,"[CLS]":1,"ab":70,"##c":7}}}`

const smallUnigram = `{"added_tokens":[],"normalizer":null,
"pre_tokenizer":{"type":"Metaspace","replacement":"_","add_prefix_space":true},"post_processor":null,
"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["_",-2],["a",-1.5],["_a",-3]]}}`

func TestLoad(t *testing.T) {
	t.Parallel()
	k, err := Load([]byte(small), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var e Encoding
	if err := k.Encode(&e, "ÀBC  <new> abx[CLS]"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{70, 7, 90, 0, 1}, e.IDs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{0, 3, 4, 12, 15}, e.Start); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{3, 4, 12, 15, 20}, e.End); diff != "" {
		t.Error(diff)
	}
	if id, ok := k.ID("ab"); !ok || id != 70 || k.Piece(70) != "ab" || k.Piece(69) != "" || k.Len() != 91 {
		t.Errorf("ab is %d %v, 70 is %q, length %d", id, ok, k.Piece(70), k.Len())
	}
	if k, err = Load([]byte(smallUnigram), Options{}); err != nil {
		t.Fatal(err)
	}
	e.Reset()
	if err := k.Encode(&e, "a xx"); err != nil { // "_a" and "_"+"a" score the same for a: -3 is more than -3.5
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{3, 1, 0}, e.IDs); diff != "" {
		t.Error(diff)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	replace := func(old, put string) string {
		if !strings.Contains(small+smallUnigram, old) {
			t.Fatalf("no %q", old)
		}
		if strings.Contains(small, old) {
			return strings.Replace(small, old, put, 1)
		}
		return strings.Replace(smallUnigram, old, put, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":            {"", "bad JSON"},
		"no object":          {"[]", "expected"},
		"not UTF-8":          {"{\"version\":\"\xff\"}", "UTF-8"},
		"cut":                {small[:len(small)-1], "bad JSON"},
		"more":               {small + "{}", "follows"},
		"twice":              {replace(`"version":"1.0"`, `"version":"1.0","version":"1.0"`), `"version" comes twice`},
		"unknown member":     {replace(`"version"`, `"revision"`), `unknown member "revision"`},
		"normaliser":         {replace(`"BertNormalizer"`, `"Nmt"`), `normaliser "Nmt" is not served`},
		"setting":            {replace(`"clean_text"`, `"cleaner"`), `"cleaner"`},
		"pre-tokenizer":      {replace(`"BertPreTokenizer"`, `"Digits"`), `pre-tokenizer "Digits" is not served`},
		"no pre-tokenizer":   {replace(`{"type":"BertPreTokenizer"}`, `null`), `pre-tokenizer "" is not served`},
		"post-processor":     {replace(`"post_processor":null`, `"post_processor":{"type":"RobertaProcessing"}`), `post-processor "RobertaProcessing"`},
		"model":              {replace(`"type":"WordPiece"`, `"type":"WordLevel"`), `model "WordLevel" is not served`},
		"model setting":      {replace(`"unk_token"`, `"dropout":0.1,"unk_token"`), `"dropout"`},
		"no vocabulary":      {`{"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"type":"WordPiece","unk_token":"a"}}`, `"a" is not in the vocabulary`},
		"unknown token":      {replace(`"unk_token":"[UNK]"`, `"unk_token":"?"`), `"?" is not in the vocabulary`},
		"same id":            {replace(`"##c":7`, `"##c":70`), "have the same id"},
		"same piece":         {replace(`"##c":7`, `"ab":7`), `"ab" comes twice`},
		"negative id":        {replace(`"##c":7`, `"##c":-7`), "-7"},
		"large id":           {replace(`"##c":7`, `"##c":2097152`), "2097152"},
		"fraction":           {replace(`"##c":7`, `"##c":7.5`), "7.5"},
		"NUL":                {replace(`"##c"`, `"\u0000"`), "NUL"},
		"long piece":         {replace(`"##c"`, `"`+strings.Repeat("x", maxPiece+1)+`"`), "longer than"},
		"deep":               {replace(`"decoder":null`, `"decoder":`+strings.Repeat("[", 20)+strings.Repeat("]", 20)), "deeper"},
		"added id":           {replace(`"id":1,`, `"id":2,`), "has id 2, but 1"},
		"added normalised":   {replace(`"normalized":false`, `"normalized":true`), "not served"},
		"added word":         {replace(`"single_word":false`, `"single_word":true`), "not served"},
		"added space":        {replace(`"<new>"`, `"<new> "`), "white space"},
		"score":              {replace(`-1.5`, `-1e300`), "out of range"},
		"unk_id":             {replace(`"unk_id":0`, `"unk_id":4`), "unk_id"},
		"no unk_id":          {replace(`"unk_id":0,`, ``), "unk_id"},
		"byte fallback":      {replace(`"unk_id":0,`, `"unk_id":0,"byte_fallback":true,`), "byte_fallback"},
		"mark":               {replace(`"replacement":"_"`, `"replacement":"__"`), "one character"},
		"scheme":             {replace(`"add_prefix_space":true`, `"prepend_scheme":"first"`), "prepend_scheme"},
		"map":                {replace(`"normalizer":null`, `"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"}`), "malformed"},
		"expression":         {replace(`"normalizer":null`, `"normalizer":{"type":"Replace","pattern":{"Regex":"a+"},"content":""}`), `"a+" is not served`},
		"growth":             {replace(`"normalizer":null`, `"normalizer":{"type":"Replace","pattern":{"String":"a"},"content":"`+strings.Repeat("b", 200)+`"}`), "longer"},
		"foreign normaliser": {replace(`"normalizer":null`, `"normalizer":{"type":"BertNormalizer"}`), `"BertNormalizer" is not served`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load([]byte(c.text), Options{})
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
}

// TestLoadVocabulary holds vocab.txt against tokenizer.json.
func TestLoadVocabulary(t *testing.T) {
	t.Parallel()
	var file struct {
		Model struct{ Vocab map[string]int32 }
	}
	if err := json.Unmarshal(read(t, "testdata/bert.json.gz"), &file); err != nil {
		t.Fatal(err)
	}
	pieces := make([]string, len(file.Model.Vocab))
	for p, id := range file.Model.Vocab {
		pieces[id] = p
	}
	k, err := LoadVocabulary([]byte(strings.Join(pieces, "\r\n")+"\r\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, k, rows[string](t, "testdata/lines.gz"), rows[golden](t, "testdata/bert.golden.gz"))
	for _, bad := range []string{"", "[UNK]\n[CLS]", "[CLS]\n[SEP]", "[UNK]\n[CLS]\n[SEP]\n\nx", "[UNK]\n[CLS]\n[SEP]\n[SEP]", "\xff"} {
		if _, err := LoadVocabulary([]byte(bad), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base  string
		pair  []string
		types []int32
	}{
		"bert": {"bert.json.gz", []string{"[CLS]", "a", "b", "[SEP]", "c", "[SEP]"}, []int32{0, 0, 0, 0, 1, 1}},
		"xlmr": {"xlmr.json.gz", []string{"<s>", "▁a", "▁b", "</s>", "</s>", "▁c", "</s>"}, []int32{0, 0, 0, 0, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := variant{Base: c.base}.load(t, Options{})
			var pair, a, b, framed Encoding
			if err := errors.Join(k.EncodePair(&pair, "a b", "c"), k.Append(&a, "a b"), k.Append(&b, "c")); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, id := range pair.IDs {
				got = append(got, k.Piece(id))
			}
			if diff := cmp.Diff(c.pair, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.types, pair.Types); diff != "" {
				t.Error(diff)
			}
			k.FramePair(&framed, Window{&a, 0, a.Len()}, Window{&b, 0, b.Len()})
			same(t, &pair, &framed)
			framed.Reset()
			k.Frame(&framed, Window{&a, 1, a.Len()})
			if want := slices.Concat(pair.IDs[:1], a.IDs[1:], pair.IDs[len(pair.IDs)-1:]); !slices.Equal(want, framed.IDs) {
				t.Errorf("window %v, want %v", framed.IDs, want)
			}
			if !framed.FirstOfWord(1) || framed.FirstOfWord(0) {
				t.Error("the word does not begin at its first token")
			}
		})
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	k := variant{Base: "bert.json.gz"}.load(t, Options{})
	var e Encoding
	long := strings.Repeat("a", MaxText+1)
	for _, err := range []error{k.Append(&e, long), k.Encode(&e, long), k.EncodePair(&e, "a", long)} {
		if !errors.Is(err, ErrTooLong) || e.Len() != 0 {
			t.Errorf("error %v, %d tokens", err, e.Len())
		}
	}
}

func same(t testing.TB, want, got *Encoding) {
	t.Helper()
	if !slices.Equal(want.IDs, got.IDs) || !slices.Equal(want.Types, got.Types) || !slices.Equal(want.Start, got.Start) ||
		!slices.Equal(want.End, got.End) || !slices.Equal(want.Word, got.Word) {
		t.Errorf("want %v %v %v %v\ngot %v %v %v %v", want.IDs, want.Start, want.End, want.Word, got.IDs, got.Start, got.End, got.Word)
	}
}
