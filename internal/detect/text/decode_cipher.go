package text

import (
	"slices"
	"unicode/utf8"
)

// ciphers undoes shifts of the alphabet (ROT13 and the others) and Atbash in stretches of words that are hardly English, and reads
// lines backwards that are English only then.
func (dec *decoder) ciphers() {
	s := dec.parent.Text
	for start := 0; start < len(s); {
		end := start
		for end < len(s) && s[end] != '\n' {
			end++
		}
		dec.line(start, end)
		start = end + 1
	}
}

// shortWord is the number of letters up to which a word does not tell whether it is English.
const shortWord = 3

const (
	fewestShifted = 9 // letters of a stretch of odd words
	spareWords    = 2 // other words in a row inside one
)

// cipherWord is a word of ASCII letters and what it costs as English.
type cipherWord struct {
	start, end, cost, steps int
}

// odd reports whether the word is hardly English.
func (w cipherWord) odd() bool { return float64(w.cost) >= oddAtLeast*float64(w.steps) }

// line looks at one line for stretches of odd words, and at it as a whole for its mirror image.
func (dec *decoder) line(start, end int) {
	const fewestLetters, fewestWords = 12, 3
	s := dec.parent.Text[start:end]
	costs := bigrams()
	letters, words, forward, backward, steps := 0, 0, 0, 0, 0
	run, spent, strange := 0, 0, false // letters of the present stretch of odd words
	for i := 0; i < len(s); {
		if letterIndex(s[i]) == 0 {
			i++
			continue
		}
		w, b := costs.word(s, i)
		words++
		letters, forward, backward, steps = letters+w.end-w.start, forward+w.cost, backward+b, steps+w.steps
		switch size := w.end - w.start; {
		case w.odd():
			run, spent = run+size, 0
			strange = strange || run >= fewestShifted
		case run == 0:
		case size <= shortWord:
			run += size
		default:
			if run, spent = run+size, spent+1; spent > spareWords {
				run, spent = 0, 0
			}
		}
		i = w.end
	}
	if letters >= fewestLetters && words >= fewestWords && float64(backward) <= englishAtMost*float64(steps) &&
		float64(forward-backward) >= mirrorGain*float64(steps) {
		dec.add(Reversed, mirror(s), start, end)
	}
	if !strange {
		return
	}
	list := slices.Grow(dec.words[:0], words)
	for i := 0; i < len(s); {
		if letterIndex(s[i]) == 0 {
			i++
			continue
		}
		w, _ := costs.word(s, i)
		i = w.end
		w.start, w.end = w.start+start, w.end+start
		list = append(list, w)
	}
	dec.words = list
	dec.stretches(list)
}

// word reads the word of ASCII letters at i and what it costs, and costs backwards.
func (costs *letterCosts) word(s string, i int) (w cipherWord, backward int) {
	w.start = i
	last, sum := 0, uint64(0)
	for ; i < len(s); i++ {
		next := letterIndex(s[i])
		if next == 0 {
			break
		}
		sum += costs[last][next]
		last = next
	}
	w.end, w.steps = i, i-w.start+1
	w.cost, backward = split(sum + costs[last][0])
	return w, backward
}

// stretches undoes the shift of every stretch of odd words; short words, and up to two others in a row, may stand between them.
func (dec *decoder) stretches(words []cipherWord) {
	for first := 0; first < len(words); first++ {
		if !words[first].odd() {
			continue
		}
		last := first
		for k, spent := first+1, 0; k < len(words) && spent <= spareWords; k++ {
			switch {
			case words[k].odd():
				last, spent = k, 0
			case words[k].end-words[k].start > shortWord:
				spent++
			}
		}
		dec.shifted(words, first, last)
		first = last
	}
}

