package word

import (
	_ "embed" // the table of particles
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed particles.txt
var particleTable string

// particle is a form that may follow a word, and when.
type particle struct {
	form      string
	after     string // the group's name in the table
	longWords bool   // not after a word of one syllable
	first     bool   // only right behind the word
}

// particleForms gives the particles by their first syllable.
var particleForms = sync.OnceValue(func() map[rune][]particle {
	forms := map[rune][]particle{}
	for line := range strings.Lines(particleTable) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		p := particle{after: strings.TrimRight(fields[0], "+!")}
		p.longWords, p.first = strings.Contains(fields[0], "+"), strings.Contains(fields[0], "!")
		for _, p.form = range fields[1:] {
			r, _ := utf8.DecodeRuneInString(p.form)
			forms[r] = append(forms[r], p)
		}
	}
	return forms
})

// maxParticles is how many particles may follow one another: 에서 + 부터 + 는, with one to spare.
const maxParticles = 4

// particles reports whether rest, all Hangul syllables, is a chain of particles that may follow a word ending in last; alone tells
// that the word has but one syllable.
func particles(rest string, last rune, alone bool) bool {
	const longest = 12 // syllables; three bytes each
	return len(rest) <= 3*longest && chain(rest, last, alone, 0)
}

// chain tries every particle that rest begins with.
func chain(rest string, last rune, alone bool, depth int) bool {
	if rest == "" {
		return true
	}
	if depth == maxParticles {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest)
	for _, p := range particleForms()[first] {
		if p.longWords && alone && depth == 0 || p.first && depth > 0 || !strings.HasPrefix(rest, p.form) || !fits(p.after, last) {
			continue
		}
		end, _ := utf8.DecodeLastRuneInString(p.form)
		if chain(rest[len(p.form):], end, alone, depth+1) {
			return true
		}
	}
	return false
}

// fits reports whether a group of particles may follow a word that ends in last.
func fits(after string, last rune) bool {
	const finals, rieul = 28, 8
	if last < 0xAC00 || last > 0xD7A3 {
		return true
	}
	final := (last - 0xAC00) % finals
	switch after {
	case "always":
		return true
	case "vowel":
		return final == 0
	case "final":
		return final != 0
	case "ro":
		return final == 0 || final == rieul
	case "euro":
		return final != 0 && final != rieul
	default:
		return false
	}
}
