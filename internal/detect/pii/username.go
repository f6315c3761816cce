package pii

import (
	"strings"
	"unicode/utf8"
)

// username is a login, screen or nick name: the value of a field or phrase that says so, or an @handle that is no part of an
// e-mail address. A handle that is a person's name is a NAME.
var username = entity{
	typ: Username,
	words: []phrases{{cueUsername, "username|user name|user id|userid|user|usr|login|login name|login id|logged in as|log in as|signed up as|handle|" +
		"login for|session opened for|mfa for|accounts|account for|roblox name|game name|steam name|" +
		"screen name|screenname|nickname|nick|gamertag|gamer tag|account name|uid|alias|invalid user|stage name|display name|" +
		"아이디|닉네임|닉넴|사용자명|사용자 아이디|유저명|유저네임|계정명|계정|로그인|접속아이디|ユーザー名|用户名"}},
	find: findUsernames,
}

func findUsernames(s *scan) {
	for _, k := range s.keys {
		if k.cue&cueUsername != 0 {
			s.usernameAfter(k)
			s.usernameBefore(k)
		}
	}
	for _, a := range s.ats {
		s.handle(int(a))
	}
	for _, c := range s.cells {
		if c.cue&cueUsername != 0 && c.end-c.start > 2 && !notValues[strings.ToLower(s.text[c.start:c.end])] && c.end-c.start < 40 && handleLike(s.text[c.start:c.end]) {
			s.add(c.start, c.end, 0.8)
		}
	}
	for _, at := range s.schemes {
		if user, _, ok := s.credentials(int(at)); ok && user.end > user.start {
			s.add(user.start, user.end, 0.9)
		}
	}
}

// stretch is bytes [start, end) of the text.
type stretch struct{ start, end int }

// usernameAfter reads the value after a label.
func (s *scan) usernameAfter(k key) {
	at, strength := s.valueAt(int(k.end))
	if strength == 0 || at >= len(s.text) {
		return
	}
	v := s.handleAt(at, strength == valueField)
	word := s.text[v.start:v.end]
	if len(word) < 2 || v.start == 0 {
		return
	}
	switch strength {
	case valueField:
		if allDigits(word) && len(word) < 5 || notValues[strings.ToLower(word)] {
			return
		}
		s.add(v.start, v.end, 0.9)
	default:
		if strength == valueLoose && len(word) < 5 && !strings.ContainsAny(word, "_.") {
			return // "handle IPv4"
		}
		if !handleLike(word) && !(strength == valueQuoted && len(word) > 2 && !strings.Contains(word, " ")) {
			return
		}
		s.add(v.start, v.end, 0.7)
	}
	for strings.HasPrefix(s.text[v.end:], ", ") { // accounts: adeyinka.s, wfischer, nomsa_d
		v = s.handleAt(v.end+2, false)
		if !handleLike(s.text[v.start:v.end]) {
			return
		}
		s.add(v.start, v.end, 0.6)
	}
}

// usernameBefore reads the value before a label: 'king_of_gimbap'이라는 닉네임.
func (s *scan) usernameBefore(k key) {
	i := s.tokenAt(int(k.start))
	if i == 0 {
		return
	}
	for _, middle := range [...]string{"이라는 ", "라는 ", "이란 ", " as "} {
		head, ok := strings.CutSuffix(s.text[max(0, int(k.start)-24):k.start], middle)
		if !ok {
			continue
		}
		end := int(k.start) - len(middle)
		quoted := strings.HasSuffix(head, "'") || strings.HasSuffix(head, "\"") || strings.HasSuffix(head, "’") || strings.HasSuffix(head, "”")
		if quoted {
			_, size := utf8.DecodeLastRuneInString(head)
			end -= size
		}
		start := end
		for start > 0 && end-start < 32 {
			r, size := utf8.DecodeLastRuneInString(s.text[:start])
			if !handleRune(r) {
				break
			}
			start -= size
		}
		if word := s.text[start:end]; len(word) > 2 && (quoted || !ascii(word) || handleLike(word)) {
			s.add(start, end, 0.7)
		}
		return
	}
}

// handle reads the @handle at byte a.
func (s *scan) handle(a int) {
	if a > 0 {
		r, _ := utf8.DecodeLastRuneInString(s.text[:a])
		if handleRune(r) || r == '/' || r == '@' || r == ':' {
			return
		}
	}
	v := s.handleAt(a+1, false)
	word := s.text[v.start:v.end]
	if len(word) < 3 || allDigits(word) || s.at(v.end) == '/' || s.at(v.end) == '(' || notHandles[strings.ToLower(word)] {
		return
	}
	if s.at(v.end) == '@' || !ascii(word) {
		return
	}
	s.readWords()
	if i := s.tokenAt(v.start); int(s.tokens[i].end) == v.end && s.capital(i) && s.words[i].lore.given() >= 2 {
		return // @Priya is a person
	}
	indent := a
	for indent > 0 && a-indent < 32 && (s.text[indent-1] == ' ' || s.text[indent-1] == '\t') {
		indent--
	}
	if a > 0 && (indent == 0 || s.text[indent-1] == '\n') && (v.end == len(s.text) || s.at(v.end) == '\n') {
		return // a decorator or an annotation in code
	}
	s.add(v.start, v.end, 0.8)
}

