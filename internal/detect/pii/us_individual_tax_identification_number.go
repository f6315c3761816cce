package pii

var itinWords = []phrases{
	{cueITIN, "itin|i.t.i.n.|individual taxpayer identification number|individual tax identification number|" +
		"taxpayer identification number|taxpayer identification|taxpayer id|tax identification number|tax id|tax id number|" +
		"tax identification|tin|federal tax id|납세자 번호|납세자번호|납세자 식별번호|개인납세자번호"},
}

// findITINs finds tax numbers of persons: nine digits that begin with 9, whose fourth and fifth are of a range that the IRS uses,
// with blanks or dashes after the third and fifth or without. Only the form with dashes stands for itself.
func findITINs(s *scan) {
	var buf [9]byte
	for n := range s.numbers {
		start, end, ok := s.itinShape(n)
		if !ok || !s.free(start, end) {
			continue
		}
		digits := s.digitsOf(start, end, buf[:])
		if digits[0] != 9 || !itinGroup(int(digits[3])*10+int(digits[4])) {
			continue
		}
		label, claimed := s.labelBefore(start, cueITIN)
		switch {
		case label || !claimed && s.labelAfter(end, cueITIN):
			s.add(start, end, 1)
		case !claimed && end-start >= len("9xx-7x-xxxx") && s.text[start+3] != ' ':
			s.add(start, end, 0.85)
		}
	}
}

// itinShape reads nine digits in the groups 3-2-4, each border with a blank, a dash or nothing.
func (s *scan) itinShape(n int) (start, end int, ok bool) {
	if start, end, ok = s.bare(n, 9, 9); ok {
		return start, end, true
	}
	for _, lens := range [...][]int{{3, 2, 4}, {3, 6}, {5, 4}} {
		if start, end, ok = s.grouped(n, "- ", lens...); ok {
			return start, end, true
		}
	}
	return 0, 0, false
}

// itinGroup reports whether the fourth and fifth digit are of a range in use. Source: IRS Publication 4757.
func itinGroup(v int) bool {
	return v >= 50 && v <= 65 || v >= 70 && v <= 88 || v >= 90 && v <= 92 || v >= 94
}
