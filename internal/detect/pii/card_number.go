package pii

import "unicode/utf8"

var cardWords = []phrases{
	{cueCard, "card|cards|credit card|debit card|card number|card no|card num|cc number|cc num|ccn|pan|credit card number|" +
		"debit card number|payment card|bank card|visa|mastercard|master card|amex|american express|discover|diners|diners club|" +
		"jcb|maestro|unionpay|union pay|mir|troy|cardholder|tarjeta|carte bancaire|kreditkarte|primary account number|" +
		"신용카드|체크카드|카드|카드번호|카드 번호|신용카드 번호|체크카드 번호|법인카드|비자|마스터카드|아멕스|カード|カード番号|クレジットカード|信用卡|卡号"},
	{cueLastFour, "ending in|ending with|ending|ends in|ends with|last four|last 4|last four digits|last 4 digits|" +
		"last four digits are|final four digits|끝자리|끝 네 자리|끝 4자리|뒤 4자리|뒤 네 자리|뒷 네 자리|뒷 4자리|마지막 4자리|마지막 네 자리|末尾|下4桁|下四桁"},
}

// cardShapes are the groupings in which card numbers are printed, the likeliest reading of the same digits first.
var cardShapes = [...][]int{
	{4, 4, 4, 4},
	{4, 6, 5},
	{4, 6, 4},
	{4, 4, 4, 4, 3},
	{4, 4, 4, 4, 2},
	{4, 4, 4, 4, 1},
	{4, 4, 4, 3},
	{4, 4, 4, 2},
	{4, 4, 4, 1},
	{4, 4, 4},
	{6, 13},
	{6, 10},
	{8, 8},
	{6, 6, 4},
	{6, 4, 6},
	{4, 4, 7},
	{4, 4, 8},
	{4, 5, 6},
	{6, 8},
}

// findCards finds card numbers of 12 to 19 digits with a right check digit and the prefix of an issuer, in one piece or in a
// usual grouping, and the last four digits where the text says that they are that.
//
// A number in one piece whose length few cards have (12, 13, 17 to 19), and one of a domestic prefix, counts only with a word for
// cards near: numbers of 13 to 19 digits that are times, articles or messages are too common.
func findCards(s *scan) {
	var buf [19]byte
	for n := range s.numbers {
		if s.lastFour(n, cueCard) {
			t := s.tokens[s.numbers[n]]
			s.add(int(t.start), int(t.end), 0.8)
			continue
		}
		if start, end, ok := s.bare(n, 12, 19); ok {
			digits := s.digitsOf(start, end, buf[:])
			if sure, ok := cardIssuer(digits); ok && luhn(digits) && !same(digits) && s.free(start, end) {
				s.addCard(start, end, sure && len(digits) >= 14 && len(digits) <= 16)
			}
			continue
		}
		t := s.tokens[s.numbers[n]]
		if !t.number() || t.len() != 4 && t.len() != 6 && t.len() != 8 || s.at(int(t.end)) < utf8.RuneSelf && joint(s.at(int(t.end))) == 0 ||
			s.at(int(t.start)-1) != ' ' && joint(s.at(int(t.start)-1)) != 0 && digit(s.at(int(t.start)-2)) {
			continue
		}
		for i, shape := range cardShapes {
			start, end, ok := s.grouped(n, " -.", shape...)
			if !ok || s.at(end) == s.at(int(t.end)) && s.at(end) != ' ' && digit(s.at(end+1)) {
				continue
			}
			digits := s.digitsOf(start, end, buf[:])
			if sure, ok := cardIssuer(digits); ok && luhn(digits) && !same(digits) {
				s.addCard(start, end, sure && i < 4)
				break
			}
		}
	}
}

// addCard adds a card number; without a distinctive form it needs a word for cards, and any other label takes it away.
func (s *scan) addCard(start, end int, distinctive bool) {
	label, claimed := s.labelBefore(start, cueCard|cueLastFour|cueExpiry|cueCVV)
	switch {
	case label || s.near(start, end, reach, reachBack, cueCard):
		s.add(start, end, 1)
	case distinctive && !claimed:
		s.add(start, end, 0.95)
	}
}

