package token

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// FuzzLoad feeds the parser anything. What it takes must tokenize.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(smallUnigram))
	f.Add([]byte(strings.Replace(smallUnigram, `"normalizer":null`,
		`"normalizer":{"type":"Precompiled","precompiled_charsmap":"CAAAAAAAAAAAAAAAYQA="}`, 1)))
	f.Fuzz(func(t *testing.T, file []byte) {
		k, err := Load(file, Options{})
		if err != nil {
			return
		}
		var e Encoding
		const text = "a \x00b\r\nabc 世é e\u0301 \xff[CLS] <new>\t_a"
		if err := k.Append(&e, text); err != nil {
			t.Fatal(err)
		}
		check(t, text, &e)
	})
}

// FuzzAppend holds any text against what is true of tokens: they lie in order on whole characters; a used Encoding
// gives what a fresh one gives; a text cut at a line tokenizes like its parts; and the pieces spell the text.
func FuzzAppend(f *testing.F) {
	for _, line := range rows[string](f, "testdata/lines.gz")[:100] {
		f.Add(line, "x")
	}
	f.Add("a\xffb\xc0", "\xf0\x9f")
	tokenizers := []*Tokenizer{
		variant{Base: "bert.json.gz"}.load(f, Options{SpecialAsText: true}),
		variant{Base: "xlmr.json.gz"}.load(f, Options{SpecialAsText: true}),
	}
	var used Encoding
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, k := range tokenizers {
			var first, second, whole Encoding
			used.Reset()
			for text, e := range map[string]*Encoding{a: &first, b: &second, a + "\n" + b: &whole} {
				if err := k.Append(e, text); err != nil {
					t.Fatal(err)
				}
				check(t, text, e)
				spells(t, k, text, e)
			}
			if err := k.Append(&used, a+"\n"+b); err != nil {
				t.Fatal(err)
			}
			same(t, &whole, &used)
			if a == b {
				continue // one entry of the map
			}
			words := int32(0)
			if first.Len() > 0 {
				words = first.Word[first.Len()-1] + 1
			}
			for i := range second.IDs {
				second.Start[i] += int32(len(a) + 1)
				second.End[i] += int32(len(a) + 1)
				second.Word[i] += words
			}
			join(&first, &second)
			same(t, &whole, &first)
		}
	})
}

// join adds the tokens of b to a.
func join(a, b *Encoding) {
	a.IDs, a.Types = append(a.IDs, b.IDs...), append(a.Types, b.Types...)
	a.Start, a.End, a.Word = append(a.Start, b.Start...), append(a.End, b.End...), append(a.Word, b.Word...)
}

// spells sees that the pieces of each word that is known are what its text is normalised to.
func spells(t testing.TB, k *Tokenizer, text string, e *Encoding) {
	t.Helper()
	var s Encoding
	collected := &collector{}
	s.scratch.text = text
	k.cutter.cut(&s, 0, len(text), collected)
	got := make([]string, len(collected.words))
	unknown := make([]bool, len(collected.words))
	for i, id := range e.IDs {
		p := k.Piece(id)
		w := e.Word[i]
		unknown[w] = unknown[w] || p == "[UNK]" || p == "<unk>"
		if !e.FirstOfWord(i) {
			p = strings.TrimPrefix(p, "##")
		}
		got[w] += p
	}
	for i, want := range collected.words {
		if !unknown[i] && got[i] != want {
			t.Errorf("word %d of %.100q is %q, but its pieces spell %q", i, text, want, got[i])
		}
	}
}

// collector is a model that keeps the words.
type collector struct{ words []string }

func (c *collector) encode(dst *Encoding) {
	c.words = append(c.words, string(dst.scratch.word.bytes))
}

// TestAlone holds the quick rule for grapheme clusters against the general one.
func TestAlone(t *testing.T) {
	t.Parallel()
	probes := []rune{'a', 0xe9, 0x416, 0x4e2d, 0xac00, 0x1f600, 0x3042, '\n', 0xad}
	count := 0
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) || !alone(r) {
			continue
		}
		count++
		for _, p := range probes {
			for _, text := range []string{string(p) + string(r), string(r) + string(p)} {
				first, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
				if len(first) == len(text) {
					t.Fatalf("%q is one cluster", text)
				}
			}
		}
		if count > 60_000 && r%16 != 0 { // the planes of ideographs are all alike
			r += 15 - r%16
		}
	}
	if count < 60_000 {
		t.Errorf("only %d characters are alone", count)
	}
}

// TestFolds pins what BERT's normaliser makes of every character, whatever version of Unicode Go and x/text have. The
// digest is of the reference's outcome, as testdata/tables.py writes it.
func TestFolds(t *testing.T) {
	t.Parallel()
	b := bertWords{newFoldTable(foldOptions{Clean: true, Spaced: true, Strip: true, Lower: true})}
	sum := sha256.New()
	var e Encoding
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		e.scratch.text = "a" + string(r) + "a"
		c := &collector{}
		b.cut(&e, 0, len(e.scratch.text), c)
		fmt.Fprintf(sum, "%x %s\n", r, strings.Join(c.words, " "))
	}
	const want = "55580e3da2acc2ed566acbab5fb31db11157befa6b38e0cebf3eb3a9997a3340"
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}
