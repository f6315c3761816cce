package pii

import (
	"strings"
	"unicode"
)

// koreanAddresses gives the addresses of a sighting in Hangul. A Korean address goes from the large to the small and stays in its line:
// a model that runs on over a line break or a full stop takes a name, a station or the next address with it.
func (s *scan) koreanAddresses(v Sighting) []Sighting {
	var out []Sighting
	goesOn := true // whether an address may go on from the line before
	for from := v.Start; from < v.End; {
		to := from + koreanAddressEnd(s.text[from:v.End])
		piece := Sighting{Start: from, End: to, Type: v.Type, Score: v.Score}
		s.withoutSpace(&piece)
		s.fromLargest(&piece)
		numbered := s.hangul(piece.Start, piece.End) && strings.ContainsFunc(s.text[piece.Start:piece.End], unicode.IsDigit)
		kept := true
		switch {
		case s.startsLarge(piece), len(out) == 0 && numbered:
			out = append(out, piece)
		case numbered && goesOn:
			out[len(out)-1].End = piece.End
		default:
			kept = false
		}
		from, goesOn = to, kept && s.text[to-1] == '\n'
	}
	if len(out) == 0 {
		return []Sighting{v}
	}
	return out
}

// koreanAddressEnd gives the length of what stands before the first line break or full stop of value, either counted.
func koreanAddressEnd(value string) int {
	for i, r := range value {
		if r == '\n' || r == '.' && strings.HasPrefix(value[i:], ". ") {
			return i + 1
		}
	}
	return len(value)
}

// withoutSpace takes space and stops off both ends, and a bracket that is opened last.
func (s *scan) withoutSpace(v *Sighting) {
	value := s.text[v.Start:v.End]
	v.Start += len(value) - len(strings.TrimLeft(value, " \t\r\n.,"))
	v.End -= len(value) - len(strings.TrimRight(value, " \t\r\n.,("))
	v.End = max(v.Start, v.End)
}

// fromLargest leaves out the words before a province, a city, a county or a district: 의자가 in 의자가 수원시 팔달구.
func (s *scan) fromLargest(v *Sighting) {
	for i := s.tokenAt(v.Start); i < len(s.tokens) && int(s.tokens[i].end) <= v.End && s.tokens[i].flags&isScript != 0; i++ {
		if areaSize(s.value(i)) >= district {
			v.Start = max(v.Start, int(s.tokens[i].start))
			return
		}
	}
}

// startsLarge reports whether a sighting begins with a province, a city, a county or a district.
func (s *scan) startsLarge(v Sighting) bool {
	i := s.tokenAt(v.Start)
	return i < len(s.tokens) && int(s.tokens[i].end) <= v.End && s.tokens[i].flags&isScript != 0 && areaSize(s.value(i)) >= district
}
