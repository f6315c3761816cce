// Package trunktest gives tests a tiny trunk of one layer, the lower half of the model that guardmodeltest's testdata/golden.py made.
package trunktest

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/trunk"
)

//go:embed testdata/trunk
var files embed.FS

// Files gives the trunk's folder, for a test to load, or to damage first.
func Files(t testing.TB) fstest.MapFS {
	t.Helper()
	folder, err := fs.Sub(files, "testdata/trunk")
	if err != nil {
		t.Fatal(err)
	}
	return Copy(t, folder)
}

// Load loads the trunk for the length of the test.
func Load(t testing.TB, o trunk.Options) *trunk.Trunk {
	t.Helper()
	return LoadFiles(t, Files(t), o)
}

// LoadFiles loads a trunk's folder for the length of the test.
func LoadFiles(t testing.TB, folder fs.FS, o trunk.Options) *trunk.Trunk {
	t.Helper()
	loaded, err := trunk.Load(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loaded.Close)
	return loaded
}

// Copy gives a folder's files as a test may change them.
func Copy(t testing.TB, folder fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = &fstest.MapFile{Data: data}
	}
	return out
}

// Seal writes the sums of a folder's files anew, after a test has made or changed them.
func Seal(folder fstest.MapFS) {
	delete(folder, trunk.SumsFile)
	var sums []byte
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		sums = fmt.Appendf(sums, "%x  %s\n", sha256.Sum256(folder[name].Data), name)
	}
	folder[trunk.SumsFile] = &fstest.MapFile{Data: sums}
}
