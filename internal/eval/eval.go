// Package eval measures how well detection does on labelled texts: what is found, what is missed, what is flagged wrongly, and how sure
// these figures are.
package eval

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"
)

// Row is one labelled text, one line of a file.
type Row struct {
	Text   string   `json:"text"`
	Labels []string `json:"labels"` // what is in the text; none for a benign one
	// Judged limits what the row says: a label that it leaves out is not counted, neither as hit nor as false alarm. Nil means all.
	Judged []string `json:"judged,omitempty"`
	Lang   string   `json:"lang,omitempty"` // to count by language as well
}

// maxLine is the longest line of a file in bytes.
const maxLine = 32 << 20

// ReadRows reads JSON lines. Members that it does not know are an error, except those that begin with an underscore or are named id,
// source or note: a file may carry where a row comes from. A text must be there and be valid UTF-8.
func ReadRows(r io.Reader) ([]Row, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var rows []Row
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		row, err := parseRow(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("there is no row")
	}
	return rows, nil
}

func parseRow(line []byte) (row Row, err error) {
	var members map[string]json.RawMessage
	if !utf8.Valid(line) {
		return row, errors.New("it is not UTF-8")
	}
	if err := json.Unmarshal(line, &members); err != nil {
		return row, err
	}
	for name := range members {
		switch {
		case slices.Contains([]string{"text", "labels", "judged", "lang", "id", "source", "note"}, name), name != "" && name[0] == '_':
		default:
			return row, fmt.Errorf("member %.40q is not known", name)
		}
	}
	if err := json.Unmarshal(line, &row); err != nil {
		return row, err
	}
	if members["labels"] == nil || row.Text == "" {
		return row, errors.New("it lacks text or labels; a benign text has the labels []")
	}
	for _, l := range row.Labels {
		if row.Judged != nil && !slices.Contains(row.Judged, l) {
			return row, fmt.Errorf("label %.40q is not among what was judged", l)
		}
	}
	return row, nil
}

// Labels that stand for several.
const (
	AnyContent = "CONTENT"   // any category of harmful content
	Anything   = "GUARDRAIL" // any label at all
)

// says tells whether a label is in the text, and whether the row says so. One of several labels is in the text if any of them is, and is
// not if all of them were judged.
func (r Row) says(label string) (positive, judged bool) {
	has := func(l string) bool { return slices.Contains(r.Labels, l) }
	was := func(l string) bool { return r.Judged == nil || slices.Contains(r.Judged, l) }
	switch label {
	case Anything:
		return len(r.Labels) > 0, len(r.Labels) > 0 || r.Judged == nil
	case AnyContent:
		positive, judged = false, true
		for _, c := range categories() {
			positive, judged = positive || has(c.name), judged && was(c.name)
		}
		return positive, positive || judged
	default:
		return has(label), was(label)
	}
}

// Verdict is what detection says of one label of a text.
type Verdict struct {
	Score float64
	Hits  []bool // at each of the scorer's points
}

// Scorer is the detection that is measured.
type Scorer interface {
	// Labels are what it can say something about.
	Labels() []string
	// Points name where it draws the line, such as LOW, MEDIUM and HIGH.
	Points() []string
	// Score judges a text: one verdict for each label, in their order, and the time that the detection took.
	Score(ctx context.Context, text string) ([]Verdict, time.Duration, error)
}

// Run scores every row, one at a time, and reports. The report depends on rows and verdicts alone, but for the latency.
func Run(ctx context.Context, rows []Row, s Scorer) (Report, error) {
	labels := s.Labels()
	samples := make([][]sample, len(labels))
	var took []time.Duration
	known := map[string]bool{}
	for _, l := range labels {
		known[l] = true
	}
	unknown := map[string]int{}
	for i, row := range rows {
		verdicts, d, err := s.Score(ctx, row.Text)
		if err != nil {
			return Report{}, fmt.Errorf("row %d: %w", i+1, err)
		}
		took = append(took, d)
		for k, l := range labels {
			if positive, judged := row.says(l); judged {
				samples[k] = append(samples[k], sample{verdicts[k].Score, positive, verdicts[k].Hits, row.Lang})
			}
		}
		for _, l := range row.Labels {
			if !known[l] {
				unknown[l]++
			}
		}
	}
	r := Report{Rows: len(rows), Points: s.Points(), Ignored: unknown, Latency: latency(took)}
	for k, l := range labels {
		r.Tables = append(r.Tables, tables(l, samples[k], len(r.Points))...)
	}
	return r, nil
}