// joint gives c when it may stand between the groups of a number, or 0.
func joint(c byte) byte {
	if c == ' ' || c == '-' || c == '.' {
		return c
	}
	return 0
}

// cardIssuer reports whether the digits have an issuer's prefix with a length that the issuer gives. sure is false for ranges
// that only a domestic scheme uses. Sources: ISO/IEC 7812 ranges as the schemes publish them.
func cardIssuer(digits []byte) (sure, ok bool) {
	length := len(digits)
	two, three, four, six := number(digits, 2), number(digits, 3), number(digits, 4), number(digits, 6)
	in := func(v, from, to int) bool { return v >= from && v <= to }
	switch {
	case two == 34 || two == 37: // American Express
		return true, length == 15
	case digits[0] == 4: // Visa, Visa Electron, Elo, Dankort
		return true, length == 13 || length == 16 || length == 19
	case in(two, 51, 55) || in(four, 2221, 2720): // Mastercard
		return true, length == 16
	case in(four, 2200, 2204): // Mir
		return true, in(length, 16, 19)
	case four == 2131 || four == 1800: // JCB
		return true, length == 15
	case in(four, 3528, 3589): // JCB
		return true, in(length, 16, 19)
	case in(three, 300, 305) || four == 3095 || two == 36 || two == 38 || two == 39: // Diners Club
		return true, in(length, 14, 19)
	case three == 353 || three == 356: // RuPay
		return true, length == 16
	case four == 6011 || in(three, 644, 649) || two == 65 || in(six, 622126, 622925): // Discover, RuPay, Elo, Troy
		return true, in(length, 16, 19)
	case two == 62 || two == 81 || two == 82: // UnionPay, RuPay
		return true, in(length, 16, 19)
	case four == 9792: // Troy
		return true, length == 16
	case two == 50 || in(two, 56, 69): // Maestro, Elo, Verve, Hipercard
		return true, in(length, 12, 19)
	case digits[0] == 9: // Korean domestic cards
		return false, length == 16
	}
	return false, false
}

// lastFour reports whether the number s.numbers[n] is four digits that the text calls the end of a number of want: "card ending
// in 1234", "the last four of my card are 1234", "**** 1234 on my Visa". Of the things that could be meant the nearest before
// decides, then the nearest after.
func (s *scan) lastFour(n int, want cue) bool {
	start, end, ok := s.bare(n, 4, 4)
	if !ok || !s.closes(end) || digit(s.at(start-2)) && joint(s.at(start-1)) != 0 && s.at(start-1) != ' ' {
		return false
	}
	const nouns = cueCard | cueAccount | cueSSN
	masked, said, meant := s.masked(start), false, cue(0)
	for i := s.keysBefore(start) - 1; i >= 0 && start-int(s.keys[i].end) <= 48; i-- {
		k := s.keys[i]
		if k.cue&cueLastFour != 0 && start-int(k.end) <= 24 {
			said = said || !s.numberBetween(int(k.end), start) && s.breaksBetween(int(k.end), start) == 0
		} else if meant == 0 {
			meant = k.cue & labels
		}
	}
	if !said && masked == 0 {
		return false
	}
	for i := s.keysBefore(end); meant == 0 && i < len(s.keys) && int(s.keys[i].start)-end <= 20; i++ {
		meant = s.keys[i].cue & nouns
	}
	if meant == 0 && masked >= 12 {
		meant = cueCard
	}
	return meant&want != 0
}

// masked counts the mask characters ('*', 'x', 'X', '•', '#') right before byte start, with single blanks and dashes among them;
// fewer than two are none.
func (s *scan) masked(start int) int {
	count := 0
	for i := start; i > 0 && start-i < 48; {
		r, size := utf8.DecodeLastRuneInString(s.text[:i])
		switch r {
		case '*', 'x', 'X', '•', '●', '#', '·':
			count++
		case ' ', '-':
			if i < start && s.at(i) == byte(r) {
				i = 0
				continue
			}
		default:
			size = i
		}
		i -= size
	}
	if count < 2 {
		return 0
	}
	return count
}
