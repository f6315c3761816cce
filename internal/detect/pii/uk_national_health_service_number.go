package pii

var nhsWords = []phrases{{cueNHS, "nhs|nhs number|nhs no|nhs num|nhs id|nhs#|national health service|national health service number|" +
	"nhs patient number|nhs 번호|nhs번호|국민보건서비스 번호|영국 의료번호"}}

// findNHSNumbers finds NHS numbers after the words for them: ten digits in groups 3-3-4 or in one piece, or up to 17 in one piece.
// A wrong check digit lowers the score only; where the words come later it must be right, for phone numbers have the same form.
func findNHSNumbers(s *scan) {
	var buf [10]byte
	for n := range s.numbers {
		start, end, ok := s.grouped(n, " -", 3, 3, 4)
		if !ok {
			if start, end, ok = s.bare(n, 10, 17); !ok {
				continue
			}
		}
		if !s.free(start, end) {
			continue
		}
		valid := nhsNumber(s.digitsOf(start, end, buf[:]))
		label, claimed := s.labelBefore(start, cueNHS)
		switch {
		case label && (valid || s.direct(start, cueNHS)):
			s.add(start, end, score(valid))
		case !claimed && valid && s.labelAfter(end, cueNHS):
			s.add(start, end, 0.9)
		}
	}
}

// nhsNumber reports whether the tenth digit is the check digit of the nine before it, modulo 11.
func nhsNumber(digits []byte) bool {
	check := 11 - weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return check == int(digits[9]) || check == 11 && digits[9] == 0
}
