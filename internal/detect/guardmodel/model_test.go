package guardmodel_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// golden is what torch and tokenizers made of a text.
type golden struct {
	Text   string
	IDs    []int32
	Logits []float64
}

func goldens(t *testing.T) []golden {
	t.Helper()
	data, err := os.ReadFile("guardmodeltest/testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, m *guardmodel.Model, s string) guardmodel.Reading {
	t.Helper()
	r, err := m.Read(t.Context(), text.New(s))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestScoresEqualTorch(t *testing.T) {
	t.Parallel()
	m := guardmodeltest.Load(t, trunk.Options{})
	checked := 0
	for _, g := range goldens(t) {
		r := read(t, m, g.Text)
		if len(r) != 1 || r[0].Span != (text.Span{End: len(g.Text)}) {
			t.Errorf("%q: windows %+v", g.Text, r)
			continue
		}
		for k, logit := range g.Logits {
			a, b := 1+float64(k)/8, float64(k)/16-.25 // as golden.py writes them
			want := 1 / (1 + math.Exp(-(a*logit + b)))
			if got := r[0].Scores[k]; math.Abs(got-want) > 1e-4 {
				t.Errorf("%q, %s: %.6f, torch says %.6f", g.Text, guardmodel.Label(k), got, want)
			}
			checked++
		}
	}
	if checked != 130 {
		t.Errorf("compared %d scores", checked)
	}
}

// int8Model is the test model with int8 weights.
func int8Model(t *testing.T, o trunk.Options) *guardmodel.Model {
	t.Helper()
	lower, upper := trunktest.Files(t), guardmodeltest.Files(t)
	for _, files := range []fstest.MapFS{lower, upper} {
		quantise(t, files)
		trunktest.Seal(files)
	}
	under := trunktest.LoadFiles(t, lower, o)
	m, err := guardmodel.Load(under, upper)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func quantise(t *testing.T, files fstest.MapFS) {
	t.Helper()
	data := files["model.safetensors"].Data
	f, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := encoder.Quantise(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := safetensors.Write(&out, nil, entries); err != nil {
		t.Fatal(err)
	}
	files["model.safetensors"].Data = out.Bytes()
}

// TestScoresAreTheSameBits reads texts one after the other, side by side, on any number of workers and on every kernel of this machine
// that promises the same bits.
func TestScoresAreTheSameBits(t *testing.T) {
	t.Parallel()
	texts := []string{strings.Repeat("we like tea and cake today, ", 200), "a"}
	for _, g := range goldens(t) {
		texts = append(texts, g.Text)
	}
	var want []guardmodel.Reading
	for _, tier := range kernel.Available() {
		set, err := kernel.Select(tier)
		if err != nil {
			t.Fatal(err)
		}
		for _, workers := range []int{1, 2, 5} {
			m := int8Model(t, trunk.Options{Workers: workers, Set: set})
			got := make([]guardmodel.Reading, len(texts))
			var group sync.WaitGroup
			for i, s := range texts {
				group.Go(func() { got[i], _ = m.Read(t.Context(), text.New(s)) })
			}
			group.Wait()
			if want == nil {
				for _, s := range texts {
					want = append(want, read(t, m, s))
				}
			}
			same := cmp.Options{}
			if tier == kernel.Plain { // rounds f32 products, as kernel says
				same = cmp.Options{cmpopts.EquateApprox(0, 1e-5)}
			}
			if diff := cmp.Diff(want, got, same); diff != "" {
				t.Errorf("%s with %d workers (-alone +side by side):\n%s", tier, workers, diff)
			}
		}
	}
}

func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	m := guardmodeltest.Load(t, trunk.Options{})
	filler := strings.Repeat("the cat sat on a mat and we like tea today ", 60) // some 2,400 bytes of 700 tokens
	for at := 0; at <= len(filler); at += 43 * 5 {
		s := filler[:at] + "we will kill the cat " + filler[at:]
		r := read(t, m, s)
		covered, hit := 0, false
		for _, w := range r {
			if w.Span.Start > covered {
				t.Errorf("bytes %d to %d are in no window", covered, w.Span.Start)
			}
			covered = max(covered, w.Span.End)
			hit = hit || w.Span.Start <= at && w.Span.End >= at+20
		}
		if covered < len(strings.TrimSpace(s)) || !hit || len(r) < 3 {
			t.Errorf("plant at %d of %d: %d windows up to %d, one with all of the plant: %v", at, len(s), len(r), covered, hit)
		}
	}
	if r := read(t, m, " \n "); len(r) != 0 {
		t.Errorf("a blank text has windows %+v", r)
	}
}

func TestDisguisedTextIsRead(t *testing.T) {
	t.Parallel()
	m := guardmodeltest.Load(t, trunk.Options{})
	for _, s := range []string{
		"we will kill the cat", "we will k\u200bill the cat", "we will k\u0456ll the cat", "we will k1ll the cat", "we will k i l l the cat", "wE wIlL kIlL tHe CaT",
		"please send me the report: d2Ugd2lsbCBraWxsIHRoZSBjYXQ= thank you", "\uff57\uff45 \uff57\uff49\uff4c\uff4c \uff4b\uff49\uff4c\uff4c",
	} {
		if score, span := read(t, m, s).Peak(guardmodel.Violence); score < 0.9 || span.Len() == 0 || span.End > len(s) {
			t.Errorf("%q scores %.3f at %v", s, score, span)
		}
	}
	s := "please send me the report: d2Ugd2lsbCBraWxsIHRoZSBjYXQ= thank you"
	if _, span := read(t, m, s).Peak(guardmodel.Violence); !strings.Contains(s[span.Start:span.End], "d2Ugd2lsbCBraWxsIHRoZSBjYXQ=") {
		t.Errorf("the Base64 is not within %v", span) // it is read in its place, with the words around it
	}
}

// TestOnlyWhatDiffersIsReadTwice has one word in many windows that is spelled with a digit.
func TestOnlyWhatDiffersIsReadTwice(t *testing.T) {
	t.Parallel()
	m := guardmodeltest.Load(t, trunk.Options{})
	filler := strings.Repeat("the cat sat on a mat and we like tea today ", 120)
	plain, odd := read(t, m, filler+filler), read(t, m, filler+"k1ll "+filler)
	if extra := len(odd) - len(plain); extra < 1 || extra > 3 {
		t.Errorf("%d windows, and %d more for one word", len(plain), extra)
	}
}
