package codectest

import (
	"time"

	"merlon.dev/merlon/internal/codec"
)

// Full makes a value of a schema with every member set, one item in each list and one entry in each map. Of a union it sets the
// member that variant counts to; a recursive shape ends where it would come again. The values need not pass the checks.
func Full(s *codec.Schema, variant int) *Dynamic {
	f := filler{variant: variant, open: map[*codec.Schema]bool{}}
	return f.structure(s)
}

type filler struct {
	variant int
	open    map[*codec.Schema]bool
}

func (f *filler) structure(s *codec.Schema) *Dynamic {
	v := NewDynamic(s)
	if f.open[s] {
		return v
	}
	f.open[s] = true
	defer delete(f.open, s)
	for i := range s.Members {
		m := &s.Members[i]
		if m.Has(codec.EventStream) || (s.Has(codec.Union) && i != f.variant%len(s.Members)) {
			continue
		}
		v.Values[m.Name] = f.value(m)
	}
	return v
}

func (f *filler) value(m *codec.Member) any {
	switch m.Type() {
	case codec.Structure:
		return f.structure(m.Shape())
	case codec.List:
		return []any{f.value(m.Target.Item)}
	case codec.Map:
		return map[string]any{"key": f.value(m.Target.Value)}
	case codec.Boolean:
		return f.variant%2 == 0
	case codec.Integer, codec.Long:
		return int64(f.variant)
	case codec.Float, codec.Double:
		return float64(f.variant) / 4
	case codec.Blob:
		return []byte("blob")
	case codec.Timestamp:
		return time.Unix(int64(f.variant), 0).UTC()
	case codec.AnyDocument:
		return map[string]any{"any": int64(f.variant)}
	}
	if enum := m.Target.Enum; enum != nil {
		return enum[f.variant%len(enum)]
	}
	return m.Name
}
