package pii

import "strings"

// address is a physical address as one value: street, unit, town, state, postcode and country, over commas and line breaks. A
// house number beside the name of a street, a P.O. box, a numbered flat or a Korean road or lot with its number starts one; a town
// or a street alone is none.
var address = entity{typ: Address, find: findAddresses}

// addressReader grows one address. tokens [first, last] belong to it.
type addressReader struct {
	s           *scan
	classes     map[uint64]placeClass
	first, last int
}

func findAddresses(s *scan) {
	s.readWords()
	r := addressReader{s: s, classes: placeClasses()}
	done := -1
	for _, n := range s.numbers {
		i := int(n)
		if i <= done {
			continue
		}
		r.first, r.last = i, i
		if !r.korean(i, done) && !r.western(i) {
			continue
		}
		if r.first <= done {
			r.first = done + 1
		}
		start := int(s.tokens[r.first].start)
		if s.at(start-1) == '(' && s.at(int(s.tokens[r.first].end)) == ')' {
			start--
		}
		s.add(start, r.end(), 0.8)
		done = r.last
	}
}

// end gives the byte after the address: of its last token, or of the part of a Korean one that is no particle.
func (r *addressReader) end() int {
	end := int(r.s.tokens[r.last].end)
	if r.s.tokens[r.last].flags&isScript != 0 {
		end = int(r.s.tokens[r.last].start) + r.koreanPart(r.last)
	}
	if r.s.at(end) == ')' && strings.Contains(r.s.text[r.s.tokens[max(r.last-4, r.first)].start:end], "(") {
		end++
	}
	return end
}

func (r *addressReader) class(i int) placeClass {
	if i < 0 || i >= len(r.s.tokens) || r.s.tokens[i].flags&(hasDigit|isScript) != 0 {
		return 0
	}
	return r.classes[r.s.hashes[i]]
}

// western starts an address in Latin letters at the number i.
func (r *addressReader) western(i int) bool {
	s := r.s
	t := s.tokens[i]
	if s.at(int(t.start)-1) == '.' || s.at(int(t.start)-1) == '$' || strings.HasPrefix(s.text[t.end:], "%") || t.len() > 6 {
		return false
	}
	switch {
	case r.poBox(i), r.numberFirst(i), r.streetFirst(i), r.unitFirst(i):
	default:
		return false
	}
	r.growLeft()
	r.growRight()
	return true
}

// poBox reads "P.O. Box 12", "PO Box 12", "HC 61 Box 88".
func (r *addressReader) poBox(i int) bool {
	s := r.s
	if i < 2 || s.value(i-1) != "Box" && s.value(i-1) != "BOX" && s.value(i-1) != "box" || s.gap(i-1) != " " {
		return false
	}
	for k := i - 2; k >= 0 && k >= i-4; k-- {
		if v := s.value(k); v == "PO" || v == "HC" || v == "RR" || v == "P" || v == "GPO" || v == "po" {
			r.first = k
			return true
		}
	}
	return false
}

