package pii

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
