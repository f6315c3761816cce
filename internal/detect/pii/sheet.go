package pii

import (
	"sort"
	"strings"
)

// sheet is rows of cells under a line of names: a file of values with commas, tabs, semicolons or '|' between them.
type sheet struct {
	from, to  int32 // the rows' bytes, without the line of names
	separator byte
	columns   []cue // what each column's name means
}

// rowLimit is how far, in bytes, into its row a value may stand and still belong to a column.
const rowLimit = 1024

// readSheets finds the sheets. A line of names says at least one context word, has a separator and no number; a row has as many
// separators as it, at least.
func (s *scan) readSheets() {
	s.sheets = s.sheets[:0]
	if len(s.keys) == 0 {
		return
	}
	for k := 0; k < len(s.keys); {
		start := strings.LastIndexByte(s.text[max(0, int(s.keys[k].start)-rowLimit):s.keys[k].start], '\n') + 1
		start += max(0, int(s.keys[k].start)-rowLimit)
		length := strings.IndexByte(s.text[s.keys[k].end:min(len(s.text), int(s.keys[k].end)+rowLimit)], '\n')
		if length < 0 {
			k = s.keysBefore(int(s.keys[k].end) + rowLimit)
			continue
		}
		end := int(s.keys[k].end) + length
		next := max(k+1, s.keysBefore(end))
		if !s.numberBetween(start, end) {
			if t, ok := s.sheetUnder(s.text[start:end], s.keys[k:next], start, end); ok {
				s.sheets = append(s.sheets, t)
				next = max(next, s.keysBefore(int(t.to)))
			}
		}
		k = next
	}
}

// sheetUnder reads the rows under the line of names at bytes [start, end), which says keys.
func (s *scan) sheetUnder(line string, keys []key, start, end int) (sheet, bool) {
	t := sheet{from: int32(end) + 1, to: int32(end) + 1}
	for _, separator := range []byte("\t|;,") {
		if strings.IndexByte(line, separator) >= 0 {
			t.separator = separator
			break
		}
	}
	if t.separator == 0 {
		return t, false
	}
	separator := string(t.separator)
	count := strings.Count(line, separator)
	for int(t.to) < len(s.text) {
		rest := s.text[t.to:]
		length := strings.IndexByte(rest, '\n')
		if length < 0 {
			length = len(rest)
		}
		if strings.Count(rest[:length], separator) < count {
			break
		}
		t.to = min(t.to+int32(length)+1, int32(len(s.text)))
	}
	if t.to == t.from {
		return t, false
	}
	t.columns = make([]cue, count+1)
	for _, k := range keys {
		t.columns[strings.Count(s.text[start:k.start], separator)] |= k.cue
	}
	return t, true
}

// column gives what the name of the column means in which byte pos stands, or 0 outside sheets.
func (s *scan) column(pos int) cue {
	i := sort.Search(len(s.sheets), func(i int) bool { return int(s.sheets[i].to) > pos })
	if i == len(s.sheets) || int(s.sheets[i].from) > pos {
		return 0
	}
	t := &s.sheets[i]
	from := max(int(t.from), pos-rowLimit)
	row := strings.LastIndexByte(s.text[from:pos], '\n') + 1
	if row == 0 && from != int(t.from) {
		return 0
	}
	if n := strings.Count(s.text[from+row:pos], string(t.separator)); n < len(t.columns) {
		return t.columns[n]
	}
	return 0
}
