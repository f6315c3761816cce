package audit

import (
	"strings"

	"merlon.dev/merlon/internal/arn"
)

// Hidden stands where a record leaves out a text of the caller's.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// quiet gives an error message without what it may quote of the request. Messages on rates stay whole, those on denials where the resource
// that they name is an ARN and not just any text. In any other, what stands between the first quotation mark and the last is hidden; of a broken
// constraint the path of the last member and the rule stay:
//
//	1 validation error detected: Value 'x' at 'name' failed to satisfy constraint: Member must ...
//	1 validation error detected: Value HIDDEN_DUE_TO_SECURITY_REASONS at 'name' failed to satisfy constraint: Member must ...
func quiet(code, message string) string {
	switch code {
	case "ThrottlingException", "Throttling", "TooManyRequestsException":
		return message
	case "AccessDenied", "AccessDeniedException":
		begin, rest, ok := strings.Cut(message, onResource)
		resource, reason, _ := strings.Cut(rest, " ")
		if ok && plainARN(resource) && !strings.ContainsAny(reason, quotes) {
			return message
		}
		if ok {
			return begin + onResource + Hidden
		}
	}
	first := strings.IndexAny(message, quotes)
	if first < 0 {
		return message
	}
	if at := strings.LastIndex(message, valueEnd); at >= first {
		path, rule, ok := strings.Cut(message[at+len(valueEnd):], "'")
		if ok && plainPath(path) && !strings.ContainsAny(rule, quotes) {
			return message[:first] + Hidden + " at '" + path + "'" + rule
		}
	}
	last := strings.LastIndexAny(message, quotes)
	if last == first { // it was cut off
		return message[:first] + Hidden
	}
	_, size := cutRune(message[last:])
	return message[:first] + Hidden + message[last+size:]
}

const (
	quotes     = "'\"`‘’“”"
	valueEnd   = "' at '"
	onResource = " on resource: "
)

func cutRune(s string) (r rune, size int) {
	for i, c := range s {
		if i > 0 {
			return r, i
		}
		r = c
	}
	return r, len(s)
}

// plainARN reports whether s is an ARN of letters, digits and the signs that names have. Anything else may be any text.
func plainARN(s string) bool {
	if _, err := arn.Parse(s); err != nil {
		return false
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(":/_.*+=,@$-~", c)) {
			return false
		}
	}
	return len(s) <= 2*maxText
}

// plainPath reports whether s is a path of member names and indexes, as codec.Check writes them, without the keys of a map.
func plainPath(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.') {
			return false
		}
	}
	return s != "" && len(s) < 256
}