// numberFirst reads "4418 Wren Creek Blvd": a number and up to four words of which the last is a street word.
func (r *addressReader) numberFirst(i int) bool {
	s := r.s
	t := s.tokens[i]
	if t.flags&hasDigit == 0 || t.len() > 5 && !t.number() || !digit(s.text[t.start]) {
		return false
	}
	street, words, small := -1, 0, 0
	k := i
	// A range or a flat of the number: 12-14, 3/27, 7-II.
	for k+1 < len(s.tokens) && (s.gap(k) == "-" || s.gap(k) == "/" || s.gap(k) == "–") && s.tokens[k+1].len() <= 4 {
		k++
	}
	if k > i+1 {
		return false
	}
	if k+2 < len(s.tokens) && (s.gap(k) == " " || s.gap(k) == ", ") && r.class(k+1)&isHead != 0 && !s.capital(k+1) {
		if end := r.capitalsAfterParticles(k + 2); end > 0 {
			r.last = end
			return true // 12 rue de Rivoli
		}
	}
	for words < 5 && k+1 < len(s.tokens) {
		gap := s.gap(k)
		if gap != " " && !(gap == ". " && (s.tokens[k].len() <= 2)) && gap != "'" && gap != "’" && gap != "-" {
			break
		}
		k++
		w, c := s.tokens[k], r.class(k)
		if w.flags&isScript != 0 {
			break
		}
		if (gap == "'" || gap == "’") && s.value(k) == "s" {
			continue
		}
		if words > 0 && c&isStreet != 0 && (c&isStrong != 0 || s.capital(k)) {
			street = k
			if small > 0 && c&isStrong == 0 {
				street = -1
			}
			// "Mesa Verde Trl", but "Hill Road" goes on
			if k+1 < len(s.tokens) && s.gap(k) == " " && r.class(k+1)&isStreet != 0 && s.capital(k+1) {
				words++
				continue
			}
			break
		}
		if w.flags&hasDigit != 0 {
			if !ordinal(s.value(k)) {
				break
			}
		} else if !s.capital(k) {
			l := s.words[k].lore
			if l.common() > 2 && c&isCompass == 0 && s.words[k].class&isParticle == 0 && (s.words[k].class != 0 || r.class(k+1)&isStrong == 0) {
				break
			}
			small++
		}
		words++
	}
	if street < 0 {
		return r.placeByContext(i)
	}
	r.last = street
	if street+1 < len(s.tokens) && s.gap(street) == " " && r.class(street+1)&isCompass != 0 && (s.capital(street + 1)) {
		r.last = street + 1
	}
	return true
}

// capitalsAfterParticles gives the last of the words with capitals from token k, small particles before them, or 0.
func (r *addressReader) capitalsAfterParticles(k int) int {
	for range 3 {
		if k >= len(r.s.tokens) || r.s.tokens[k].flags&(hasDigit|isScript) != 0 || r.s.gap(k-1) != " " && r.s.gap(k-1) != "'" && r.s.gap(k-1) != "’" {
			return 0
		}
		if r.s.capital(k) {
			return r.capitals(k)
		}
		if r.s.tokens[k].len() > 4 {
			return 0
		}
		k++
	}
	return 0
}

// placeByContext reads a number and words with capitals that no street word ends, where a cue before or a state or postcode after
// shows what they are: "deliver to 119 Magnolia", "12 Olatunji, Lagos 100001".
func (r *addressReader) placeByContext(i int) bool {
	s := r.s
	if i+1 >= len(s.tokens) || s.gap(i) != " " || !s.capital(i+1) || s.tokens[i].len() > 5 {
		return false
	}
	k := i
	for k+1 < len(s.tokens) && k < i+3 && (s.gap(k) == " " || s.gap(k) == ". ") && s.tokens[k+1].flags&(isScript|hasDigit) == 0 && s.capital(k+1) {
		if k == i && (s.words[k+1].lore.thing() && s.words[k+1].lore.surname() == 0 || months[s.hashes[k+1]]) {
			return false // 12 January, 3 Americans
		}
		k++
	}
	last := k
	if !r.cueBefore(i) {
		// a state or postcode within the next segment
		save := r.last
		r.last = last
		ok := r.townWithCode()
		r.last = save
		if !ok {
			return false
		}
	}
	r.last = last
	return true
}

// cueBefore reports whether a word that speaks of addresses stands shortly before token i: "address: 12", "lives at 9".
func (r *addressReader) cueBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		gap := r.s.gap(k)
		if strings.ContainsAny(gap, ".!?\n") && k == i-1 && gap != ":\n" {
			return false
		}
		c := r.class(k)
		if c&isPlaceWord != 0 {
			v := r.s.value(i - 1)
			return v == "at" || v == "to" || v == "is" || strings.Contains(r.s.gap(i-1), ":") || v == "on"
		}
	}
	return false
}

