package token

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// charsmap is SentencePiece's precompiled map of characters, mostly NFKC: a trie from a short text to the place of its
// replacement among texts that end in NUL.
type charsmap struct {
	keys  trie
	texts []byte
	same  [utf8.RuneSelf]bool // ASCII that stays
}

var errCharsmap = errors.New("the precompiled map of characters is malformed")

// newCharsmap reads the blob that a SentencePiece model carries: the length of the trie in bytes, its units and the
// texts, all little endian.
func newCharsmap(blob []byte) (*charsmap, error) {
	if len(blob) < 8 {
		return nil, errCharsmap
	}
	size := binary.LittleEndian.Uint32(blob)
	blob = blob[4:]
	if size%4 != 0 || size == 0 || int64(size) > int64(len(blob)) || !utf8.Valid(blob[size:]) {
		return nil, errCharsmap
	}
	m := &charsmap{keys: trie{make([]uint32, size/4)}, texts: blob[size:]}
	for i := range m.keys.units {
		m.keys.units[i] = binary.LittleEndian.Uint32(blob[4*i:])
	}
	for c := range m.same {
		_, found := m.find([]byte{byte(c)})
		m.same[c] = !found
	}
	return m, nil
}

// find is what part becomes. The reference takes the shortest key that part begins with and drops the rest of part.
func (m *charsmap) find(part []byte) (text []byte, ok bool) {
	at, ok := m.keys.shortest(part)
	if !ok || int(at) >= len(m.texts) || !utf8.RuneStart(m.texts[at]) {
		return nil, false
	}
	text = m.texts[at:]
	text = text[:min(len(text), mapGrowth*len(part)+1)]
	if end := bytes.IndexByte(text, 0); end >= 0 {
		return text[:end], true
	}
	return text, len(text) <= mapGrowth*len(part)
}

// mapGrowth is how many times longer a replacement may be; U+FDFA becomes 11 times longer.
const mapGrowth = 16

func (m *charsmap) growth() int { return mapGrowth }

// mapping is one run of a charsmap over a text. What stays is copied by the stretch.
type mapping struct {
	*charsmap
	in, out *mapped
	done    int // bytes of in that were written or replaced
	grown   int // bytes of out's last character if its replacement was longer than what it replaces, otherwise 0
}

// longestCluster is the length from which the reference maps a cluster by characters only.
const longestCluster = 6

func (m *charsmap) apply(in, out *mapped) {
	p := mapping{charsmap: m, in: in, out: out}
	text := in.bytes
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && m.same[c] && (i+1 == len(text) || text[i+1] < utf8.RuneSelf) {
			i++ // what is not ASCII may extend the character before it
			continue
		}
		end := clusterEnd(text, i)
		p.cluster(i, end)
		i = end
	}
	out.copy(in, p.done, len(text))
}

// cluster maps what a reader sees as one character.
func (p *mapping) cluster(start, end int) {
	text := p.in.bytes
	_, n := utf8.DecodeRune(text[start:end])
	if end-start < longestCluster {
		if to, ok := p.find(text[start:end]); ok {
			p.replace(start, end, to)
			return
		}
		if n == end-start {
			return
		}
	}
	for start < end {
		_, n = utf8.DecodeRune(text[start:end])
		if to, ok := p.find(text[start : start+n]); ok {
			p.replace(start, start+n, to)
		}
		start += n
	}
}

// replace puts to in the place of text[start:end]. Characters are matched one to one; those that are too many in to
// come from the last one of the old. As in the reference, the last of these takes the place of what follows if that is
// removed.
func (p *mapping) replace(start, end int, to []byte) {
	if p.done < start {
		p.out.copy(p.in, p.done, start)
		p.grown = 0
	}
	p.done = end
	from := p.in.from[start]
	if len(to) == 0 {
		for i := range p.grown {
			p.out.from[len(p.out.from)-1-i] = from
		}
		p.grown = 0
		return
	}
	for p.grown = 0; len(to) > 0; {
		if start < end {
			from = p.in.from[start]
			_, n := utf8.DecodeRune(p.in.bytes[start:end])
			start += n
		} else {
			_, p.grown = utf8.DecodeRune(to)
		}
		_, n := utf8.DecodeRune(to)
		for _, c := range to[:n] {
			p.out.bytes, p.out.from = append(p.out.bytes, c), append(p.out.from, from)
		}
		to = to[n:]
	}
}

// clusterEnd is where the grapheme cluster that starts at i ends.
func clusterEnd(text []byte, i int) int {
	r, n := utf8.DecodeRune(text[i:])
	if i+n == len(text) {
		return i + n
	}
	if next, _ := utf8.DecodeRune(text[i+n:]); alone(r) && alone(next) {
		return i + n
	}
	first, _, _, _ := uniseg.FirstGraphemeCluster(text[i:], -1)
	return i + len(first)
}

// alone reports whether r is surely a cluster of its own beside another such character. It is true for most text and
// spares the general rules.
func alone(r rune) bool {
	switch {
	case r < 0x300:
		return r != '\r'
	case r < 0x1100:
		return 0x370 <= r && r < 0x483 || 0x48a <= r && r < 0x591
	case r < 0x3400:
		return 0x200e <= r && r < 0x20d0 || 0x2100 <= r && r < 0x2cef || 0x2e80 <= r && r < 0x302a ||
			0x3030 <= r && r < 0x3099 || 0x309b <= r
	case r < 0xa66f:
		return true
	case r < 0xf900:
		return 0xac00 <= r && r < 0xd7a4
	case r < 0x1f000:
		return r < 0xfb1e || 0xff00 <= r && r < 0xff9e
	default:
		return 0x1f200 <= r && r < 0x1f3fb || 0x1f400 <= r && r < 0xe0000
	}
}
