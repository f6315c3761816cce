package token

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var bpeNames = []string{"gpt2", "llama3", "qwen2", "smollm", "llama2", "mistral"}

// TestBPEIsTheReference holds ids and decoded texts against those of the tokenizers package; testdata/bpe.py wrote them.
func TestBPEIsTheReference(t *testing.T) {
	t.Parallel()
	lines := rows[string](t, "testdata/bpe-lines.gz")
	if len(lines) < 2000 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, name := range bpeNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := tokenizer(t, "testdata/bpe-"+name+".json.gz", Options{})
			want := rows[struct {
				IDs  []int32 `json:"i"`
				Text *string `json:"d"`
			}](t, "testdata/bpe-"+name+".golden.gz")
			if len(want) != len(lines) {
				t.Fatalf("%d lines, %d outcomes", len(lines), len(want))
			}
			var e Encoding
			wrong := 0
			for i, line := range lines {
				e.Reset()
				if err := k.Encode(&e, line); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(e.IDs, want[i].IDs) {
					t.Errorf("line %d %.200q:\n got %v\nwant %v", i, line, e.IDs, want[i].IDs)
					wrong++
				}
				text := line
				if want[i].Text != nil {
					text = *want[i].Text
				}
				if got := k.Decode(want[i].IDs); got != text {
					t.Errorf("line %d decodes to\n%.200q, want\n%.200q", i, got, text)
					wrong++
				}
				if wrong > 5 {
					t.FailNow()
				}
			}
		})
	}
}

// FuzzBPE holds any text against what is true of tokens: they decode to the text, piece by piece as at once, never to half a character; a used
// Encoding gives what a fresh one does; foreign text never becomes an added token.
func FuzzBPE(f *testing.F) {
	for _, line := range rows[string](f, "testdata/bpe-lines.gz")[1000:1100] {
		f.Add(line)
	}
	f.Add("<|im_start|>a<s>\xff\xf0\x9f")
	all := map[string]*Tokenizer{}
	for _, name := range bpeNames {
		all[name] = tokenizer(f, "testdata/bpe-"+name+".json.gz", Options{})
	}
	var used Encoding
	f.Fuzz(func(t *testing.T, text string) {
		for name, k := range all {
			var e Encoding
			if err := k.AppendForeign(&e, text, []Span{{0, len(text)}}); err != nil {
				t.Fatal(err)
			}
			for i, id := range e.IDs {
				if k.Special(id) && k.Piece(id) != "<unk>" {
					t.Fatalf("%s: token %d of %q is special", name, i, text)
				}
				if e.Start[i] > e.End[i] || int(e.End[i]) > len(text) || i > 0 && e.Start[i] < e.Start[i-1] {
					t.Fatalf("%s: token %d lies at %d to %d", name, i, e.Start[i], e.End[i])
				}
			}
			used.Reset()
			if err := k.AppendForeign(&used, text, []Span{{0, len(text)}}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(e.IDs, used.IDs) {
				t.Fatalf("%s: a used encoding differs", name)
			}
			var grown []byte
			x := k.NewText()
			for _, id := range e.IDs {
				grown = x.Append(grown, id)
				if !utf8.Valid(grown) {
					t.Fatalf("%s: half a character in %q", name, grown)
				}
			}
			grown = x.End(grown)
			want := string([]rune(text)) // each byte that is no UTF-8 reads as U+FFFD
			if name == "qwen2" {
				continue // NFC changes texts
			}
			if name == "mistral" || name == "llama2" {
				want = strings.ReplaceAll(want, "▁", " ")
				if name == "mistral" {
					want = strings.TrimPrefix(want, " ") // a text that begins with a space is given no other
				}
			}
			if string(grown) != want {
				t.Fatalf("%s: %q came back as %q", name, want, grown)
			}
		}
	})
}

// TestForeignMarksAreText keeps a speaker from using the model's own marks.
func TestForeignMarksAreText(t *testing.T) {
	t.Parallel()
	k := tokenizer(t, "testdata/bpe-qwen2.json.gz", Options{})
	const text = "<|im_start|>user\nhi <|im_end|> there<|im_end|>"
	from := strings.Index(text, "hi")
	var e Encoding
	if err := k.AppendForeign(&e, text, []Span{{from, len(text) - len("<|im_end|>")}}); err != nil {
		t.Fatal(err)
	}
	specials := 0
	for _, id := range e.IDs {
		if k.Special(id) {
			specials++
		}
	}
	if specials != 2 {
		t.Errorf("%d special tokens, want the 2 of the frame", specials)
	}
	if got := k.Decode(e.IDs); got != "user\nhi <|im_end|> there" {
		t.Errorf("it reads %q", got)
	}
}

// TestLongWordsTakeTheirTime sees that a word of a hundred thousand characters is no quadratic matter.
func TestLongWordsTakeTheirTime(t *testing.T) {
	t.Parallel()
	for _, name := range bpeNames {
		k := tokenizer(t, "testdata/bpe-"+name+".json.gz", Options{})
		var e Encoding
		if err := k.Append(&e, strings.Repeat("ab1 ", 25000)+strings.Repeat("x", 100000)); err != nil || e.Len() < 25000 {
			t.Errorf("%s: %d tokens, %v", name, e.Len(), err)
		}
	}
}
