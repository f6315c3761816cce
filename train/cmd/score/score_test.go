package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"

	"merlon.dev/merlon/internal/nn"
)

// TestGuardAgreesWithTorch scores 200 rows that the model was not trained on, and compares with what torch gave for the f32
// weights of the same training run (train/fixture.py). What int8 may cost is measured on all held-out rows in
// docs/detectors.md; here a broken file, tokenizer of another vocabulary or kernel shows.
func TestGuardAgreesWithTorch(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../../../models/guard/model.safetensors"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("models/guard holds no weights yet; make models builds them")
	}
	g, err := openGuard("../../../models/trunk", "../../../models/guard")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	text, err := os.ReadFile("testdata/fixed.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		IDs    []int32
		Logits []float64
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 200 {
		t.Fatalf("%d rows, want 200", len(rows))
	}
	var sum, top float64
	count, turned := 0, 0
	for _, r := range rows {
		got, err := g.logits(context.Background(), pool, r.IDs)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(r.Logits) {
			t.Fatalf("%d logits, want %d", len(got), len(r.Logits))
		}
		for i, want := range r.Logits {
			d := math.Abs(float64(got[i]) - want)
			sum, top, count = sum+d, max(top, d), count+1
			if (got[i] > 0) != (want > 0) {
				turned++
			}
		}
	}
	mean := sum / float64(count)
	t.Logf("mean difference %.3f, largest %.3f, %d of %d signs turned", mean, top, turned, count)
	if mean > 0.15 || float64(turned) > 0.01*float64(count) {
		t.Errorf("mean difference %.3f (at most 0.15), %d of %d signs turned (at most 1 %%)", mean, turned, count)
	}
}
