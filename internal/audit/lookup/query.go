package lookup

import (
	"slices"
	"strconv"
	"time"
)

// Attribute is what events are looked up by, in CloudTrail's words.
type Attribute string

// The attributes.
const (
	Any          Attribute = ""
	EventID      Attribute = "EventId"
	EventName    Attribute = "EventName"
	ReadOnly     Attribute = "ReadOnly"
	Username     Attribute = "Username"
	ResourceType Attribute = "ResourceType"
	ResourceName Attribute = "ResourceName"
	EventSource  Attribute = "EventSource"
	AccessKeyID  Attribute = "AccessKeyId"
)

// Query says which events are wanted.
type Query struct {
	Account, Region string
	// From and To bound the time of the event, both inclusive, to the second.
	From, To  time.Time
	Attribute Attribute
	Value     string // of the attribute
	// Before is the sequence that all events wanted lie below; 0 is the end.
	Before uint64
	Limit  int
}

// match is a query in hashes.
type match struct {
	Query
	from, to uint64
	scope    uint64
	value    uint64
	bit      uint64
}

func newMatch(q Query) match {
	return match{
		Query: q, from: seconds(q.From), to: seconds(q.To), scope: hashOf(q.Account, q.Region), value: hashOf(q.Value), bit: bit(q.Value),
	}
}

func seconds(t time.Time) uint64 { return uint64(max(0, t.Unix())) }

// entry reports whether an entry may be of a record that is wanted.
func (m *match) entry(e *entry) bool {
	if e.scope != m.scope || e.at < m.from || e.at > m.to || m.Before > 0 && e.sequence >= m.Before {
		return false
	}
	switch m.Attribute {
	case Any:
		return true
	case EventID:
		return e.id == m.value
	case EventName:
		return e.name == m.value
	case EventSource:
		return e.source == m.value
	case Username:
		return e.user == m.value
	case AccessKeyID:
		return e.keyUsed == m.value
	case ResourceType, ResourceName:
		return e.resources&m.bit != 0
	case ReadOnly:
		return strconv.FormatBool(e.resources&1 != 0) == m.Value
	default:
		return false
	}
}

// fields reports whether a record is wanted: hashes may collide.
func (m *match) fields(f *fields) bool {
	if !f.Management || f.Recipient != m.Account || f.Region != m.Region {
		return false
	}
	switch m.Attribute {
	case Any:
		return true
	case EventID:
		return f.ID == m.Value
	case EventName:
		return f.Name == m.Value
	case EventSource:
		return f.Source == m.Value
	case Username:
		return f.username() == m.Value
	case AccessKeyID:
		return f.UserIdentity.AccessKeyID == m.Value
	case ReadOnly:
		return strconv.FormatBool(f.ReadOnly) == m.Value
	case ResourceType, ResourceName:
		for _, r := range f.Resources {
			named := []string{r.ARN, shortName(r.ARN)}
			if m.Attribute == ResourceType {
				named = []string{r.Type}
			}
			if slices.Contains(named, m.Value) {
				return true
			}
		}
	}
	return false
}
