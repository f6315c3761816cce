package grounding_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"sync"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/grounding/groundingtest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

// golden is a case with the logits that torch computes.
type golden struct {
	Source, Query *string
	Response      string
	Sentences     []float64
	Relevance     float64
}

func goldens(t *testing.T) (rows []golden) {
	t.Helper()
	data, err := os.ReadFile("groundingtest/testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func input(source, query *string, responses ...string) (in detect.Input) {
	if source != nil {
		in.Sources = []*text.Document{text.New(*source)}
	}
	if query != nil {
		in.Queries = []*text.Document{text.New(*query)}
	}
	for _, r := range responses {
		in.Blocks = append(in.Blocks, text.New(r))
	}
	return in
}

// logit undoes the calibration of the tiny model.
func logit(p, a, b float64) float64 { return (math.Log(p/(1-p)) - b) / a }

func TestScoresAreTorchs(t *testing.T) {
	t.Parallel()
	rows := goldens(t)
	for _, workers := range []int{1, 2} {
		m := groundingtest.Load(t, trunk.Options{Workers: workers})
		for _, r := range rows {
			s, err := m.Score(t.Context(), input(r.Source, r.Query, r.Response))
			if err != nil {
				t.Fatal(err)
			}
			least := math.Inf(1)
			for _, v := range r.Sentences {
				least = min(least, v)
			}
			if got := logit(s.Grounding, .5, .1); math.Abs(got-least) > 1e-3 {
				t.Errorf("grounding of %.40q is %v, torch says %v", r.Response, got, least)
			}
			if got := logit(s.Relevance, 1.5, -.2); math.Abs(got-r.Relevance) > 1e-3 {
				t.Errorf("relevance of %.40q is %v, torch says %v", r.Response, got, r.Relevance)
			}
		}
	}
	if len(rows) < 10 {
		t.Errorf("only %d rows", len(rows))
	}
}

// TestTheWorstBlockDecidesGrounding: blocks count as one response, whose worst sentence and best window decide.
func TestTheWorstBlockDecidesGrounding(t *testing.T) {
	t.Parallel()
	m := groundingtest.Load(t, trunk.Options{})
	source, query := "the cat sat on a mat", "where is the cat"
	score := func(responses ...string) grounding.Scores {
		s, err := m.Score(t.Context(), input(&source, &query, responses...))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b := score("The cat sat on a mat."), score("We like tea and cake.")
	if got, want := score("The cat sat on a mat.", "We like tea and cake."), (grounding.Scores{Grounding: min(a.Grounding, b.Grounding), Relevance: max(a.Relevance, b.Relevance)}); got != want {
		t.Errorf("two blocks give %v, not %v", got, want)
	}
	if a == b {
		t.Error("both blocks score alike: nothing was tried")
	}
}

func TestEmptyParts(t *testing.T) {
	t.Parallel()
	m := groundingtest.Load(t, trunk.Options{})
	empty, query := " \n ", "where is the cat"
	for name, tt := range map[string]struct {
		in   detect.Input
		want grounding.Scores
	}{
		"a response without a word claims nothing": {input(&query, &query, empty), grounding.Scores{Grounding: 1}},
		"a source without a word supports nothing": {input(&empty, &query, "The cat sat on a mat."), grounding.Scores{Relevance: -1}},
	} {
		got, err := m.Score(t.Context(), tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if tt.want.Relevance < 0 {
			tt.want.Relevance = got.Relevance
		}
		if got != tt.want {
			t.Errorf("%s: %v, not %v", name, got, tt.want)
		}
	}
}

// TestFindings: the detector keeps the bits whatever runs beside it, gives both scores about all blocks, and nothing where a part is missing.
func TestFindings(t *testing.T) {
	t.Parallel()
	m := groundingtest.Load(t, trunk.Options{Workers: 2})
	d := m.Detector()
	if d.Family() != detect.Grounding {
		t.Errorf("family %q", d.Family())
	}
	source, query := "the cat sat on a mat", "where is the cat"
	in := func() detect.Input { return input(&source, &query, "The cat sat on a mat.", "It is sunny today.") }
	want, err := d.Detect(t.Context(), in())
	if err != nil || len(want) != 2 || want[0].Type != grounding.Grounding || want[1].Type != grounding.Relevance {
		t.Fatalf("found %+v, %v", want, err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := d.Detect(t.Context(), in())
			if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
				t.Errorf("found %+v, then %+v, %v", want, got, err)
			}
		})
	}
	group.Wait()
	for _, f := range want {
		if f.Family != detect.Grounding || f.Block != -1 || f.Span != (text.Span{}) || f.Score < 0 || f.Score > 1 {
			t.Errorf("finding %+v", f)
		}
	}
	for name, part := range map[string]detect.Input{"source": input(nil, &query, "a"), "query": input(&source, nil, "a"), "block": input(&source, &query)} {
		if found, err := d.Detect(t.Context(), part); err != nil || found != nil {
			t.Errorf("without a %s found %v, %v", name, found, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := d.Detect(ended, in()); !errors.Is(err, context.Canceled) || found != nil {
		t.Errorf("after the end of its context found %v, %v", found, err)
	}
}

// TestADamagedModelIsRefused takes away or changes one thing at a time.
func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{Workers: 1})
	if _, err := grounding.Load(under, fstest.MapFS{"README.md": {}}); !errors.Is(err, trunk.ErrAbsent) {
		t.Errorf("an empty folder gives %v", err)
	}
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			if !bytes.Contains(f[name].Data, []byte(old)) {
				panic("the case changes nothing")
			}
			f[name].Data = bytes.Replace(bytes.Clone(f[name].Data), []byte(old), []byte(new), 1)
			trunktest.Seal(f)
		}
	}
	for name, damage := range map[string]func(fstest.MapFS){
		"no sums":        func(f fstest.MapFS) { delete(f, trunk.SumsFile) },
		"no weights":     func(f fstest.MapFS) { delete(f, trunk.WeightsFile) },
		"no calibration": func(f fstest.MapFS) { delete(f, "calibration.json"); trunktest.Seal(f) },
		"a flipped bit": func(f fstest.MapFS) {
			d := bytes.Clone(f[trunk.WeightsFile].Data)
			d[len(d)-1] ^= 1
			f[trunk.WeightsFile].Data = d
		},
		"a missing table":    replace(trunk.WeightsFile, "source_mark.weight", "source_mark.wrong!"),
		"a missing head":     replace(trunk.WeightsFile, "head.relevance.logit.bias", "head.relevance.logit.bics"),
		"a slope that falls": replace("calibration.json", `"a": 0.5`, `"a": -.5`),
		"an unknown score":   replace("calibration.json", "RELEVANCE", "ELEGANCE!"),
		"an unknown field":   replace("calibration.json", "positives", "positive!"),
		"text after the object": func(f fstest.MapFS) {
			f["calibration.json"].Data = append(bytes.Clone(f["calibration.json"].Data), "{}"...)
			trunktest.Seal(f)
		},
	} {
		folder := groundingtest.Files(t)
		damage(folder)
		if _, err := grounding.Load(under, folder); err == nil || errors.Is(err, trunk.ErrAbsent) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}
