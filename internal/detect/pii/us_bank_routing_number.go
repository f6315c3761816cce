package pii

var routingWords = []phrases{
	{cueRouting, "routing|routing number|routing no|routing num|routing code|aba number|aba routing|aba routing number|aba no|aba rtn|" +
		"rtn|routing transit number|bank routing|bank routing number|ach routing|wire routing|transit routing|라우팅 번호|라우팅넘버|라우팅|ABA 번호"},
	{cueABA, "aba"},
}

// findRoutingNumbers finds nine digits that the text calls a routing number. A right check digit is not asked for where the words
// are plain; after "ABA" alone, and where the words come later, it is.
func findRoutingNumbers(s *scan) {
	var buf [9]byte
	for n := range s.numbers {
		start, end, ok := s.bare(n, 9, 9)
		for _, lens := range [...][]int{{3, 3, 3}, {4, 4, 1}, {4, 5}} {
			if !ok {
				start, end, ok = s.grouped(n, "- ", lens...)
			}
		}
		if !ok || !s.free(start, end) {
			continue
		}
		valid := routingNumber(s.digitsOf(start, end, buf[:]))
		label, claimed := s.labelBefore(start, cueRouting|cueABA)
		switch {
		case label && valid, s.direct(start, cueRouting):
			s.add(start, end, score(valid))
		case !claimed && valid && s.labelAfter(end, cueRouting|cueABA):
			s.add(start, end, 0.9)
		}
	}
}

// score gives what a finding by its words is worth, with or without a right check digit.
func score(valid bool) float64 {
	if valid {
		return 1
	}
	return 0.75
}

// routingNumber reports whether the nine digits begin with a district of the Federal Reserve and end with a right check digit.
func routingNumber(digits []byte) bool {
	district := number(digits, 2)
	if !(district <= 12 || district >= 21 && district <= 32 || district >= 61 && district <= 72 || district == 80) {
		return false
	}
	return weighted(digits, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 && !same(digits)
}
