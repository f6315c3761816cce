package trunk

import (
	"strings"
	"unicode"

	"merlon.dev/merlon/internal/detect/text"
)

// source is a view to read, and a plainer text that is read already: what stands in that word for word needs no second reading.
type source struct {
	view *text.View
	read string
}

// sources are the views of a document that say different things: the Revealed view, the Folded and the Joined one where more than case
// changes in them, and the same of what is decoded and found no place in the first.
func sources(d *text.Document) []source {
	revealed, rest := d.Revealed()
	all := appendSources(nil, revealed)
	for _, v := range rest {
		all = appendSources(all, v)
	}
	return all
}

func appendSources(dst []source, v *text.View) []source {
	folded, joined := v.Folded(), v.Joined()
	switch { // nobody writes like the first two: the disguise itself would be taken for an attack
	case cutUp(v.Text):
		return append(dst, source{view: joined})
	case jumpy(v.Text) || stacked(v.Text, folded.Text) || foreign(v.Text) > foreign(folded.Text):
		dst = append(dst, source{view: folded})
	default:
		dst = append(dst, source{view: v})
		if !strings.EqualFold(v.Text, folded.Text) {
			dst = append(dst, source{folded, strings.ToLower(v.Text)})
		}
	}
	if joined != folded && disguised(folded.Text, joined.Text) {
		dst = append(dst, source{joined, folded.Text})
	}
	return dst
}

// disguised reports whether joining changed more than signs that stand for letters by chance: the at sign of an e-mail address and a
// bracket before a word. Ordinary text has them, and reading it twice would double its cost.
func disguised(folded, joined string) bool {
	plain, other := strings.Fields(folded), strings.Fields(joined)
	if len(plain) != len(other) {
		return true
	}
	for i, word := range plain {
		name, host, address := strings.Cut(word, "@")
		mail := address && name != "" && strings.Contains(strings.TrimRight(host, ".,;:)"), ".")
		bracket := strings.HasPrefix(word, "(") && other[i] == "c"+word[1:]
		if word != other[i] && !mail && !bracket {
			return true
		}
	}
	return false
}

// foreign counts letters that are not Latin. Folding leaves those of genuine text; it takes away those that pose as Latin.
func foreign(s string) (n int) {
	for _, r := range s {
		if r >= unicode.MaxLatin1 && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			n++
		}
	}
	return n
}

// stacked reports whether folding takes off more marks than a third of the letters: nobody's spelling has that many.
func stacked(s, folded string) bool {
	letters, marks := count(s)
	_, left := count(folded)
	return 3*(marks-left) > letters
}

func count(s string) (letters, marks int) {
	for _, r := range s {
		switch {
		case r < unicode.MaxLatin1 && (r|0x20 < 'a' || r|0x20 > 'z'):
		case unicode.IsLetter(r):
			letters++
		case unicode.Is(unicode.Mn, r):
			marks++
		}
	}
	return letters, marks
}

// cutUp reports whether asterisks stand inside many words, as in "st**o**ry", and not about whole ones.
func cutUp(s string) bool {
	if strings.IndexByte(s, '*') < 0 {
		return false
	}
	words, cut := 0, 0
	letters, marks, inside := 0, 0, false
	finish := func() {
		if letters > 0 {
			words++
			if inside {
				cut++
			}
		}
		letters, marks, inside = 0, 0, false
	}
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			inside = inside || letters > 0 && marks > 0
			letters, marks = letters+1, 0
		case r == '*':
			marks++
		default:
			finish()
		}
	}
	finish()
	return cut > 2 && 6*cut >= words
}

// jumpy reports whether most words change to upper case inside, as nobody writes: such a text is read in one case.
func jumpy(s string) bool {
	words, odd := 0, 0
	letters, inside := 0, false
	last := ' '
	finish := func() {
		if letters > 2 {
			words++
			if inside {
				odd++
			}
		}
		letters, inside = 0, false
	}
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
			finish()
		default:
			letters++
			inside = inside || unicode.IsUpper(r) && unicode.IsLower(last)
		}
		last = r
	}
	finish()
	return odd > 2 && 2*odd > words
}
