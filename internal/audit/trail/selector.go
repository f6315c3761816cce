package trail

import (
	"slices"
	"strings"
)

// Effects chooses between reading and changing calls.
type Effects string

// The choices.
const (
	All       Effects = "All"
	ReadOnly  Effects = "ReadOnly"
	WriteOnly Effects = "WriteOnly"
)

// Selector is a basic event selector.
type Selector struct {
	Effects    Effects
	Management bool
	Data       []DataResources
	// ExcludedSources are services whose management events are left out.
	ExcludedSources []string
}

// DataResources are resources of one type whose data events are wanted, by prefixes of their ARNs.
type DataResources struct {
	Type   string
	Values []string
}

// AdvancedSelector wants the events that fit all of its fields.
type AdvancedSelector struct {
	Name   string
	Fields []FieldSelector
}

// FieldSelector fits where one of the wanted values fits, or none is given, and no unwanted one does.
type FieldSelector struct {
	Field string // "eventName"

	Equals, StartsWith, EndsWith          []string
	NotEquals, NotStartsWith, NotEndsWith []string
}

// Facts are what selectors look at in a record.
type Facts struct {
	Region     string
	Management bool
	ReadOnly   bool
	Source     string // "bedrock.amazonaws.com"
	Name       string // of the event
	Type       string // "AwsApiCall"
	UserARN    string
	Resources  []Resource
}

// Resource is what an event is about.
type Resource struct{ Type, ARN string }

// Selects reports whether a trail that is logging wants a record.
func (t Trail) Selects(f Facts) bool {
	if !t.MultiRegion && f.Region != t.Region && !(t.GlobalEvents && global(f.Source)) {
		return false
	}
	if len(t.Advanced) > 0 {
		return slices.ContainsFunc(t.Advanced, func(s AdvancedSelector) bool { return s.selects(f) })
	}
	return slices.ContainsFunc(t.Basic, func(s Selector) bool { return s.selects(f) })
}

// global names the services whose events belong to no Region.
func global(source string) bool {
	return source == "iam.amazonaws.com" || source == "sts.amazonaws.com"
}

func (s Selector) selects(f Facts) bool {
	if s.Effects == ReadOnly && !f.ReadOnly || s.Effects == WriteOnly && f.ReadOnly {
		return false
	}
	if f.Management {
		return s.Management && !slices.Contains(s.ExcludedSources, f.Source)
	}
	return slices.ContainsFunc(s.Data, func(d DataResources) bool {
		return slices.ContainsFunc(f.Resources, func(r Resource) bool {
			return r.Type == d.Type && slices.ContainsFunc(d.Values, func(v string) bool { return strings.HasPrefix(r.ARN, v) })
		})
	})
}

func (s AdvancedSelector) selects(f Facts) bool {
	for _, field := range s.Fields {
		if !field.fits(f) {
			return false
		}
	}
	return len(s.Fields) > 0
}

func (s FieldSelector) fits(f Facts) bool {
	switch s.Field {
	case "eventCategory":
		if f.Management {
			return s.fit("Management")
		}
		return s.fit("Data")
	case "readOnly":
		if f.ReadOnly {
			return s.fit("true")
		}
		return s.fit("false")
	case "eventSource":
		return s.fit(f.Source)
	case "eventName":
		return s.fit(f.Name)
	case "eventType":
		return s.fit(f.Type)
	case "userIdentity.arn":
		return s.fit(f.UserARN)
	case "resources.type":
		return slices.ContainsFunc(f.Resources, func(r Resource) bool { return s.fit(r.Type) })
	case "resources.ARN":
		return slices.ContainsFunc(f.Resources, func(r Resource) bool { return s.fit(r.ARN) })
	default:
		return false
	}
}

func (s FieldSelector) fit(value string) bool {
	has := func(list []string, fits func(string, string) bool) bool {
		return slices.ContainsFunc(list, func(want string) bool { return fits(value, want) })
	}
	equal := func(a, b string) bool { return a == b }
	if has(s.NotEquals, equal) || has(s.NotStartsWith, strings.HasPrefix) || has(s.NotEndsWith, strings.HasSuffix) {
		return false
	}
	return len(s.Equals)+len(s.StartsWith)+len(s.EndsWith) == 0 ||
		has(s.Equals, equal) || has(s.StartsWith, strings.HasPrefix) || has(s.EndsWith, strings.HasSuffix)
}
