package pii

var healthWords = []phrases{{cueCAHealth, "health card|health card number|health card no|health number|health no|health insurance number|" +
	"health insurance card|ohip|ohip number|ohip card|phn|personal health number|personal health no|care card|carecard|msp number|" +
	"ahcip|hcn|ramq|nam|mcp number|hsn|phin|medicare number|provincial health|provincial health card|ontario health|ontario health number|" +
	"assurance maladie|carte santé|carte d'assurance maladie|numéro d'assurance maladie|" +
	"건강카드|건강 카드|건강카드 번호|헬스카드|헬스 카드|의료카드|의료 카드 번호|캐나다 건강보험"}}

// findHealthNumbers finds health numbers of the provinces after the words for them: ten digits in groups 4-3-3 or in one piece,
// with Ontario's version code of two letters; nine digits (Alberta 5-4, Saskatchewan 3-3-3); Quebec's four letters and eight
// digits.
func findHealthNumbers(s *scan) {
	for n := range s.numbers {
		start, end, ok := s.bare(n, 9, 10)
		for _, lens := range [...][]int{{4, 3, 3}, {5, 4}, {3, 3, 3}, {3, 3, 4}, {6, 3}} {
			if !ok {
				start, end, ok = s.grouped(n, " -", lens...)
			}
		}
		if !ok {
			start, end, ok = s.ramq(n)
		}
		if !ok {
			continue
		}
		end = s.versionCode(end)
		if !s.free(start, end) {
			continue
		}
		if s.labelled(start, end, cueCAHealth) {
			s.add(start, end, 0.9)
		}
	}
}

// ramq reads Quebec's number, "TREM 1234 5678" or "TREM12345678".
func (s *scan) ramq(n int) (start, end int, ok bool) {
	index := int(s.numbers[n])
	if t := s.tokens[index]; t.len() == 12 && capitals(s.value(index)[:4]) && digits(s.value(index)[4:]) {
		return int(t.start), int(t.end), true
	}
	if index == 0 || s.tokens[index-1].len() != 4 || !capitals(s.value(index-1)) ||
		s.tokens[index].start != s.tokens[index-1].end+1 {
		return 0, 0, false
	}
	_, end, ok = s.grouped(n, " -", 4, 4)
	return int(s.tokens[index-1].start), end, ok
}

// versionCode gives the end of a number with Ontario's version code after it: one or two capitals behind a blank or dash.
func (s *scan) versionCode(end int) int {
	if sep := s.at(end); sep != ' ' && sep != '-' {
		return end
	}
	code := end + 1
	for i := code; i < code+3; i++ {
		if c := s.at(i); c < 'A' || c > 'Z' {
			if i == code+2 && classes[c]&alnum == 0 || i == code+1 && s.at(end) == '-' && classes[c]&alnum == 0 {
				return i
			}
			break
		}
	}
	return end
}

func capitals(text string) bool {
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			return false
		}
	}
	return true
}

func digits(text string) bool {
	for i := range len(text) {
		if !digit(text[i]) {
			return false
		}
	}
	return true
}
