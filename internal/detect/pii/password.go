package pii

import "strings"

// password is a string used as a password: the value after a word that says so, or the one in a connection string. Talk about
// passwords ("the password must be 8 characters") holds none.
var password = entity{
	typ: Password,
	words: []phrases{{cuePassword, "password|passwd|pwd|pass|pw|passcode|passphrase|pass phrase|pass word|secret|psk|wifi password|wifi pw|" +
		"wi-fi password|admin pass|admin password|db password|root password|temp password|temporary password|initial password|login password|" +
		"비밀번호|비번|암호|패스워드|패스|와이파이 비번|비밀번호 값|パスワード|密码"}},
	find: findPasswords,
}

func findPasswords(s *scan) {
	for _, k := range s.keys {
		if k.cue&cuePassword != 0 {
			s.passwordAfter(k)
		}
	}
	for _, c := range s.cells {
		if word := s.text[c.start:c.end]; c.cue&cuePassword != 0 && len(word) > 3 && !notValues[strings.ToLower(word)] && strings.Trim(word, "*•") != "" {
			s.add(c.start, c.end, 0.8)
		}
	}
	for _, at := range s.schemes {
		if _, p, ok := s.credentials(int(at)); ok {
			s.add(p.start, p.end, 0.95)
		}
	}
}

func (s *scan) passwordAfter(k key) {
	end := int(k.end)
	// "password for the spreadsheet: x": the colon may stand a few words on, in the same line.
	if strings.HasPrefix(s.text[end:], " for ") || strings.HasPrefix(s.text[end:], " to ") || strings.HasPrefix(s.text[end:], " on ") {
		for i := end; i < min(len(s.text), end+48); i++ {
			c := s.text[i]
			if c == '\n' || c == '.' || c == '?' {
				break
			}
			if c == ':' || c == '=' {
				end = i
				break
			}
			if strings.HasPrefix(s.text[i:], " is ") {
				end = i
				break
			}
		}
	}
	at, strength := s.valueAt(end)
	if strength == valueNone || at == 0 {
		return
	}
	quote := s.text[at-1]
	stop := at
	for stop < len(s.text) && stop-at < 128 {
		c := s.text[stop]
		if c <= ' ' && !((quote == '"' || quote == '\'') && c == ' ' && strings.IndexByte(s.text[stop:min(len(s.text), at+64)], quote) > 0) {
			break
		}
		if (quote == '"' || quote == '\'' || quote == '`') && c == quote || c == '"' || c >= 0xE0 && c <= 0xED && ascii(s.text[at:at+1]) || c == '<' && stop > at {
			break
		}
		stop++
	}
	for stop > at && strings.IndexByte(".,;:?)]}'", s.text[stop-1]) >= 0 {
		if s.text[stop-1] == ')' && strings.Contains(s.text[at:stop], "(") {
			break
		}
		stop--
	}
	word := s.text[at:stop]
	if len(word) < 3 || len(word) > 100 || notValues[strings.ToLower(word)] || strings.IndexByte("<{$*[(•%", word[0]) >= 0 || strings.Trim(word, "*•xX.") == "" {
		return
	}
	if allDigits(word) && len(word) < 7 && (strength < valueField || len(word) < 5) {
		return // a PIN
	}
	switch strength {
	case valueField:
		if !ascii(word) && !passwordLike(word) || strings.HasSuffix(word, "(") {
			return
		}
		if s.text[at-1] == ' ' && quote != '"' && plainWord(word) && s.sentenceGoesOn(stop) {
			return // "Password: choose a long one"
		}
		s.add(at, stop, 0.9)
	case valueQuoted:
		if ascii(word) && !plainWord(word) || passwordLike(word) {
			s.add(at, stop, 0.8)
		}
	case valueSaid:
		if ascii(word) && (passwordLike(word) || !plainWord(word) && s.endsClause(stop)) {
			s.add(at, stop, 0.8)
		}
	default:
		if ascii(word) && passwordLike(word) && !strings.Contains(word, "/") {
			s.add(at, stop, 0.7)
		}
	}
}

// sentenceGoesOn reports whether another small word follows at byte i.
func (s *scan) sentenceGoesOn(i int) bool {
	return s.at(i) == ' ' && s.at(i+1) >= 'a' && s.at(i+1) <= 'z'
}

// endsClause reports whether the clause ends at byte i.
func (s *scan) endsClause(i int) bool {
	return i >= len(s.text) || strings.IndexByte(".,;\n)!?\"'", s.text[i]) >= 0
}

// plainWord reports whether the word is of the language, in small letters or with one capital.
func plainWord(word string) bool {
	for i := range len(word) {
		if c := word[i]; folds[c] < 'a' || folds[c] > 'z' || i > 0 && c < 'a' {
			return false
		}
	}
	l := loreOf(hashOf(word))
	return l.common() > 0 || len(word) < 5 || wordClasses()[hashOf(word)] != 0
}

// passwordLike reports whether the word mixes kinds of characters as passwords do.
func passwordLike(word string) bool {
	if len(word) < 5 {
		return false
	}
	letters, digits, marks, capitals := 0, 0, 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case digit(c):
			digits++
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			letters++
			if i > 0 {
				capitals++
			}
		case c > ' ' && c < 0x7F:
			if i < len(word)-1 || c == '!' || c == '#' || c == '$' || c == '*' || c == '@' {
				marks++
			}
		}
	}
	if marks == 1 && digits == 0 && capitals < 2 && strings.ContainsAny(word, "-'/.") {
		return false // a hyphened word, a contraction
	}
	return letters > 0 && digits > 0 || marks > 0 && letters+digits > 3 || capitals > 1 && capitals < letters-1
}
