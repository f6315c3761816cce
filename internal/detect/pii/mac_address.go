package pii

var macWords = []phrases{{cueMAC, "mac|mac address|mac addr|hwaddr|ether|ethernet address|hardware address|physical address|bssid|" +
	"맥 주소|맥주소|MAC 주소|물리적 주소"}}

// findMACs finds addresses of network cards: six pairs of hexadecimal digits with ':' or '-' between them, three groups of four
// with '.', or twelve in one piece where the text calls them a MAC address.
func findMACs(s *scan) {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		if t.flags&(hasNonHex|hasWide|isScript) != 0 {
			continue
		}
		switch t.len() {
		case 2:
			if sep := s.at(int(t.end)); sep == ':' || sep == '-' {
				last := s.hexGroups(i, 2, sep)
				start, end := int(t.start), int(s.tokens[last].end)
				if last-i == 5 && !s.goesOn(start, end, sep) && (sep == ':' || s.hasDigits(i, last) || s.macNear(start, end)) {
					s.add(start, end, 1)
				}
				i = last
			}
		case 4:
			if s.at(int(t.end)) == '.' {
				last := s.hexGroups(i, 4, '.')
				start, end := int(t.start), int(s.tokens[last].end)
				if last-i == 2 && !s.goesOn(start, end, '.') && (s.hasDigits(i, last) && s.hasLetters(i, last) || s.macNear(start, end)) {
					s.add(start, end, 0.95)
				}
				i = last
			}
		case 12:
			if t.flags&hasDigit != 0 && s.labelled(int(t.start), int(t.end), cueMAC) {
				s.add(int(t.start), int(t.end), 0.9)
			}
		}
	}
}

func (s *scan) macNear(start, end int) bool {
	return s.near(start, end, reachBroken, reachBack, cueMAC)
}

// hexGroups gives the last of the tokens from i on that are groups of size hexadecimal digits with sep between them.
func (s *scan) hexGroups(i, size int, sep byte) int {
	for i+1 < len(s.tokens) {
		t, next := s.tokens[i], s.tokens[i+1]
		if int(next.start) != int(t.end)+1 || s.text[t.end] != sep || next.len() != size ||
			next.flags&(hasNonHex|hasWide|isScript) != 0 {
			break
		}
		i++
	}
	return i
}

// goesOn reports whether a part of another form hangs on to bytes [start, end) by sep. A word and a ':' before them are a label.
func (s *scan) goesOn(start, end int, sep byte) bool {
	if s.at(end) == sep && classes[s.at(end+1)]&alnum != 0 {
		return true
	}
	if before := s.at(start - 2); s.at(start-1) != sep || classes[before]&alnum == 0 || sep == ':' && !hexDigit(before) {
		return false
	}
	i := s.tokenAt(start - 2)
	return sep != ':' || s.tokens[i].flags&(hasNonHex|hasDigit) == hasDigit
}

func (s *scan) hasDigits(first, last int) bool { return s.anyOf(first, last, hasDigit) }

func (s *scan) hasLetters(first, last int) bool { return s.anyOf(first, last, hasUpper|hasLower) }

// anyOf reports whether one of the tokens from first to last has one of the flags.
func (s *scan) anyOf(first, last int, want flags) bool {
	for _, t := range s.tokens[first : last+1] {
		if t.flags&want != 0 {
			return true
		}
	}
	return false
}
