package grounding_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/calibration"
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
	Relevance     *float64 // missing without a query
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
		g, m := groundingtest.Load(t, trunk.Options{Workers: workers})
		for _, r := range rows {
			in := input(r.Source, r.Query, r.Response)
			p, err := g.Score(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := logit(p, .5, .1); math.Abs(got-slices.Min(r.Sentences)) > 1e-3 {
				t.Errorf("grounding of %.40q is %v, torch says %v", r.Response, got, slices.Min(r.Sentences))
			}
			if p, err = m.Score(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			switch {
			case r.Relevance == nil && p != 0:
				t.Errorf("%.40q is relevant to no query: %v", r.Response, p)
			case r.Relevance != nil && math.Abs(logit(p, 1.5, -.2)-*r.Relevance) > 1e-3:
				t.Errorf("relevance of %.40q is %v, torch says %v", r.Response, logit(p, 1.5, -.2), *r.Relevance)
			}
		}
	}
	if len(rows) < 10 {
		t.Errorf("only %d rows", len(rows))
	}
}

// TestBlocksCountAsOne: the worst sentence decides grounding, the best window relevance.
func TestBlocksCountAsOne(t *testing.T) {
	t.Parallel()
	g, m := groundingtest.Load(t, trunk.Options{})
	source, query := "the cat sat on a mat", "where is the cat"
	score := func(responses ...string) (grounded, relevant float64) {
		grounded, err := g.Score(t.Context(), input(&source, &query, responses...))
		if err != nil {
			t.Fatal(err)
		}
		if relevant, err = m.Score(t.Context(), input(&source, &query, responses...)); err != nil {
			t.Fatal(err)
		}
		return grounded, relevant
	}
	g1, r1 := score("The cat sat on a mat.")
	g2, r2 := score("We like tea and cake.")
	if g1 == g2 || r1 == r2 {
		t.Fatal("both blocks score alike: nothing was tried")
	}
	if grounded, relevant := score("The cat sat on a mat.", "We like tea and cake."); grounded != min(g1, g2) || relevant != max(r1, r2) {
		t.Errorf("two blocks give %v and %v, alone %v, %v and %v, %v", grounded, relevant, g1, r1, g2, r2)
	}
}

func TestEmptyParts(t *testing.T) {
	t.Parallel()
	g, m := groundingtest.Load(t, trunk.Options{})
	empty, query, source := " \n ", "where is the cat", "the cat sat on a mat"
	for name, tt := range map[string]struct {
		score func(context.Context, detect.Input) (float64, error)
		in    detect.Input
		want  float64
	}{
		"a response without a word claims nothing":  {g.Score, input(&source, &query, empty), 1},
		"a source without a word supports nothing":  {g.Score, input(&empty, &query, "The cat sat on a mat."), 0},
		"a response without a word answers nothing": {m.Score, input(&source, &query, empty), 0},
		"a query without a word is not answered":    {m.Score, input(&source, &empty, "The cat sat on a mat."), 0},
	} {
		if got, err := tt.score(t.Context(), tt.in); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestFindings: the detector keeps the bits whatever runs beside it, gives both scores about all blocks, and nothing where a part is missing.
func TestFindings(t *testing.T) {
	t.Parallel()
	d := grounding.NewDetector(groundingtest.Load(t, trunk.Options{Workers: 2}))
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

func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{Workers: 1})
	tower := groundingtest.Tower(t, under)
	for model, tt := range map[string]struct {
		load    func(fs.FS) error
		damages map[string]trunktest.Damage
	}{
		"grounding": {
			func(f fs.FS) error { _, err := grounding.Load(under, f); return err },
			map[string]trunktest.Damage{
				"a missing middle":   trunktest.Changed(trunk.WeightsFile, "head.middle.bias", "head.middle.bics"),
				"a missing head":     trunktest.Changed(trunk.WeightsFile, "head.logit.bias", "head.logit.bics"),
				"a missing network":  trunktest.Changed(trunk.WeightsFile, "compare.top.0.bias", "compare.top.0.bics"),
				"rows without mean":  trunktest.Changed(trunk.WeightsFile, "compare.middle", "compare.miggle"),
				"a slope that falls": trunktest.Changed(calibration.File, `"a": 0.5`, `"a": -.5`),
				"no calibration":     trunktest.Without(calibration.File),
			},
		},
		"relevance": {
			func(f fs.FS) error { _, err := grounding.LoadRelevance(under, tower, f); return err },
			map[string]trunktest.Damage{
				"a missing bias":      trunktest.Changed(trunk.WeightsFile, "head.bias", "head.bics"),
				"a missing centre":    trunktest.Changed(trunk.WeightsFile, "centre", "center"),
				"a missing network":   trunktest.Changed(trunk.WeightsFile, "answer.top.0.bias", "answer.top.0.bics"),
				"a missing attention": trunktest.Changed(trunk.WeightsFile, "answer.attention.weight", "answer.attention.weighx"),
				"an unknown field":    trunktest.Changed(calibration.File, "positives", "positive!"),
				"no calibration":      trunktest.Without(calibration.File),
			},
		},
	} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			files := func(t testing.TB) fstest.MapFS { return groundingtest.Files(t, model) }
			trunktest.Refuses(t, files, tt.load, tt.damages)
		})
	}
}
