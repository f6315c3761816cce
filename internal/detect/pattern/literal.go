package pattern

import (
	"regexp/syntax"
	"unicode"
)

// literal gives the longest string that every match of the expression holds, or "": where a text does not have it, the engine
// need not be asked.
func literal(tree *syntax.Regexp) string {
	switch tree.Op {
	case syntax.OpLiteral:
		if tree.Flags&syntax.FoldCase != 0 {
			for _, r := range tree.Rune {
				if unicode.SimpleFold(r) != r {
					return ""
				}
			}
		}
		return string(tree.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return literal(tree.Sub[0])
	case syntax.OpRepeat:
		if tree.Min > 0 {
			return literal(tree.Sub[0])
		}
	case syntax.OpConcat:
		longest := ""
		for _, sub := range tree.Sub {
			if l := literal(sub); len(l) > len(longest) {
				longest = l
			}
		}
		return longest
	default:
	}
	return ""
}
