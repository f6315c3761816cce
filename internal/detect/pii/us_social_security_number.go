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
	var buf [9]byte
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
		case !whole && !claimed && s.text[start+3] != ' ' && s.text[start+3] != '.' &&
			issuedSSN(s.digitsOf(start, end, buf[:])):
			s.add(start, end, 0.85)
		}
	}
}

// issuedSSN reports whether the nine digits are a number that the administration gives out.
// Source: SSA, "Social Security Number Randomization".
func issuedSSN(digits []byte) bool {
	area, group, serial := number(digits, 3), number(digits[3:], 2), number(digits[5:], 4)
	return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}
