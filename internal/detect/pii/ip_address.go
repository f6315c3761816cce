package pii

import (
	"net/netip"
	"strings"
)

var ipWords = []phrases{
	{cueIP, "ip|ips|ip address|ip addresses|ipv4|ipv6|ipaddr|src ip|dst ip|source ip|remote addr|remote address|host|gateway|subnet|" +
		"dns|server|nameserver|아이피|ip 주소|아이피 주소|접속 ip|서버"},
	{cueVersion, "version|versions|ver|v|release|firmware|build|driver|section|sections|sec|chapter|clause|paragraph|figure|fig|table|" +
		"appendix|article|oid|upgrade to|upgraded to|버전|펌웨어|릴리스|빌드|조항|제|バージョン|版本"},
}

// findIPs finds addresses of both versions of IP. A dotted quad that goes on in either direction, hangs on a word by a '-', or is
// called a version or a section is none.
func findIPs(s *scan) {
	for n := range s.numbers {
		if start, end, ok := s.dottedQuad(n); ok {
			s.add(start, end, 0.95)
		}
	}
	s.findIPv6()
}

func (s *scan) dottedQuad(n int) (start, end int, ok bool) {
	first := int(s.numbers[n])
	if first+3 >= len(s.tokens) || s.at(int(s.tokens[first].end)) != '.' {
		return 0, 0, false
	}
	for k := range 4 {
		t := s.tokens[first+k]
		if !t.number() || !octet(s.value(first+k)) || k > 0 && (int(t.start) != end+1 || s.text[end] != '.') {
			return 0, 0, false
		}
		end = int(t.end)
	}
	start = int(s.tokens[first].start)
	before, after := s.at(start-1), s.at(end)
	switch {
	case before == '.' || before == '_' || before == '+' || after == '_' || after == '+',
		before == '-' && !digit(s.at(start-2)) && s.at(start-2) != ' ' && start > 1,
		after == '.' && classes[s.at(end+1)]&alnum != 0,
		after == '-' && classes[s.at(end+1)]&alnum != 0 && !s.dottedAt(end+1):
		return 0, 0, false
	}
	return start, end, !s.versioned(start)
}

// dottedAt reports whether a number and a '.' and another number begin at byte i, as the end of a range of addresses does.
func (s *scan) dottedAt(i int) bool {
	from := i
	for digit(s.at(i)) && i-from < 4 {
		i++
	}
	return i > from && s.at(i) == '.' && digit(s.at(i+1))
}

// versioned reports whether the word right before byte start speaks of versions or sections.
func (s *scan) versioned(start int) bool {
	if strings.HasSuffix(s.text[:start], "§") || strings.HasSuffix(s.text[:start], "§ ") {
		return true
	}
	i := s.keysBefore(start) - 1
	for ; i >= 0 && start-int(s.keys[i].end) <= 12; i-- {
		if s.keys[i].cue&cueIP != 0 {
			return false
		}
		if s.keys[i].cue&cueVersion != 0 {
			return !s.numberBetween(int(s.keys[i].end), start)
		}
	}
	return false
}

func octet(value string) bool {
	if len(value) > 3 || len(value) > 1 && value[0] == '0' {
		return false
	}
	return len(value) < 3 || value <= "255"
}

// findIPv6 looks around the colons.
func (s *scan) findIPv6() {
	done := 0
	for i := 0; i < len(s.colons); i++ {
		colon := int(s.colons[i])
		if colon < done {
			continue
		}
		start, end := s.addressRun(colon, done)
		done = end
		if end-start < 3 || end-start > 45 {
			continue
		}
		for start < end {
			if s.ipv6(start, end) {
				s.add(start, end, 0.95)
				break
			}
			// "source:2001:db8::1": the run may begin with the end of a word.
			next := strings.IndexByte(s.text[start:end], ':')
			if next < 0 || s.at(start+next+1) == ':' || classes[s.at(start-1)]&alnum == 0 {
				break
			}
			start += next + 1
		}
	}
}

// addressRun gives the run of hexadecimal digits, ':' and '.' around the colon, not before byte from.
func (s *scan) addressRun(colon, from int) (start, end int) {
	start, end = colon, colon
	for start > from && (hexDigit(s.text[start-1]) || s.text[start-1] == ':') {
		start--
	}
	for end < len(s.text) && (hexDigit(s.text[end]) || s.text[end] == ':' || s.text[end] == '.' && digit(s.at(end+1))) {
		end++
	}
	if end > start+1 && s.text[end-1] == ':' && s.text[end-2] != ':' {
		end--
	}
	return start, end
}

// ipv6 reports whether bytes [start, end) are an address, and no slice, time or C++ name that reads like one.
func (s *scan) ipv6(start, end int) bool {
	before, after := s.at(start-1), s.at(end)
	if classes[before]&alnum != 0 || before == '_' || classes[after]&alnum != 0 || after == '_' ||
		before == '[' && (classes[s.at(start-2)]&alnum != 0 || s.at(start-2) == ')' || s.at(start-2) == ']') {
		return false
	}
	run := s.text[start:end]
	if address, err := netip.ParseAddr(run); err != nil || !address.Is6() {
		return false
	}
	digits, hex, longest, group := 0, 0, 0, 0
	for i := range len(run) {
		if !hexDigit(run[i]) {
			group = 0
			continue
		}
		hex++
		if group++; group > longest {
			longest = group
		}
		if digit(run[i]) {
			digits++
		}
	}
	switch {
	case run == "::1", s.near(start, end, reachBroken, 0, cueIP):
		return hex > 0
	case strings.Contains(run, "::"):
		return digits > 0 && hex >= 4
	}
	return digits > 0 && longest >= 3
}
