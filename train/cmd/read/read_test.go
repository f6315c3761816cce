package main

import (
	"bytes"
	"strings"
	"testing"
)

const hidden = 384

// TestRowsDoNotDependOnTheirNeighbours: a line gives the same rows alone and among others.
func TestRowsDoNotDependOnTheirNeighbours(t *testing.T) {
	t.Parallel()
	lines := []string{"[0,5,6,7,2]", "[0,2]", "[0,900,901,2]"}
	var all, apart bytes.Buffer
	if err := run("../../../models/trunk", strings.NewReader(strings.Join(lines, "\n")), &all); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if err := run("../../../models/trunk", strings.NewReader(line), &apart); err != nil {
			t.Fatal(err)
		}
	}
	if want := 4 * hidden * 11; all.Len() != want {
		t.Fatalf("%d bytes, want %d", all.Len(), want)
	}
	if !bytes.Equal(all.Bytes(), apart.Bytes()) {
		t.Error("rows of a line depend on the lines beside it")
	}
}

func TestBadIDs(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"[0,", "[99999999]", "{}"} {
		if err := run("../../../models/trunk", strings.NewReader(line), &bytes.Buffer{}); err == nil {
			t.Errorf("%s passes", line)
		}
	}
}
