package pii

import (
	"strings"
	"unicode/utf8"
)

const (
	localLimit  = 64  // RFC 5321, section 4.5.3.1.1
	domainLimit = 253 // the longest name in the DNS
)

// findEmails finds addresses of the usual form: letters, digits and . _ % + - ' before the '@', or a quoted local part, and a
// domain with a top level of letters after it. Letters outside ASCII may take part when they are Latin.
func findEmails(s *scan) {
	last := 0
	for _, at := range s.ats {
		end := s.domainEnd(int(at)+1, true)
		if end == 0 {
			continue
		}
		start := s.localStart(int(at), last)
		if start == int(at) || s.userinfo(start) || s.repository(start, end) {
			continue
		}
		s.add(start, end, 1)
		last = end
	}
}

// localStart gives where the local part that ends before the '@' at byte at begins, at or after limit; at itself if there is none.
func (s *scan) localStart(at, limit int) int {
	limit = max(limit, at-localLimit)
	if at > limit && s.text[at-1] == '"' {
		if open := strings.LastIndexByte(s.text[limit:at-1], '"'); open >= 0 && open < at-2-limit {
			if !strings.ContainsAny(s.text[limit+open:at], "\n:,") {
				return limit + open
			}
		}
		return at
	}
	start := at
	for start > limit {
		c := s.text[start-1]
		if classes[c]&alnum != 0 || strings.IndexByte("._%+-'", c) >= 0 {
			start--
			continue
		}
		if r, size := utf8.DecodeLastRuneInString(s.text[:start]); c >= utf8.RuneSelf && latin(r) && start-size >= limit {
			start -= size
			continue
		}
		break
	}
	for start < at && strings.IndexByte(".%+-'", s.text[start]) >= 0 {
		start++
	}
	if start < at && s.text[at-1] == '.' || strings.Contains(s.text[start:at], "..") {
		return at
	}
	return start
}

// domainEnd gives where the domain that begins at byte start ends, or 0 when there is none. With named, its top level must be a
// name: two letters at least and no extension of an image file.
func (s *scan) domainEnd(start int, named bool) int {
	end, labels := 0, 0
	var top string
	for i := start; i-start < domainLimit; {
		from := i
		for i < len(s.text) && i-from <= 63 {
			c := s.text[i]
			if classes[c]&alnum != 0 || c == '-' && i > from {
				i++
				continue
			}
			r, size := utf8.DecodeRuneInString(s.text[i:])
			if c < utf8.RuneSelf || !latin(r) {
				break
			}
			i += size
		}
		to := i
		for to > from && s.text[to-1] == '-' {
			to--
		}
		if to == from {
			break
		}
		top, end = s.text[from:to], to
		labels++
		if to < i || s.at(i) != '.' {
			break
		}
		i++
	}
	if !named {
		return end
	}
	for labels > 1 && !topLevel(top) {
		// "bob@example.com.2" and "bob@example.com.NEXT" end before what is no top level.
		end -= len(top) + 1
		labels--
		top = s.text[start:end]
		top = top[strings.LastIndexByte(top, '.')+1:]
	}
	if labels < 2 || fileName(top) || numeric(s.text[start:end-len(top)]) {
		return 0
	}
	return end
}

// topLevel reports whether label may be a top-level domain.
func topLevel(label string) bool {
	if len(label) < 2 || len(label) > 24 {
		return false
	}
	for i := range len(label) {
		if digit(label[i]) || label[i] == '-' {
			return strings.HasPrefix(label, "xn--")
		}
	}
	return true
}

// fileName reports whether label is how names of pictures end, as in "icon@2x.png".
func fileName(label string) bool {
	switch label {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "tgz", "gz", "zip", "exe", "dll":
		return true
	}
	return false
}

// numeric reports whether labels, which end with a '.', are a version: two or more of digits alone.
func numeric(labels string) bool {
	if strings.Count(labels, ".") < 2 {
		return false
	}
	for i := range len(labels) {
		if !digit(labels[i]) && labels[i] != '.' {
			return false
		}
	}
	return true
}

// userinfo reports whether the local part at byte start is the password of a URL: "://user:" stands before it.
func (s *scan) userinfo(start int) bool {
	if s.at(start-1) != ':' {
		return false
	}
	from := max(0, start-1-localLimit)
	before := s.text[from : start-1]
	if i := strings.LastIndexAny(before, " \n\t"); i >= 0 {
		before = before[i+1:]
	}
	i := strings.LastIndex(before, "://")
	return i >= 0 && !strings.Contains(before[i+3:], "/")
}

// repository reports whether bytes [start, end) are the host of a repository by SSH: "git@github.com:owner/name".
func (s *scan) repository(start, end int) bool {
	return strings.HasPrefix(s.text[start:end], "git@") && s.at(end) == ':' && classes[s.at(end+1)]&alnum != 0
}
