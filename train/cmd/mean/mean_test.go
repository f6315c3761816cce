package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

const hidden = 384

// tower makes a folder of the guard tower that ships and the trunk's configuration.
func tower(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	for name, from := range map[string]string{"config.json": "trunk", "model.safetensors": "guard"} {
		path, err := filepath.Abs(filepath.Join("../../../models", from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(out, name)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// text is n rows in the form that the command reads.
func text(n int) []byte {
	rows := make([]float32, n*hidden)
	for i := range rows {
		rows[i] = float32(i%17)/8 - 1
	}
	out, err := binary.Append(nil, binary.LittleEndian, uint32(n))
	if err == nil {
		out, err = binary.Append(out, binary.LittleEndian, rows)
	}
	if err != nil {
		panic(err) // of plain values
	}
	return out
}

// TestMeansDoNotDependOnTheirNeighbours: a text has the same mean alone and among others, more than one pass of them.
func TestMeansDoNotDependOnTheirNeighbours(t *testing.T) {
	t.Parallel()
	folder := tower(t)
	var all, apart, joined bytes.Buffer
	for _, n := range []int{3, 1500, 700, 1} {
		joined.Write(text(n))
		if err := run(folder, 6, bytes.NewReader(text(n)), &apart); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(folder, 6, &joined, &all); err != nil {
		t.Fatal(err)
	}
	if want := 4 * 4 * hidden; all.Len() != want || !bytes.Equal(all.Bytes(), apart.Bytes()) {
		t.Errorf("%d bytes, want %d, and those of each text alone", all.Len(), want)
	}
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	whole := text(2)
	for _, n := range []int{2, 4, 5, len(whole) - 1} {
		if err := run(tower(t), 6, bytes.NewReader(whole[:n]), &bytes.Buffer{}); err == nil {
			t.Errorf("%d of %d bytes pass", n, len(whole))
		}
	}
}
