package pii

import (
	"strings"
	"unicode/utf8"
)

// urlSchemes are the schemes whose URLs name a place on a network.
const urlSchemes = " http https hxxp hxxps ftp ftps sftp ws wss ssh git svn rtsp rtmp smb ldap ldaps telnet irc mongodb postgres " +
	"postgresql mysql redis rediss amqp amqps mqtt srv "

// urlLimit is the longest URL, in bytes, that is read; what follows is a finding of its own only if it begins like one.
const urlLimit = 8192

// findURLs finds URLs with a scheme of a network, and names that begin with "www.".
func findURLs(s *scan) {
	last := 0
	for i, j := 0, 0; i < len(s.schemes) || j < len(s.sites); {
		var start, end int
		if j == len(s.sites) || i < len(s.schemes) && s.schemes[i] < s.sites[j] {
			start, end = s.schemeURL(int(s.schemes[i]), last)
			i++
		} else {
			start, end = s.siteURL(int(s.sites[j]), last)
			j++
		}
		if end > start {
			s.add(start, end, 1)
			last = end
		}
	}
}

// schemeURL reads the URL whose "://" is at byte colon, not before byte last; an empty range means that there is none.
func (s *scan) schemeURL(colon, last int) (start, end int) {
	start = colon
	for start > last && colon-start < 12 && classes[s.text[start-1]]&(alnum|uint8(hasDigit)) == alnum {
		start--
	}
	if start == colon || !strings.Contains(urlSchemes, " "+strings.ToLower(s.text[start:colon])+" ") {
		return 0, 0
	}
	if s.at(start-1) == '+' { // mongodb+srv, git+https
		for k := start - 1; k > last && start-k < 12 && classes[s.text[k-1]]&alnum != 0; k-- {
			if k-1 == last || classes[s.at(k-2)]&alnum == 0 {
				start = k - 1
				break
			}
		}
	}
	host := colon + len("://")
	if c := s.at(host); classes[c]&alnum == 0 && c != '[' && c < utf8.RuneSelf {
		return 0, 0
	}
	if s.at(host) >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRuneInString(s.text[host:]); !latin(r) && !letter(r) {
			return 0, 0
		}
	}
	end = s.urlEnd(host)
	if end-host < 2 {
		return 0, 0
	}
	return start, end
}

// siteURL reads the URL that begins with the "www" at byte start, not before byte last.
func (s *scan) siteURL(start, last int) (int, int) {
	if start < last {
		return 0, 0
	}
	if c := s.at(start - 1); c == '@' || c == '.' || c == '-' || c == '/' && s.at(start-2) != ' ' {
		return 0, 0
	}
	domain := s.domainEnd(start, true)
	if domain == 0 || strings.Count(s.text[start:domain], ".") < 2 {
		return 0, 0
	}
	if c := s.at(domain); c == '/' || c == '?' || c == '#' || c == ':' && digit(s.at(domain+1)) {
		return start, s.urlEnd(domain)
	}
	return start, domain
}

// urlEnd gives where the URL ends whose text goes on at byte i: before blanks, quotes and brackets that it did not open, without
// the punctuation of the sentence around it.
func (s *scan) urlEnd(i int) int {
	start, end, depth := i, i, 0
	limit := min(len(s.text), i+urlLimit)
	for i < limit {
		c := s.text[i]
		size := 1
		switch {
		case classes[c]&alnum != 0 || c == '/' || c == '_' || c == '-' || c == '=' || c == '&' || c == '%' || c == '#' || c == '+' ||
			c == '@' || c == '~' || c == '$' || c == '*':
			end = i + 1
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			if depth--; depth < 0 {
				return end
			}
			end = i + 1
		case c <= ' ' || c == 0x7F || strings.IndexByte(`"'<>{}|\^`+"`", c) >= 0:
			return end
		case c == ',' && strings.HasPrefix(s.text[i+1:], "http"):
			return end
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s.text[i:])
			if !latin(r) && !letter(r) || !latin(r) && s.particle(start, i) {
				return end
			}
			end = i + size
		}
		i += size
	}
	return end
}

// particle reports whether the letters of another script at byte i are no part of the URL that is read from byte start: they
// follow a Latin letter or digit, as the particle in "example.com에서" does, or they are a particle alone after a '/'.
func (s *scan) particle(start, i int) bool {
	before := s.at(i - 1)
	if classes[before]&alnum != 0 {
		return true
	}
	if before != '/' {
		return false
	}
	word := s.text[i:min(len(s.text), i+10)]
	for _, p := range [...]string{"에서", "으로", "에는", "에도", "에", "로", "를", "을", "은", "는", "이", "가", "와", "과", "도", "의"} {
		if strings.HasPrefix(word, p) {
			r, _ := utf8.DecodeRuneInString(s.text[i+len(p):])
			return !letter(r) || i == start
		}
	}
	return false
}
