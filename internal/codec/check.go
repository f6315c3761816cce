package codec

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

// maxListed is how many violations a message spells out; the count in front of them is the true one.
const maxListed = 10

// Checker collects the broken constraints of a request. The zero value is ready; it serves one request and one goroutine.
type Checker struct {
	path   Path
	hidden int // how many steps of path are sensitive
	count  int
	listed []string
	wrap   string // set while a map's keys are checked
}

// Check runs v's constraints and gives what Checker.Err gives.
func Check(v Shape) error {
	var c Checker
	if v.Schema().Has(Sensitive) {
		c.hidden = 1
	}
	v.Check(&c)
	return c.Err()
}

// Err gives nil, or a fault of kind Invalid with one message for all violations in AWS's frame:
// "2 validation errors detected: Value ... at ... failed to satisfy constraint: ...; Value ...".
func (c *Checker) Err() error {
	if c.count == 0 {
		return nil
	}
	frame := " validation errors detected: "
	if c.count == 1 {
		frame = " validation error detected: "
	}
	return fault.New(fault.Invalid, "%s", strconv.Itoa(c.count)+frame+strings.Join(c.listed, "; "))
}

// Enter steps into the value of m; Leave steps out again.
func (c *Checker) Enter(m *Member) {
	c.path = append(c.path, Step{Member: m, Index: -1})
	if m.Has(Sensitive) {
		c.hidden++
	}
}

// Leave undoes the last Enter.
func (c *Checker) Leave() {
	last := len(c.path) - 1
	if c.path[last].Member.Has(Sensitive) {
		c.hidden--
	}
	c.path = c.path[:last]
}

// At steps to the item with this index, from 0, of the list that was entered.
func (c *Checker) At(index int) { c.path[len(c.path)-1].Index = index }

// Entry steps to the value under key of the map that was entered.
func (c *Checker) Entry(key string) {
	last := &c.path[len(c.path)-1]
	last.Key, last.Keyed = key, true
}

// Missing records that a required member is absent.
func (c *Checker) Missing(m *Member) { c.add(m, "Value null", "Member must not be null") }

// String checks the length in code points, the pattern and the enum of a string.
func (c *Checker) String(m *Member, v string) {
	s := m.Target
	if s.Length != nil {
		// A string has at most as many code points as bytes, and at least a quarter: most need no counting.
		n := int64(len(v))
		if (s.Length.Max >= 0 && n > s.Length.Max) || n < s.Length.Min*utf8.UTFMax {
			c.length(m, int64(utf8.RuneCountInString(v)), quoted(v))
		}
	}
	if s.Pattern != nil && !s.Pattern.Matches(v) && !c.full() {
		c.add(m, quoted(v), "Member must satisfy regular expression pattern: "+s.Pattern.Source)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) && !c.full() {
		c.add(m, quoted(v), "Member must satisfy enum value set: ["+strings.Join(s.Enum, ", ")+"]")
	}
}

// Number checks the range of a number.
func (c *Checker) Number(m *Member, v float64) {
	r := m.Target.Range
	if r == nil {
		return
	}
	// Written so that NaN breaks every bound.
	if !r.NoMin && !(v >= r.Min) {
		c.add(m, quoted(number(v)), "Member must have value greater than or equal to "+number(r.Min))
	}
	if !r.NoMax && !(v <= r.Max) {
		c.add(m, quoted(number(v)), "Member must have value less than or equal to "+number(r.Max))
	}
}

// Size checks the number of entries of a list or map, or of bytes of a blob.
func (c *Checker) Size(m *Member, n int) {
	value := "Value"
	if n == 0 && m.Type() == List {
		value = quoted("[]")
	}
	if n == 0 && m.Type() == Map {
		value = quoted("{}")
	}
	c.length(m, int64(n), value)
}

// One checks that exactly one of a union's members is set.
func (c *Checker) One(s *Schema, set int) {
	if set == 1 {
		return
	}
	names := make([]string, len(s.Members))
	for i := range s.Members {
		names[i] = s.Members[i].Name
	}
	c.addAt("Value", "Member must have exactly one of the members ["+strings.Join(names, ", ")+"]")
}

// MapKey checks a key of the map that was entered. AWS reports it at the map.
func (c *Checker) MapKey(m *Member, key string) {
	c.wrap = "Map keys must satisfy constraint: ["
	c.String(m, key)
	c.wrap = ""
}

func (c *Checker) length(m *Member, n int64, value string) {
	bounds := m.Target.Length
	switch {
	case bounds == nil:
	case n < bounds.Min:
		c.add(m, value, "Member must have length greater than or equal to "+strconv.FormatInt(bounds.Min, 10))
	case bounds.Max >= 0 && n > bounds.Max:
		c.add(m, value, "Member must have length less than or equal to "+strconv.FormatInt(bounds.Max, 10))
	}
}

// full counts a violation without spelling it out where enough are listed already, so that a request full of them is cheap.
func (c *Checker) full() bool {
	if len(c.listed) < maxListed {
		return false
	}
	c.count++
	return true
}

// add records a violation by the value of m, which is a member of the value entered last, or its item, key or value.
func (c *Checker) add(m *Member, value, constraint string) {
	c.Enter(m)
	c.addAt(value, constraint)
	c.Leave()
}

// addAt records a violation by the value entered last.
func (c *Checker) addAt(value, constraint string) {
	c.count++
	if len(c.listed) == maxListed {
		return
	}
	if c.hidden > 0 && value != "Value null" {
		value = "Value"
	}
	if c.wrap != "" {
		constraint = c.wrap + constraint + "]"
	}
	c.listed = append(c.listed, value+" at '"+c.path.String()+"' failed to satisfy constraint: "+constraint)
}

func quoted(v string) string { return "Value '" + v + "'" }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
