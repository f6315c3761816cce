package pii

import "strings"

var ninoWords = []phrases{{cueNINO, "nino|ni number|ni no|ni|n.i. number|national insurance|national insurance number|national insurance no|" +
	"nat ins|nat ins number|ni#|국민보험번호|국민 보험 번호|영국 국민보험"}}

// findNINOs finds national insurance numbers: two letters, six digits, a letter from A to D, with blanks or dashes after the
// letters and between the pairs. A prefix that is never given out, and a number without its last letter, need the words for it.
func findNINOs(s *scan) {
	last := 0
	for _, index := range s.numbers {
		start, end, suffix := s.nino(int(index))
		if end == 0 || start < last {
			continue
		}
		prefix := s.text[start : start+2]
		own := suffix && capitals(prefix) && ninoPrefix(prefix)
		_, claimed := s.labelBefore(start, cueNINO)
		if suffix && s.labelled(start, end, cueNINO) || capitals(prefix) && s.direct(start, cueNINO) {
			s.add(start, end, 1)
			last = end
		} else if own && !claimed {
			s.add(start, end, 0.9)
			last = end
		}
	}
}

// nino reads a number whose first digit is in the token at index; end is 0 when there is none.
func (s *scan) nino(index int) (start, end int, suffix bool) {
	t := s.tokens[index]
	start = int(t.start)
	if digit(s.text[start]) {
		if index == 0 {
			return 0, 0, false
		}
		letters := s.tokens[index-1]
		if letters.len() != 2 || start-int(letters.end) != 1 || letters.flags&(hasDigit|hasWide|isScript) != 0 ||
			!ninoSeparator(s.text[letters.end]) {
			return 0, 0, false
		}
		start = int(letters.start)
	}
	if classes[s.at(start+1)]&(alnum|uint8(hasDigit)) != alnum || digit(s.at(start)) {
		return 0, 0, false
	}
	i, count := start+2, 0
	for count < 6 {
		if ninoSeparator(s.at(i)) && count%2 == 0 {
			i++
		}
		if !digit(s.at(i)) {
			return 0, 0, false
		}
		i++
		count++
	}
	next := i
	if ninoSeparator(s.at(next)) {
		next++
	}
	if c := upper(s.at(next)); c >= 'A' && c <= 'D' && classes[s.at(next+1)]&alnum == 0 {
		return start, next + 1, true
	}
	if classes[s.at(i)]&alnum != 0 || ninoSeparator(s.at(i)) && digit(s.at(i+1)) {
		return 0, 0, false
	}
	return start, i, false
}

func ninoSeparator(c byte) bool { return c == ' ' || c == '-' || c == '.' }

// ninoPrefix reports whether HMRC gives out the prefix. Source: HMRC, National Insurance Manual NIM39110.
func ninoPrefix(prefix string) bool {
	return !strings.ContainsRune("DFIQUV", rune(prefix[0])) && !strings.ContainsRune("DFIQUVO", rune(prefix[1])) &&
		!strings.Contains("BG GB NK KN NT TN ZZ", prefix)
}
