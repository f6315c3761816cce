// Package groundingtest gives tests a tiny grounding model with random weights; train/grounding/golden.py made it.
package groundingtest

import (
	"embed"
	"io/fs"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

//go:embed testdata/tower
var files embed.FS

// Files gives the model's folder, for a test to load, or to damage first.
func Files(t testing.TB) fstest.MapFS {
	t.Helper()
	folder, err := fs.Sub(files, "testdata/tower")
	if err != nil {
		t.Fatal(err)
	}
	return trunktest.Copy(t, folder)
}

// Load loads the model on a trunk of its own for the length of the test.
func Load(t testing.TB, o trunk.Options) *grounding.Model {
	t.Helper()
	m, err := grounding.Load(trunktest.Load(t, o), Files(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
