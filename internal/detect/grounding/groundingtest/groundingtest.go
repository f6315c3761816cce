// Package groundingtest gives tests tiny models of grounding and of relevance with random weights; train/grounding/golden.py made them.
package groundingtest

import (
	"embed"
	"io/fs"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/nn/safetensors"
)

//go:embed testdata/grounding testdata/relevance
var files embed.FS

// Files gives the folder of the model of a name, grounding or relevance, for a test to load, or to damage first.
func Files(t testing.TB, name string) fstest.MapFS {
	t.Helper()
	folder, err := fs.Sub(files, "testdata/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return trunktest.Copy(t, folder)
}

// Tower gives the tower that the relevance model is fitted to; its layer lies in the same folder.
func Tower(t testing.TB, under *trunk.Trunk) *trunk.Tower {
	t.Helper()
	tower, err := under.Tower(Files(t, "relevance"), nil, func(*safetensors.File) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return tower
}

// Load loads both models on a trunk of their own for the length of the test.
func Load(t testing.TB, o trunk.Options) (*grounding.Model, *grounding.RelevanceModel) {
	t.Helper()
	under := trunktest.Load(t, o)
	g, err := grounding.Load(under, Files(t, "grounding"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := grounding.LoadRelevance(under, Tower(t, under), Files(t, "relevance"))
	if err != nil {
		t.Fatal(err)
	}
	return g, r
}
