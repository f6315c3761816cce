package chattemplate

// tests is what may stand behind "is". The table is read alone.
var tests = map[string]func(on any, a arguments) bool{
	"defined":   func(on any, _ arguments) bool { _, missing := on.(undefined); return !missing },
	"undefined": func(on any, _ arguments) bool { _, missing := on.(undefined); return missing },
	"none":      func(on any, _ arguments) bool { return on == nil },
	"string":    func(on any, _ arguments) bool { _, ok := on.(str); return ok },
	"mapping":   func(on any, _ arguments) bool { _, ok := on.(*dict); return ok },
	"sequence":  isIterable,
	"iterable":  isIterable,
	"boolean":   func(on any, _ arguments) bool { _, ok := on.(bool); return ok },
	"true":      func(on any, _ arguments) bool { return on == any(true) },
	"false":     func(on any, _ arguments) bool { return on == any(false) },
	"number":    func(on any, _ arguments) bool { _, ok := numeric(on); return ok },
	"integer":   func(on any, _ arguments) bool { _, ok := on.(int64); return ok },
	"float":     func(on any, _ arguments) bool { _, ok := on.(float64); return ok },
	"odd":       func(on any, a arguments) bool { return remainder(on, a, 2) != 0 },
	"even":      func(on any, a arguments) bool { return remainder(on, a, 2) == 0 },
	"divisibleby": func(on any, a arguments) bool {
		return remainder(on, a, int64(a.whole(0, "", 1))) == 0
	},
	"equalto": isEqual, "eq": isEqual, "sameas": isEqual,
	"ne":       func(on any, a arguments) bool { return !isEqual(on, a) },
	"in":       func(on any, a arguments) bool { return contains(a.line, a.at(0, "", nil), on) },
	"callable": func(on any, _ arguments) bool { return typeName(on) == "callable" },
}

func isIterable(on any, _ arguments) bool {
	switch on.(type) {
	case str, []any, *dict:
		return true
	}
	return false
}

func isEqual(on any, a arguments) bool { return equal(on, a.at(0, "", undefined{})) }

func remainder(on any, a arguments, by int64) int64 {
	n, ok := on.(int64)
	if !ok || by == 0 {
		raise(a.line, "a %s has no remainder", typeName(on))
	}
	return n % by
}
