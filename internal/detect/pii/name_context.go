package pii

import "strings"

// around weighs what stands before token first and after token last. titled says that a title in capitals stands before.
func (s *scan) around(first, last int, titled bool) float64 {
	weight := s.before(first, titled) + s.after(first, last)
	return weight
}

// before weighs the words before a name.
func (s *scan) before(first int, titled bool) float64 {
	start := int(s.tokens[first].start)
	if titled {
		return 3
	}
	if first == 0 {
		return 0
	}
	if s.cellAt(start, cueName) {
		return 2.6
	}
	gap := s.gap(first - 1)
	prev := first - 1
	w := s.words[prev]
	if s.tokens[prev].flags&isScript != 0 {
		return s.koreanBefore(prev, start)
	}
	if s.fieldLabel(prev, gap) {
		return 3
	}
	if w.class&isTitle != 0 && (gap == " " || gap == ". ") && (s.capital(prev) || w.class&isKin != 0 && w.class&isTitle != 0) {
		return 3
	}
	if strings.Contains(gap, "\n") {
		if w.class&isGreeting != 0 && strings.Contains(gap, ",") {
			return 2.2
		}
		return 0.1
	}
	switch gap {
	case " ", " \"", " '", " “", " ‘":
		switch {
		case w.class&isIntro != 0:
			if s.hashes[prev] == hashMe || s.hashes[prev] == hashIts {
				return 0
			}
			return 1.4
		case w.class&isDeterminer != 0:
			if s.possessive(prev) {
				return -0.2
			}
			if s.hashes[prev] == hashThis && prev > 0 && s.hashes[prev-1] == hashIs {
				return 1
			}
			if s.words[first].lore.given() == 3 && s.capital(first) && s.spacedCapital(first) {
				return -0.8 // at a Justin Bieber concert
			}
			return -2.5
		case w.class&isKin != 0 && w.class&isGreeting == 0:
			return 1.6
		case w.class&isGreeting != 0 && w.class&isPreposition == 0:
			return 2
		case (s.hashes[prev] == hashIs || s.hashes[prev] == hashWas) && s.namedBefore(prev):
			return 3
		case s.hashes[prev] == hashName:
			return 1.4
		case w.class&isNameLabel != 0 && !s.capital(prev):
			return 1
		case s.hashes[prev] == hashIs && prev > 0 && s.hashes[prev-1] == hashThis:
			return 1.6
		case w.class&isContact != 0:
			return 1
		case w.class&isPreposition != 0:
			return 0.5
		}
		if s.capital(prev) && w.lore.common() < 2 && w.class&(isGreeting|isNever) == 0 {
			return -0.5 // a word with a capital stands before that the run did not take
		}
	case ", ":
		if w.class&isGreeting != 0 {
			return 1.4
		}
		if w.class&isKin != 0 {
			return 1.2
		}
		return 0.2
	case ": ", ":", "=", " = ":
		if s.lineBegins(prev) && s.capital(prev) {
			return 0.9
		}
		return 0.4
	case "@", " @":
		return 0.8
	case "-", "_", "/", ".", "#", " #", "$":
		return -2
	}
	return 0
}

// spacedCapital reports whether a word with a capital follows token i.
func (s *scan) spacedCapital(i int) bool {
	return i+1 < len(s.tokens) && s.gap(i) == " " && s.tokens[i+1].flags&(isScript|hasDigit) == 0 && s.capital(i+1)
}

// possessive reports whether token i is "my", "her" and the like, which stand before persons too.
func (s *scan) possessive(i int) bool {
	switch s.value(i) {
	case "my", "My", "her", "his", "our", "their", "your", "Our", "Her", "His":
		return true
	}
	return false
}

var (
	hashIs   = hashOf("is")
	hashWas  = hashOf("was")
	hashThis = hashOf("this")
	hashMe   = hashOf("me")
	hashIts  = hashOf("it's")
	hashName = hashOf("name")
	hashS    = hashOf("s")
)

// namedBefore reports whether "name" stands right before token i: my name is.
func (s *scan) namedBefore(i int) bool {
	return i > 0 && (s.hashes[i-1] == hashName || s.hashes[i-1] == hashOf("surname") || s.hashes[i-1] == hashOf("nickname"))
}

