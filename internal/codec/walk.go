package codec

import (
	"io"
	"time"
)

// Shape is a generated structure, union or exception.
//
// Generated types keep optional members as pointers, so that "absent" and "zero" differ. Encode and Decode walk the members
// and know nothing of any protocol: the protocol is the Encoder or Decoder that they are given. A Shape is not safe for
// concurrent use while it is decoded into.
type Shape interface {
	Schema() *Schema
	// Encode gives every present member to e, in the model's order.
	Encode(e Encoder)
	// Decode sets the members that d finds and leaves the others. The error stays in d.
	Decode(d Decoder)
	// Check appends every broken constraint (required, length, range, pattern, enum, union, nested) to c.
	Check(c *Checker)
}

// Encoder writes one value after the other in a wire protocol. Each call names the member that is written. Errors, if a
// protocol has any, stay in the encoder.
type Encoder interface {
	Bool(m *Member, v bool)
	Int(m *Member, v int64)
	Float(m *Member, v float64) // m tells 32 from 64 bits
	String(m *Member, v string)
	Blob(m *Member, v []byte)
	Time(m *Member, v time.Time)
	Document(m *Member, v Document)
	// Stream takes a blob that is sent as it is read.
	Stream(m *Member, v io.Reader)
	// Null writes the null of a sparse list or map.
	Null(m *Member)
	// Struct writes v with v.Encode.
	Struct(m *Member, v Shape)
	// StartList begins a list of n items. Where it answers false the list is not wanted: no items and no EndList follow.
	StartList(m *Member, n int) bool
	EndList(m *Member)
	// StartMap begins a map of n entries, with an answer like StartList's. Key comes before each value.
	StartMap(m *Member, n int) bool
	Key(m *Member, key string)
	EndMap(m *Member)
}

// Decoder reads a payload in a wire protocol. Each call names the member that is read; after the first error every call
// answers as if the payload had ended.
type Decoder interface {
	// Member gives the next member of a structure that is present and not null, or nil at its end.
	Member(s *Schema) *Member
	Bool(m *Member) bool
	Int(m *Member) int64
	Float(m *Member) float64
	String(m *Member) string
	Blob(m *Member) []byte
	Time(m *Member) time.Time
	Document(m *Member) Document
	// Stream gives a blob that is read as it arrives.
	Stream(m *Member) io.Reader
	// Null reports whether the next item or value of a sparse list or map is null, and if so consumes it.
	Null(m *Member) bool
	// Struct reads v with v.Decode.
	Struct(m *Member, v Shape)
	// StartList begins a list; Item reports whether another item follows.
	StartList(m *Member)
	Item(m *Member) bool
	// StartMap begins a map; Key gives the next entry's key, or false at the end. A key never comes twice.
	StartMap(m *Member)
	Key(m *Member) (string, bool)
}

// Document is a value without a schema: nil, bool, int64, float64, string, []any or map[string]any of the same.
type Document = any
