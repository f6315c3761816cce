package policy

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// quantifier says how an operator treats a key with several values.
type quantifier int

const (
	plain quantifier = iota
	forAllValues
	forAnyValue
)

// comparer is one value of a condition, ready to be compared with values of the request.
type comparer interface {
	compare(value string, ctx *Context) verdict
}

// operator is a condition operator without qualifier and suffix.
type operator struct {
	negated bool
	// variables: the operator takes variables, and wildcards says whether "*" and "?" have a meaning.
	variables, wildcards bool
	parse                func(text string, toks []token) (comparer, error)
}

// operatorOf gives the operator called name.
func operatorOf(name string) (operator, bool) {
	switch name {
	case "StringEquals":
		return operator{false, true, false, parseText}, true
	case "StringNotEquals":
		return operator{true, true, false, parseText}, true
	case "StringEqualsIgnoreCase":
		return operator{false, true, false, parseFoldText}, true
	case "StringNotEqualsIgnoreCase":
		return operator{true, true, false, parseFoldText}, true
	case "StringLike":
		return operator{false, true, true, parseText}, true
	case "StringNotLike":
		return operator{true, true, true, parseText}, true
	case "ArnEquals", "ArnLike": // they behave alike
		return operator{false, true, true, parseARN}, true
	case "ArnNotEquals", "ArnNotLike":
		return operator{true, true, true, parseARN}, true
	case "Bool":
		return operator{parse: parseBoolValue}, true
	case "BinaryEquals":
		return operator{parse: parseBinaryValue}, true
	case "IpAddress":
		return operator{parse: parseAddressValue}, true
	case "NotIpAddress":
		return operator{negated: true, parse: parseAddressValue}, true
	}
	for family, parse := range map[string]func(relation) func(string, []token) (comparer, error){"Numeric": parseNumberValue, "Date": parseDateValue} {
		if rest, ok := strings.CutPrefix(name, family); ok {
			switch rest {
			case "Equals":
				return operator{parse: parse(equal)}, true
			case "NotEquals":
				return operator{negated: true, parse: parse(equal)}, true
			case "LessThan":
				return operator{parse: parse(less)}, true
			case "LessThanEquals":
				return operator{parse: parse(lessOrEqual)}, true
			case "GreaterThan":
				return operator{parse: parse(greater)}, true
			case "GreaterThanEquals":
				return operator{parse: parse(greaterOrEqual)}, true
			}
		}
	}
	return operator{}, false
}

func parseText(_ string, toks []token) (comparer, error)     { return newTextPattern(toks), nil }
func parseFoldText(_ string, toks []token) (comparer, error) { return foldPattern{toks}, nil }
func parseARN(_ string, toks []token) (comparer, error)      { return newARNPattern(toks), nil }

func parseBoolValue(text string, _ []token) (comparer, error) {
	b, ok := parseBool(text)
	if !ok {
		return nil, errors.New(`neither "true" nor "false"`)
	}
	return boolValue(b), nil
}

func parseBinaryValue(text string, _ []token) (comparer, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("not base64")
	}
	return binaryValue(b), nil
}

func parseAddressValue(text string, _ []token) (comparer, error) {
	p, ok := parsePrefix(text)
	if !ok {
		return nil, errors.New("not an IP address or a range in CIDR notation")
	}
	return ranges{newAddressRange(p)}, nil
}

func parseNumberValue(r relation) func(string, []token) (comparer, error) {
	return func(text string, _ []token) (comparer, error) {
		n, ok := parseNumber(text)
		if !ok {
			return nil, fmt.Errorf("not a decimal number of at most %d characters", maxNumber)
		}
		return numberValue{r, n}, nil
	}
}

func parseDateValue(r relation) func(string, []token) (comparer, error) {
	return func(text string, _ []token) (comparer, error) {
		t, ok := parseDate(text)
		if !ok {
			return nil, errors.New("neither a date such as 2026-01-31T12:00:00Z nor Unix seconds")
		}
		return dateValue{r, t}, nil
	}
}
