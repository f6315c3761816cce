// Package guardmodeltest gives tests a tiny guard model that knows a few words; testdata/golden.py made it.
package guardmodeltest

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/guardmodel"
)

//go:embed testdata/model
var files embed.FS

// Files gives the model's folder, for a test to load, or to damage first.
func Files(t testing.TB) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	entries, err := files.ReadDir("testdata/model")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(files, "testdata/model/"+e.Name())
		if err != nil {
			t.Fatal(err)
		}
		folder[e.Name()] = &fstest.MapFile{Data: data}
	}
	return folder
}

// Load loads the model for the length of the test.
func Load(t testing.TB, o guardmodel.Options) *guardmodel.Model {
	t.Helper()
	m, err := guardmodel.Load(Files(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// Seal writes the sums of a folder's files anew, after a test has changed them.
func Seal(folder fstest.MapFS) {
	delete(folder, guardmodel.SumsFile)
	var sums []byte
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		sums = fmt.Appendf(sums, "%x  %s\n", sha256.Sum256(folder[name].Data), name)
	}
	folder[guardmodel.SumsFile] = &fstest.MapFile{Data: sums}
}
