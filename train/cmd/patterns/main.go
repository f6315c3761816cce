// Command patterns prints what the pattern detector finds: patterns ROWS.
//
// ROWS is a file of JSON objects, one a line, of which "text" is read, and "seen": what a model saw, as [start, end, type, score]. Each line printed is a JSON array of findings, each of
// which is [start, end, type, score] with offsets in characters. It is how the recipe for names compares a model with patterns.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/train/cmd/lines"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: patterns ROWS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "patterns:", err)
		os.Exit(1)
	}
}

// row is a text with sightings in it.
type row struct {
	Text string
	Seen [][4]any
}

// Read gives the sightings. Their offsets are in characters of the text, which stand for those of its Clean view.
func (r row) Read(context.Context, *text.Document) ([]pii.Sighting, error) {
	offsets := make([]int, 0, len(r.Text)+1)
	for i := range r.Text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(r.Text))
	var seen []pii.Sighting
	for _, s := range r.Seen {
		start, end := int(s[0].(float64)), int(s[1].(float64))
		seen = append(seen, pii.Sighting{Start: offsets[start], End: offsets[end], Type: pii.Type(s[2].(string)), Score: 0.5})
	}
	return seen, nil
}

func run(path string, out io.Writer) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	print := json.NewEncoder(out)
	return lines.Each(in, func(row row) error {
		detector, err := pii.NewWithReader(row, pii.Types()...)
		if err != nil {
			return err
		}
		found, err := detector.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New(row.Text)}})
		if err != nil {
			return err
		}
		findings := make([][4]any, len(found))
		for i, f := range found {
			start := utf8.RuneCountInString(row.Text[:f.Span.Start])
			findings[i] = [4]any{start, start + utf8.RuneCountInString(row.Text[f.Span.Start:f.Span.End]), f.Type, f.Score}
		}
		return print.Encode(findings)
	})
}
