package restjson

import "strings"

// splitHeader splits a header at its commas. A part in quotes may hold commas; each HTTP date holds one. It answers false for
// a quote without an end and for half a date.
func splitHeader(line string, dates bool) ([]string, bool) {
	if dates {
		return splitDates(line)
	}
	var out []string
	if line == "" {
		return nil, true
	}
	for {
		line = strings.TrimLeft(line, " \t")
		if !strings.HasPrefix(line, `"`) {
			item, rest, more := strings.Cut(line, ",")
			out = append(out, strings.TrimRight(item, " \t"))
			if !more {
				return out, true
			}
			line = rest
			continue
		}
		item, rest, ok := unquote(line)
		if !ok {
			return nil, false
		}
		out = append(out, item)
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return out, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		line = rest[1:]
	}
}

// unquote reads the quoted string that line starts with.
func unquote(line string) (item, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '"':
			return b.String(), line[i+1:], true
		case '\\':
			if i++; i == len(line) {
				return "", "", false
			}
		}
		b.WriteByte(line[i])
	}
	return "", "", false
}

func splitDates(line string) ([]string, bool) {
	parts := strings.Split(line, ",")
	var out []string
	for i := 0; i+1 < len(parts); i += 2 {
		out = append(out, strings.TrimSpace(parts[i]+","+parts[i+1]))
	}
	return out, len(parts)%2 == 0
}
