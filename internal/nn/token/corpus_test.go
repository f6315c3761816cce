package token

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// golden is what the reference makes of a line; testdata/golden.py says how it is written.
type golden struct {
	IDs     []int32 `json:"i"`
	Start   []int32 `json:"s"`
	End     []int32 `json:"e"`
	Word    []int32 `json:"w"`
	Removed int     `json:"r"` // characters that begin a stretch of text and that the normaliser removes
}

// read returns a file's content, unpacked if its name ends in .gz.
func read(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // only read
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func tokenizer(t testing.TB, path string, o Options) *Tokenizer {
	t.Helper()
	k, err := Load(read(t, path), o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rows decodes a file with one JSON value a line.
func rows[T any](t testing.TB, path string) []T {
	t.Helper()
	var out []T
	for line := range strings.SplitSeq(strings.TrimSpace(string(read(t, path))), "\n") {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// compare holds the tokens of each line against the reference's, with one Encoding for all, and returns how many lines
// begin with characters that the normaliser removes.
func compare(t *testing.T, k *Tokenizer, lines []string, want []golden) (removed int) {
	t.Helper()
	if len(lines) != len(want) {
		t.Fatalf("%d lines and %d outcomes", len(lines), len(want))
	}
	var e Encoding
	for i, line := range lines {
		e.Reset()
		if err := k.Encode(&e, line); err != nil {
			t.Fatal(err)
		}
		got := golden{IDs: e.IDs, Start: e.Start, End: e.End, Word: e.Word, Removed: want[i].Removed}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("line %d %.300q (-reference +ours):\n%s", i, line, diff)
		}
		check(t, line, &e)
		if want[i].Removed > 0 {
			removed++
		}
		if t.Failed() && i > 50 {
			t.FailNow()
		}
	}
	return removed
}

// check holds an Encoding of a text against what is true of every one.
func check(t testing.TB, text string, e *Encoding) {
	t.Helper()
	for i := range e.IDs {
		start, end := int(e.Start[i]), int(e.End[i])
		if e.Word[i] < 0 {
			continue
		}
		if start >= end || end > len(text) {
			t.Fatalf("token %d of %.200q lies at [%d, %d)", i, text, start, end)
		}
		if utf8.ValidString(text) && (!utf8.RuneStart(text[start]) || end < len(text) && !utf8.RuneStart(text[end])) {
			t.Fatalf("token %d of %.200q at [%d, %d) cuts a character", i, text, start, end)
		}
		if i > 0 && e.Word[i-1] >= 0 && (e.Start[i-1] > e.Start[i] || e.End[i-1] > e.End[i] || e.Word[i-1] > e.Word[i]) {
			t.Fatalf("token %d of %.200q goes back", i, text)
		}
	}
}

// variant is a tokenizer file of testdata with some members replaced.
type variant struct {
	Base string                     `json:"base"`
	Set  map[string]json.RawMessage `json:"set"`
}

func (v variant) load(t testing.TB, o Options) *Tokenizer {
	t.Helper()
	var file map[string]json.RawMessage
	if err := json.Unmarshal(read(t, "testdata/"+v.Base), &file); err != nil {
		t.Fatal(err)
	}
	maps.Copy(file, v.Set)
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	k, err := Load(text, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func variants(t testing.TB) map[string]variant {
	t.Helper()
	var all map[string]variant
	if err := json.Unmarshal(read(t, "testdata/variants.json"), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestReference compares with what the reference made of a few hundred lines, for each normaliser and pre-tokenizer.
func TestReference(t *testing.T) {
	t.Parallel()
	lines := rows[string](t, "testdata/lines.gz")
	if len(lines) != 600 {
		t.Fatalf("%d lines", len(lines))
	}
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, v.load(t, Options{}), lines, rows[golden](t, "testdata/"+name+".golden.gz"))
		})
	}
}

// TestSpecialAsText compares with the reference without added tokens.
func TestSpecialAsText(t *testing.T) {
	t.Parallel()
	k := variant{Base: "bert.json.gz"}.load(t, Options{SpecialAsText: true})
	compare(t, k, rows[string](t, "testdata/lines.gz"), rows[golden](t, "testdata/bert-literal.golden.gz"))

	k = variant{Base: "xlmr.json.gz"}.load(t, Options{SpecialAsText: true})
	var e Encoding
	if err := k.Append(&e, "a <s> b</s> <pad><mask><unk>"); err != nil {
		t.Fatal(err)
	}
	for _, id := range e.IDs {
		if p := k.Piece(id); strings.HasPrefix(p, "<") && strings.HasSuffix(p, ">") && p != "<unk>" {
			t.Errorf("the text became %q", p)
		}
	}
}

// TestCorpus compares the whole tokenizers with the reference on 50,000 lines. MERLON_TOKEN_CORPUS names a Python with
// tokenizers==0.13.3; it takes two minutes.
func TestCorpus(t *testing.T) {
	const root, count = "../../../", 50_000
	python := os.Getenv("MERLON_TOKEN_CORPUS")
	if python == "" {
		t.Skip("MERLON_TOKEN_CORPUS does not name a Python with tokenizers==0.13.3")
	}
	data, bases := root+"../shared/data", root+".cache/bases/"
	for _, path := range []string{data, bases} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("what it reads is absent: %v", err)
		}
	}
	temporary := t.TempDir() + "/"
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), python, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	run("testdata/lines.py", data, strconv.Itoa(count), temporary+"lines.gz")
	run("testdata/xlmr.py", bases+"multilingual-e5-small/pieces.json", temporary+"e5.json")
	lines := rows[string](t, temporary+"lines.gz")
	if len(lines) != count {
		t.Fatalf("%d lines", len(lines))
	}
	for name, path := range map[string]string{
		"all-MiniLM-L6-v2": bases + "all-MiniLM-L6-v2/tokenizer.json", "multilingual-e5-small": temporary + "e5.json",
	} {
		t.Run(name, func(t *testing.T) {
			run("testdata/golden.py", path, temporary+"lines.gz", temporary+name+".gz")
			removed := compare(t, tokenizer(t, path, Options{}), lines, rows[golden](t, temporary+name+".gz"))
			t.Logf("%d lines; in %d the reference's offsets are shifted and were moved back", count, removed)
		})
	}
}
