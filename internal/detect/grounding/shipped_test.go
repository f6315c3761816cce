package grounding_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/trunk"
	weights "merlon.dev/merlon/models"
)

func folder(t *testing.T, name string) fs.FS {
	t.Helper()
	f, err := weights.Folder(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestShippedWeightsScoreLikeTorch holds the shipped int8 weights against the f32 weights that they were made of, by torch
// (train/grounding/fixture.py), on rows that were not trained on. Rounding may move a logit, but not by much on average.
func TestShippedWeightsScoreLikeTorch(t *testing.T) {
	t.Parallel()
	under, err := trunk.Load(folder(t, weights.Trunk), trunk.Options{})
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no trunk is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer under.Close()
	m, err := grounding.Load(under, folder(t, weights.Grounding))
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no grounding model is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	var fit calibration.Fit
	if err := calibration.Read(folder(t, weights.Grounding), &fit); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/shipped.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Source  string
		Answers []struct {
			Query    *string
			Response string
			Logit    float64
		}
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	n, sum, worst := 0, 0.0, 0.0
	for _, c := range cases {
		for _, a := range c.Answers {
			p, err := m.Score(t.Context(), input(&c.Source, a.Query, a.Response))
			if err != nil {
				t.Fatal(err)
			}
			d := math.Abs(logit(p, fit.Slope, fit.Offset) - a.Logit)
			n, sum, worst = n+1, sum+d, max(worst, d)
		}
	}
	t.Logf("%d rows: off by %.3f on average, %.3f at most", n, sum/float64(n), worst)
	if n < 50 || sum/float64(n) > 0.25 || worst > 1.5 {
		t.Errorf("%d rows are off by %.3f on average, %.3f at most", n, sum/float64(n), worst)
	}
}
