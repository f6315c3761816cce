package pii

import "unicode/utf8"

// soft lists the types that have no format of their own and live by words and surroundings. Names come last: they leave alone
// what another entity has taken.
func soft() []entity {
	return []entity{
		address,
		username, password, phone, driverID, licensePlate,
		name,
		age,
	}
}

// softCue and the bits above it belong to the soft types.
const (
	cuePhone cue = softCue << iota

	cueUsername
	cuePassword
	cueAge
	cueDriver
	cuePlate
	cueName
)

// lore is what one pass over the tokens adds for the soft types.
type wordLore struct {
	lore  lore
	class wordClass
}

// readWords looks up every Latin word of the scan once.
func (s *scan) readWords() {
	if len(s.words) == len(s.tokens) {
		return
	}
	s.words = s.words[:0]
	s.readCells()
	classes := wordClasses()
	for i := range s.tokens {
		var w wordLore
		if s.tokens[i].flags&(isScript|hasDigit) == 0 {
			w = wordLore{loreOf(s.hashes[i]), classes[s.hashes[i]]}
		}
		s.words = append(s.words, w)
	}
}

// capital reports whether token i begins with a capital letter.
func (s *scan) capital(i int) bool {
	c := s.text[s.tokens[i].start]
	if c < utf8.RuneSelf {
		return c >= 'A' && c <= 'Z'
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.tokens[i].start:])
	return s.tokens[i].flags&isScript == 0 && upperLatin(r)
}

// upperLatin reports whether r is a capital letter of the Latin blocks outside ASCII.
func upperLatin(r rune) bool {
	return r >= 0xC0 && r <= 0xDE || (r >= 0x100 && r <= 0x137 || r >= 0x14A && r <= 0x177 || r >= 0x1E00 && r <= 0x1EFF) && r%2 == 0 ||
		(r >= 0x139 && r <= 0x148 || r == 0x179 || r == 0x17B || r == 0x17D) && r%2 == 1
}

// gap gives the text between token i and the one after it.
func (s *scan) gap(i int) string {
	return s.text[s.tokens[i].end:s.tokens[i+1].start]
}
