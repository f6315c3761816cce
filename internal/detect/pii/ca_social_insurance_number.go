package pii

var sinWords = []phrases{{cueSIN, "sin|sins|sin number|sin no|sin#|s.i.n.|social insurance|social insurance number|social insurance no|" +
	"numéro d'assurance sociale|nas|assurance sociale|사회보험번호|사회 보험 번호|캐나다 sin|캐나다 사회보험번호"}}

// findSINs finds social insurance numbers: nine digits in groups of three or in one piece, after the words for it. A wrong check
// digit lowers the score only; where the words come later it must be right.
func findSINs(s *scan) {
	var buf [9]byte
	for n := range s.numbers {
		start, end, ok := s.grouped(n, " -.", 3, 3, 3)
		if !ok {
			if start, end, ok = s.bare(n, 9, 9); !ok {
				continue
			}
		}
		if !s.free(start, end) {
			continue
		}
		valid := luhn(s.digitsOf(start, end, buf[:]))
		label, claimed := s.labelBefore(start, cueSIN)
		switch {
		case label:
			s.add(start, end, score(valid))
		case !claimed && s.labelAfter(end, cueSIN):
			s.add(start, end, score(valid))
		}
	}
}
