package codec

// Type is the kind of value that a schema describes.
type Type uint8

// The types of the model language. The zero value is invalid.
const (
	Boolean Type = iota + 1
	Integer      // 32 bits
	Long         // 64 bits
	Float
	Double
	String
	Blob
	Timestamp
	AnyDocument
	List
	Map
	Structure
)

// String gives the word that messages to callers use.
func (t Type) String() string {
	names := [...]string{"", "Boolean", "Integer", "Long", "Float", "Double", "String", "Blob", "Timestamp", "Document", "List", "Map", "Structure"}
	if int(t) < len(names) {
		return names[t]
	}
	return "Type"
}

// Bits is the size of a number.
func (t Type) Bits() int {
	if t == Integer || t == Float {
		return 32
	}
	return 64
}

// Location says where a member of an operation's input or output travels.
type Location uint8

// The locations. Only members of the input, the output, an exception or an event itself are bound; deeper ones travel in the
// body.
const (
	Body    Location = iota
	Label            // in the path
	Query            // one query parameter, or one for each item of a list
	Queries          // a map of the query parameters; a client leaves out those that another member names
	Header
	Headers // a map of every header whose name starts with the member's Wire name
	StatusCode
	Payload // the member is the whole body, or the whole payload of an event
)

// TimeFormat says how a timestamp is written.
type TimeFormat uint8

// The time formats. DefaultTime leaves the choice to the protocol and the location.
const (
	DefaultTime TimeFormat = iota
	ISO8601
	Epoch
	HTTPDate
)

// Schema describes a shape. Schemas are generated, shared and never changed.
type Schema struct {
	Name    string // the shape's name in the model
	Type    Type
	Members []Member // of a structure or union, in the model's order
	Item    *Member  // of a list
	Key     *Member  // of a map
	Value   *Member  // of a map
	Traits  Trait

	Length  *Length // of a string, blob, list or map
	Range   *Range  // of a number
	Pattern *Pattern
	Enum    []string

	// XMLName replaces the shape's name as an element; XMLNamespace and XMLPrefix qualify it.
	XMLName, XMLNamespace, XMLPrefix string
}

// Length bounds a string in code points, a blob in bytes, a list or map in entries.
type Length struct{ Min, Max int64 }

// Unbounded is the Max of a Length without one.
const Unbounded = -1

// Range bounds a number.
type Range struct {
	Min, Max     float64
	NoMin, NoMax bool
}

// Member is one member of a structure, or the item, key or value of a list or map.
type Member struct {
	Name   string // in the model; "member", "key", "value" inside lists and maps
	Wire   string // on the wire: the locationName where there is one, else Name
	Index  int    // its place in Schema.Members
	Target *Schema
	// New makes an empty value of the target where that is a structure; Target is nil then, since shapes may be recursive.
	New      func() Shape
	Location Location
	Time     TimeFormat
	Traits   Trait
	// QueryName is the member's name in ec2 requests where it is not Wire; XMLNamespace and XMLPrefix qualify its element.
	QueryName, XMLNamespace, XMLPrefix string
}

// Shape gives the schema of the member's target.
func (m *Member) Shape() *Schema {
	if m.New != nil {
		return m.New().Schema()
	}
	return m.Target
}

// Type gives the type of the member's target.
func (m *Member) Type() Type {
	if m.New != nil {
		return Structure
	}
	return m.Target.Type
}

// Has reports whether every trait of t is set on the member.
func (m *Member) Has(t Trait) bool { return m.Traits&t == t }

// Has reports whether every trait of t is set on the shape.
func (s *Schema) Has(t Trait) bool { return s.Traits&t == t }

// Trait is a set of yes-or-no facts about a shape or a member.
type Trait uint32

// The traits. A comment names whether it belongs to a shape (s) or a member (m).
const (
	Required         Trait = 1 << iota // m
	Sensitive                          // s, m: the value is never echoed
	Union                              // s: exactly one member is set
	Sparse                             // s: a list or map that may hold nulls
	Flattened                          // s, m: no wrapping element in XML and query
	Streaming                          // m: a blob payload without a known end
	EventStream                        // s: a union of events and exceptions
	Event                              // s
	Error                              // s: an exception
	IdempotencyToken                   // m
	HostLabel                          // m
	JSONValue                          // m: a document that travels as a string of JSON, in base64 inside headers
	XMLAttribute                       // m
	Bound                              // s: at least one member travels outside the body
	Deprecated                         // s, m
	Element                            // m: the item, key or value of a list or map, which has no name of its own
)

// Payload gives the member that is the whole body, or nil.
func (s *Schema) Payload() *Member {
	for i := range s.Members {
		if s.Members[i].Location == Payload {
			return &s.Members[i]
		}
	}
	return nil
}

// ByWire finds the member of the body with this name on the wire. hint is the index where the search starts, since payloads
// mostly follow the model's order.
func (s *Schema) ByWire(name string, hint int) *Member {
	n := len(s.Members)
	if hint >= n {
		hint = 0
	}
	for i := hint; i < n; i++ {
		if s.Members[i].Wire == name {
			return &s.Members[i]
		}
	}
	for i := range hint {
		if s.Members[i].Wire == name {
			return &s.Members[i]
		}
	}
	return nil
}
