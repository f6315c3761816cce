package codec

import (
	"strconv"
	"strings"
)

// Path leads from an operation's input to a value inside it.
type Path []Step

// Step is one part of a Path: a member, and where that is a list or map the entry in it.
type Step struct {
	Member *Member
	Index  int // of the item inside a list, from 0; -1 outside lists
	Key    string
	Keyed  bool // Key names an entry of a map
}

// String gives the path in AWS's spelling: member names with a lower first letter, items as ".1.member", entries as
// ".key.member".
func (p Path) String() string {
	var b strings.Builder
	part := func(name string) {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	for _, s := range p {
		if s.Member != nil && !s.Member.Has(Element) {
			part(lowerFirst(s.Member.Name))
		}
		if s.Index >= 0 {
			part(strconv.Itoa(s.Index+1) + ".member")
		}
		if s.Keyed {
			part(s.Key + ".member")
		}
	}
	return b.String()
}

func lowerFirst(s string) string {
	if s != "" && s[0] >= 'A' && s[0] <= 'Z' {
		return string(s[0]|0x20) + s[1:]
	}
	return s
}
