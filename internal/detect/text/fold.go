package text

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"
)

// fold makes the Folded view of a clean one.
func fold(v *View) *View {
	s := v.Text
	if end := asciiEnd(s, 0); end == len(s) {
		return &View{Kind: Folded, Text: lower(s), parent: v, size: len(s)}
	}
	f := folder{index: lookalikes()}
	f.out = make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			end := asciiEnd(s, i)
			f.identity(i)
			f.out = append(f.out, s[i:end]...)
			lowerBytes(f.out[len(f.out)-(end-i):])
			i = end
			continue
		}
		end := caselessEnd(s, i)
		f.copy(s[i:end], i)
		if i = end; i == len(s) || s[i] < utf8.RuneSelf {
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		f.letter(s, r, i, size)
		i += size
	}
	folded := f.view(Folded, s, v)
	folded.twins = f.twins
	return folded
}

// folder writes the Folded view.
type folder struct {
	builder
	index     *lookalikeIndex
	latin     int // Latin letters in the text
	exclusive map[*unicode.RangeTable]int
	tokenEnd  int  // up to here the decision about look-alikes holds
	posing    bool // the decision
	twins     bool // a token of nothing but look-alikes was left alone
}

// letter writes the folded form of the rune r of size bytes at offset i of s.
func (f *folder) letter(s string, r rune, i, size int) {
	if removable(r) {
		f.stretch(i + size)
		return
	}
	base := r
	if simple(r) {
		// No mark to take off.
	} else if d := norm.NFD.PropertiesString(s[i:]).Decomposition(); d != nil && !spelling(r) {
		first, n := utf8.DecodeRune(d)
		bare := true
		for rest := d[n:]; len(rest) > 0 && bare; rest = rest[n:] {
			var mark rune
			mark, n = utf8.DecodeRune(rest)
			bare = removable(mark)
		}
		if bare {
			base = first
		}
	}
	if like := f.index.of(base); like.like != unlike {
		if like.like != latin && i >= f.tokenEnd {
			var twin bool
			f.posing, f.tokenEnd, twin = f.poses(s, i)
			f.twins = f.twins || twin
		}
		if like.like == latin || f.posing {
			f.put(rune(like.letter), i, i+size)
			return
		}
	}
	if base == 'ß' || base == 'ẞ' {
		f.put('s', i, i+size)
		f.put('s', i, i+size)
		return
	}
	base = foldRune(base)
	if utf8.RuneLen(base) == size {
		f.identity(i)
		f.out = utf8.AppendRune(f.out, base)
		return
	}
	f.put(base, i, i+size)
}

// simple reports whether r has no mark to take off, for the letters that Russian text is made of.
func simple(r rune) bool { return r >= 0x410 && r <= 0x44F }

// foldRune gives the one rune that stands for all that differ from r in case only; ς is σ, and ı is i.
func foldRune(r rune) rune {
	switch {
	case r >= 0x430 && r <= 0x44F:
		return r
	case r >= 0x410 && r < 0x430:
		return r + 0x20
	default:
		return unicode.ToLower(unicode.ToUpper(r))
	}
}

// caseless reports whether r is a Han or Hangul character or kana: most of the text beside ASCII that there is to skip.
func caseless(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3 || r >= 0x3040 && r <= 0x9FFF && r != 0x3099 && r != 0x309A
}

// caselessEnd gives the end of the stretch of caseless characters at i, with the spaces, signs and digits between them.
func caselessEnd(s string, i int) int {
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 'A' {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !caseless(r) {
			break
		}
		i += size
	}
	return i
}

// removable reports whether r is a mark or a filler that Folded takes off: the accents, and the points of Hebrew and Arabic.
func removable(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36F, r >= 0x483 && r <= 0x489, r >= 0x591 && r <= 0x5BD, r == 0x5BF, r == 0x5C1, r == 0x5C2, r == 0x5C4,
		r == 0x5C5, r == 0x5C7, r >= 0x610 && r <= 0x61A, r == 0x640, r >= 0x64B && r <= 0x65F, r == 0x670,
		r >= 0x6D6 && r <= 0x6DC, r >= 0x6DF && r <= 0x6E4, r == 0x6E7, r == 0x6E8, r >= 0x6EA && r <= 0x6ED,
		r >= 0x1AB0 && r <= 0x1AFF, r >= 0x1DC0 && r <= 0x1DFF, r >= 0x20D0 && r <= 0x20FF, r >= 0xFE20 && r <= 0xFE2F:
		return true
	default:
		return false
	}
}

// spelling reports whether the mark of r makes another letter of it: й, ї and ў.
func spelling(r rune) bool {
	switch r {
	case 'й', 'Й', 'ї', 'Ї', 'ў', 'Ў':
		return true
	default:
		return false
	}
}

// asciiEnd gives the end of the ASCII stretch of s from i on.
func asciiEnd(s string, i int) int {
	for i+8 <= len(s) && load(s, i)&highs == 0 {
		i += 8
	}
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// lower gives an ASCII text in lower case, itself where it is so already.
func lower(s string) string {
	i := 0
	for i+8 <= len(s) && upper(load(s, i)) == 0 {
		i += 8
	}
	for i < len(s) && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	b := []byte(s)
	lowerBytes(b[i:])
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // b is never written again
}

// upper marks, in the high bits, the bytes of an ASCII word that are capital letters.
func upper(w uint64) uint64 {
	return (w + ones*(0x80-'A')) &^ (w + ones*(0x7f-'Z')) & highs
}

// lowerBytes puts ASCII bytes in lower case.
func lowerBytes(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		binary.LittleEndian.PutUint64(b, w|upper(w)>>2)
	}
	for i, c := range b {
		if c-'A' < 26 {
			b[i] = c + 'a' - 'A'
		}
	}
}
