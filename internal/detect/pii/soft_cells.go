package pii

import "strings"

// cell is bytes [start, end) of a sheet, under a column whose name means cue.
type cell struct {
	start, end int
	cue        cue
}

// readCells notes the cells of the columns that hold values of the soft types.
func (s *scan) readCells() {
	s.cells = s.cells[:0]
	for _, t := range s.sheets {
		column := 0
		for at := int(t.from); at < int(t.to); {
			stop := at
			for stop < int(t.to) && s.text[stop] != t.separator && s.text[stop] != '\n' {
				stop++
			}
			if column < len(t.columns) && t.columns[column]&^labels != 0 {
				from, to := at, stop
				for from < to && strings.IndexByte(" \t\"'\r", s.text[from]) >= 0 {
					from++
				}
				for to > from && strings.IndexByte(" \t\"'\r", s.text[to-1]) >= 0 {
					to--
				}
				if from < to {
					s.cells = append(s.cells, cell{from, to, t.columns[column]})
				}
			}
			column++
			if stop < len(s.text) && s.text[stop] == '\n' {
				column = 0
			}
			at = stop + 1
		}
	}
}

// cellAt reports whether a cell of the cue begins at byte i.
func (s *scan) cellAt(i int, want cue) bool {
	lo, hi := 0, len(s.cells)
	for lo < hi {
		if mid := (lo + hi) / 2; s.cells[mid].start < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(s.cells) && s.cells[lo].start == i && s.cells[lo].cue&want != 0
}
