// Package topictest gives tests a tiny topic model that knows likeness and nothing else; testdata/golden.py made it.
package topictest

import (
	"embed"
	"io/fs"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

//go:embed testdata/model
var files embed.FS

// Files gives the model's folder, for a test to load, or to damage first.
func Files(t testing.TB) fstest.MapFS {
	t.Helper()
	folder, err := fs.Sub(files, "testdata/model")
	if err != nil {
		t.Fatal(err)
	}
	return trunktest.Copy(t, folder)
}

// Load loads the model on a trunk of its own for the length of the test.
func Load(t testing.TB, o trunk.Options) *topic.Model {
	t.Helper()
	m, err := topic.Load(trunktest.Load(t, o), Files(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
