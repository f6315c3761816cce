// Package codec holds what every wire protocol shares: schemas of shapes and operations, and the interfaces that a protocol implements.
//
// A generated shape knows its schema and its members; a protocol knows bytes. They meet in two interfaces:
//
//	            schema: names, locations, traits, constraints
//	                 |                        |
//	shape.Encode ----+--> Encoder  <------+   |   restjson, later awsjson, awsquery, restxml, cbor
//	shape.Decode <---+--- Decoder  <------+---+
//	shape.Check  --------> Checker            |   the same for every protocol
//
// Encode calls the Encoder once for each member that is present, in the model's order, with the member's schema. The encoder
// decides what becomes of it: a JSON member, a header, a query parameter. A nested structure goes through Encoder.Struct, which
// opens it, calls its Encode and closes it; a list is StartList, its items, EndList; a map the same with Key before each value.
//
// Decode pulls: it asks the Decoder for the next member that the payload holds and reads a value of the member's type. The
// order is the payload's. The first error sticks: from then on every call answers as if the payload had ended, so that
// generated code has no error paths, and the protocol asks for the error once.
//
// A protocol that places members outside the payload (headers, query, labels) walks a shape twice, once for the bound members
// and once for the body, so that nested values never pay for the distinction.
//
// How a model's types look in Go:
//
//	boolean, integer, long, float, double, string, timestamp   pointers: nil is absent
//	enum                                                       a named string type with constants
//	structure                                                  a pointer; in lists and maps a value
//	union                                                      a structure of pointers of which one is set
//	list, map                                                  nil is absent, empty is present; pointers inside when sparse
//	blob                                                       []byte; an io.Reader where it streams
//	document                                                   Document
//	event stream                                               no field: package eventstream sends the events
//
// In a shape that only answers use, a required list or map is written even where it is nil, since the Go code that fills it
// means "none" by that.
package codec
