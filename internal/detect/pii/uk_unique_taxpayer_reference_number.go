package pii

var utrWords = []phrases{
	{cueUTR, "utr number|utr no|utr code|unique taxpayer reference|unique taxpayer reference number|unique tax reference|" +
		"unique tax reference number|self assessment utr|hmrc utr|sa utr|utr is|tax reference|self assessment reference|" +
		"고유 납세자 번호|고유납세자번호|납세자 참조번호|utr 번호|utr번호"},
	{cueUTRShort, "utr|utrs"},
}

// findUTRs finds taxpayer references: ten digits, in one piece or as 5-5, after the words for them. After "UTR" alone the check
// digit must be right.
func findUTRs(s *scan) {
	var buf [10]byte
	for n := range s.numbers {
		start, end, ok := s.bare(n, 10, 10)
		for _, lens := range [...][]int{{5, 5}, {2, 8}, {3, 3, 4}, {4, 3, 3}} {
			if !ok {
				start, end, ok = s.grouped(n, " -", lens...)
			}
		}
		if !ok || !s.free(start, end) {
			continue
		}
		valid := taxpayerReference(s.digitsOf(start, end, buf[:]))
		label, claimed := s.labelBefore(start, cueUTR|cueUTRShort)
		switch {
		case label && valid, s.direct(start, cueUTR):
			s.add(start, end, score(valid))
		case !claimed && valid && s.labelAfter(end, cueUTR|cueUTRShort):
			s.add(start, end, 0.9)
		}
	}
}

// taxpayerReference reports whether the first of the ten digits is the check digit of the others.
func taxpayerReference(digits []byte) bool {
	const checks = "21987654321"
	return checks[weighted(digits[1:], 6, 7, 8, 9, 10, 5, 4, 3, 2)%11]-'0' == digits[0]
}
