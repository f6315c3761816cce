package chattemplate

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// method is a function, or a method of a value.
type method struct {
	on   any // nil for a function
	name string
}

// isDictMethod reports whether a method is one of mappings.
func isDictMethod(name string) bool {
	return name == "items" || name == "keys" || name == "values" || name == "get"
}

// methods is what strings and mappings can do. The table is read alone.
var methods = map[string]func(r *renderer, on any, a arguments) any{
	"strip":      func(_ *renderer, on any, a arguments) any { return strip(on.(str), a, true, true) },
	"lstrip":     func(_ *renderer, on any, a arguments) any { return strip(on.(str), a, true, false) },
	"rstrip":     func(_ *renderer, on any, a arguments) any { return strip(on.(str), a, false, true) },
	"upper":      func(_ *renderer, on any, _ arguments) any { return on.(str).whole(strings.ToUpper(on.(str).s)) },
	"lower":      func(_ *renderer, on any, _ arguments) any { return on.(str).whole(strings.ToLower(on.(str).s)) },
	"title":      func(_ *renderer, on any, _ arguments) any { return on.(str).whole(titled(on.(str).s)) },
	"capitalize": func(_ *renderer, on any, _ arguments) any { return on.(str).whole(capital(on.(str).s)) },
	"startswith": func(_ *renderer, on any, a arguments) any { return affix(on.(str), a, strings.HasPrefix) },
	"endswith":   func(_ *renderer, on any, a arguments) any { return affix(on.(str), a, strings.HasSuffix) },
	"replace":    replaceText,
	"split": func(r *renderer, on any, a arguments) any {
		s := on.(str)
		r.charge(a.line, len(s.s))
		return s.split(a.text(0, "sep").s, a.whole(1, "maxsplit", -1))
	},
	"join": func(r *renderer, on any, a arguments) any {
		return joinFilter(r, a.at(0, "", nil), arguments{line: a.line, list: []any{on}})
	},
	"items": func(_ *renderer, on any, a arguments) any { return pairs(on, a) },
	"keys":  func(_ *renderer, on any, a arguments) any { return items(a.line, on) },
	"values": func(_ *renderer, on any, _ arguments) any {
		var out []any
		for _, k := range on.(*dict).keys {
			out = append(out, on.(*dict).values[k.s])
		}
		return out
	},
	"get": func(_ *renderer, on any, a arguments) any {
		if v, ok := on.(*dict).values[a.text(0, "").s]; ok {
			return v
		}
		return a.at(1, "", nil)
	},
}

// affix tests for one string or for any of a list.
func affix(s str, a arguments, has func(s, part string) bool) bool {
	list, ok := a.at(0, "", nil).([]any)
	if !ok {
		return has(s.s, a.text(0, "").s)
	}
	for _, v := range list {
		if part, ok := v.(str); ok && has(s.s, part.s) {
			return true
		}
	}
	return false
}

// maxRange is the longest list that range makes.
const maxRange = 1 << 16

// functions is what can be called by name. The table is read alone.
var functions = map[string]func(r *renderer, a arguments) any{
	"raise_exception": func(_ *renderer, a arguments) any {
		err := failf(a.line, "%s", a.text(0, "").s)
		err.Raised = true
		panic(fault{err})
	},
	"range": func(_ *renderer, a arguments) any {
		from, to, step := 0, a.whole(0, "", 0), a.whole(2, "", 1)
		if len(a.list) > 1 {
			from, to = to, a.whole(1, "", 0)
		}
		if step == 0 || (to-from)/step > maxRange {
			raise(a.line, "a range of step 0 or of more than %d", maxRange)
		}
		var out []any
		for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
			out = append(out, int64(i))
		}
		return out
	},
	"namespace": func(_ *renderer, a arguments) any { d := named(a); d.mutable = true; return d },
	"dict":      func(_ *renderer, a arguments) any { return named(a) },
	"strftime_now": func(r *renderer, a arguments) any {
		now, ok := r.top.find("now").(int64)
		if !ok {
			raise(a.line, "the time is not known")
		}
		return own(format(time.Unix(now, 0).UTC(), a.text(0, "format").s))
	},
}

func named(a arguments) *dict {
	d := newDict()
	if len(a.list) > 0 {
		if from, ok := a.list[0].(*dict); ok {
			for _, k := range from.keys {
				d.set(k, from.values[k.s])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.named)) {
		d.set(own(name), a.named[name])
	}
	return d
}

// directives is what strftime's letters become in Go's layouts.
var directives = map[byte]string{
	'd': "02", 'm': "01", 'b': "Jan", 'B': "January", 'Y': "2006", 'y': "06", 'H': "15", 'M': "04", 'S': "05", 'A': "Monday", 'a': "Mon", 'I': "03", 'p': "PM",
}

func format(t time.Time, layout string) string {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] == '%' && i+1 < len(layout) {
			if d, ok := directives[layout[i+1]]; ok {
				b.WriteString(t.Format(d))
				i++
				continue
			}
		}
		b.WriteByte(layout[i])
	}
	return b.String()
}
