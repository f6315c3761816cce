package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Row is one labelled text, one line of a file.
type Row struct {
	Line   int // in the file, from 1
	ID     string
	Text   string
	Labels []string // what is in the text, the types of Spans among them; none for a benign one
	// Judged limits what the row says: a label that it leaves out is not counted, neither as hit nor as false alarm. Nil means all.
	Judged []string
	Lang   string // to count by language as well
	// Sources and Query are what the text answers, for contextual grounding.
	Sources []string
	Query   string
	Spans   []Span // every piece of personal data in the text; nil where nobody marked them
}

// Span is one piece of personal data: its type and its words.
type Span struct{ Type, Match string }

// wireRow is a row as a file has it. Members that begin with an underscore, and source and note, belong to the file's owner.
type wireRow struct {
	Text    string          `json:"text"`
	Labels  []string        `json:"labels"`
	Judged  []string        `json:"judged"`
	Lang    string          `json:"lang"`
	ID      json.RawMessage `json:"id"`
	Sources oneOrMore       `json:"grounding_source"`
	Query   string          `json:"query"`
	Spans   []wireSpan      `json:"spans"`
	Source  json.RawMessage `json:"source"`
	Note    json.RawMessage `json:"note"`
}

type wireSpan struct {
	Type  string `json:"type"`
	Start int    `json:"start"` // in Unicode code points
	End   int    `json:"end"`   // behind the last
}

// oneOrMore reads a text or a list of texts.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*o = make([]string, 1)
		return json.Unmarshal(data, &(*o)[0])
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// maxLine is the longest line of a file in bytes.
const maxLine = 32 << 20

// ReadRows reads JSON lines as docs/eval.md describes them. Members that it does not know are an error, except those that begin with an
// underscore. A text must be there and be valid UTF-8.
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
		row.Line = n
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
	if !utf8.Valid(line) {
		return row, errors.New("it is not UTF-8")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		return row, err
	}
	for name := range members {
		if name != "" && name[0] == '_' {
			delete(members, name)
		}
	}
	known, err := json.Marshal(members)
	if err != nil {
		return row, err
	}
	var w wireRow
	d := json.NewDecoder(bytes.NewReader(known))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return row, err
	}
	if w.Text == "" || w.Labels == nil && w.Spans == nil {
		return row, errors.New("it lacks text or labels; a benign text has the labels []")
	}
	row = Row{
		ID: string(bytes.Trim(w.ID, `"`)), Text: w.Text, Labels: w.Labels, Judged: w.Judged, Lang: w.Lang, Sources: w.Sources, Query: w.Query,
	}
	if err := row.mark(w.Spans); err != nil {
		return row, err
	}
	for _, l := range row.Labels {
		if row.Judged != nil && !slices.Contains(row.Judged, l) {
			return row, fmt.Errorf("label %.40q is not among what was judged", l)
		}
	}
	return row, nil
}

// mark takes the words of each span out of the text, and its type as a label.
func (r *Row) mark(spans []wireSpan) error {
	if spans == nil {
		return nil
	}
	r.Spans = []Span{}
	characters := []rune(r.Text)
	for _, s := range spans {
		if s.Type == "" || s.Start < 0 || s.End <= s.Start || s.End > len(characters) {
			return fmt.Errorf("span %.40q from %d to %d is not in the text, which has %d characters", s.Type, s.Start, s.End, len(characters))
		}
		r.Spans = append(r.Spans, Span{s.Type, string(characters[s.Start:s.End])})
		if !slices.Contains(r.Labels, s.Type) {
			r.Labels = append(r.Labels, s.Type)
		}
	}
	return nil
}

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
	case Ungrounded, Irrelevant:
		return has(label), was(label) && len(r.Sources) > 0 && r.Query != ""
	default:
		return has(label), was(label)
	}
}
