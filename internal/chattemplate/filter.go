package chattemplate

import (
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filters is what may stand behind "|". The table is read alone.
var filters = map[string]func(r *renderer, on any, a arguments) any{
	"trim":       func(_ *renderer, on any, a arguments) any { return strip(show(on), a, true, true) },
	"length":     func(_ *renderer, on any, a arguments) any { return lengthOf(on, a) },
	"count":      func(_ *renderer, on any, a arguments) any { return lengthOf(on, a) },
	"upper":      func(_ *renderer, on any, _ arguments) any { s := show(on); return s.whole(strings.ToUpper(s.s)) },
	"lower":      func(_ *renderer, on any, _ arguments) any { s := show(on); return s.whole(strings.ToLower(s.s)) },
	"capitalize": func(_ *renderer, on any, _ arguments) any { s := show(on); return s.whole(capital(s.s)) },
	"title":      func(_ *renderer, on any, _ arguments) any { s := show(on); return s.whole(titled(s.s)) },
	"string":     func(_ *renderer, on any, _ arguments) any { return show(on) },
	"safe":       func(_ *renderer, on any, _ arguments) any { return on },
	"list":       func(_ *renderer, on any, a arguments) any { return items(a.line, on) },
	"tojson":     tojson,
	"join":       joinFilter,
	"replace":    replaceText,
	"default":    fallback,
	"d":          fallback,
	"first":      func(_ *renderer, on any, a arguments) any { return edge(items(a.line, on), 0) },
	"last":       func(_ *renderer, on any, a arguments) any { all := items(a.line, on); return edge(all, len(all)-1) },
	"reverse":    func(_ *renderer, on any, a arguments) any { return reversed(items(a.line, on)) },
	"int":        func(_ *renderer, on any, a arguments) any { return wholeNumber(on, a) },
	"float":      func(_ *renderer, on any, a arguments) any { return floatNumber(on, a) },
	"items":      func(_ *renderer, on any, a arguments) any { return pairs(on, a) },
	"dictsort":   func(_ *renderer, on any, a arguments) any { return sortedPairs(on, a) },
	"selectattr": func(r *renderer, on any, a arguments) any { return choose(r, on, a, true, true) },
	"rejectattr": func(r *renderer, on any, a arguments) any { return choose(r, on, a, true, false) },
	"select":     func(r *renderer, on any, a arguments) any { return choose(r, on, a, false, true) },
	"reject":     func(r *renderer, on any, a arguments) any { return choose(r, on, a, false, false) },
	"map":        mapped,
	"indent":     indented,
	"unique":     unique,
}

func strip(s str, a arguments, left, right bool) str {
	chars, ok := a.at(0, "chars", nil).(str)
	if !ok {
		return s.trimFunc(left, right, unicode.IsSpace)
	}
	return s.trimFunc(left, right, func(r rune) bool { return strings.ContainsRune(chars.s, r) })
}

func lengthOf(on any, a arguments) any {
	switch on := on.(type) {
	case str:
		return int64(utf8.RuneCountInString(on.s))
	case []any:
		return int64(len(on))
	case *dict:
		return int64(len(on.keys))
	case undefined:
		return int64(0)
	}
	raise(a.line, "a %s has no length", typeName(on))
	return nil
}

func capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + strings.ToLower(s[n:])
}

func titled(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		letter := unicode.IsLetter(r)
		if letter && !inWord {
			r = unicode.ToTitle(r)
		} else if letter {
			r = unicode.ToLower(r)
		}
		inWord = letter
		b.WriteRune(r)
	}
	return b.String()
}

func tojson(r *renderer, on any, a arguments) any {
	indent := -1
	if v := a.at(0, "indent", nil); v != nil {
		indent = min(16, max(0, a.whole(0, "indent", 0)))
	}
	var b builder
	if !toJSON(&b, on, indent, 0) {
		raise(a.line, "a %s has no JSON", typeName(on))
	}
	out := b.str()
	r.charge(a.line, len(out.s))
	return out
}

func joinFilter(r *renderer, on any, a arguments) any {
	separator, field := a.text(0, "d"), a.text(1, "attribute")
	var b builder
	for i, v := range items(a.line, on) {
		if i > 0 {
			b.add(separator)
		}
		if field.s != "" {
			v = fieldOf(v, field.s)
		}
		s := show(v)
		r.charge(a.line, len(s.s)+len(separator.s))
		b.add(s)
	}
	return b.str()
}

