package eval

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPlot compares the picture of two reports byte by byte.
func TestPlot(t *testing.T) {
	t.Parallel()
	rows, outcomes := scoredRows(4, 0.95, 0.65, 0.35, 0.15, 0.75, 0.15, 0.05, 0.05)
	_, others := scoredRows(4, 0.65, 0.75, 0.05, 0.35, 0.85, 0.45, 0.25, 0.05)
	for i := range rows { // a topic gives neither confidence nor probability
		if i%3 == 0 {
			rows[i].Labels = append(rows[i].Labels, "Cats & <dogs>")
		}
		outcomes[i].Verdicts["Cats & <dogs>"] = Verdict{Detected: new(i%2 == 0)}
	}
	r, other := Measure(rows, outcomes, 0.02), Measure(rows, others, 0.02)
	r.Subject, other.Subject = "this one", "that one"
	var got bytes.Buffer
	if err := r.WriteSVG(&got, &other); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(got.Bytes())); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
	const golden = "testdata/plot.svg"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Errorf("the picture is not that of %s; run with -update and look at it", golden)
	}
	var alone strings.Builder
	if err := other.WriteSVG(&alone, nil); err != nil || strings.Contains(alone.String(), `class="other"`) || strings.Count(alone.String(), `class="head"`) != 1 {
		t.Errorf("alone: error %v\n%s", err, alone.String())
	}
}
