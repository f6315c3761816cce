package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxDepth is how many encodings inside one another are undone.
	maxDepth = 2
	// extraDecoded is what decoded text may hold beyond the size of the text itself, in bytes, at each depth.
	extraDecoded = 4096
)

// decodeDocument gives the Decoded views of d.
func decodeDocument(d *Document) []*View {
	root := &View{Text: d.original, size: len(d.original)}
	views := hidden(root)
	return append(views, decodeView(d.Clean(), 1)...)
}

// decodeView finds encoded runs in a clean view and, up to maxDepth, in what they decode to.
func decodeView(v *View, depth int) []*View {
	if !encodable(v.Text) {
		return nil
	}
	dec := decoder{parent: v, budget: len(v.Text) + extraDecoded}
	dec.codes()
	dec.quoted()
	dec.letters()
	dec.ciphers()
	dec.flipped()
	dec.mirroredHangul()
	if depth == maxDepth {
		return dec.found
	}
	var all []*View
	for _, f := range dec.found {
		all = append(append(all, f), decodeView(f, depth+1)...)
	}
	return all
}

// encodable reports whether a text is long enough to hide a word in an encoding.
func encodable(s string) bool { return len(s) >= 6 }

// decoder collects what the runs of one view decode to.
type decoder struct {
	parent *View
	budget int // bytes that may still be decoded
	found  []*View
	words  []cipherWord // of the line at hand
}

// add keeps decoded as what the parent's bytes [start, end) stand for.
func (dec *decoder) add(kind Kind, decoded string, start, end int) {
	if dec.budget -= len(decoded); dec.budget < 0 {
		return
	}
	dec.found = append(dec.found, decodedView(kind, decoded, dec.parent, start, end))
}

// decodedView makes a view whose every part stands for the parent's bytes [start, end).
func decodedView(kind Kind, decoded string, parent *View, start, end int) *View {
	return &View{
		Kind: kind, Text: clean(decoded).Text, parent: parent, size: len(parent.Text),
		runs: []run{{start: uint32(start), end: uint32(end)}},
	}
}

// plausible reports whether decoded bytes are text that somebody wrote: valid UTF-8, printable, mostly letters and spaces, and
// where they are few, of one script and in Latin letters like English.
func plausible(decoded []byte) bool {
	const (
		few     = 16
		fewest  = 4
		mostly  = 0.75
		leeway  = 1.2
		longest = 1 << 12 // what is looked at
	)
	if len(decoded) < fewest || !utf8.Valid(decoded) {
		return false
	}
	letters, all := 0, 0
	var alphabet rune // of the letters so far; 0: none yet
	for _, r := range string(decoded) {
		if r < ' ' && (len(decoded) <= few || r != '\n' && r != '\r' && r != '\t') || r == 0x7f || r == utf8.RuneError ||
			r > unicode.MaxLatin1 && !unicode.IsPrint(r) && !invisible(r) {
			return false
		}
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			letters++
			if a := alphabetOf(r); len(decoded) <= few {
				if alphabet != 0 && a != alphabet {
					return false
				}
				alphabet = a
			}
		} else if unicode.IsSpace(r) {
			letters++
		}
		if all++; all >= longest {
			break
		}
	}
	if float64(letters) < mostly*float64(all) {
		return false
	}
	if len(decoded) > few || alphabet != latinAlphabet {
		return true
	}
	return likeEnglish(string(decoded), leeway)
}

// likeEnglish reports whether the letters of s follow one another as in English, or at most leeway bits a letter less likely.
func likeEnglish(s string, leeway float64) bool {
	forward, _, steps := bigrams().cost(s)
	return float64(forward) <= (englishAtMost+leeway)*float64(steps)
}

const latinAlphabet = 1

// alphabetOf numbers the groups of letters that one word may mix.
func alphabetOf(r rune) rune {
	switch {
	case r < 0x250:
		return latinAlphabet
	case isHangul(r):
		return syllableFirst
	case r >= 0x3040 && r <= 0x9FFF:
		return 0x3040
	default:
		return r >> 8 << 8
	}
}

// hidden reads what is spelled in characters that show nothing: tag characters, which mirror ASCII, and variation selectors,
// which number bytes. A flag or a glyph variant holds too few to count.
func hidden(root *View) []*View {
	const fewest = 4
	s := root.Text
	var views []*View
	if !strings.Contains(s, "\U000E0001"[:2]) && !strings.Contains(s, "\uFE00"[:2]) {
		return nil
	}
	var tags, bytes []byte
	start, end := 0, 0
	flush := func() {
		for _, spelled := range [][]byte{tags, bytes} {
			if len(spelled) >= fewest && plausible(spelled) && likeEnglish(string(spelled), 2.5) { // other languages in Latin letters pass, litter at random does not
				views = append(views, decodedView(Hidden, string(spelled), root, start, end))
			}
		}
		tags, bytes = tags[:0], bytes[:0]
	}
	for i, r := range s {
		size := utf8.RuneLen(r)
		switch {
		case r >= 0xE0020 && r <= 0xE007E:
			tags = append(tags, byte(r-0xE0000))
		case r >= 0xFE00 && r <= 0xFE0F:
			bytes = append(bytes, byte(r-0xFE00))
		case r >= 0xE0100 && r <= 0xE01EF:
			bytes = append(bytes, byte(r-0xE0100+16))
		default:
			continue
		}
		if len(tags)+len(bytes) == 1 {
			start = i
		}
		end = i + size
	}
	flush()
	return views
}
