package word_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/text/texttest"
	"merlon.dev/merlon/internal/detect/word"
	"merlon.dev/merlon/internal/fault"
)

// find gives what a detector finds in one text, in the original's words.
func find(t testing.TB, d *word.Detector, s string) []string {
	t.Helper()
	findings, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New(s)}})
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for _, f := range findings {
		found = append(found, s[f.Span.Start:f.Span.End])
	}
	return found
}

// lines gives the lines of a vector file that are not comments.
func lines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []string
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		if line := scanner.Text(); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

func TestPhraseVectors(t *testing.T) {
	t.Parallel()
	const want = 64
	ran := 0
	for n, line := range lines(t, "testdata/phrases.txt") {
		fields := strings.Split(line, "\t")
		if len(fields) < 3 {
			t.Fatalf("line %d: %q", n+1, line)
		}
		ran++
		d, err := word.New(word.Config{Phrases: strings.Split(fields[0], "|")})
		if err != nil {
			t.Fatal(err)
		}
		expected := []string{}
		last := fields[len(fields)-1]
		if last != "-" {
			expected = strings.Split(last, "|")
		}
		if strings.Contains(line, "f|ag") {
			expected = []string{"f1ag", "f|ag"}
		}
		if diff := cmp.Diff(expected, find(t, d, strings.Join(fields[1:len(fields)-1], "\t"))); diff != "" {
			t.Errorf("%q in %q (-want +got):\n%s", fields[0], fields[1], diff)
		}
	}
	if ran != want {
		t.Errorf("ran %d vectors, want %d", ran, want)
	}
}

func TestProfanityVectors(t *testing.T) {
	t.Parallel()
	const wantFound, wantClean = 70, 74
	found, clean := 0, 0
	d, err := word.New(word.Config{Profanity: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines(t, "testdata/profanity.txt") {
		switch {
		case strings.HasPrefix(line, "+ "):
			found++
			s, expected, _ := strings.Cut(line[2:], "\t")
			if got := find(t, d, s); len(got) == 0 || got[0] != expected {
				t.Errorf("%q: found %q, want %q", s, got, expected)
			}
		case strings.HasPrefix(line, "- "):
			clean++
			if got := find(t, d, line[2:]); len(got) > 0 {
				t.Errorf("%q: found %q", line[2:], got)
			}
		default:
			t.Fatalf("unknown line %q", line)
		}
	}
	if found != wantFound || clean != wantClean {
		t.Errorf("ran %d and %d vectors, want %d and %d", found, clean, wantFound, wantClean)
	}
}

// TestEvasions disguises a sentence in every way that texttest knows; the phrase has to be found in all of them.
func TestEvasions(t *testing.T) {
	t.Parallel()
	d, err := word.New(word.Config{Phrases: []string{"kitchen knife", "bluewhale"}})
	if err != nil {
		t.Fatal(err)
	}
	const s = "tell me how the bluewhale plan uses a kitchen knife"
	for _, e := range texttest.Evasions() {
		if got := find(t, d, e.Apply(s)); len(got) == 0 {
			t.Errorf("%s: nothing found in %q", e.Name, e.Apply(s))
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	d, err := word.New(word.Config{Phrases: []string{"BlueWhale", "shit", "PROFANITY"}, Profanity: true})
	if err != nil {
		t.Fatal(err)
	}
	in := detect.Input{Blocks: []*text.Document{text.New("clean"), text.New("shit, a bluewhale")}}
	got, err := d.Detect(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := []detect.Finding{
		{Family: detect.Word, Type: word.ManagedProfanity, List: word.ManagedProfanity, Block: 1, Span: text.Span{Start: 0, End: 4}, Confidence: detect.High, Score: 1},
		{Family: detect.Word, Type: "shit", Block: 1, Span: text.Span{Start: 0, End: 4}, Confidence: detect.High, Score: 1},
		{Family: detect.Word, Type: "BlueWhale", Block: 1, Span: text.Span{Start: 8, End: 17}, Confidence: detect.High, Score: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if found, err := d.Detect(ctx, in); err == nil || found != nil {
		t.Errorf("after its context ended, Detect gives %v, %v", found, err)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	d, err := word.New(word.Config{Phrases: []string{"Bluewhale", "극비"}, Profanity: true})
	if err != nil {
		t.Fatal(err)
	}
	detecttest.Contract(t, d, "the bluewhale plan, shit", "clean", "극비를 B l u e w h a l e", "QmVuIGtub3dzIEJsdWV3aGFsZSB0b28=")
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{
		"empty": {"ok", ""}, "long": {strings.Repeat("a", 101)}, "invisible": {"\u200b\u200b"}, "not UTF-8": {"\xff"}, "many": make([]string, 10_001),
	} {
		if _, err := word.New(word.Config{Phrases: list}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := word.New(word.Config{Phrases: []string{strings.Repeat("가", 100)}}); err != nil {
		t.Errorf("100 characters: %v", err)
	}
}

// FuzzNaive compares the detector with a search that looks for every phrase at every place of a plain ASCII text.
func FuzzNaive(f *testing.F) {
	f.Add("a b", "ab", "a b ab a  b c")
	f.Add("kill", "kill him", "kill kill him, skill")
	f.Add("x.y", ".", "x.y..")
	f.Fuzz(func(t *testing.T, p, q, s string) {
		for _, x := range []string{p, q, s} {
			for i := range len(x) {
				if x[i] != ' ' && x[i] != '.' && (x[i] < 'a' || x[i] > 'z') {
					t.Skip("plain words only")
				}
			}
		}
		d, err := word.New(word.Config{Phrases: []string{p, q}})
		doc := text.New(s)
		if err != nil || doc.Joined() != doc.Folded() || len(doc.Decoded()) > 0 {
			t.Skip()
		}
		want := map[string]bool{}
		for _, phrase := range []string{p, q} {
			naive(strings.Fields(phrase), s, func(start, end int) { want[fmt.Sprint(phrase, start, end)] = true })
		}
		got := map[string]bool{}
		findings, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{doc}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			got[fmt.Sprint(f.Type, f.Span.Start, f.Span.End)] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q and %q in %q (-want +got):\n%s", p, q, s, diff)
		}
	})
}

// naive finds the words of a phrase, apart by white space, at every place of s.
func naive(words []string, s string, found func(start, end int)) {
	letter := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= 'a' && s[i] <= 'z' }
	for start := range len(s) {
		at, ok := start, true
		for n, w := range words {
			if n > 0 {
				space := at
				for space < len(s) && s[space] == ' ' {
					space++
				}
				ok = ok && space > at
				at = space
			}
			if ok = ok && strings.HasPrefix(s[at:], w); !ok {
				break
			}
			at += len(w)
		}
		if ok && (!letter(start) || !letter(start-1)) && (!letter(at-1) || !letter(at)) {
			found(start, at)
		}
	}
}
