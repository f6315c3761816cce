package pii

import "strings"

// name is persons' names, without titles. There is no format: a run of words is weighed. The gazetteer and the shape of the
// words speak for it, the words around it for or against it, and a name that was found once is known in the rest of the text.
var name = entity{
	typ: Name,
	words: []phrases{{cueName, "name|full name|first name|last name|owner|assignee|driver|patient|customer|payee|employee|contact|pax|passenger|guest|" +
		"student|member|recipient|surname|manager|이름|성명|성함|고객명|담당자|운전자|세대주|예금주|환자명|직원명"}},
	find: findNames,
}

// enough is the weight from which a run of words is a name. It was chosen on the even rows of the authored set.
const enough = 2.0

// maxNameWords is how many words a name in Latin letters has at most.
const maxNameWords = 6

// nameWord is one word of a candidate: tokens [first, last], joined by hyphens and apostrophes.
type nameWord struct {
	first, last                   int
	given, surname, common, thing float64
	initial, particle, lower      bool
	class                         wordClass
}

// candidate is a run of words that may be a name. Its array is reused, so that looking at a run allocates nothing.
type candidate struct {
	words [maxNameWords + 2]nameWord
	n     int
}

func findNames(s *scan) {
	s.readWords()
	s.markTaken()
	known := len(s.found)
	s.latinNames()
	s.koreanNames()
	if len(s.found) > known {
		s.echoNames(known)
	}
}

// markTaken notes the tokens that findings of other types cover.
func (s *scan) markTaken() {
	s.taken = append(s.taken[:0], make([]bool, len(s.tokens))...)
	for _, f := range s.found {
		if ranks[f.rank] == URL || ranks[f.rank] == Age {
			continue
		}
		for i := s.tokenAt(f.start); i < len(s.tokens) && int(s.tokens[i].start) < f.end; i++ {
			s.taken[i] = true
		}
	}
}

// latinNames finds names in Latin letters.
func (s *scan) latinNames() {
	var c candidate
	for i := 0; i < len(s.tokens); {
		t := s.tokens[i]
		if t.flags&(isScript|hasDigit) != 0 || s.taken[i] {
			i++
			continue
		}
		if !s.capital(i) && s.words[i].lore.given() < 3 {
			i++
			continue
		}
		next := s.readRun(&c, i)
		s.judge(&c)
		i = max(next, i+1)
	}
}

// readRun reads the words from token i on into c and gives the token after them. In a run that begins with a capital every word
// has one, but for particles; a run that begins small has only words that are known as names.
func (s *scan) readRun(c *candidate, i int) int {
	c.n = 0
	small := !s.capital(i)
	introduced := small && i > 1 && (s.words[i-1].class&isIntro != 0 || s.hashes[i-1] == hashIs && s.namedBefore(i-1))
	for i < len(s.tokens) && c.n < len(c.words) {
		first, last := i, i
		for last+1 < len(s.tokens) && s.hyphened(last) {
			last++
		}
		c.words[c.n] = s.nameWord(first, last)
		c.n++
		i = last + 1
		if i == len(s.tokens) || s.taken[i] || s.tokens[i].flags&(isScript|hasDigit) != 0 || !s.spaced(last) {
			break
		}
		if small {
			l := s.words[i].lore
			if s.capital(i) || l.common() > 0 && !(introduced && l.surname() >= 2 && l.common() < 3) || l.thing() || l.surname() < 2 && l.given() < 2 || s.words[i].class != 0 {
				break
			}
			continue
		}
		if s.capital(i) {
			continue
		}
		if s.words[i].class&isParticle == 0 || !s.afterParticles(i) {
			break
		}
	}
	return i
}

// hyphened reports whether the token after i is a part of the same word: Al-Rashidi, O'Connor, Min-jun.
func (s *scan) hyphened(i int) bool {
	next := s.tokens[i+1]
	if next.flags&(isScript|hasDigit) != 0 || s.taken[i+1] {
		return false
	}
	switch gap := s.gap(i); gap {
	case "-", "\u2010", "\u2011":
		return s.capital(i+1) && next.len() > 1 || s.words[i+1].lore.given() > 1 || next.len() > 1 && next.len() < 6 && s.capital(i) && s.words[i].lore.surname()+s.words[i].lore.given() > 0
	case "'", "’":
		return s.capital(i+1) && s.tokens[i].len() <= 2 || s.capital(i+1) && next.len() > 2 && !strings.HasPrefix(s.value(i+1), "S")
	}
	return false
}

