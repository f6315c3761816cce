package pii

import (
	"sort"
	"unicode"
	"unicode/utf8"
)

// flags say which characters a token holds.
type flags uint8

const (
	hasUpper  flags = 1 << iota // A-Z
	hasLower                    // a-z
	hasDigit                    // 0-9
	hasWide                     // a Latin letter outside ASCII, such as é
	hasNonHex                   // a letter outside A-F, a-f
	isScript                    // letters of another script than Latin (Hangul, Han, Kana, Cyrillic ...) and nothing else
)

// token is a maximal run of Latin letters and digits, or of letters of other scripts; the two never share a token, so that the
// particle of "4111이" does not touch the number. '_' and '-' end a token.
type token struct {
	start, end int32
	flags      flags
}

func (t token) len() int { return int(t.end - t.start) }

// number reports whether the token is digits only.
func (t token) number() bool { return t.flags == hasDigit }

// scan is what is known of one text after one pass over it. All positions are byte offsets into text and all lists are in text
// order. Entities read it and add to found; nothing else changes while they run.
type scan struct {
	text    string
	tokens  []token
	numbers []int32 // indexes of the tokens that hold a digit
	ats     []int32 // of each '@'
	schemes []int32 // of each "://", at its ':'
	sites   []int32 // of each token "www" before a '.'
	colons  []int32 // of each ':' that has a hexadecimal digit or another ':' on both sides, or begins or ends a "::"
	breaks  []int32 // where a sentence or line begins, other than the first
	keys    []key   // context words
	sheets  []sheet // rows under names of columns
	found   []found
	rank    int                // of the entity that is running
	ran     [len(ranks)][2]int // by rank, the range of found that the entity added
	// hashes holds each token's hash of its folded text, as hashOf makes it; zero for tokens of other scripts.
	hashes []uint64
	words  []wordLore // of each token, for the soft types; see readWords
	taken  []bool     // of each token: another type's finding covers it
	cells  []cell     // of sheets; see readCells
}

// add reports bytes [start, end) as a value of the running entity's type. The score is in (0, 1].
func (s *scan) add(start, end int, score float64) {
	s.found = append(s.found, found{start: start, end: end, rank: s.rank, score: score})
}

// run lets the entity add its findings.
func (s *scan) run(e *entity) {
	s.rank = e.typ.rank()
	from := len(s.found)
	e.find(s)
	s.ran[s.rank] = [2]int{from, len(s.found)}
}

// lastFound gives the end of the last finding of typ that ends at or before byte pos. The entity of typ has run and adds its
// findings in text order.
func (s *scan) lastFound(typ Type, pos int) (end int, ok bool) {
	ran := s.ran[typ.rank()]
	list := s.found[ran[0]:ran[1]]
	i := sort.Search(len(list), func(i int) bool { return list[i].end > pos })
	if i == 0 {
		return 0, false
	}
	return list[i-1].end, true
}

// read makes s the scan of text, which is valid UTF-8.
func (s *scan) read(text string, words *vocabulary) {
	s.text = text
	s.tokens, s.numbers, s.hashes = s.tokens[:0], s.numbers[:0], s.hashes[:0]
	s.ats, s.schemes, s.sites, s.colons = s.ats[:0], s.schemes[:0], s.sites[:0], s.colons[:0]
	s.breaks, s.keys, s.found, s.words = s.breaks[:0], s.keys[:0], s.found[:0], s.words[:0]
	for i := 0; i < len(text); {
		c := text[i]
		switch class := classes[c]; {
		case class&alnum != 0:
			i = s.readToken(i)
		case c >= utf8.RuneSelf:
			i = s.readWide(i)
		default:
			s.readMark(i, c)
			i++
		}
	}
	s.readKeys(words)
	s.readSheets()
}