// streetFirst reads "Via dei Gelsi 44", "Hauptstraße 5", "Rákóczi utca 212": the number i stands after the street.
func (r *addressReader) streetFirst(i int) bool {
	s := r.s
	if i == 0 || s.tokens[i].len() > 5 || !digit(s.text[s.tokens[i].start]) {
		return false
	}
	gap := s.gap(i - 1)
	if gap != " " && gap != ", " && gap != " #" {
		return false
	}
	if s.tokens[i-1].flags&isScript != 0 || !s.capital(i-1) && r.class(i-1) == 0 && s.tokens[i-1].flags&hasWide == 0 && s.tokens[i-1].len() < 5 {
		return false
	}
	v := strings.ToLower(s.value(i - 1))
	for _, tail := range [...]string{"straße", "strasse", "allee", "gasse", "weg", "platz", "laan", "straat", "gatan", "gade", "vej", "veien", "katu", "tie", "utca"} {
		if gap == " " && s.capital(i-1) && len(v) > len(tail)+2 && strings.HasSuffix(v, tail) {
			r.first = i - 1
			return true
		}
	}
	if gap == " " && i >= 2 && (v == "utca" || v == "út" || v == "tér" || v == "str" || v == "ulica" || v == "cd" || v == "sk") && s.capital(i-2) {
		r.first = i - 2
		return true
	}
	for k := i - 1; k >= 0 && k >= i-5; k-- {
		if k < i-1 && s.gap(k) != " " && s.gap(k) != "'" && s.gap(k) != "’" && s.gap(k) != ". " {
			return false
		}
		if s.tokens[k].flags&isScript != 0 {
			return false
		}
		if r.class(k)&isHead != 0 && k < i-1 && (s.capital(i - 1)) {
			r.first = k
			return true
		}
	}
	return false
}

// unitFirst reads "Flat 19, Calder Wharf, Salford": a unit and its number before the name of a building, a street or a town.
func (r *addressReader) unitFirst(i int) bool {
	s := r.s
	if i == 0 || s.gap(i-1) != " " && s.gap(i-1) != " #" && s.gap(i-1) != ". " || s.words[i-1].class == 0 && r.class(i-1) == 0 {
		return false
	}
	if r.class(i-1)&isUnitWord == 0 || !s.capital(i-1) {
		return false
	}
	if i+1 >= len(s.tokens) || s.gap(i) != ", " && s.gap(i) != ",\n" {
		return false
	}
	// what follows must be more of an address
	r.first, r.last = i-1, i
	k := i + 1
	c := r.class(k)
	if c&isUnitWord != 0 && s.capital(k) && k+1 < len(s.tokens) && s.tokens[k+1].flags&hasDigit != 0 {
		return true
	}
	if s.tokens[k].flags&hasDigit != 0 {
		n := addressReader{s: s, classes: r.classes, first: k, last: k}
		return n.numberFirst(k)
	}
	for n := 0; n < 4 && k < len(s.tokens) && s.tokens[k].flags&(hasDigit|isScript) == 0 && s.capital(k); n++ {
		if n > 0 && r.class(k)&(isStreet|isHouse) != 0 {
			return true
		}
		if k+1 >= len(s.tokens) || s.gap(k) != " " {
			break
		}
		k++
	}
	save := r.last
	defer func() { r.last = save }()
	return r.townWithCode()
}