// spaced reports whether the token after i may go on with the same name: "J. Doe", "Jane Doe".
func (s *scan) spaced(i int) bool {
	switch gap := s.gap(i); gap {
	case " ":
		return true
	case ". ", ".":
		return s.tokens[i].len() == 1 && s.capital(i) || gap == ". " && (s.words[i].class&isTitle != 0 || s.value(i) == "St")
	case " \"", "\" ", " “", "” ", " (", ") ":
		return false
	}
	return false
}

// afterParticles reports whether the particles from token i on lead to a word with a capital.
func (s *scan) afterParticles(i int) bool {
	for range 3 {
		if i+1 >= len(s.tokens) || s.taken[i+1] {
			return false
		}
		if gap := s.gap(i); gap != " " && gap != "-" && gap != "'" && gap != "’" {
			return false
		}
		i++
		if s.tokens[i].flags&(isScript|hasDigit) != 0 {
			return false
		}
		if s.capital(i) {
			l := s.words[i].lore
			return l.surname() > 0 && s.words[i].class&(isNever|isOrg) == 0 || !l.known()
		}
		if s.words[i].class&isParticle == 0 {
			return false
		}
	}
	return false
}

var (
	givenWeight   = [4]float64{0, 0.6, 1.4, 2.2}
	surnameWeight = [4]float64{0, 0.35, 0.8, 1.4}
	commonWeight  = [4]float64{0, 0.5, 1.3, 2.2}
)

func (s *scan) nameWord(first, last int) nameWord {
	w := nameWord{first: first, last: last, class: s.words[first].class, lower: !s.capital(first)}
	l := s.words[first].lore
	w.given, w.surname, w.common = givenWeight[l.given()], surnameWeight[l.surname()], commonWeight[l.common()]
	if l.thing() {
		w.thing = 1
	}
	for i := first + 1; i <= last; i++ {
		l := s.words[i].lore
		w.given, w.surname = max(w.given, givenWeight[l.given()]), max(w.surname, surnameWeight[l.surname()])
		w.common = min(w.common, commonWeight[l.common()])
		w.class |= s.words[i].class & isOrg
		if !l.thing() {
			w.thing = 0
		}
	}
	if last > first {
		w.class &^= isNever | isTitle | isGreeting | isKin
		if romanised(s, first, last) {
			w.given = max(w.given, 2.1)
		}
	}
	w.initial = s.tokens[first].len() == 1 && last == first && !w.lower
	w.particle = w.lower && w.class&isParticle != 0
	return w
}

// romanised reports whether the hyphened word looks like a Korean or Chinese given name in Latin letters: Min-jun, Seo-yeon.
func romanised(s *scan, first, last int) bool {
	if last != first+1 || s.tokens[last].len() > 6 || s.tokens[first].len() > 6 {
		return false
	}
	return romanSyllables()[hashOf(s.value(first))] && romanSyllables()[hashOf(s.value(last))]
}

// judge finds the part of the run that is most likely to be a name and reports it if there is enough evidence.
func (s *scan) judge(c *candidate) {
	lo, hi := 0, c.n
	for lo < hi && s.outside(&c.words[lo], lo+1 < hi) {
		lo++
	}
	for hi-lo > 2 && c.words[hi-1].given < 0.7 && c.words[hi-1].common > c.words[hi-1].surname && !c.words[hi-1].initial && c.words[hi-1].class&isOrg == 0 {
		hi-- // a headline: Emma Watson Proved She May
	}
	for hi > lo && (c.words[hi-1].particle || c.words[hi-1].class&(isNever|isDeterminer) != 0 && c.words[hi-1].given < 2 && c.words[hi-1].surname < 1 ||
		hi-lo > 1 && c.words[hi-1].class&isSuffix != 0) {
		hi--
	}
	if lo == hi {
		return
	}
	if c.words[lo].lower && hi-lo > 1 {
		// A small word before a name in capitals is no part of it.
		if !c.words[hi-1].lower && !c.words[lo].particle {
			lo++
		}
	}
	words := c.words[lo:hi]
	for k := range words {
		if words[k].class&isOrg != 0 && words[k].given < 2 && (k > 0 || len(words) > 1) && !(k == 1 && len(words) == 2 && words[k].surname > 0.5 && words[0].given > 2 && words[0].common == 0) {
			return
		}
	}
	first, last := words[0].first, words[len(words)-1].last
	if s.orgFollows(last) {
		return
	}
	weight := s.shape(words) + s.around(first, last, lo > 0 && c.words[lo-1].class&isTitle != 0)
	if weight < enough {
		// A speaker or a greeting may have swallowed the name: try the last words alone.
		return
	}
	start, end := int(s.tokens[first].start), int(s.tokens[last].end)
	s.add(start, end, min(1, 0.5+weight/12))
}