// readToken reads the Latin token that begins at byte i and gives its end.
func (s *scan) readToken(i int) int {
	text, start, hash := s.text, i, uint64(hashSeed)
	var f flags
	for i < len(text) {
		c := text[i]
		if class := classes[c]; class&alnum != 0 {
			f |= flags(class) &^ flags(alnum)
			hash = (hash ^ uint64(folds[c])) * hashPrime
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !latin(r) {
			break
		}
		f |= hasWide | hasNonHex
		for _, b := range []byte(text[i : i+size]) {
			hash = (hash ^ uint64(b)) * hashPrime
		}
		i += size
	}
	if f&hasDigit != 0 {
		s.numbers = append(s.numbers, int32(len(s.tokens)))
	}
	if i-start == 3 && i < len(text) && text[i] == '.' && folds[text[start]] == 'w' && folds[text[start+1]] == 'w' &&
		folds[text[start+2]] == 'w' {
		s.sites = append(s.sites, int32(start))
	}
	s.tokens = append(s.tokens, token{start: int32(start), end: int32(i), flags: f})
	s.hashes = append(s.hashes, hash)
	return i
}

// readWide reads what begins with the character outside ASCII at byte i and gives the next byte to read.
func (s *scan) readWide(i int) int {
	r, size := utf8.DecodeRuneInString(s.text[i:])
	if latin(r) {
		return s.readToken(i)
	}
	if !letter(r) {
		if r == '。' || r == '！' || r == '？' || r == '\u2028' || r == '\u2029' {
			s.breaks = append(s.breaks, int32(i+size))
		}
		return i + size
	}
	start := i
	for i += size; i < len(s.text) && s.text[i] >= utf8.RuneSelf; i += size {
		r, size = utf8.DecodeRuneInString(s.text[i:])
		if latin(r) || !letter(r) {
			break
		}
	}
	s.tokens = append(s.tokens, token{start: int32(start), end: int32(i), flags: isScript})
	s.hashes = append(s.hashes, 0)
	return i
}

// readMark notes the ASCII character c at byte i, which is no letter and no digit.
func (s *scan) readMark(i int, c byte) {
	switch c {
	case '@':
		s.ats = append(s.ats, int32(i))
	case ':':
		before, after := s.at(i-1), s.at(i+1)
		if after == '/' && s.at(i+2) == '/' {
			s.schemes = append(s.schemes, int32(i))
		}
		if (before == ':' || hexDigit(before)) && (after == ':' || hexDigit(after)) || before == ':' || after == ':' {
			s.colons = append(s.colons, int32(i))
		}
	case '\n':
		s.breaks = append(s.breaks, int32(i+1))
	case '.', '!', '?':
		if after := s.at(i + 1); after == ' ' && (c != '.' || !s.abbreviated(i)) {
			s.breaks = append(s.breaks, int32(i+1))
		}
	}
}

// abbreviated reports whether the '.' at byte i ends an abbreviation, such as "No." or "acct.", and no sentence.
func (s *scan) abbreviated(i int) bool {
	if len(s.tokens) == 0 {
		return false
	}
	last := s.tokens[len(s.tokens)-1]
	if int(last.end) != i || last.flags&(hasDigit|isScript) != 0 {
		return false
	}
	return last.len() <= 2 || abbreviations[hashOf(s.text[last.start:last.end])]
}

// at gives the byte at i, or 0 outside the text.
func (s *scan) at(i int) byte {
	if uint(i) < uint(len(s.text)) {
		return s.text[i]
	}
	return 0
}

// value gives the text of token i.
func (s *scan) value(i int) string { return s.text[s.tokens[i].start:s.tokens[i].end] }

// tokenAt gives the index of the first token that ends after byte pos; len(tokens) when there is none.
func (s *scan) tokenAt(pos int) int {
	return sort.Search(len(s.tokens), func(i int) bool { return int(s.tokens[i].end) > pos })
}

// breaksBetween counts the sentence and line borders b with from < b <= to.
func (s *scan) breaksBetween(from, to int) int {
	first := sort.Search(len(s.breaks), func(i int) bool { return int(s.breaks[i]) > from })
	n := 0
	for first+n < len(s.breaks) && int(s.breaks[first+n]) <= to {
		n++
	}
	return n
}

// alnum marks the classes of ASCII letters and digits; the other bits of a class are flags.
const alnum = 1 << 7

var classes = func() (table [256]uint8) {
	for c := 'A'; c <= 'Z'; c++ {
		table[c] = alnum | uint8(hasUpper)
		table[c+'a'-'A'] = alnum | uint8(hasLower)
		if c > 'F' {
			table[c] |= uint8(hasNonHex)
			table[c+'a'-'A'] |= uint8(hasNonHex)
		}
	}
	for c := '0'; c <= '9'; c++ {
		table[c] = alnum | uint8(hasDigit)
	}
	return table
}()

// folds gives each byte with ASCII capitals made small.
var folds = func() (table [256]byte) {
	for c := range table {
		table[c] = byte(c)
		if c >= 'A' && c <= 'Z' {
			table[c] += 'a' - 'A'
		}
	}
	return table
}()

func digit(c byte) bool    { return c >= '0' && c <= '9' }
func hexDigit(c byte) bool { return digit(c) || folds[c] >= 'a' && folds[c] <= 'f' }

// latin reports whether r is a letter of the Latin script outside ASCII, or a combining mark, which belongs to the letter
// before it.
func latin(r rune) bool {
	return r >= 0xC0 && r <= 0x24F && r != '×' && r != '÷' || r >= 0x1E00 && r <= 0x1EFF || r >= 0x300 && r <= 0x36F
}

// letter reports whether r, which is not Latin, is a letter or a part of one.
func letter(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3 || unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)
}