// growLeft takes what stands before the street: a flat, the name of a house, a care-of line.
func (r *addressReader) growLeft() {
	s := r.s
	for range 4 {
		k := r.first - 1
		if k < 0 {
			return
		}
		gap := s.gap(k)
		if gap != ", " && gap != ",\n" && gap != " " && gap != "/" && gap != " - " {
			return
		}
		if k >= 1 && s.tokens[k].flags&hasDigit != 0 && r.class(k-1)&isUnitWord != 0 && (s.gap(k-1) == " " || s.gap(k-1) == " #") && s.capital(k-1) {
			r.first = k - 1
			continue
		}
		if gap == " " && r.first == k+1 && s.value(k) == "number" {
			r.first = k
			return
		}
		if (gap == ", " || gap == ",\n") && r.segmentLeft(k) {
			continue
		}
		if gap != ", " && gap != ",\n" || r.class(k)&isHouse == 0 || !s.capital(k) || k == 0 || s.gap(k-1) != " " || !s.capital(k-1) || s.tokens[k-1].flags&hasDigit != 0 {
			return
		}
		first := k - 1
		if first > 0 && s.gap(first-1) == " " && s.capital(first-1) && s.words[first-1].class&(isNever|isTitle|isPreposition|isDeterminer|isGreeting) == 0 && s.tokens[first-1].flags&hasDigit == 0 {
			first--
		}
		r.first = first
	}
}

// segmentLeft takes the stretch of capitals and numbers that ends at token k if one of its words speaks of buildings.
func (r *addressReader) segmentLeft(k int) bool {
	s := r.s
	first, sign := k, false
	for n := 0; n < 5; n++ {
		c := r.class(first)
		if s.tokens[first].flags&isScript != 0 || s.tokens[first].flags&hasDigit == 0 && !s.capital(first) {
			first++
			break
		}
		sign = sign || c&isUnitWord != 0 || c&(isHouse|isStreet) != 0 && first == k || ordinal(s.value(first)) || s.tokens[first].flags&hasDigit != 0 && s.tokens[first].len() < 5 && n < 2
		if first == 0 || s.gap(first-1) != " " && s.gap(first-1) != "-" && s.gap(first-1) != " #" {
			break
		}
		first--
	}
	for first < k && s.tokens[first].flags&hasDigit == 0 && s.words[first].class&(isNever|isPreposition|isGreeting) != 0 && s.value(first) != "The" && r.class(first)&isUnitWord == 0 {
		first++
	}
	if !sign || first > k || s.tokens[first].flags&hasDigit != 0 && s.tokens[first].number() && s.tokens[first].len() > 4 {
		return false
	}
	if first == k && s.tokens[k].number() {
		return false
	}
	r.first = first
	return true
}

// growRight takes what follows the street: units, districts, town, state, postcode, country.
func (r *addressReader) growRight() {
	for range 8 {
		if !r.growOne() {
			return
		}
	}
}

// growOne takes one more part.
func (r *addressReader) growOne() bool {
	s := r.s
	k := r.last + 1
	if k >= len(s.tokens) {
		return false
	}
	gap := s.gap(r.last)
	broken := strings.Contains(gap, "\n")
	switch gap {
	case ", ", " ", "\n", ",\n", ". ", ".,", "., ", " #", ", #", ",", " (", " - ", "-", " / ", ".\n", "#":
	default:
		return false
	}
	if gap == "-" {
		// ZIP+4 or a flat: only straight after digits
		if s.tokens[r.last].number() && s.tokens[k].flags&hasDigit != 0 && s.tokens[k].len() <= 4 || s.tokens[r.last].flags&hasDigit != 0 && s.tokens[k].len() == 1 {
			r.last = k
			return true
		}
		return false
	}
	if end := r.postcode(k); end >= 0 && gap != ". " {
		r.last = end
		return true
	}
	if strings.HasSuffix(gap, "#") && s.tokens[k].flags&hasDigit != 0 {
		r.last = k
		return true
	}
	c := r.class(k)
	if c&isUnitWord != 0 && gap != ". " || c&isUnitWord != 0 && gap == ". " && s.tokens[r.last].len() <= 4 {
		if k+1 < len(s.tokens) && (s.gap(k) == " " || s.gap(k) == " #" || s.gap(k) == ". ") && (s.tokens[k+1].flags&hasDigit != 0 || s.tokens[k+1].len() == 1 && s.capital(k+1)) && (s.capital(k) || gap != " ") {
			r.last = k + 1
			return true
		}
	}
	if ordinal(s.value(k)) && k+1 < len(s.tokens) && s.gap(k) == " " && (strings.EqualFold(s.value(k+1), "floor") || s.value(k+1) == "fl") {
		r.last = k + 1
		return true
	}
	if s.tokens[k].flags&hasDigit != 0 {
		if gap == ", " || gap == ",\n" {
			n := addressReader{s: s, classes: r.classes, first: k, last: k}
			if n.numberFirst(k) {
				r.last = n.last
				return true
			}
		}
		return false
	}
	if gap == " (" || gap == " - " || gap == " / " || gap == "-" {
		return false
	}
	if gap == ", " && landmarks[s.hashes[k]] {
		for end := k; end+1 < len(s.tokens) && end < k+6; end++ {
			if s.gap(end) == " " {
				continue
			}
			if end > k && s.gap(end)[0] != '\'' {
				r.last = end
				return true
			}
		}
		return false
	}
	if c&isState != 0 && (s.loud(k) || s.tokens[k].len() > 3 && s.capital(k)) && gap != ". " {
		r.last = k
		return true
	}
	if c&isCountry != 0 && s.capital(k) && gap != " " && gap != ". " {
		r.last = k
		return true
	}
	if gap == ". " || !s.capital(k) {
		return false
	}
	if broken {
		return r.townWithCode()
	}
	if gap == " " {
		if t := s.tokens[r.last]; t.number() && t.len() == 5 && s.words[k].class == 0 {
			r.last = max(r.last, r.capitals(k)) // 75001 Paris
			return true
		}
		return s.words[k].lore.thing() && r.townWithCode()
	}
	if r.townWithCode() {
		return true
	}
	return r.district(k)
}