func replaceText(r *renderer, on any, a arguments) any {
	s, old, put := show(on), a.text(0, "old"), a.text(1, "new")
	count := a.whole(2, "count", -1)
	n := strings.Count(s.s, old.s)
	r.charge(a.line, len(s.s)+n*len(put.s))
	if old.s == "" || n == 0 {
		return s
	}
	var parts builder
	for i, p := range s.split(old.s, count) {
		if i > 0 {
			parts.add(put)
		}
		parts.add(p.(str))
	}
	return parts.str()
}

func fallback(_ *renderer, on any, a arguments) any {
	_, missing := on.(undefined)
	if missing || truth(a.at(1, "boolean", false)) && !truth(on) {
		return a.at(0, "default_value", str{})
	}
	return on
}

func edge(all []any, i int) any {
	if len(all) == 0 {
		return undefined{"an item"}
	}
	return all[i]
}

func reversed(all []any) []any {
	out := make([]any, len(all))
	for i, v := range all {
		out[len(all)-1-i] = v
	}
	return out
}

func wholeNumber(on any, a arguments) any {
	if f, ok := numeric(on); ok {
		return int64(f)
	}
	if s, ok := on.(str); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s.s), 64); err == nil && f > -1<<62 && f < 1<<62 {
			return int64(f)
		}
	}
	return a.at(0, "default", int64(0))
}

func floatNumber(on any, a arguments) any {
	if f, ok := numeric(on); ok {
		return f
	}
	if s, ok := on.(str); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s.s), 64); err == nil {
			return f
		}
	}
	return a.at(0, "default", float64(0))
}

func pairs(on any, a arguments) []any {
	if _, ok := on.(undefined); ok {
		return nil
	}
	d, ok := on.(*dict)
	if !ok {
		raise(a.line, "a %s has no items", typeName(on))
	}
	var out []any
	for _, k := range d.keys {
		out = append(out, []any{k, d.values[k.s]})
	}
	return out
}

func sortedPairs(on any, a arguments) []any {
	out := pairs(on, a)
	key := func(i int) string { return strings.ToLower(out[i].([]any)[0].(str).s) }
	sort.SliceStable(out, func(i, j int) bool { return key(i) < key(j) })
	return out
}

func fieldOf(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		d, ok := v.(*dict)
		if !ok {
			return undefined{name}
		}
		if v, ok = d.values[name]; !ok {
			return undefined{name}
		}
	}
	return v
}

// choose keeps, or leaves out, the items that a test takes; of an item itself or of its field.
func choose(r *renderer, on any, a arguments, byField, keep bool) any {
	rest := a.list
	var field str
	if byField {
		field, rest = a.text(0, ""), rest[min(1, len(rest)):]
	}
	check := func(v any, _ arguments) bool { return truth(v) }
	if len(rest) > 0 {
		name, _ := rest[0].(str)
		var ok bool
		if check, ok = tests[name.s]; !ok {
			raise(a.line, "the test %.40q is not served", name.s)
		}
		rest = rest[1:]
	}
	var out []any
	for _, v := range items(a.line, on) {
		r.step(a.line)
		of := v
		if byField {
			of = fieldOf(v, field.s)
		}
		if check(of, arguments{line: a.line, list: rest}) == keep {
			out = append(out, v)
		}
	}
	return out
}

// mapped applies a filter to each item, or takes a field of each.
func mapped(r *renderer, on any, a arguments) any {
	var out []any
	field, byField := a.named["attribute"].(str)
	name, _ := a.at(0, "", str{}).(str)
	f := r.filters[name.s]
	if !byField && f == nil {
		raise(a.line, "the filter %.40q is not served", name.s)
	}
	for _, v := range items(a.line, on) {
		r.step(a.line)
		if byField {
			w := fieldOf(v, field.s)
			if _, missing := w.(undefined); missing {
				w = a.at(1<<30, "default", w)
			}
			out = append(out, w)
		} else {
			out = append(out, f(r, v, arguments{line: a.line, list: a.list[1:], named: a.named}))
		}
	}
	return out
}

func indented(r *renderer, on any, a arguments) any {
	s, first := show(on), truth(a.at(1, "first", false))
	by := own(strings.Repeat(" ", min(64, max(0, a.whole(0, "width", 4)))))
	var b builder
	for i, line := range s.split("\n", -1) {
		if i > 0 {
			b.add(own("\n"))
		}
		if one := line.(str); (i > 0 || first) && one.s != "" {
			b.add(by)
		}
		b.add(line.(str))
		r.charge(a.line, len(by.s)+len(line.(str).s))
	}
	return b.str()
}

func unique(r *renderer, on any, a arguments) any {
	var out []any
	for _, v := range items(a.line, on) {
		for range out {
			r.step(a.line)
		}
		if !contains(a.line, out, v) {
			out = append(out, v)
		}
	}
	return out
}
