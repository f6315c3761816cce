package text

import "unicode/utf8"

// maxStress is how many marks of emphasis in a row may stand inside a word.
const maxStress = 3

// character is one character of a chunk and its place.
type character struct {
	r          rune
	start, end int
	role       role
}

// chunk writes the characters of [start, end), which hold no white space.
func (j *joiner) chunk(start, end int) {
	if everyday(j.src[start:end]) {
		j.copy(j.src[start:end], start)
		return
	}
	chars := j.chars[:0]
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(j.src[i:])
		chars = append(chars, character{r, i, i + size, roleOf(r)})
		i += size
	}
	j.chars = chars
	chars = j.bare(chars)
	j.unleet(chars)
	flags := 0
	for k, c := range chars {
		if regional(c.r) == 0 {
			flags = 0
		} else if flags++; flags == 1 && k+2 < len(chars) && regional(chars[k+1].r) != 0 && regional(chars[k+2].r) != 0 {
			for m := k; m < len(chars) && regional(chars[m].r) != 0; m++ {
				chars[m].r = regional(chars[m].r)
			}
		}
	}
	for k := 0; k < len(chars); k++ {
		c := chars[k]
		if j.twins && c.r >= utf8.RuneSelf {
			if like := lookalikes().of(c.r); like.like == strong {
				c.r = rune(like.letter)
			}
		}
		last := k
		for last+1 < len(chars) && chars[last+1].r == chars[k].r && c.role != sign {
			last++
		}
		switch {
		case last-k >= 2 && c.role == word:
			j.put(c.r, c.start, chars[last].end)
			k = last
		case string(c.r) == j.src[c.start:c.end]:
			j.copy(j.src[c.start:c.end], c.start)
		default:
			j.put(c.r, c.start, c.end)
		}
	}
}

// everyday reports whether a chunk has nothing to join: small letters, no three alike in a row, and signs of punctuation.
func everyday(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			if i >= 2 && c == s[i-1] && c == s[i-2] {
				return false
			}
		case c != '.' && c != ',' && c != '-' && c != ';' && c != ':' && c != '?' && c != ')':
			return false
		}
	}
	return true
}

// bare drops marks of emphasis between two letters, and up to two signs or digits between two Hangul syllables.
func (j *joiner) bare(chars []character) []character {
	kept := chars[:0]
	for k := 0; k < len(chars); k++ {
		c := chars[k]
		if c.r == '\\' && len(kept) == 0 && k+1 < len(chars) && chars[k+1].role == word {
			continue // Markdown's escape
		}
		if c.role != word && len(kept) > 0 {
			next := k
			stressed := true
			for next < len(chars) && chars[next].role != word && next-k <= maxStress {
				stressed = stressed && chars[next].role == stress && !(next == k && next+1 < len(chars) && chars[next+1].role == word && plainJoin(c.r))
				next++
			}
			if next < len(chars) && chars[next].role == word {
				before, after := kept[len(kept)-1], chars[next].r
				if before.role == word && stressed && next-k <= maxStress ||
					isHangul(before.r) && isHangul(after) && next-k <= 2 {
					k = next - 1
					continue
				}
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// plainJoin reports whether a single r between two letters is everyday writing: an apostrophe, an underscore, a path.
func plainJoin(r rune) bool { return r == '\'' || r == '_' || r == '"' || r == '\\' }

// unleet reads digits and signs as the letters that they stand for, token by token.
func (j *joiner) unleet(chars []character) {
	for k := 0; k < len(chars); {
		if !leetRole(chars[k]) && chars[k].role != word {
			k++
			continue
		}
		end := k
		for end < len(chars) && (leetRole(chars[end]) || chars[end].role == word) {
			end++
		}
		if token := chars[k:end]; j.leetspeak || isLeet(token) {
			for n := range token {
				// A sign is a letter only before another one: "wow!" stays.
				if !leetRole(token[n]) || token[n].role == figure && (n+1 == len(token) || token[n+1].role == figure && token[n+1].r == '!') {
					continue
				}
				var before, after rune
				if n > 0 {
					before = j.runeAt(token[n-1].start)
				}
				if n+1 < len(token) {
					after = token[n+1].r
				}
				token[n].r = leet(token[n].r, before, after)
			}
			for n := range token {
				if token[n].r >= 'a' && token[n].r <= 'z' {
					token[n].role = word
				}
			}
		}
		k = end
	}
}

func (j *joiner) runeAt(i int) rune {
	r, _ := utf8.DecodeRuneInString(j.src[i:])
	return r
}

// leetRole reports whether c may stand for a letter.
func leetRole(c character) bool { return c.role == digit || c.role == figure }

// isLeet reports whether a token of letters, digits and signs is a word in disguise: some of them stand between letters, or there
// are at least two letters, and no fewer than digits and signs. "A55" is the name of a thing, "a55hole" and "5hit" are not.
func isLeet(token []character) bool {
	letters, others, inside, pending := 0, 0, false, false
	for _, c := range token {
		if c.role == word {
			if c.r >= utf8.RuneSelf {
				return false
			}
			inside = inside || pending && letters > 0
			letters++
			pending = false
			continue
		}
		others++
		pending = true
	}
	return others > 0 && (inside || letters >= 2 && letters >= others)
}

// leetspeak reports whether the text as a whole writes digits for letters: at least two of its words do, and at least half as
// many as do not.
func leetspeak(s string) bool {
	disguised, plainWords := 0, 0
	for i := 0; i < len(s); {
		digits, letters, inside := 0, 0, false
		start := i
		for i < len(s) && isAlnum(s[i]) {
			if s[i] <= '9' {
				digits++
			} else {
				inside = inside || digits > 0
				letters++
			}
			i++
		}
		switch {
		case i == start:
			i++
		case digits > 0 && letters > 0 && (inside || letters >= digits):
			disguised++
		case letters > 1:
			plainWords++
		}
	}
	return disguised >= 2 && disguised*2 >= plainWords
}
