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
	for k < i+2 && k+1 < len(s.tokens) && (s.gap(k) == "-" || s.gap(k) == "/" || s.gap(k) == "–") && s.tokens[k+1].len() <= 4 {
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
	if street+1 < len(s.tokens) && s.gap(street) == " " && r.class(street+1)&isCompass != 0 && s.capital(street+1) {
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
	v := s.value(i - 1)
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
		if r.class(k)&isHead != 0 && k < i-1 && s.capital(i-1) {
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