// outside reports whether the word that would begin a name cannot.
func (s *scan) outside(w *nameWord, begins bool) bool {
	if w.initial {
		return s.value(w.first) == "I" || s.value(w.first) == "A"
	}
	if w.class&isTitle != 0 && (w.given < 2 || w.class&isKin != 0 || w.common > 1) {
		return true
	}
	if w.class&(isGreeting|isNever|isDeterminer|isPreposition) != 0 && (w.given < 2 || w.common > 2) {
		return true
	}
	if w.class&(isKin|isNameLabel|isSpeech|isLineLabel) != 0 && (w.given < 1.2 || w.class&isKin != 0 && w.common > 0) {
		return true
	}
	return begins && w.given == 0 && (w.common > 1 && w.surname < 1.3 || w.thing > 0 && w.surname < 0.5)
}

// orgFollows reports whether the word after token last makes the run the name of a company, a street, a prize.
func (s *scan) orgFollows(last int) bool {
	if last+1 >= len(s.tokens) {
		return false
	}
	gap := s.gap(last)
	if gap == " & " || gap == "&" {
		return s.capital(last+1) && s.words[last+1].lore.given() < 3
	}
	if gap == "'s " || gap == "’s " {
		return false
	}
	if (gap == "'" || gap == "’") && s.tokens[last+1].len() == 1 && last+2 < len(s.tokens) && s.gap(last+1) == " " {
		// Murphy's law, Parkinson's disease; but Danny's car.
		w := s.words[last+2]
		return w.class&isOrg != 0 && (s.capital(last+2) || ruled[s.hashes[last+2]])
	}
	return (gap == " " || gap == ", " && s.capital(last+1) || gap == "-") && s.words[last+1].class&isOrg != 0 && (s.capital(last+1) || ruled[s.hashes[last+1]])
}

// ruled are the small words that turn the name before them into the name of a thing: Murphy's law, a Stanley knife.
var ruled = func() map[uint64]bool {
	set := map[uint64]bool{}
	for word := range strings.FieldsSeq("law laws theorem principle equation theory effect syndrome disease test score scale method procedure " +
		"assessment bequest report reunion prize award cup trophy knife parade street road bridge line tunnel station airport river lake sales " +
		"petals sauce branch shipment album band movie film novel book jacket shoes edition version coefficient distribution algorithm model number " +
		"constant transform scandal doctrine plan act bill shop store brand county city region") {
		set[hashOf(word)] = true
	}
	return set
}()

// shape weighs the words by themselves.
func (s *scan) shape(words []nameWord) float64 {
	if len(words) == 1 {
		w := &words[0]
		weight := max(w.given, w.surname*0.75) - w.common - 1.6*w.thing
		if w.initial {
			weight -= 2
		}
		if w.lower {
			weight -= 1.2
		}
		if s.loud(w.first) {
			weight -= 0.8
		}
		return weight
	}
	a, z := &words[0], &words[len(words)-1]
	given, surname := a.given-a.common*0.6, z.surname-z.common*0.45
	if a.initial {
		given = 0.9
	}
	if z.common == 0 && z.thing == 0 && !z.initial {
		surname = max(surname, 0.5) // a word that nobody knows is more often a surname than anything else
		if a.initial {
			surname = max(surname, 0.8)
		}
	}
	weight := given + surname
	if swapped := a.surname - a.common*0.45 + z.given - z.common*0.6 - 0.3; swapped > weight {
		weight = swapped
	}
	if a.given < 0.5 && !a.initial && z.given < 2 {
		weight -= 0.5
	}
	for k := range words {
		w := &words[k]
		weight -= 0.9 * w.thing
		switch {
		case w.particle || k > 0 && w.initial:
			weight += 0.4
		case k > 0 && k < len(words)-1:
			weight += 0.3*max(w.given, w.surname) - 0.5*w.common
		}
		if w.lower && !w.particle {
			weight -= 0.5
		}
	}
	if len(words) > 4 {
		weight--
	}
	if s.loud(a.first) {
		weight -= 0.6
	}
	return weight
}

// loud reports whether token i is written in capitals.
func (s *scan) loud(i int) bool {
	t := s.tokens[i]
	return t.len() > 1 && t.flags&(hasUpper|hasLower) == hasUpper
}
