package policytest

import (
	"encoding/base64"
	"math/big"
	"net"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/policy"
)

// condition reads the Condition element: all operators and all their keys have to hold.
func (s statement) condition(req policy.Request) bool {
	block, _ := s.members["Condition"].(map[string]any)
	for operator, keys := range block {
		for key, v := range keys.(map[string]any) {
			if !s.holds(operator, values(v), req.Context.Get(key), req.Context) {
				return false
			}
		}
	}
	return true
}

func (s statement) holds(operator string, wants, have []string, ctx policy.Context) bool {
	if operator == "Null" {
		ok := false
		for _, want := range wants {
			ok = ok || strings.EqualFold(want, strconv.FormatBool(len(have) == 0))
		}
		return ok
	}
	all, anyOf := strings.HasPrefix(operator, "ForAllValues:"), strings.HasPrefix(operator, "ForAnyValue:")
	operator = operator[strings.IndexByte(operator, ':')+1:]
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	negated := strings.Contains(operator, "Not")
	operator = strings.Replace(operator, "Not", "", 1)
	if (all || anyOf) && strings.Join(have, "") == "" {
		have = nil
	}
	switch {
	case len(have) == 0 && ifExists:
		return true
	case len(have) == 0 && all:
		return true
	case len(have) == 0 && anyOf:
		return false
	case len(have) == 0:
		return negated
	}
	each, some := true, false
	for _, value := range have {
		ok := s.compare(operator, negated, wants, value, ctx)
		each, some = each && ok, some || ok
	}
	if all || negated && !anyOf {
		return each
	}
	return some
}

// compare holds one value of the request against the values of the policy.
func (s statement) compare(operator string, negated bool, wants []string, value string, ctx policy.Context) bool {
	unsure := false
	for _, want := range wants {
		matched, known := s.pair(operator, want, value, ctx)
		if known && matched {
			return !negated
		}
		unsure = unsure || !known
	}
	if negated && unsure {
		return s.effect() == "Deny"
	}
	return negated
}

// pair compares two values; known is false where that cannot be done.
func (s statement) pair(operator, want, value string, ctx policy.Context) (matched, known bool) {
	switch {
	case strings.HasPrefix(operator, "String"):
		pattern, ok := s.expand(want, operator == "StringLike", ctx)
		if ok && operator == "StringEqualsIgnoreCase" {
			var text strings.Builder
			for _, p := range pattern {
				text.WriteRune(p.char)
			}
			return strings.EqualFold(text.String(), value), true
		}
		return ok && like(pattern, value), ok
	case strings.HasPrefix(operator, "Arn"):
		pattern, ok := s.expand(want, true, ctx)
		return ok && likeARN(pattern, value), ok
	case operator == "Bool":
		known = strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
		return strings.EqualFold(want, value), known
	case operator == "BinaryEquals":
		a, _ := base64.StdEncoding.DecodeString(want)
		b, err := base64.StdEncoding.DecodeString(value)
		return string(a) == string(b), err == nil
	case operator == "IpAddress":
		if !strings.Contains(want, "/") {
			return net.ParseIP(want).Equal(net.ParseIP(value)), net.ParseIP(value) != nil
		}
		_, network, _ := net.ParseCIDR(want)
		return network.Contains(net.ParseIP(value)), net.ParseIP(value) != nil
	case strings.HasPrefix(operator, "Numeric"):
		a, _ := new(big.Float).SetPrec(200).SetString(want)
		b, ok := new(big.Float).SetPrec(200).SetString(value)
		return ok && related(strings.TrimPrefix(operator, "Numeric"), b.Cmp(a)), ok
	default:
		a, _ := instant(want)
		b, ok := instant(value)
		return related(strings.TrimPrefix(operator, "Date"), b.Compare(a)), ok
	}
}

func related(relation string, sign int) bool {
	switch relation {
	case "Equals":
		return sign == 0
	case "LessThan":
		return sign == -1
	case "LessThanEquals":
		return sign != 1
	case "GreaterThan":
		return sign == 1
	default:
		return sign != -1
	}
}

func instant(text string) (time.Time, bool) {
	if len(text) == len("2006") {
		t, err := time.Parse("2006", text)
		return t, err == nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), true
	}
	if t, err := time.Parse("2006-01-02", text); err == nil {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}