// fieldLabel reports whether token prev and the gap after it are the label of a field that holds a name: `Patient: `, `"owner": "`.
func (s *scan) fieldLabel(prev int, gap string) bool {
	if s.words[prev].class&isNameLabel == 0 {
		return false
	}
	trimmed := strings.Trim(gap, " \t\"'`*(")
	return (strings.HasPrefix(trimmed, ":") || strings.HasPrefix(trimmed, "=") || strings.HasPrefix(trimmed, "—") || trimmed == "-" && gap != "-") &&
		len(gap) < 12 && !strings.Contains(gap, "\n\n")
}

// after weighs what follows a name.
func (s *scan) after(first, last int) float64 {
	end := int(s.tokens[last].end)
	if last+1 >= len(s.tokens) {
		return s.alone(first, last)
	}
	gap := s.gap(last)
	next := s.words[last+1]
	if s.tokens[last+1].flags&isScript != 0 && (gap == "" || gap == " ") {
		return s.koreanAfter(last+1, gap)
	}
	switch {
	case gap == "'" || gap == "’":
		if s.hashes[last+1] == hashS {
			return 0.6
		}
		return 0
	case gap == " ":
		if next.class&isSpeech != 0 && !s.capital(last+1) {
			return 1
		}
		if next.class&isAuxiliary != 0 && !s.capital(last+1) {
			return 0.5
		}
		if s.tokens[last+1].flags&hasDigit != 0 {
			return -0.6
		}
		if next.class == 0 && next.lore.common() == 3 && first == last && s.words[first].lore.common() > 0 {
			return -0.3 // a noun follows, as in "the Rose garden"
		}
		return 0
	case gap == ", " || gap == " (":
		if n := s.tokens[last+1]; n.number() && n.len() <= 2 {
			return 1.6
		}
		return 0.3
	case (gap == ": " || gap == ":") && s.lineBegins(first):
		return 0.8
	case gap == "-" || gap == "_" || gap == "/" || strings.HasPrefix(gap, ".") && len(gap) == 1 || gap == "@":
		return -1.5
	case strings.HasPrefix(s.text[end:], "\n") || strings.HasPrefix(s.text[end:], " |") || strings.HasPrefix(s.text[end:], ";"):
		return s.alone(first, last)
	}
	return 0
}

// koreanAfter weighs the Korean token that follows a name in Latin letters: Gupta님, Michael이, Olga Petrova입니다.
func (s *scan) koreanAfter(i int, gap string) float64 {
	word := s.value(i)
	if end, ok := titleEnd(word, gap == ""); ok && (end == len(word) || koreanSuffixes()[word[end:]] != suffix{}) {
		return 2
	}
	if gap != "" {
		return 0
	}
	switch koreanSuffixes()[word].kind {
	case suffixPerson:
		return 0.8
	case suffixParticle, suffixCopula:
		return 0.3
	}
	return 0
}

// lineBegins reports whether token i is the first of its line.
func (s *scan) lineBegins(i int) bool {
	return i == 0 || strings.Contains(s.gap(i-1), "\n")
}

// alone weighs a name that has a line for itself: a signature, or what stands above its label.
func (s *scan) alone(first, last int) float64 {
	if !s.lineBegins(first) {
		return 0
	}
	if last+1 < len(s.tokens) {
		if s.words[last+1].class&isLineLabel != 0 && last-first >= 1 {
			return 1.6
		}
		return 0.3
	}
	if first > 0 {
		return 0.8
	}
	return 0.2
}

// echoNames finds the words of the names found since known again elsewhere in the text: who was introduced as Imogen Vale is
// Imogen further down.
func (s *scan) echoNames(known int) {
	var seen [16]uint64
	n := 0
	for _, f := range s.found[known:] {
		for i := s.tokenAt(f.start); i < len(s.tokens) && int(s.tokens[i].start) < f.end && n < len(seen); i++ {
			l := s.words[i].lore
			if s.tokens[i].flags&isScript == 0 && s.tokens[i].len() > 2 && l.common() < 2 && !l.thing() && s.words[i].class == 0 {
				seen[n] = s.hashes[i]
				n++
			}
		}
	}
	if n == 0 {
		return
	}
	s.markTaken()
	for i := range s.tokens {
		if s.taken[i] || s.tokens[i].flags&(isScript|hasDigit) != 0 || !s.capital(i) && s.words[i].lore.given() < 3 {
			continue
		}
		for _, hash := range seen[:n] {
			if s.hashes[i] != hash {
				continue
			}
			if !s.orgFollows(i) && s.before(i, false) > -1 && s.after(i, i) > -1 {
				s.add(int(s.tokens[i].start), int(s.tokens[i].end), 0.7)
			}
			break
		}
	}
}