// district takes a part of capitals between commas or before the end of the sentence: ", Victoria Garden Annex".
func (r *addressReader) district(k int) bool {
	s := r.s
	end := r.capitals(k)
	if end < k {
		return false
	}
	if s.words[k].lore.given() == 3 && !s.words[k].lore.thing() && end > k && s.words[end].lore.surname() > 1 {
		return false // a person
	}
	if s.words[k].class&(isNever|isGreeting|isTitle) != 0 && r.class(k)&isCompass == 0 && !s.words[k].lore.thing() {
		return false
	}
	if end+1 < len(s.tokens) && s.gap(end) == " " && s.tokens[end+1].number() && s.tokens[end+1].len() <= 4 && s.endsPart(end+1) {
		r.last = end + 1
		return true
	}
	if end+1 < len(s.tokens) {
		switch gap := s.gap(end); {
		case gap == " " || gap == "'" || gap == "’" || strings.HasPrefix(gap, ":") || gap == " & ":
			return s.tokens[end+1].flags&isScript == 0 && gap == " " && s.words[end].lore.thing() && s.words[end+1].class&isSpeech == 0
		}
	}
	r.last = end
	return true
}

// endsPart reports whether a part of an address may end with token i.
func (s *scan) endsPart(i int) bool {
	return i+1 >= len(s.tokens) || s.gap(i) != " "
}

// capitals gives the last token of the run of words with capitals from k, at most five; k-1 when there is none.
func (r *addressReader) capitals(k int) int {
	s := r.s
	end := k - 1
	for n := 0; n < 5 && k < len(s.tokens); n++ {
		if s.tokens[k].flags&(isScript|hasDigit) != 0 {
			break
		}
		if !s.capital(k) && (end < 0 || !particleOfPlace[s.value(k)]) {
			break
		}
		if s.capital(k) {
			end = k
		}
		if k+1 >= len(s.tokens) || s.gap(k) != " " && s.gap(k) != "-" && !(s.gap(k) == "'" && s.tokens[k+1].len() == 1) {
			break
		}
		k++
	}
	return end
}

// months stand after a number too: 12 March.
var months = func() map[uint64]bool {
	set := map[uint64]bool{}
	for word := range strings.FieldsSeq("january february march april may june july august september october november december jan feb mar apr jun " +
		"jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday") {
		set[hashOf(word)] = true
	}
	return set
}()