// handleAt reads the longest run of characters of a handle from byte i, without the punctuation at its end.
func (s *scan) handleAt(i int, loose bool) stretch {
	end := i
	for end < len(s.text) && end-i < 64 {
		r, size := utf8.DecodeRuneInString(s.text[end:])
		if !handleRune(r) && !(loose && r == '\\') {
			break
		}
		end += size
	}
	for end > i && strings.IndexByte(".-_", s.text[end-1]) >= 0 && s.text[end-1] != '_' {
		end--
	}
	// A Korean particle on a Latin handle is no part of it.
	if ascii(s.text[i:min(i+1, len(s.text))]) {
		for k := i; k < end; k++ {
			if s.text[k] >= 0xE0 && s.text[k] <= 0xED {
				end = k
				break
			}
		}
	} else {
		word := s.text[i:end]
		for _, particle := range [...]string{"이라는", "라는", "으로", "이에요", "입니다", "인데", "에서", "로", "은", "는", "을", "를", "이", "가"} {
			if stem, ok := strings.CutSuffix(word, particle); ok && len(stem) > 5 {
				end = i + len(stem)
				break
			}
		}
	}
	return stretch{i, end}
}

func handleRune(r rune) bool {
	return r == '_' || r == '.' || r == '-' || r < utf8.RuneSelf && classes[byte(r)]&alnum != 0 || r >= utf8.RuneSelf && (latin(r) || letter(r))
}

// handleLike reports whether a word looks like a login rather than like a word of a sentence.
func handleLike(word string) bool {
	digits, lower, upper, inner, wide := 0, 0, 0, 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case digit(c):
			digits++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			if i > 0 {
				upper++
			}
		case c == '_' || c == '.' || c == '-':
			inner++
		default:
			wide++
		}
	}
	if wide > 0 && wide == len(word)-digits-inner {
		return false
	}
	if lower+upper == 0 {
		return false
	}
	if digits > 0 && (lower > 1 || inner > 0) || inner > 0 && word[0] != '-' && strings.ContainsAny(word, "_.") || lower > 0 && upper > 0 {
		return true
	}
	l := loreOf(hashOf(word))
	return inner == 0 && len(word) > 4 && !l.known() && lower == len(word)
}

func allDigits(word string) bool {
	for i := range len(word) {
		if !digit(word[i]) {
			return false
		}
	}
	return true
}

func ascii(word string) bool {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// How a value hangs on its label.
const (
	valueNone   = iota
	valueLoose  // a blank between them: user kpatel
	valueSaid   // a verb or a particle: username is kpatel
	valueQuoted // a quotation mark
	valueField  // a colon or an equals sign: user: kpatel
)

// valueAt finds where the value of the label that ends at byte i begins.
func (s *scan) valueAt(i int) (at int, strength int) {
	strength = valueNone
	limit := min(len(s.text), i+24)
	rest := s.text[i:limit]
	for _, particle := range [...]string{"는 ", "은 ", "가 ", "이 ", "를 ", "을 ", " is ", " was ", "'s ", " are ", " as ", " called ", " named ", "은", "는"} {
		if strings.HasPrefix(rest, particle) {
			i += len(particle)
			strength = valueSaid
			break
		}
	}
	if strength == valueNone && strings.HasPrefix(rest, " (") && !strings.Contains(rest, ":") {
		i += 2
		strength = valueLoose
	}
	for i < limit {
		switch c := s.text[i]; c {
		case ' ', '\t', '*', '`':
			if strength == valueNone {
				strength = valueLoose
			}
		case ':', '=':
			strength = valueField
			if c == ':' && strings.HasPrefix(s.text[i:], "://") {
				return 0, valueNone
			}
		case '"', '\'':
			if strength < valueQuoted {
				strength = valueQuoted
			}
		case '\n':
			if strength != valueField || s.text[i-1] == '\n' {
				return 0, valueNone
			}
		default:
			if strings.HasPrefix(s.text[i:], "‘") || strings.HasPrefix(s.text[i:], "“") {
				i += 2
				strength = max(strength, valueQuoted)
				break
			}
			return i, strength
		}
		i++
	}
	return 0, valueNone
}

// credentials reads user and password of the URL whose "://" is at byte at: postgres://app:s3cret@db/x.
func (s *scan) credentials(at int) (user, password stretch, ok bool) {
	start := at + 3
	colon := -1
	for i := start; i < len(s.text) && i < start+160; i++ {
		switch c := s.text[i]; {
		case c == ':' && colon < 0:
			colon = i
		case c == '@':
			if colon < 0 || i == colon+1 {
				return user, password, false
			}
			return stretch{start, colon}, stretch{colon + 1, i}, true
		case c <= ' ' || c == '/' || c == '"':
			return user, password, false
		}
	}
	return user, password, false
}

// notValues stand after a label and are no value.
var notValues = map[string]bool{
	"null": true, "none": true, "nil": true, "true": true, "false": true, "string": true, "required": true,
	"optional": true, "undefined": true, "n": true, "na": true, "n/a": true, "unknown": true, "empty": true, "hidden": true, "redacted": true,
	"must": true, "password": true, "username": true, "the": true, "your": true, "not": true, "str": true, "int": true, "text": true,
	"changeme": false, "name": true, "email": true, "default": true, "env": true, "secret": true, "masked": true,
}

// notHandles follow an '@' and name nobody.
var notHandles = map[string]bool{
	"here": true, "channel": true, "everyone": true, "all": true, "media": true, "import": true, "override": true,
	"param": true, "return": true, "returns": true, "deprecated": true, "property": true, "staticmethod": true, "classmethod": true, "test": true,
	"the": true, "home": true, "work": true, "least": true, "font-face": true, "keyframes": true, "gmail.com": true, "example.com": true,
}
