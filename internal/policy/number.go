package policy

import (
	"math/big"
	"strconv"
	"strings"
)

// relation is how a request's value has to lie to the policy's.
type relation int

const (
	equal relation = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

// holds applies the relation to the sign of request minus policy.
func (r relation) holds(sign int) bool {
	switch r {
	case equal:
		return sign == 0
	case less:
		return sign < 0
	case lessOrEqual:
		return sign <= 0
	case greater:
		return sign > 0
	case greaterOrEqual:
		return sign >= 0
	default:
		return false
	}
}

// numberValue is a value of a Numeric operator. Numbers are exact decimals: 0.1 is one tenth, and no integer is rounded.
type numberValue struct {
	relation relation
	exact    *big.Rat
}

func (v numberValue) compare(value string, _ *Context) verdict {
	n, ok := parseNumber(value)
	if !ok {
		return unknown
	}
	return verdictOf(v.relation.holds(n.Cmp(v.exact)))
}

// maxNumber and maxExponent bound the work that a number can cause.
const (
	maxNumber   = 64
	maxExponent = 308
)

// parseNumber reads a decimal: sign, digits, fraction, exponent.
func parseNumber(text string) (*big.Rat, bool) {
	if len(text) > maxNumber {
		return nil, false
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return new(big.Rat).SetInt64(i), true
	}
	if strings.Trim(text, "0123456789+-.eE") != "" || !strings.ContainsAny(text, "0123456789") {
		return nil, false
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(text[i+1:]); err != nil || max(exponent, -exponent) > maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}