// shifted undoes the shift or the mirrored alphabet that makes the words from first to last English, and their neighbours with
// them, as long as those gain by it or are too short to tell.
func (dec *decoder) shifted(words []cipherWord, first, last int) {
	const many = 16
	s := dec.parent.Text
	letters, cost, steps := 0, 0, 0
	for _, w := range words[first : last+1] {
		letters, cost, steps = letters+w.end-w.start, cost+w.cost, steps+w.steps
	}
	gain := shiftGain
	if letters < many {
		gain = shiftGainShort
	}
	if letters < fewestShifted || !varied(s[words[first].start:words[last].end]) || float64(cost) < strangeAtLeast*float64(steps) {
		return
	}
	shift := bestShift(s[words[first].start:words[last].end])
	plainCost := float64(costShifted(s[words[first].start:words[last].end], shift))
	if plainCost > englishAtMost*float64(steps) || float64(cost)-plainCost < gain*float64(steps) {
		return
	}
	gains := func(w cipherWord) bool {
		return w.end-w.start <= shortWord || costShifted(s[w.start:w.end], shift) < w.cost
	}
	for first > 0 && gains(words[first-1]) {
		first--
	}
	for last+1 < len(words) && gains(words[last+1]) {
		last++
	}
	start, end := words[first].start, words[last].end
	plain := make([]byte, 0, end-start)
	for i := start; i < end; i++ {
		plain = append(plain, substitute(s[i], shift))
	}
	kind := Shift
	if shift == atbash {
		kind = Atbash
	}
	dec.add(kind, string(plain), start, end)
}

// varied reports whether s has the mixture of letters of a text: several, none of them far more often than the rest.
func varied(s string) bool {
	const distinct, share = 6, 0.4
	var counts [27]int
	all, seen, most := 0, 0, 0
	for i := range len(s) {
		n := letterIndex(s[i])
		if n == 0 {
			continue
		}
		if counts[n]++; counts[n] == 1 {
			seen++
		}
		all++
		most = max(most, counts[n])
	}
	return seen >= distinct && float64(most) <= share*float64(all)
}

// bestShift gives the substitution that makes the beginning of s most like English.
func bestShift(s string) int {
	const enough = 96
	var sample [enough + 1]uint8 // letterIndex of s, with a border at the end
	n := 0
	for i := 0; i < len(s) && n < enough; i++ {
		if letter := letterIndex(s[i]); letter != 0 || n > 0 && sample[n-1] != 0 {
			sample[n] = uint8(letter)
			n++
		}
	}
	costs, best, shift := bigrams(), 0, 0
	for candidate := 1; candidate <= atbash; candidate++ {
		var key [27]uint8
		for letter := 1; letter < len(key); letter++ {
			key[letter] = uint8(letterIndex(substitute('a'+byte(letter-1), candidate)))
		}
		sum, last := uint64(0), uint8(0)
		for _, letter := range sample[:n+1] {
			next := key[letter]
			sum += costs[last][next]
			last = next
		}
		if cost, _ := split(sum); shift == 0 || cost < best {
			best, shift = cost, candidate
		}
	}
	return shift
}

// costShifted gives the cost of s as English when its shift is undone.
func costShifted(s string, shift int) int {
	costs, sum, last := bigrams(), uint64(0), 0
	for i := 0; i <= len(s); i++ {
		next := 0
		if i < len(s) {
			next = letterIndex(substitute(s[i], shift))
		}
		if last|next != 0 {
			sum += costs[last][next]
		}
		last = next
	}
	cost, _ := split(sum)
	return cost
}

// atbash is the number of the mirrored alphabet among the substitutions; 1 to 25 are the shifts.
const atbash = 26

// substitute gives the letter that c stands for.
func substitute(c byte, shift int) byte {
	first := byte('a')
	switch {
	case c >= 'A' && c <= 'Z':
		first = 'A'
	case c < 'a' || c > 'z':
		return c
	}
	if shift == atbash {
		return first + 25 - (c - first)
	}
	return first + byte((int(c-first)+shift)%26)
}

// mirror gives s with its characters in reverse order.
func mirror(s string) string {
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		_, size := utf8.DecodeLastRuneInString(s)
		out = append(out, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return string(out)
}