// landmarks are the small words that begin the way to find a place: behind Total, off Bode Thomas.
var landmarks = func() map[uint64]bool {
	set := map[uint64]bool{}
	for word := range strings.FieldsSeq("behind off near opposite beside past next opp cnr corner nr") {
		set[hashOf(word)] = true
	}
	return set
}()

var particleOfPlace = map[string]bool{"of": true, "upon": true, "on": true, "de": true, "la": true, "le": true, "les": true, "du": true,
	"do": true, "da": true, "under": true, "the": true, "am": true, "sur": true, "in": true, "s": true}

// townWithCode takes a town that a state, a postcode or both follow, and that.
func (r *addressReader) townWithCode() bool {
	s := r.s
	k := r.last + 1
	if k >= len(s.tokens) {
		return false
	}
	end := r.capitals(k)
	// the state may have been read as a word of the town
	for at := k; at <= end; at++ {
		if at > k && r.class(at)&isState != 0 && s.loud(at) && s.tokens[at].len() <= 3 {
			r.last = at
			if code := r.postcode(at + 1); at+1 < len(s.tokens) && code >= 0 {
				r.last = code
			}
			return true
		}
		if code := r.postcode(at); at > k && code >= 0 {
			r.last = code
			return true
		}
	}
	if end < k || end+1 >= len(s.tokens) {
		return false
	}
	gap := s.gap(end)
	if gap != " " && gap != ", " && gap != ",\n" && gap != "\n" {
		return false
	}
	next := end + 1
	if code := r.postcode(next); code >= 0 {
		r.last = code
		return true
	}
	if r.class(next)&isState != 0 && gap != "\n" && (s.loud(next) || s.tokens[next].len() > 3 && s.capital(next)) {
		r.last = next
		if next+1 < len(s.tokens) {
			if code := r.postcode(next + 1); code >= 0 && s.gap(next) == " " {
				r.last = code
			}
		}
		return true
	}
	return false
}

// postcode gives the last token of the postcode that begins at token k, or -1: 87599, 87599-1234, LS8 9ZZ, T5A 9Z9, 4999-112.
func (r *addressReader) postcode(k int) int {
	s := r.s
	if k >= len(s.tokens) || s.tokens[k].flags&hasDigit == 0 {
		return -1
	}
	t := s.tokens[k]
	if t.number() {
		if t.len() != 5 && t.len() != 6 && t.len() != 4 {
			return -1
		}
		if k > 0 && t.len() == 4 && (s.gap(k-1) != " " || !s.capital(k-1)) {
			return -1
		}
		if k+1 < len(s.tokens) && s.gap(k) == "-" && s.tokens[k+1].number() && s.tokens[k+1].len() >= 3 && s.tokens[k+1].len() <= 4 {
			return k + 1
		}
		if t.len() == 4 && k+1 < len(s.tokens) && s.gap(k) == " " && s.tokens[k+1].len() == 2 && s.loud(k+1) && r.class(k+1) == 0 {
			return k + 1 // 9999 ZZ
		}
		return k
	}
	if k+1 >= len(s.tokens) || s.gap(k) != " " && s.gap(k) != "-" || !s.capital(k) {
		return -1
	}
	a, b := s.value(k), s.value(k+1)
	if len(b) != 3 || len(a) < 2 || len(a) > 4 {
		return -1
	}
	british := digit(b[0]) && !digit(b[1]) && !digit(b[2]) && b[1] < 'a' && b[2] < 'a'
	canadian := len(a) == 3 && digit(a[1]) && digit(b[0]) && !digit(b[1]) && digit(b[2])
	if british || canadian {
		return k + 1
	}
	return -1
}

// ordinal reports whether v is 5th, 22nd, 3rd or 1st.
func ordinal(v string) bool {
	if len(v) < 3 || !digit(v[0]) {
		return false
	}
	switch v[len(v)-2:] {
	case "st", "nd", "rd", "th":
		return digit(v[len(v)-3])
	}
	return false
}
