package pii

import (
	"strings"
	"unicode/utf8"
)

// grouped matches the numbers from s.numbers[n] on against the lengths of their groups: tokens of digits only with one and the same
// separator out of seps between each two. It gives the bytes that they span.
func (s *scan) grouped(n int, seps string, lens ...int) (start, end int, ok bool) {
	first := int(s.numbers[n])
	if first+len(lens) > len(s.tokens) {
		return 0, 0, false
	}
	sep := byte(0)
	for k, want := range lens {
		t := s.tokens[first+k]
		if t.len() != want || !t.number() {
			return 0, 0, false
		}
		if k == 0 {
			start = int(t.start)
			continue
		}
		between := s.separator(int(s.tokens[first+k-1].end), int(t.start))
		if between == 0 || k > 1 && between != sep || strings.IndexByte(seps, between) < 0 {
			return 0, 0, false
		}
		sep = between
	}
	return start, int(s.tokens[first+len(lens)-1].end), true
}

// separator gives the one character in bytes [from, to), a dash of any width as '-'; 0 when there is not just one.
func (s *scan) separator(from, to int) byte {
	switch to - from {
	case 1:
		return s.text[from]
	case 3:
		switch s.text[from:to] {
		case "‐", "‑", "‒", "–", "—", "−":
			return '-'
		}
	}
	return 0
}

// bare gives the bytes of the number s.numbers[n] when it is digits only and of from least to most of them.
func (s *scan) bare(n, least, most int) (start, end int, ok bool) {
	t := s.tokens[s.numbers[n]]
	return int(t.start), int(t.end), t.number() && t.len() >= least && t.len() <= most
}

// free reports whether bytes [start, end), which begin and end with a letter or digit, stand by themselves: they are no piece of
// a longer number, an amount, a decimal, a percentage or an international phone number.
func (s *scan) free(start, end int) bool {
	if s.at(start-1) == ' ' && s.at(start+3) == ' ' && digit(s.at(start-2)) {
		return false // "12 345 678 901": the groups before belong to it
	}
	return s.opens(start) && s.closes(end)
}

// opens reports whether nothing before byte start, where a number begins, makes it a part of something else.
func (s *scan) opens(start int) bool {
	switch s.at(start - 1) {
	case '-', '.', '/':
		return !digit(s.at(start - 2))
	case '+', '$':
		return false
	case 0xA3, 0xAC, 0xA5, 0xA9: // the last bytes of £ € ₩ ¥
		r, _ := utf8.DecodeLastRuneInString(s.text[:start])
		return !strings.ContainsRune("£€¥₩", r)
	}
	return true
}

// closes reports whether nothing at byte end, where a number ends, makes it a part of something else.
func (s *scan) closes(end int) bool {
	switch after := s.at(end + 1); s.at(end) {
	case '-', '/':
		return classes[after]&alnum == 0
	case '.':
		return !digit(after)
	case '%', '@':
		return false
	}
	return true
}

// digitsOf copies the digits in bytes [start, end) to buf and gives them; more than buf holds are left out.
func (s *scan) digitsOf(start, end int, buf []byte) []byte {
	buf = buf[:0]
	for i := start; i < end && len(buf) < cap(buf); i++ {
		if digit(s.text[i]) {
			buf = append(buf, s.text[i]-'0')
		}
	}
	return buf
}

// luhn reports whether the digits' last one is their check digit by ISO/IEC 7812-1.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d)
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// weighted gives the sum of each digit times its weight.
func weighted(digits []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]) * w
	}
	return sum
}

// number gives the value of the first n digits.
func number(digits []byte, n int) int {
	v := 0
	for _, d := range digits[:min(n, len(digits))] {
		v = v*10 + int(d)
	}
	return v
}

// same reports whether all digits are equal, which makes a placeholder and no number of anyone.
func same(digits []byte) bool {
	for _, d := range digits {
		if d != digits[0] {
			return false
		}
	}
	return true
}
