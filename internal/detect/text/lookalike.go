package text

import (
	_ "embed" // the table of look-alikes
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed lookalikes.txt
var lookalikeTable string

// likeness says how a letter resembles a Latin one; see lookalikes.txt.
type likeness uint8

const (
	unlike likeness = iota
	weak
	strong
	latin
)

// lookalike is the Latin letter that a letter resembles, and how.
type lookalike struct {
	letter byte
	like   likeness
}

// lookalikeIndex finds look-alikes; the blocks of Greek, Cyrillic and Armenian have a table of their own, for speed.
type lookalikeIndex struct {
	block [blockEnd - blockStart]lookalike
	other map[rune]lookalike
}

const blockStart, blockEnd = 0x370, 0x590

// lookalikes reads the table, once.
var lookalikes = sync.OnceValue(func() *lookalikeIndex {
	idx := &lookalikeIndex{other: map[rune]lookalike{}}
	classes := map[string]likeness{"latin": latin, "strong": strong, "weak": weak}
	for line := range strings.Lines(lookalikeTable) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] == "#" {
			continue
		}
		for _, r := range fields[2] {
			l := lookalike{fields[1][0], classes[fields[0]]}
			if r >= blockStart && r < blockEnd {
				idx.block[r-blockStart] = l
			} else {
				idx.other[r] = l
			}
		}
	}
	return idx
})

// of gives the Latin letter that r resembles.
func (idx *lookalikeIndex) of(r rune) lookalike {
	if r >= blockStart && r < blockEnd {
		return idx.block[r-blockStart]
	}
	if letter := enclosed(r); letter != 0 {
		return lookalike{letter, latin}
	}
	return idx.other[r]
}

// enclosed gives the letter in a negative circle or square, which NFKC leaves alone, or 0.
func enclosed(r rune) byte {
	switch {
	case r >= 0x1F150 && r <= 0x1F169:
		return byte('a' + r - 0x1F150)
	case r >= 0x1F170 && r <= 0x1F189:
		return byte('a' + r - 0x1F170)
	default:
		return 0
	}
}

// scriptOf gives the script of r where look-alikes come from it, or nil.
func scriptOf(r rune) *unicode.RangeTable {
	switch {
	case r < blockStart:
		return unicode.Latin
	case r < 0x400:
		return unicode.Greek
	case r < 0x530:
		return unicode.Cyrillic
	case r < blockEnd:
		return unicode.Armenian
	}
	for _, t := range [...]*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu} {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}

// poses decides whether the look-alikes of the token around offset i of s pose as Latin letters, by the rule that
// Document.Folded states. It also gives the token's end, up to which the decision holds, and whether all of the token's letters
// are strong look-alikes that it left alone because the text gives no Latin context.
func (f *folder) poses(s string, i int) (fold bool, end int, twin bool) {
	start := i
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if !inToken(r) {
			break
		}
		start -= size
	}
	var script *unicode.RangeTable
	all := true
	for end = start; end < len(s); {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !inToken(r) {
			break
		}
		end += size
		switch like := f.index.of(r).like; {
		case r < utf8.RuneSelf && unicode.IsLetter(r) || like == latin:
			fold = true
		case like == strong:
			script = scriptOf(r)
		case r >= 0x400 && r < blockEnd:
			all = false
		case unicode.IsLetter(r):
			if like == unlike && unicode.Is(unicode.Latin, r) {
				fold = true
			}
			all = false
		}
	}
	if fold || !all {
		return fold, end, false
	}
	f.count(s)
	own := f.exclusive[script]
	if f.latin > own {
		return true, end, false
	}
	return false, end, own == 0
}

// count counts the text's Latin letters, and per script the letters without a Latin twin; once.
func (f *folder) count(s string) {
	if f.exclusive != nil {
		return
	}
	f.exclusive = map[*unicode.RangeTable]int{}
	for _, r := range s {
		if r < utf8.RuneSelf {
			if unicode.IsLetter(r) {
				f.latin++
			}
			continue
		}
		switch like := f.index.of(r).like; {
		case like == strong || !unicode.IsLetter(r):
		case unicode.Is(unicode.Latin, r):
			f.latin++
		default:
			if script := scriptOf(r); script != nil {
				f.exclusive[script]++
			}
		}
	}
}

// inToken reports whether r belongs to the same token as its neighbours: letters, marks, digits.
func inToken(r rune) bool {
	if r < utf8.RuneSelf {
		return isAlnum(byte(r))
	}
	if r >= 0x400 && r < 0x530 {
		return r != 0x482
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N) || enclosed(r) != 0
}
