package word

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

// phrases is a compiled list: a trie over the folded phrases, and another over the forms that only the Joined view can show.
type phrases struct {
	types   []string // the phrases as configured
	marks   []uint8  // accents of each phrase
	entries []entry
	plain   *trie
	joined  *trie
}

// entry is one key of a trie: a phrase, or one of its disguises that has to be checked.
type entry struct {
	phrase int32
	next   int32 // another entry with the same key, or -1
	check  check
}

// check says what must hold of the text behind a match.
type check uint8

const (
	asIs      check = iota
	twins           // the phrase, of another script, looks Latin: the text must not be plain Latin
	stretched       // two equal letters of the phrase are one in the key: the text must repeat the letter at least as often
	oneForL         // l is i in the key: the text must have a digit 1 for it
)

// match is a stretch of a view's text that is a phrase.
type match struct {
	phrase     int32
	start, end int
}

// compile folds the phrases and builds the tries.
func compile(list []string) (*phrases, error) {
	p := &phrases{types: list, marks: make([]uint8, len(list))}
	plain, joined := make([]key, 0, len(list)), []key(nil)
	for n, phrase := range list {
		if phrase == "" || utf8.RuneCountInString(phrase) > MaxPhraseLength {
			return nil, fault.New(fault.Invalid, "phrase %d has %d characters, 1 to %d are allowed", n+1, utf8.RuneCountInString(phrase), MaxPhraseLength)
		}
		if !utf8.ValidString(phrase) {
			return nil, fault.New(fault.Invalid, "phrase %d is not valid UTF-8", n+1)
		}
		doc := text.New(phrase)
		folded := strings.Join(strings.Fields(doc.Folded().Text), " ")
		if folded == "" {
			return nil, fault.New(fault.Invalid, "phrase %d has no visible character", n+1)
		}
		p.marks[n] = uint8(min(marks(doc.Clean().Text), 255))
		add := func(keys []key, s string, c check) []key {
			p.entries = append(p.entries, entry{phrase: int32(n), next: -1, check: c})
			return append(keys, key{s, int32(len(p.entries) - 1)})
		}
		plain = add(plain, folded, asIs)
		if twin := latinTwin(phrase); twin != folded {
			plain = add(plain, twin, twins)
		}
		if single := squeeze(folded); single != folded {
			joined = add(joined, single, stretched)
		}
		if dotted := strings.ReplaceAll(folded, "l", "i"); dotted != folded {
			joined = add(joined, dotted, oneForL)
		}
	}
	p.plain, p.joined = newTrie(plain, p.entries), newTrie(joined, p.entries)
	return p, nil
}

// begin adds the matches that begin at offset at of a view's text, where a phrase may begin.
func (p *phrases) begin(found []match, v *text.View, at int, doc *text.Document) []match {
	if p.plain.may(v.Text, at) {
		found = p.from(p.plain, found, v, at, doc)
	}
	if v.Kind == text.Joined && p.joined != nil && p.joined.may(v.Text, at) {
		found = p.from(p.joined, found, v, at, doc)
	}
	return found
}

// from adds the matches of one trie.
func (p *phrases) from(t *trie, found []match, v *text.View, at int, doc *text.Document) []match {
	s, n, end := v.Text, t.root[v.Text[at]], at
	for n != 0 {
		node := &t.nodes[n]
		if end = t.along(s, end, node); end < 0 {
			break
		}
		if node.entry >= 0 && borderAfter(s, at, end) {
			for id := node.entry; id >= 0; id = p.entries[id].next {
				if e := p.entries[id]; p.holds(e, v, at, end, doc) {
					found = append(found, match{e.phrase, at, end})
				}
			}
		}
		if end >= len(s) || node.children == 0 {
			break
		}
		n = t.child(node, s, end)
	}
	return found
}

// holds checks the text behind a match where the key alone does not tell.
func (p *phrases) holds(e entry, v *text.View, start, end int, doc *text.Document) bool {
	if e.check == asIs && p.marks[e.phrase] == 0 {
		return true
	}
	span := v.Source(start, end)
	source := doc.Original()[span.Start:span.End]
	if p.marks[e.phrase] > 0 && v.Kind == text.Folded && marks(text.New(source).Clean().Text) < int(p.marks[e.phrase]) {
		return false
	}
	switch e.check {
	case twins:
		return strings.ContainsFunc(source, func(r rune) bool { return r >= utf8.RuneSelf })
	case stretched:
		return repeats(fold(source), fold(p.types[e.phrase]))
	case oneForL:
		read := strings.ReplaceAll(fold(source), "1", "l")
		return text.New(read).Joined().Text == fold(p.types[e.phrase])
	case asIs:
		return true
	default:
		return false
	}
}

// fold gives the folded form of a phrase or of a stretch of text, with single spaces.
func fold(s string) string { return strings.Join(strings.Fields(text.New(s).Folded().Text), " ") }

// latinTwin folds a phrase as it would be in an English text.
func latinTwin(phrase string) string {
	const context = " latin letters around it"
	return strings.Join(strings.Fields(strings.TrimSuffix(text.New(phrase+context).Folded().Text, context)), " ")
}

// marks counts the accents of a clean text.
func marks(s string) int {
	n := 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			continue
		}
		for _, m := range string(norm.NFD.PropertiesString(string(r)).Decomposition()) {
			if m >= 0x300 && m < 0x370 {
				n++
			}
		}
	}
	return n
}

// squeeze makes one of every two equal letters.
func squeeze(s string) string {
	var b strings.Builder
	last := rune(-1)
	for _, r := range s {
		if r != last || !unicode.IsLetter(r) {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// repeats reports whether s is the phrase with letters repeated: each of its runs of letters is as long in s, or at least three.
func repeats(s, phrase string) bool {
	const shortest = 3
	a, b := []rune(s), []rune(phrase)
	for len(a) > 0 && len(b) > 0 {
		if a[0] != b[0] {
			return false
		}
		n, m := runLength(a), runLength(b)
		if n != m && (n < shortest || n < m) {
			return false
		}
		a, b = a[n:], b[m:]
	}
	return len(a) == len(b)
}

// runLength gives how often the first rune stands at the front.
func runLength(s []rune) int {
	n := 1
	for n < len(s) && s[n] == s[0] {
		n++
	}
	return n
}
