package word

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trie is a set of keys in a tree whose edges are stretches of a key, laid out flat. It is read from the start of a word only: a
// phrase begins where a word does, so most words leave it after a letter or two.
type trie struct {
	pool  string // the labels of the edges
	nodes []node
	root  [256]int32 // node by first byte; 0: none

	// pairs has a bit for every two bytes that a key may begin with: most words of a text are sorted out by it.
	pairs [256][4]uint64
}

// may reports whether a key may begin at at.
func (t *trie) may(s string, at int) bool {
	second := byte(' ')
	if at+1 < len(s) {
		second = s[at+1]
	}
	return t.pairs[s[at]][second>>6]&(1<<(second&63)) != 0
}

// pair enters the first two bytes of a key. Anything may follow a key of one byte, and a space may be any white space.
func (t *trie) pair(s string) {
	bits := &t.pairs[s[0]]
	if len(s) == 1 || s[1] == ' ' {
		*bits = [4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		return
	}
	bits[s[1]>>6] |= 1 << (s[1] & 63)
}

// node is an edge with what hangs below it. Its children lie side by side, ordered by first byte.
type node struct {
	label    uint32 // offset in the pool
	first    int32  // first child
	entry    int32  // entry that ends here, or -1
	size     uint16 // bytes of the label
	children uint16
}

// key is a string to find and the entry that it stands for.
type key struct {
	s     string
	entry int32
}

// newTrie lays out the keys; entries with equal keys are chained. It is nil without keys.
func newTrie(keys []key, entries []entry) *trie {
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(strings.Compare(a.s, b.s), cmp.Compare(a.entry, b.entry)) })
	unique := keys[:0]
	for _, k := range keys {
		if n := len(unique); n > 0 && unique[n-1].s == k.s {
			last := unique[n-1].entry
			for entries[last].next >= 0 {
				last = entries[last].next
			}
			entries[last].next = k.entry
			continue
		}
		unique = append(unique, k)
	}
	t := &trie{nodes: make([]node, 1, 2*len(unique)+1)}
	var pool strings.Builder
	for _, k := range unique {
		t.pair(k.s)
	}
	first, count := t.level(unique, 0, &pool)
	t.pool = pool.String()
	for n := first; n < first+int32(count); n++ {
		t.root[t.pool[t.nodes[n].label]] = n
	}
	return t
}

// level lays out the children that the sorted keys, all longer than depth and equal up to it, have there; it gives the first and
// their number.
func (t *trie) level(keys []key, depth int, pool *strings.Builder) (int32, int) {
	first, groups := int32(len(t.nodes)), [][]key(nil)
	for len(keys) > 0 {
		n := 1
		for n < len(keys) && keys[n].s[depth] == keys[0].s[depth] {
			n++
		}
		groups = append(groups, keys[:n])
		keys = keys[n:]
	}
	t.nodes = append(t.nodes, make([]node, len(groups))...)
	for i, group := range groups {
		// The edge goes as far as all of the group agree: as its first and its last do.
		end, a, b := depth, group[0].s, group[len(group)-1].s
		for end < len(a) && end < len(b) && a[end] == b[end] {
			end++
		}
		n := node{label: uint32(pool.Len()), size: uint16(end - depth), entry: -1}
		pool.WriteString(a[depth:end])
		if len(a) == end {
			n.entry = group[0].entry
			group = group[1:]
		}
		if len(group) > 0 {
			var count int
			n.first, count = t.level(group, end, pool)
			n.children = uint16(count)
		}
		t.nodes[int(first)+i] = n
	}
	return first, len(groups)
}

// along follows a node's label in s from at on, a space over a run of white space; it gives the end, or -1.
func (t *trie) along(s string, at int, n *node) int {
	label := t.pool[n.label : n.label+uint32(n.size)]
	if len(s)-at >= len(label) && s[at:at+len(label)] == label && label[len(label)-1] != ' ' {
		return at + len(label)
	}
	for i := range len(label) {
		switch {
		case label[i] == ' ':
			end := spaceEnd(s, at)
			if end == at {
				return -1
			}
			at = end
		case at >= len(s) || s[at] != label[i]:
			return -1
		default:
			at++
		}
	}
	return at
}

// child gives the child that goes on with the byte at at, or 0.
func (t *trie) child(parent *node, s string, at int) int32 {
	c := s[at]
	if c != ' ' && spaceEnd(s, at) > at {
		c = ' '
	}
	low, high := parent.first, parent.first+int32(parent.children)
	for low < high {
		mid := (low + high) / 2
		switch b := t.pool[t.nodes[mid].label]; {
		case b == c:
			return mid
		case b < c:
			low = mid + 1
		default:
			high = mid
		}
	}
	return 0
}

// spaceEnd gives the end of the white space at at.
func spaceEnd(s string, at int) int {
	for at < len(s) {
		c := s[at]
		if c < utf8.RuneSelf {
			if c != ' ' && (c < '\t' || c > '\r') {
				return at
			}
			at++
			continue
		}
		if c > 0xE2 { // no white space begins with a higher byte, but for U+3000, which a clean text has not
			return at
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.IsSpace(r) {
			return at
		}
		at += size
	}
	return at
}
