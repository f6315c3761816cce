package text

import (
	_ "embed" // how often syllables end words
	"strconv"
	"strings"
	"sync"
)

//go:embed hangul_ends.txt
var hangulEndTable string

// hangulEnds says of each Hangul syllable how much more often it ends a Korean word than begins one, as a binary logarithm.
var hangulEnds = sync.OnceValue(func() *[syllableLast - syllableFirst + 1]int8 {
	ends := new([syllableLast - syllableFirst + 1]int8)
	for line := range strings.Lines(hangulEndTable) {
		if number, syllables, found := strings.Cut(strings.TrimSpace(line), " "); found && number != "#" {
			n, err := strconv.ParseInt(number, 10, 8)
			if err != nil {
				panic("text: hangul_ends.txt: " + err.Error())
			}
			for _, r := range syllables {
				ends[r-syllableFirst] = int8(n)
			}
		}
	}
	return ends
})

// mirroredHangul reads lines of Korean backwards whose words begin as words end, and end as words begin.
func (dec *decoder) mirroredHangul() {
	const (
		enough = 10  // by how much the words speak for it, in powers of two, and
		each   = 2.5 // on average: nouns side by side begin and end as they like
		fewest = 3   // words
		most   = 64  // words of a line that are looked at
	)
	s := dec.parent.Text
	if asciiEnd(s, 0) == len(s) {
		return
	}
	start := 0
	for line := range strings.SplitSeq(s, "\n") {
		words, sum := 0, 0
		for w := range strings.FieldsSeq(line) {
			if words >= most {
				break
			}
			found, backwards := mirroredWords(w)
			words, sum = words+found, sum+backwards
		}
		if words >= fewest && sum >= enough && float64(sum) >= each*float64(words) {
			dec.add(Reversed, mirror(line), start, start+len(line))
		}
		start += len(line) + 1
	}
}

// mirroredWords counts the runs of two and more syllables in s, and how much speaks for each having been written backwards.
func mirroredWords(s string) (words, sum int) {
	ends := hangulEnds()
	size, first, last := 0, rune(0), rune(0)
	finish := func() {
		if size > 1 {
			words++
			sum += int(ends[first-syllableFirst]) - int(ends[last-syllableFirst])
		}
		size = 0
	}
	for _, r := range s {
		if r < syllableFirst || r > syllableLast {
			finish()
			continue
		}
		if size == 0 {
			first = r
		}
		size, last = size+1, r
	}
	finish()
	return words, sum
}
