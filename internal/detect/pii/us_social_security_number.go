package pii

var ssnWords = []phrases{
	{cueSSN, "ssn|ssns|s.s.n.|soc|soc sec|social|social security|social security number|social security no|social security num|" +
		"social security card|social security card number|social sec number|ss number|ss#|ssid|ssn/itin|ssn/tin|itin/ssn|" +
		"numero de seguro social|seguro social|사회보장번호|사회 보장 번호|사회보장 번호|미국 사회보장번호"},
}

// findSSNs finds social security numbers. AAA-GG-SSSS with dashes and numbers that are given out stands for itself; other
// separators, nine digits in one piece and numbers that are never given out (area 000, 666, 9xx, group 00, serial 0000) need the
// words for it.
func findSSNs(s *scan) {
	for n := range s.numbers {
		start, end, ok := s.grouped(n, "- .", 3, 2, 4)
		whole := false
		if !ok {
			if start, end, whole = s.bare(n, 9, 9); !whole {
				if s.lastFour(n, cueSSN) {
					t := s.tokens[s.numbers[n]]
					s.add(int(t.start), int(t.end), 0.7)
				}
				continue
			}
		}
		if !s.free(start, end) {
			continue
		}
		label, claimed := s.labelBefore(start, cueSSN)
		switch {
		case label || !claimed && s.labelAfter(end, cueSSN):
			s.add(start, end, 1)
		case !whole && !claimed && s.text[start+3] == '-' && issuedSSN(s.text[start:end]):
			s.add(start, end, 0.85)
		}
	}
}

// issuedSSN reports whether AAA-GG-SSSS is a number that the administration gives out.
// Source: SSA, "Social Security Number Randomization".
func issuedSSN(text string) bool {
	area, group, serial := text[:3], text[4:6], text[7:]
	return area != "000" && area != "666" && area[0] != '9' && group != "00" && serial != "0000"
}
