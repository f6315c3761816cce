package pii

var passportWords = []phrases{
	{cuePassport, "passport|passports|passport number|passport no|passport num|passport id|passport card|passport book|us passport|" +
		"travel document|passport#|여권|여권번호|여권 번호|旅券番号|パスポート|护照号|护照"},
}

// findPassports finds what the text calls a passport number: nine digits, a letter with eight digits (the book and the card of
// today), or six to nine capitals and digits of which most are digits.
func findPassports(s *scan) {
	for _, index := range s.numbers {
		t := s.tokens[index]
		if t.len() < 6 || t.len() > 9 || t.flags&hasWide != 0 || !passportForm(s.text[t.start:t.end]) {
			continue
		}
		start, end := int(t.start), int(t.end)
		if !s.free(start, end) {
			continue
		}
		modern := t.len() == 9 && (digit(s.text[start]) || digit(s.text[start+1]))
		label, claimed := s.labelBefore(start, cuePassport)
		switch {
		case label && (modern || s.direct(start, cuePassport)), !claimed && modern && s.labelAfter(end, cuePassport):
			s.add(start, end, 0.9)
		}
	}
}

// passportForm reports whether value is up to two letters and then digits, with at most one more letter among or after them.
func passportForm(value string) bool {
	letters, lower := 0, 0
	for i := range len(value) {
		if digit(value[i]) {
			continue
		}
		letters++
		if value[i] >= 'a' {
			lower++
		}
	}
	// A number in small letters is one that somebody typed, one in both is a word of another kind.
	return letters <= 2 && (lower == 0 || lower == letters && !digit(value[0]))
}
