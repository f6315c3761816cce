package chattemplate

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Values are nil, bool, int64, float64, str, []any, *dict, undefined, method and *macro.

// undefined is what a name or a field without a value gives.
type undefined struct{ name string }

// dict is a mapping in order of entry; a namespace is one too.
type dict struct {
	keys    []str
	values  map[string]any
	mutable bool
}

func newDict() *dict { return &dict{values: map[string]any{}} }

func (d *dict) set(key str, v any) {
	if _, ok := d.values[key.s]; !ok {
		d.keys = append(d.keys, key)
	}
	d.values[key.s] = v
}

// enter turns a value of the caller into one of the template. Other types than those of the package comment are a broken invariant and panic.
func enter(v any) any {
	switch v := v.(type) {
	case nil, bool, int64:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v) // JSON makes no difference
		}
		return v
	case int:
		return int64(v)
	case string:
		return own(strings.ToValidUTF8(v, "\uFFFD"))
	case Foreign:
		return foreignText(strings.ToValidUTF8(string(v), "\uFFFD"))
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = enter(x)
		}
		return out
	case Object:
		d := newDict()
		for _, m := range v {
			d.set(own(m.Name), enter(m.Value))
		}
		return d
	case map[string]any:
		d := newDict()
		for _, n := range slices.Sorted(maps.Keys(v)) {
			d.set(own(n), enter(v[n]))
		}
		return d
	default:
		panic(fmt.Sprintf("chattemplate: a value of type %T", v))
	}
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case str:
		return v.s != ""
	case []any:
		return len(v) > 0
	case *dict:
		return len(v.keys) > 0 || v.mutable
	default:
		return true
	}
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "none"
	case undefined:
		return "undefined"
	case bool:
		return "boolean"
	case int64, float64:
		return "number"
	case str:
		return "string"
	case []any:
		return "list"
	case *dict:
		return "mapping"
	default:
		return "callable"
	}
}

// equal is Python's ==.
func equal(a, b any) bool {
	if x, ok := numeric(a); ok {
		y, ok := numeric(b)
		return ok && x == y
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case undefined:
		_, ok := b.(undefined)
		return ok
	case str:
		b, ok := b.(str)
		return ok && a.s == b.s
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case *dict:
		b, ok := b.(*dict)
		if !ok || len(a.keys) != len(b.keys) {
			return false
		}
		for k, v := range a.values {
			if w, ok := b.values[k]; !ok || !equal(v, w) {
				return false
			}
		}
		return true
	}
	return false
}

// numeric is a number or a boolean, which counts as 0 or 1.
func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// show is Python's str().
func show(v any) str {
	switch v := v.(type) {
	case str:
		return v
	case undefined:
		return str{}
	default:
		var b builder
		repr(&b, v)
		return b.str()
	}
}

// repr adds Python's repr().
func repr(b *builder, v any) {
	switch v := v.(type) {
	case nil:
		b.add(own("None"))
	case bool:
		if v {
			b.add(own("True"))
		} else {
			b.add(own("False"))
		}
	case int64:
		b.add(own(strconv.FormatInt(v, 10)))
	case float64:
		b.add(own(pythonFloat(v)))
	case str:
		quote, escaped := "'", strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t", "\r", "\\r", "'", "\\'")
		if strings.Contains(v.s, "'") && !strings.Contains(v.s, `"`) {
			quote, escaped = `"`, strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t", "\r", "\\r")
		}
		b.add(v.whole(quote + escaped.Replace(v.s) + quote))
	case []any:
		b.add(own("["))
		for i, x := range v {
			if i > 0 {
				b.add(own(", "))
			}
			repr(b, x)
		}
		b.add(own("]"))
	case *dict:
		b.add(own("{"))
		for i, k := range v.keys {
			if i > 0 {
				b.add(own(", "))
			}
			repr(b, k)
			b.add(own(": "))
			repr(b, v.values[k.s])
		}
		b.add(own("}"))
	default:
		b.add(own("<" + typeName(v) + ">"))
	}
}

func pythonFloat(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// toJSON adds what json.dumps makes with ensure_ascii=False. indent is the spaces of a level, -1 for one line.
func toJSON(b *builder, v any, indent, level int) bool {
	line := func(level int) {
		if indent >= 0 {
			b.add(own("\n" + strings.Repeat(" ", indent*level)))
		}
	}
	comma := ", "
	if indent >= 0 {
		comma = ","
	}
	switch v := v.(type) {
	case nil:
		b.add(own("null"))
	case bool, int64:
		b.add(own(fmt.Sprint(v)))
	case float64:
		b.add(own(pythonFloat(v)))
	case str:
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if e.Encode(v.s) != nil {
			return false
		}
		s := strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029", `\u007f`, "\x7f").Replace(strings.TrimSuffix(text.String(), "\n"))
		b.add(v.whole(s))
	case []any:
		if len(v) == 0 {
			b.add(own("[]"))
			return true
		}
		b.add(own("["))
		for i, x := range v {
			if i > 0 {
				b.add(own(comma))
			}
			line(level + 1)
			if !toJSON(b, x, indent, level+1) {
				return false
			}
		}
		line(level)
		b.add(own("]"))
	case *dict:
		if len(v.keys) == 0 {
			b.add(own("{}"))
			return true
		}
		b.add(own("{"))
		for i, k := range v.keys {
			if i > 0 {
				b.add(own(comma))
			}
			line(level + 1)
			toJSON(b, k, -1, 0)
			b.add(own(": "))
			if !toJSON(b, v.values[k.s], indent, level+1) {
				return false
			}
		}
		line(level)
		b.add(own("}"))
	default:
		return false
	}
	return true
}
