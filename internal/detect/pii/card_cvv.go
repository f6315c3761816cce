package pii

var cvvWords = []phrases{
	{cueCVV, "cvv|cvv2|cvc|cvc2|cvn|cid number|cid code|amex cid|csc|cvv code|cvc code|security code|card security code|card verification|" +
		"card verification value|card verification code|card verification number|verification value|sec code|sec. code|" +
		"three digits on the back|3 digits on the back|code on the back|보안코드|보안 코드|카드 보안번호|카드 뒷면|카드 뒷면 세 자리|카드 뒷면 3자리|뒷면 세 자리|뒷면 3자리|카드 뒤 세 자리|セキュリティコード|安全码"},
	{cueCode, "code|code is|sec|security"},
}

// codeReach is how far, in bytes, after a card's number or expiry a bare code is still the card's.
const codeReach = 12

// findCVVs finds three or four digits that the text calls a security code, or that follow a card's number or expiry.
func findCVVs(s *scan) {
	for n := range s.numbers {
		start, end, ok := s.bare(n, 3, 4)
		if !ok || !s.free(start, end) {
			continue
		}
		switch {
		case s.direct(start, cueCVV):
			s.add(start, end, 0.9)
		case s.afterCardParts(start) && !s.yearAfterCard(n):
			s.add(start, end, 0.8)
		default:
			if _, claimed := s.labelBefore(start, cueCVV); !claimed && s.saidToBe(end, cueCVV) {
				s.add(start, end, 0.8)
			}
		}
	}
}

// afterCardParts reports whether the number that begins at byte start comes right after a card's expiry, or after
// its number and the word "code".
func (s *scan) afterCardParts(start int) bool {
	if end, ok := s.lastFound(CardExpiry, start); ok && start-end <= codeReach && !s.numberBetween(end, start) &&
		s.breaksBetween(end, start) == 0 {
		card, ok := s.lastFound(CardNumber, end)
		return ok && end-card <= 2*expiryReach && !s.direct(start, labels&^cueCVV)
	}
	card, ok := s.lastFound(CardNumber, start)
	return ok && start-card <= codeReach && s.direct(start, cueCode|cueCVV)
}

// yearAfterCard reports whether the number s.numbers[n] goes on to another one as a part of a date or amount would.
func (s *scan) yearAfterCard(n int) bool {
	end := int(s.tokens[s.numbers[n]].end)
	return s.at(end) == ':' || s.at(end) == ',' && digit(s.at(end+1))
}
