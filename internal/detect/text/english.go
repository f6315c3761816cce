package text

import (
	_ "embed" // the costs of letter pairs
	"strings"
	"sync"
)

//go:embed bigrams.txt
var bigramTable string

// letterCosts holds, for each pair of letters, the cost in half bits of the second after the first in English, and 32 bits higher
// that of the first after the second; 0 is the border of a word, 1 to 26 are a to z.
type letterCosts [27][32]uint64

// split gives the two sums in a sum of letterCosts.
func split(sum uint64) (forward, backward int) { return int(sum & (1<<32 - 1)), int(sum >> 32) }

var bigrams = sync.OnceValue(func() *letterCosts {
	costs, row := &letterCosts{}, 0
	for line := range strings.Lines(bigramTable) {
		if line[0] == '#' || row == len(costs) {
			continue
		}
		for column := range costs {
			cost := uint64(line[column] - 'A')
			costs[row][column] += cost
			costs[column][row] += cost << 32
		}
		row++
	}
	return costs
})

// letterIndex gives the index of a letter of ASCII in letterCosts, and 0 for all else.
func letterIndex(c byte) int {
	if n := (c | 0x20) - 'a'; n < 26 {
		return int(n) + 1
	}
	return 0
}

// cost sums the half bits of s, read as English from border to border, and of its mirror image; steps is the number of pairs.
func (costs *letterCosts) cost(s string) (forward, backward, steps int) {
	last, sum := 0, uint64(0)
	for i := 0; i <= len(s); i++ {
		next := 0
		if i < len(s) {
			next = letterIndex(s[i])
		}
		if last == 0 && next == 0 {
			continue
		}
		sum += costs[last][next]
		steps++
		last = next
	}
	forward, backward = split(sum)
	return forward, backward, steps
}

// The costs in half bits a pair that tell English from what is not; measured on English, on its ciphers and on other languages.
const (
	englishAtMost  = 8.2  // text in English costs less
	oddAtLeast     = 9.6  // a word that costs more is hardly English
	strangeAtLeast = 9.0  // words in a row that cost less are not looked at
	shiftGain      = 2.6  // what undoing a shift must gain
	shiftGainShort = 3.2  // and in a few letters
	mirrorGain     = 0.75 // what reading backwards must gain
)
