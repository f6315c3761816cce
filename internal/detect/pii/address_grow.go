package pii

import "strings"

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

var particleOfPlace = map[string]bool{
	"of": true, "upon": true, "on": true, "de": true, "la": true, "le": true, "les": true, "du": true,
	"do": true, "da": true, "under": true, "the": true, "am": true, "sur": true, "in": true, "s": true,
}
